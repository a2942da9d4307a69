"""MobileNetV2 and MiniLM in ONNX Runtime on the CPU: the peer of `cargo bench --bench throughput`.

Takes the sizes as one JSON argument, exports both towers from torchvision and transformers, with published
weights where it is told their folders and with random ones elsewhere, prints its name, then answers lines
"CASE.WHAT N" on standard input. WHAT is `value` (mean magnitude of the output) or `time` (milliseconds of one
call, mean of N). A case of several workers runs that many batches side by side, each on one thread; a case of
one worker has all threads for its batch. The benchmark starts it; see README.md.
"""

import json
import os
import sys
import tempfile
import time
import warnings
from concurrent.futures import ThreadPoolExecutor

warnings.filterwarnings("ignore")

import numpy as np
import onnxruntime
import torch
import torchvision
import transformers
from safetensors.torch import load_file

LAYERS = {"hidden_size": 384, "num_hidden_layers": 6, "num_attention_heads": 12, "intermediate_size": 1536}


class Sentences(torch.nn.Module):
    """MiniLM's token vectors."""

    def __init__(self, folder: str | None):
        super().__init__()
        self.tower = transformers.BertModel(transformers.BertConfig(**LAYERS), add_pooling_layer=False)
        if folder is not None:
            load(self.tower, folder)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return self.tower(input_ids=ids, attention_mask=mask).last_hidden_state


def pictures(folder: str | None) -> torch.nn.Module:
    """MobileNetV2's grid of features."""
    network = torchvision.models.mobilenet_v2(weights=None)
    if folder is not None:
        load(network, folder)
    return network.features


def load(network: torch.nn.Module, folder: str) -> None:
    values = load_file(os.path.join(folder, "model.safetensors"))
    missing = network.load_state_dict(values, strict=False).missing_keys
    # Counters and places are not published, and not needed.
    missing = [name for name in missing if not name.endswith(("num_batches_tracked", "position_ids"))]
    if missing:
        sys.exit(f"{folder} lacks {missing}")


def inputs(case: dict) -> dict:
    """The batch that the benchmark makes, too."""
    batch, size = case["batch"], case["size"]
    if case["tower"] == "mobilenet-v2":
        values = np.sin(0.013 * np.arange(batch * 3 * size * size))
        return {"pictures": values.astype(np.float32).reshape(batch, 3, size, size)}
    ids = 1000 + np.arange(batch * size, dtype=np.int64) * 7919 % 20000
    return {"ids": ids.reshape(batch, size), "mask": np.ones((batch, size), np.int64)}


class Case:
    def __init__(self, case: dict, tower: torch.nn.Module, threads: int):
        self.feed, self.workers = inputs(case), case["workers"]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1 if self.workers > 1 else threads
        options.inter_op_num_threads = 1
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "tower.onnx")
            arguments = tuple(torch.from_numpy(value) for value in self.feed.values())
            torch.onnx.export(
                tower, arguments, path, input_names=list(self.feed), output_names=["tokens"], dynamo=False
            )
            self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.pool = ThreadPoolExecutor(self.workers)

    def run(self, _=None) -> np.ndarray:
        return self.session.run(None, self.feed)[0]

    def answer(self, what: str, count: int) -> float:
        if what == "value":
            return float(np.abs(self.run().astype(np.float64)).mean())
        began = time.perf_counter()
        for _ in range(count):
            if self.workers > 1:
                list(self.pool.map(self.run, range(self.workers)))
            else:
                self.run()
        return 1e3 * (time.perf_counter() - began) / count


def main() -> None:
    told = json.loads(sys.argv[1])
    folders, threads = told["weights"], told["threads"]
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    # What the exporter says must not mix with the answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    with torch.no_grad():
        towers = {"mobilenet-v2": pictures(folders["mobilenet-v2"]), "minilm": Sentences(folders["minilm"])}
        cases = {c["name"]: Case(c, towers[c["tower"]].eval(), threads) for c in told["cases"]}
    print(f"ONNX Runtime {onnxruntime.__version__}", file=answers, flush=True)
    for line in sys.stdin:
        what, count = line.split()
        case, what = what.split(".")
        print(cases[case].answer(what, int(count)), file=answers, flush=True)


if __name__ == "__main__":
    main()
