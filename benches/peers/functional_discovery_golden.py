"""Golden values for the tests of `discovery::lingam` and `discovery::dagma`.

Draws samples with a generator that the Rust tests repeat bit by bit (splitmix64, only + - * and /), fits lingam's
DirectLiNGAM and dagma's DagmaLinear and prints what they found:

    python benches/peers/functional_discovery_golden.py > crates/sensorium-causal/tests/golden/functional_discovery.json
"""

import json
from importlib.metadata import version

import lingam
import numpy as np
from dagma.linear import DagmaLinear

MASK = (1 << 64) - 1


class Generator:
    def __init__(self, seed):
        self.state = seed

    def uniform(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return ((z ^ (z >> 31)) >> 11) / (1 << 53)


def samples(seed, variables, rows, density):
    """x0 first; each later variable takes from each earlier one with probability `density`; cubed uniform noise,
    which has heavy tails. The columns are then turned round, so that the order is not that of the columns."""
    g = Generator(seed)
    weights = [[0.0] * variables for _ in range(variables)]
    for effect in range(variables):
        for cause in range(effect):
            joined, size, sign = g.uniform() < density, 0.5 + g.uniform(), g.uniform() < 0.5
            if joined:
                weights[cause][effect] = -size if sign else size
    data = np.zeros((rows, variables))
    for row in range(rows):
        for effect in range(variables):
            u = 2.0 * g.uniform() - 1.0
            x = 2.0 * u * u * u
            for cause in range(effect):
                x = x + weights[cause][effect] * data[row, cause]
            data[row, effect] = x
    return data[:, ::-1].copy()


def main():
    cases = []
    for seed, variables, rows, density in [(1, 4, 300, 0.5), (2, 6, 800, 0.4), (3, 8, 400, 0.3), (4, 10, 1500, 0.3), (5, 12, 257, 0.2)]:
        data = samples(seed, variables, rows, density)
        model = lingam.DirectLiNGAM()
        model.fit(data)
        knowledge = -np.ones((variables, variables))
        # Positions 0 and 1 belong to a first tier: no other variable has a path to them.
        knowledge[np.ix_([0, 1], list(range(2, variables)))] = 0
        informed = lingam.DirectLiNGAM(prior_knowledge=knowledge)
        informed.fit(data)
        unit = data / data.std(axis=0)
        dagma = DagmaLinear("l2").fit(unit.copy(), lambda1=0.02, w_threshold=0.1)
        excluded = tuple((i, i + 1) for i in range(variables - 1))
        masked = DagmaLinear("l2").fit(unit.copy(), lambda1=0.02, w_threshold=0.1, exclude_edges=excluded)
        labels = (data > np.median(data, axis=0)).astype(float)
        logistic = DagmaLinear("logistic").fit(labels.copy(), lambda1=0.02, w_threshold=0.1) if variables <= 6 else None
        cases.append(
            {
                "seed": seed,
                "variables": variables,
                "rows": rows,
                "density": density,
                "sum": float(np.abs(data).sum()),
                "order": [int(i) for i in model.causal_order_],
                # lingam's matrices are effect x cause; ours are cause x effect.
                "weights": model.adjacency_matrix_.T.tolist(),
                "order_with_first_tier": [int(i) for i in informed.causal_order_],
                "weights_with_first_tier": informed.adjacency_matrix_.T.tolist(),
                "dagma": dagma.tolist(),
                "dagma_without_next": masked.tolist(),
                "dagma_logistic": None if logistic is None else logistic.tolist(),
            }
        )
    print(json.dumps({"lingam": version("lingam"), "dagma": version("dagma"), "cases": cases}, indent=None))


if __name__ == "__main__":
    main()
