"""causal-learn on a table: seconds and edges, as JSON.

    python causal_learn_discovery.py --csv TABLE.csv --method pc-gsq --alpha 0.05

The table has a heading and numbers (levels as codes 0, 1, ...). Edges are [a, b, mark at a, mark at b] with the marks
tail, arrow and circle. The time is that of the search alone, without reading the table.
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
    raise SystemExit(f"no method is called {method}")


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
        except Exception:
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
    told = {"peer": "causal-learn", "version": version("causal-learn"), "seconds": seconds, "edges": edges}
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
