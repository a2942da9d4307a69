"""A training step of two towers in PyTorch on the CPU: the peer of `cargo bench --bench align_step`.

Takes the sizes as one JSON argument and weights and features from the files that it names, prints its name,
then answers lines "CASE.WHAT N" on standard input. WHAT is `value` (the loss), `norm` (of its gradient),
`loss` (milliseconds of the loss alone, forward and backward, mean of N) or `step` (those of a whole step). The
benchmark starts it; see README.md.
"""

import json
import math
import sys
import time
import warnings

warnings.filterwarnings("ignore", message="Failed to initialize NumPy")

import torch
from torch import nn
from torch.nn import functional

SHORTEST_MS, LONGEST_MS = 120.0, 60_000.0
NARROWEST_MS, WIDEST_MS = 40.0, 10_000.0
WIDTH_RATE = 10.0
BETAS = (0.9, 0.98)


class Block(nn.Module):
    """Pre-norm transformer block over real time: queries and keys are turned by angles."""

    def __init__(self, dim: int, heads: int):
        super().__init__()
        self.attention_norm = nn.LayerNorm(dim)
        self.query, self.key = nn.Linear(dim, dim), nn.Linear(dim, dim, bias=False)
        self.value, self.out = nn.Linear(dim, dim), nn.Linear(dim, dim)
        self.feed_norm = nn.LayerNorm(dim)
        self.up, self.down = nn.Linear(dim, 2 * dim), nn.Linear(2 * dim, dim)
        self.heads = heads

    def forward(self, x, cos, sin, bias):
        batch, tokens, dim = x.shape
        heads = lambda y: y.view(batch, tokens, self.heads, dim // self.heads).transpose(1, 2)
        inner = self.attention_norm(x)
        query, key = turn(heads(self.query(inner)), cos, sin), turn(heads(self.key(inner)), cos, sin)
        mixed = functional.scaled_dot_product_attention(query, key, heads(self.value(inner)), attn_mask=bias)
        x = x + self.out(mixed.transpose(1, 2).reshape(batch, tokens, dim))
        return x + self.down(functional.gelu(self.up(self.feed_norm(x))))


def turn(x, cos, sin):
    a, b = x.chunk(2, -1)
    return torch.cat([a * cos - b * sin, a * sin + b * cos], -1)


class Tower(nn.Module):
    """A dense stem, neighbours joined, blocks, a norm and a map to the joint space."""

    def __init__(self, sizes: dict):
        super().__init__()
        dim, heads = sizes["dim"], sizes["heads"]
        self.stem = nn.Linear(sizes["stem"]["width"], dim)
        self.neighbours = nn.Linear(3 * dim, dim) if sizes["neighbours"] else None
        self.blocks = nn.ModuleList(Block(dim, heads) for _ in range(sizes["blocks"]))
        self.norm, self.project = nn.LayerNorm(dim), nn.Linear(dim, sizes["joint"])
        self.reach_ms, self.pool, self.half = sizes["reach_ms"], sizes["pool"], dim // heads // 2

    def tokens(self, values, time_ms, mask):
        x = self.stem(values)
        if self.neighbours is not None:
            padded = functional.pad(x * mask.unsqueeze(-1), (0, 0, 1, 1))
            joined = torch.cat([padded[:, :-2], padded[:, 1:-1], padded[:, 2:]], -1)
            x = x + functional.gelu(self.neighbours(joined))
        if len(self.blocks) > 0:
            at = torch.arange(self.half) / max(self.half - 1, 1)
            turns = math.tau / (SHORTEST_MS * (LONGEST_MS / SHORTEST_MS) ** at)
            phase = time_ms[:, None, :, None] * turns
            bias = ((mask - 1.0) * 1e4)[:, None, None, :]
            if self.reach_ms is not None:
                apart = (time_ms[:, None, :, None] - time_ms[:, None, None, :]).abs()
                bias = bias - 1e4 * (apart > self.reach_ms)
            cos, sin = phase.cos(), phase.sin()
            for block in self.blocks:
                x = block(x, cos, sin, bias)
        return self.project(self.norm(x))

    def pooled(self, values, time_ms, mask):
        x, weight = self.tokens(values, time_ms, mask), mask.unsqueeze(-1)
        mean = (x * weight).sum(1) / weight.sum(1).clamp(min=1.0)
        if self.pool == "mean_max":
            mean = mean + (x + (weight - 1.0) * 1e4).amax(1)
        return functional.normalize(mean, dim=-1)


class Pairing(nn.Module):
    """Both towers and the objective. Parameters stand in the order of the file."""

    def __init__(self, sizes: dict):
        super().__init__()
        self.item, self.text = Tower(sizes["item"]), Tower(sizes["text"])
        self.objective = nn.ParameterList(torch.zeros(1) for _ in range(3))

    def scale(self):
        return self.objective[0].clamp(max=4.6052).exp()

    def width_ms(self):
        return (WIDTH_RATE * self.objective[2]).clamp(math.log(NARROWEST_MS), math.log(WIDEST_MS)).exp()


class Case:
    """Weights, features and links of one case."""

    def __init__(self, case: dict, optimizer: dict):
        self.synchronous = case["synchronous"]
        self.model = Pairing(case["sizes"])
        file = read(case["file"])
        with torch.no_grad():
            for i, parameter in enumerate(self.model.parameters()):
                values = file[f"weight.{i:03}"]
                # Dense layers are kept as [in, out] there.
                parameter.copy_(values.t() if values.ndim == 2 else values)
        # Features rest in half precision on both sides.
        self.items, self.texts = file["items"].half(), file["texts"].half()
        self.item_ms, self.text_ms = file["items_ms"], torch.zeros(self.texts.shape[:2])
        self.cue_ms = file.get("cue_ms")
        parameters = list(self.model.parameters())
        self.optimizer = torch.optim.AdamW(
            [
                {"params": [p for p in parameters if p.ndim > 1], "weight_decay": optimizer["weight_decay"]},
                {"params": [p for p in parameters if p.ndim == 1], "weight_decay": 0.0},
            ],
            lr=optimizer["learning_rate"] * optimizer["rate"],
            betas=BETAS,
            fused=True,
        )
        self.clip, self.decay = optimizer["clip_norm"], optimizer["ema_decay"]
        self.parameters, self.average = parameters, [p.detach().clone() for p in parameters]
        with torch.no_grad():
            self.leaves = [rows.detach().clone().requires_grad_() for rows in self.rows()]

    def rows(self):
        """Unit vectors of items (or frames) and of texts."""
        items, texts = self.items.float(), self.texts.float()
        item_mask, text_mask = torch.ones(items.shape[:2]), torch.ones(texts.shape[:2])
        if self.synchronous:
            tokens = self.model.item.tokens(items, self.item_ms, item_mask)
            rows = functional.normalize(tokens, dim=-1).flatten(0, 1)
        else:
            rows = self.model.item.pooled(items, self.item_ms, item_mask)
        return rows, self.model.text.pooled(texts, self.text_ms, text_mask)

    def loss(self, items, texts):
        logits = items @ texts.t() * self.model.scale()
        return self.by_kernel(logits) if self.synchronous else info_nce(logits)

    def by_kernel(self, logits):
        """MIL-NCE whose candidates are weighted by the time between frame and cue."""
        frames, cues = logits.shape
        videos = self.items.shape[0]
        video = lambda count: torch.arange(videos).repeat_interleave(count // videos)
        other = video(frames)[:, None] != video(cues)[None, :]
        at, (start, end) = self.item_ms.flatten()[:, None], self.cue_ms.t()[:, None, :]
        apart = torch.maximum(start - at, at - end).clamp(min=0.0)
        kernel = (-0.5 * (apart / self.model.width_ms()).square()).masked_fill(other, -1e4)
        weights = kernel - kernel.logsumexp(0, keepdim=True)
        near = (logits + weights).masked_fill(other, -1e4).logsumexp(0)
        text = (logits.logsumexp(0) - math.log(frames) - near).mean()
        spoken = kernel.logsumexp(1, keepdim=True)
        mine = (logits + kernel - spoken).masked_fill(other, -1e4).logsumexp(1)
        weight = spoken.squeeze(1).clamp(max=0.0).exp().detach()
        frame = ((logits.logsumexp(1) - mine) * weight).sum() / weight.sum().clamp(min=1e-6)
        return 0.5 * (text + frame)

    def loss_alone(self):
        for leaf in self.leaves:
            leaf.grad = None
        self.model.objective.zero_grad(set_to_none=True)
        self.loss(*self.leaves).backward()

    def backward(self):
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss(*self.rows())
        loss.backward()
        return loss.item()

    def step(self):
        self.backward()
        nn.utils.clip_grad_norm_(self.parameters, self.clip)
        self.optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(self.average, self.parameters, 1.0 - self.decay)

    def answer(self, what: str, count: int) -> float:
        if what == "value":
            return self.backward()
        if what == "norm":
            self.backward()
            return math.sqrt(sum(p.grad.double().square().sum().item() for p in self.parameters if p.grad is not None))
        work, began = {"loss": self.loss_alone, "step": self.step}[what], time.perf_counter()
        for _ in range(count):
            work()
        return 1e3 * (time.perf_counter() - began) / count


def info_nce(logits):
    """Item i belongs to text i."""
    own = torch.arange(logits.shape[0])
    return 0.5 * (functional.cross_entropy(logits, own) + functional.cross_entropy(logits.t(), own))


def read(path: str) -> dict:
    """The tensors of a safetensors file of 32-bit floats."""
    with open(path, "rb") as file:
        data = bytearray(file.read())
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        count, offset = math.prod(entry["shape"]), start + entry["data_offsets"][0]
        flat = torch.frombuffer(data, dtype=torch.float32, count=count, offset=offset)
        tensors[name] = flat.reshape(entry["shape"]).clone()
    return tensors


def main() -> None:
    told = json.loads(sys.argv[1])
    torch.set_num_threads(told["threads"])
    cases = {case["name"]: Case(case, told["optimizer"]) for case in told["cases"]}
    print(f"PyTorch {torch.__version__}", flush=True)
    for line in sys.stdin:
        what, count = line.split()
        case, what = what.split(".")
        print(cases[case].answer(what, int(count)), flush=True)


if __name__ == "__main__":
    main()
