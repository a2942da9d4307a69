"""p-values of causal-learn 0.1.4.8 for `crates/sensorium-causal/tests/golden/independence.json`.

    python benches/peers/independence_golden.py > crates/sensorium-causal/tests/golden/independence.json

The samples come from the congruential generator below, which `tests/independence_golden.rs` has too.
"""

import json
import math

import numpy as np
from causallearn.utils.cit import CIT


class Congruential:
    """x <- 1103515245 x + 12345 modulo 2^31."""

    def __init__(self, seed):
        self.state = seed

    def uniform(self):
        self.state = (1103515245 * self.state + 12345) % 2**31
        return self.state / 2**31

    def noise(self):
        """About normal: twelve uniform numbers less six."""
        return sum(self.uniform() for _ in range(12)) - 6.0


def numbers(rows):
    """A cause d, two effects a and b of it, b also of a; c is noise and a little of b."""
    random, table = Congruential(7), []
    for _ in range(rows):
        d = random.noise()
        a = 0.6 * d + random.noise()
        b = 0.2 * a * a + 0.5 * d + random.noise()
        c = 0.3 * b + random.noise()
        table.append([a, b, c, d])
    return np.array(table)


def gaps(rows):
    """The numbers without about one value in eight."""
    random, table = Congruential(11), numbers(rows)
    for row in table:
        for j in range(4):
            if random.uniform() < 0.125:
                row[j] = math.nan
    return table


def codes(rows):
    """Categories of 3, 4, 2 and 3 levels: the second follows the first, the last level of each is rare."""
    random, table = Congruential(13), []
    for _ in range(rows):
        a = int(3 * random.uniform() ** 2)
        b = a if random.uniform() < 0.3 else int(4 * random.uniform() ** 2)
        c = int(2 * random.uniform())
        d = (a + c) % 3 if random.uniform() < 0.2 else int(3 * random.uniform() ** 2)
        table.append([a, b, c, d])
    return np.array(table)


QUERIES = [(0, 1, []), (0, 2, []), (2, 3, []), (0, 1, [3]), (0, 2, [1]), (0, 2, [1, 3]), (2, 3, [0, 1])]


def main():
    samples = {"fisherz": numbers(120), "mv_fisherz": gaps(120), "gsq": codes(100), "chisq": codes(100)}
    golden = {}
    for method, data in samples.items():
        test = CIT(data, method)
        golden[method] = [[x, y, given, float(test(x, y, given))] for x, y, given in QUERIES]
    for rows in (80, 200):
        test = CIT(numbers(rows), "kci")
        golden[f"kci_{rows}"] = [[x, y, given, float(test(x, y, given))] for x, y, given in QUERIES]
    print(json.dumps(golden, indent=1))


if __name__ == "__main__":
    main()
