"""Discovery of functional models by lingam, dagma, gcastle and causal-learn, timed.

    python benches/peers/functional_discovery.py METHOD DATA.csv     direct-lingam, dagma-linear, notears
    python benches/peers/functional_discovery.py METHOD FOLDER       anm: pairNNNN.csv and targets.csv

Prints one line of JSON: peer, version, seconds (of the fit alone), and order, weights (cause x effect) or, for pairs,
scores (positive: the first column causes the second). DATA.csv has a heading and a variable in each column.
"""

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np

# The peer's additive-noise test takes a time that grows with the cube of the rows.
MOST_ROWS = 300


def table(path):
    return np.loadtxt(path, delimiter=",", skiprows=1, ndmin=2)


def direct_lingam(path):
    import lingam

    data = table(path)
    model = lingam.DirectLiNGAM()
    began = time.perf_counter()
    model.fit(data)
    seconds = time.perf_counter() - began
    order = [int(i) for i in model.causal_order_]
    return "lingam", seconds, {"order": order, "weights": model.adjacency_matrix_.T.tolist()}


def dagma_linear(path):
    from dagma.linear import DagmaLinear

    data = table(path)
    data = (data - data.mean(axis=0)) / data.std(axis=0)
    model = DagmaLinear("l2")
    began = time.perf_counter()
    weights = model.fit(data)
    return "dagma", time.perf_counter() - began, {"weights": weights.tolist()}


def notears(path):
    from castle.algorithms import Notears

    data = table(path)
    data = (data - data.mean(axis=0)) / data.std(axis=0)
    model = Notears()
    began = time.perf_counter()
    model.learn(data)
    return "gcastle", time.perf_counter() - began, {"weights": np.asarray(model.weight_causal_matrix).tolist()}


def anm(folder):
    from causallearn.search.FCMBased.ANM.ANM import ANM

    scores = {}
    seconds = 0.0
    for line in Path(folder, "targets.csv").read_text().splitlines()[1:]:
        name = line.split(",")[0]
        data = table(Path(folder, name + ".csv"))
        chosen = np.random.default_rng(0).permutation(len(data))[:MOST_ROWS]
        data = data[np.sort(chosen)]
        data = (data - data.mean(axis=0)) / data.std(axis=0)
        began = time.perf_counter()
        forward, backward = ANM().cause_or_effect(data[:, :1], data[:, 1:])
        seconds += time.perf_counter() - began
        # p-values of the independence of residuals and cause; the larger one belongs to the better model.
        scores[name] = float(forward - backward)
    return "causal-learn", seconds, {"scores": scores}


METHODS = {"direct-lingam": direct_lingam, "dagma-linear": dagma_linear, "notears": notears, "anm": anm}

if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in METHODS:
        sys.exit(__doc__)
    peer, seconds, found = METHODS[sys.argv[1]](sys.argv[2])
    print(json.dumps({"peer": peer, "version": version(peer), "seconds": seconds, **found}))
