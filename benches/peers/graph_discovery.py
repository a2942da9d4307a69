"""Causal discovery by other libraries on a table: seconds and edges, as JSON.

    python graph_discovery.py --csv TABLE.csv --method pc-gsq --alpha 0.05

The table has a heading and numbers (levels as codes 0, 1, ...). Edges are [a, b, mark at a, mark at b] with the marks
tail, arrow and circle. The time is that of the search alone, without reading the table. Methods: pc-*, fci-*, ges-*,
boss-* and grasp-* of causal-learn; castle-pc and notears of gCastle; direct-lingam; dagma-linear. Of the last three,
edges are weights of at least 0.3 on standardised columns (direct-lingam: all that it keeps).
"""

import argparse
import io
import json
import sys
import time
import warnings
from contextlib import redirect_stdout
from importlib.metadata import version

import numpy as np

# The library of a method that is not causal-learn's, as its package is called.
LIBRARIES = {"castle-pc": "gcastle", "notears": "gcastle", "direct-lingam": "lingam", "dagma-linear": "dagma"}

MARKS = {1: "arrow", -1: "tail", 2: "circle"}


def search(method, data, alpha):
    """Runs a method; returns its matrix of end marks, as causal-learn keeps it."""
    if method.startswith("pc-"):
        from causallearn.search.ConstraintBased.PC import pc

        return pc(data, alpha, method[3:], show_progress=False).G.graph
    if method.startswith("fci-"):
        from causallearn.search.ConstraintBased.FCI import fci

        return fci(data, method[4:], alpha, show_progress=False)[0].graph
    if method.startswith("ges-"):
        from causallearn.search.ScoreBased.GES import ges

        score = {"ges-bic": "local_score_BIC", "ges-bdeu": "local_score_BDeu"}[method]
        return ges(data, score)["G"].graph
    if method.startswith(("boss-", "grasp-")):
        from causallearn.search.PermutationBased.BOSS import boss
        from causallearn.search.PermutationBased.GRaSP import grasp

        name, score = method.split("-")
        run = boss if name == "boss" else grasp
        score = {"bic": "local_score_BIC_from_cov", "bdeu": "local_score_BDeu"}[score]
        return run(data, score_func=score, verbose=False).graph
    return marks_of(directed(method, data, alpha))


def directed(method, data, alpha):
    """A matrix that is not zero where the row may cause the column; both ways for an undirected edge."""
    if method == "castle-pc":
        from castle.algorithms import PC

        model = PC(variant="stable", alpha=alpha, ci_test="chi2")
        model.learn(data.astype(int))
        return np.asarray(model.causal_matrix)
    if method == "direct-lingam":
        import lingam

        model = lingam.DirectLiNGAM()
        model.fit(data)
        return model.adjacency_matrix_.T
    scaled = (data - data.mean(axis=0)) / data.std(axis=0)
    if method == "dagma-linear":
        from dagma.linear import DagmaLinear

        weights = DagmaLinear("l2").fit(scaled)
        return np.where(np.abs(weights) >= 0.3, weights, 0)
    if method == "notears":
        from castle.algorithms import Notears

        model = Notears()
        model.learn(scaled)
        return np.asarray(model.causal_matrix)
    raise SystemExit(f"no method is called {method}")


def marks_of(matrix):
    """End marks as causal-learn keeps them: -1 a tail, 1 an arrowhead at the row's node."""
    graph = np.zeros(matrix.shape, dtype=int)
    for a, b in zip(*np.nonzero(matrix)):
        both = matrix[b, a] != 0
        graph[a, b], graph[b, a] = -1, -1 if both else 1
    return graph


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--csv", required=True)
    parser.add_argument("--method", required=True)
    parser.add_argument("--alpha", type=float, default=0.05)
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    with open(options.csv, encoding="utf-8") as file:
        names = file.readline().strip().split(",")
        data = np.loadtxt(file, delimiter=",", ndmin=2)
    # A first run on a little of the table: imports and compilation are not what is compared.
    with redirect_stdout(io.StringIO()):
        try:
            search(options.method, data[:50, :2].copy(), options.alpha)
        except Exception:  # so little of a table may not do for a method; the run below tells
            pass
        begun = time.perf_counter()
        graph = search(options.method, data, options.alpha)
        seconds = time.perf_counter() - begun
    edges = [
        [names[a], names[b], MARKS[int(graph[a, b])], MARKS[int(graph[b, a])]]
        for a in range(len(names))
        for b in range(a + 1, len(names))
        if graph[a, b] != 0
    ]
    peer = LIBRARIES.get(options.method, "causal-learn")
    told = {"peer": peer, "version": version(peer), "seconds": seconds, "edges": edges}
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
