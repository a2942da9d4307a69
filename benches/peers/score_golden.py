"""Golden values of local scores and of GES from causal-learn, as JSON.

    python score_golden.py > crates/sensorium-causal/tests/golden/score.json

Two small tables are drawn from a seed: codes of six dependent categories and six linear Gaussian variables.
"""

import io
import itertools
import json
import sys
import warnings
from contextlib import redirect_stdout
from importlib.metadata import version

import numpy as np
from causallearn.score.LocalScoreFunction import local_score_BDeu, local_score_BIC
from causallearn.search.ScoreBased.GES import ges

PARENTS = {0: [], 1: [0], 2: [0], 3: [1, 2], 4: [3], 5: [2, 4]}
ROWS = 150


def tables():
    """Codes and numbers, [rows, 6] each."""
    rng = np.random.default_rng(4)
    codes, numbers = np.zeros((ROWS, 6), int), np.zeros((ROWS, 6))
    for node, parents in PARENTS.items():
        noise = rng.random(ROWS) < 0.2
        levels = 2 + node % 2
        signal = codes[:, parents].sum(axis=1) + (node == 0) * rng.integers(0, levels, ROWS)
        codes[:, node] = np.where(noise, rng.integers(0, levels, ROWS), signal % levels)
        numbers[:, node] = numbers[:, parents].sum(axis=1) * 0.8 + rng.normal(size=ROWS)
    return codes, numbers.round(3)


def edges(graph):
    """Pairs, cause first; [a, b, directed]."""
    marks = graph.graph
    found = []
    for a, b in itertools.combinations(range(len(marks)), 2):
        if marks[a, b] == -1 and marks[b, a] == -1:
            found.append([a, b, False])
        elif marks[a, b] != 0:
            found.append([a, b, True] if marks[b, a] == 1 else [b, a, True])
    return found


def main():
    warnings.filterwarnings("ignore")
    codes, numbers = tables()
    families = [(0, []), (1, [0]), (3, [1, 2]), (5, [2, 4]), (2, [0, 1, 3, 4])]
    told = {"peer": "causal-learn", "version": version("causal-learn")}
    told["codes"], told["numbers"] = codes.T.tolist(), numbers.T.tolist()
    told["families"] = [
        [node, parents, float(local_score_BDeu(codes, node, parents)), float(local_score_BIC(numbers, node, parents))]
        for node, parents in families
    ]
    with redirect_stdout(io.StringIO()):
        told["ges_bdeu"] = edges(ges(codes.astype(float), "local_score_BDeu")["G"])
        told["ges_bic"] = edges(ges(numbers, "local_score_BIC")["G"])
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
