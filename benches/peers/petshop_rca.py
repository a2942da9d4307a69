"""Rankings of root causes on PetShop issues by independent implementations.

Reads a JSON list of cases (paths of graph, normal period and issue; target, metric, statistic) and prints a
JSON list of [method, [ordered services for each case]]. Needs numpy, pandas, networkx, scipy, scikit-learn.
"""

import json
import sys
import warnings

import networkx as nx
import numpy as np
import pandas as pd
from scipy.stats import spearmanr
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import RobustScaler

warnings.filterwarnings("ignore")


def read(path):
    return pd.read_csv(path, header=[0, 1, 2], index_col=0)


def view(case):
    normal, issue = read(case["normal"]), read(case["issue"])
    adjacency = pd.read_csv(case["graph"], index_col=0)
    kept, before, during = [], {}, {}
    for node in adjacency.columns:
        column = (node, case["metric"], case["statistic"])
        if column in normal.columns and column in issue.columns:
            if normal[column].notna().sum() >= 8 and issue[column].notna().any():
                before[node], during[node] = normal[column].to_numpy(float), issue[column].to_numpy(float)
                kept.append(node)
    graph = nx.DiGraph()
    graph.add_nodes_from(kept)
    graph.add_edges_from((callee, caller) for caller in kept for callee in kept if adjacency.loc[caller, callee])
    return normal, issue, before, during, graph


def robust(before, during):
    scores = {}
    for node in before:
        scaler = RobustScaler().fit(before[node][:, None])
        scores[node] = np.nanmax(np.abs(scaler.transform(during[node][:, None])))
    return scores


def order(scores):
    return [n for n, _ in sorted(scores.items(), key=lambda i: (-i[1], i[0]))]


def baro_all(normal, issue, case):
    scores = {}
    for column in normal.columns.intersection(issue.columns):
        if normal[column].notna().sum() >= 8 and issue[column].notna().any():
            scaler = RobustScaler().fit(normal[column].to_numpy(float)[:, None])
            value = np.nanmax(np.abs(scaler.transform(issue[column].to_numpy(float)[:, None])))
            scores[column[0]] = max(scores.get(column[0], 0), value)
    return order(scores)


def rarity(before, during):
    scores = {}
    for node in before:
        clean = before[node][~np.isnan(before[node])]
        middle = np.median(clean)
        far = [(1 + np.sum(abs(clean - middle) >= abs(v - middle))) / (len(clean) + 1) for v in during[node] if v == v]
        scores[node] = -np.log(min(far))
    return scores


def traversal(graph, target, scores):
    bad = {n for n, s in scores.items() if s >= -np.log(0.01)} | {target}
    linked = nx.ancestors(graph.subgraph(bad), target) | {target}
    roots = {n for n in linked if not any(p in bad for p in graph.predecessors(n))}
    return order({n: scores[n] for n in roots}) + order({n: scores[n] for n in linked - roots})


def correlation(before, during, target):
    joined = {n: np.concatenate([before[n], during[n]]) for n in before}
    scores = {}
    for n in joined:
        if n != target:
            value = spearmanr(joined[n], joined[target], nan_policy="omit").statistic
            scores[n] = abs(value) if np.isfinite(value) else 0
    return order(scores)


def circa(graph, before, during, target):
    scores = {}
    for node in nx.ancestors(graph, target) | {target}:
        parents = list(graph.predecessors(node))
        b = np.column_stack([before[n] for n in parents + [node]])
        d = np.column_stack([during[n] for n in parents + [node]])
        b, d = b[~np.isnan(b).any(1)], d[~np.isnan(d).any(1)]
        if parents and len(b) >= len(parents) + 8 and len(d):
            fit = LinearRegression().fit(b[:, :-1], b[:, -1])
            b, d = b[:, -1] - fit.predict(b[:, :-1]), d[:, -1] - fit.predict(d[:, :-1])
        else:
            b, d = before[node], during[node]
        scores[node] = robust({node: b}, {node: d})[node]
    return order(scores)


def main():
    found = {}
    for case in json.load(open(sys.argv[1])):
        normal, issue, before, during, graph = view(case)
        target = case["target"]
        for name, ranked in [
            ("Python: traversal", traversal(graph, target, rarity(before, during))),
            ("Python: rank correlation", correlation(before, during, target)),
            ("Python: CIRCA", circa(graph, before, during, target)),
            ("Python: BARO, metric of the target", order(robust(before, during))),
            ("Python: BARO, all metrics", baro_all(normal, issue, case)),
        ]:
            found.setdefault(name, []).append(ranked)
    print(json.dumps(list(found.items())))


main()
