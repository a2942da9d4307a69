"""The training step of the rig's router in PyTorch on the CPU: the peer of `cargo bench --bench train_step`.

Takes the sizes as one JSON argument, prints its name, then for every line N on standard input takes
N steps and prints the mean milliseconds of one. The benchmark starts it; see README.md.
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

PERIODS_MS = (250.0, 1000.0, 4000.0, 16000.0, 64000.0)


gelu = functional.gelu


class Block(nn.Module):
    """Pre-norm transformer block, 4 heads, feed-forward twice as wide; `keys` is true where valid."""

    def __init__(self, dim: int):
        super().__init__()
        self.norm_attention, self.norm_forward = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.qkv, self.out = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
        self.up, self.down = nn.Linear(dim, 2 * dim), nn.Linear(2 * dim, dim)

    def forward(self, x: torch.Tensor, keys: torch.Tensor) -> torch.Tensor:
        batch, tokens, dim = x.shape
        q, k, v = self.qkv(self.norm_attention(x)).view(batch, tokens, 3, 4, dim // 4).permute(2, 0, 3, 1, 4)
        bias = ((keys - 1.0) * 1e4)[:, None, None, :]
        mixed = functional.scaled_dot_product_attention(q, k, v, attn_mask=bias)
        x = x + self.out(mixed.transpose(1, 2).reshape(batch, tokens, dim))
        return x + self.down(gelu(self.up(self.norm_forward(x))))


class Image(nn.Module):
    def __init__(self, shape: list[int], dim: int):
        super().__init__()
        self.patches = nn.Conv2d(shape[0], 16, 4, 4)
        self.residual, self.shrink = nn.Conv2d(16, 16, 3, 1, 1), nn.Conv2d(16, 32, 3, 2, 1)
        eighth = lambda n: math.ceil(math.ceil(n / 4) / 2)
        self.project = nn.Linear(32 * eighth(shape[1]) * eighth(shape[2]), dim)
        self.shape = shape

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        batch, frames, _ = values.shape
        x = gelu(self.patches(values.reshape(batch * frames, *self.shape)))
        x = functional.relu(x + self.residual(x))
        x = functional.relu(self.shrink(x))
        return self.project(x.flatten(1)).view(batch, frames, -1)


class Text(nn.Module):
    def __init__(self, vocabulary: int, dim: int):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, dim)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return self.embedding(values.squeeze(-1).long())


class Dense(nn.Module):
    def __init__(self, width: int, dim: int):
        super().__init__()
        self.up, self.down = nn.Linear(width, 2 * dim), nn.Linear(2 * dim, dim)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return self.down(gelu(self.up(values)))


class Encoder(nn.Module):
    """One modality to one vector: stem, times, convolution, block, attention pool."""

    def __init__(self, stream: dict, dim: int):
        super().__init__()
        kind = stream["kind"]
        if kind == "image":
            self.stem = Image(stream["shape"], dim)
        elif kind == "text":
            self.stem = Text(stream["vocabulary"], dim)
        else:
            self.stem = Dense(stream["width"], dim)
        several = stream["tokens"] > 1
        self.time = nn.Linear(4 * len(PERIODS_MS), dim)
        self.convolve = nn.Conv1d(dim, dim, 3, padding=1) if kind == "sequence" and several else None
        self.block = Block(dim) if several else None
        self.norm = nn.LayerNorm(dim)
        self.query = nn.Parameter(0.02 * torch.randn(dim, 1))

    def forward(self, values, times, mask):
        weight = mask.unsqueeze(-1)
        phases = torch.cat([f(times * (math.tau / p)) for p in PERIODS_MS for f in (torch.sin, torch.cos)], -1)
        x = self.stem(values) + self.time(phases)
        if self.convolve is not None:
            x = x + gelu(self.convolve((x * weight).transpose(1, 2)).transpose(1, 2))
        if self.block is not None:
            x = self.block(x, mask)
        x = self.norm(x) * weight
        scores = x @ self.query / math.sqrt(x.shape[-1]) + (weight - 1.0) * 1e4
        return (x * (scores.softmax(1) * weight)).sum(1)


class Stack(nn.Module):
    """One linear map a modality."""

    def __init__(self, modalities: int, dim: int, to: int):
        super().__init__()
        self.weight = nn.Parameter(0.05 * torch.randn(modalities, dim, to))
        self.bias = nn.Parameter(torch.zeros(modalities, to))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.bmm(x.transpose(0, 1), self.weight).transpose(0, 1) + self.bias


class Gate(nn.Module):
    def __init__(self, dim: int, outputs: int, reads_status: bool):
        super().__init__()
        self.content, self.context = nn.Linear(dim, dim), nn.Linear(dim, dim, bias=False)
        self.evidence = nn.Linear(outputs, dim, bias=False)
        self.status = nn.Linear(3, dim, bias=False) if reads_status else None
        self.out = nn.Linear(dim, 1)

    def forward(self, content, context, experts, status, mask):
        evidence = self.evidence(experts.detach().log_softmax(2))
        hidden = self.content(content) + self.context(context) + evidence
        if self.status is not None:
            hidden = hidden + self.status(status)
        logits = self.out(gelu(hidden))
        share = (logits.squeeze(-1) * mask + (mask - 1.0) * 1e4).softmax(1) * mask
        return share / share.sum(1, keepdim=True).clamp(min=1e-9)


class Router(nn.Module):
    """Encoders and the gated router, with the parts of its loss."""

    def __init__(self, sizes: dict):
        super().__init__()
        dim, modalities = sizes["dim"], len(sizes["streams"])
        self.encoders = nn.ModuleList(Encoder(s, dim) for s in sizes["streams"])
        self.identity = nn.Parameter(0.02 * torch.randn(modalities, dim))
        self.missing = nn.Parameter(0.02 * torch.randn(modalities, dim))
        self.status, self.context = nn.Linear(3, dim), Block(dim)
        outputs = sizes["outputs"]
        self.compensate = nn.ModuleList([Stack(modalities, dim, dim), Stack(modalities, dim, dim)])
        self.value_stack, self.expert_stack = Stack(modalities, dim, dim), Stack(modalities, dim, outputs)
        self.gate, self.compensated_gate = Gate(dim, outputs, True), Gate(dim, outputs, False)
        self.share, self.heard = nn.Linear(dim, 1), nn.Linear(3 * modalities, outputs)
        self.between = nn.Linear(dim, outputs, bias=False)

    def forward(self, streams, present, hidden, status, labels):
        values = torch.stack([e(*s) for e, s in zip(self.encoders, streams)], 1)
        absent = 1.0 - present
        here, gone = present.unsqueeze(-1), absent.unsqueeze(-1)
        visible = values * here
        named = visible + self.missing * gone + self.identity + self.status(status)
        context = self.context(named, present)
        predicted = self.compensate[1](gelu(self.compensate[0](context)))
        content = visible + predicted * gone
        experts = self.expert_stack(gelu(self.value_stack(content)))
        weights = self.gate(content, context, experts, status, present)
        compensated = self.compensated_gate(content, context, experts, status, absent)
        mean = (context * here).sum(1) / present.sum(1, keepdim=True).clamp(min=1.0)
        share = torch.sigmoid(self.share(mean) - 2.0) * absent.sum(1, keepdim=True).clamp(max=1.0)
        mix = lambda w: (experts * w.unsqueeze(-1)).sum(1)
        logits = mix(weights) * (1.0 - share) + mix(compensated) * share
        logits = logits + self.heard(status.flatten(1)) + 0.1 * self.between(mean)
        loss = functional.cross_entropy(logits, labels, label_smoothing=0.05)
        each = functional.cross_entropy(
            experts.flatten(0, 1), labels.repeat_interleave(experts.shape[1]), label_smoothing=0.05, reduction="none"
        ).view(present.shape)
        loss = loss + 0.3 * ((each * present).sum(1) / present.sum(1).clamp(min=1.0)).mean()
        preferred = (each.detach() / -0.3 + (present - 1.0) * 1e4).softmax(1) * present
        loss = loss - 0.3 * (preferred * (weights + 1e-6).log()).sum(1).mean()
        wrong = (predicted - values.detach()).square().mean(2)
        return loss + 0.2 * ((wrong * hidden).sum(1) / hidden.sum(1).clamp(min=1.0)).mean()


def inputs(sizes: dict):
    batch, streams = sizes["batch"], []
    for stream in sizes["streams"]:
        tokens = stream["tokens"]
        if stream["kind"] == "text":
            values = torch.randint(stream["vocabulary"], (batch, tokens, 1)).float()
        elif stream["kind"] == "image":
            values = torch.randn(batch, tokens, math.prod(stream["shape"]))
        else:
            values = torch.randn(batch, tokens, stream["width"])
        streams.append((values, 4000.0 * torch.rand(batch, tokens, 2), torch.ones(batch, tokens)))
    present = torch.ones(batch, len(streams))
    present[::2, ::3] = 0.0
    status = torch.stack([present, present, torch.zeros_like(present)], 2)
    return streams, present, 1.0 - present, status, torch.randint(sizes["outputs"], (batch,))


def main() -> None:
    sizes = json.loads(sys.argv[1])
    torch.set_num_threads(sizes["threads"])
    torch.manual_seed(0)
    model = Router(sizes)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.02)
    print(f"PyTorch {torch.__version__}", flush=True)
    batch = inputs(sizes)
    for line in sys.stdin:
        # "step", and how many.
        count, began = int(line.split()[1]), time.perf_counter()
        for _ in range(count):
            optimizer.zero_grad(set_to_none=True)
            model(*batch).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        print(1e3 * (time.perf_counter() - began) / count, flush=True)


if __name__ == "__main__":
    main()
