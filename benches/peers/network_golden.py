"""CPDAGs of causal-learn on five Bayesian networks, for `tests/network_golden.rs` of sensorium-causal.

    python network_golden.py SAMPLE_NETWORK NETWORKS > golden/networks.json

SAMPLE_NETWORK is the built example `sample_network`, NETWORKS the folder with the .bif files. Edges are
[a, b, mark at a, mark at b].
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

PEER = Path(__file__).with_name("graph_discovery.py")
ROWS, SEED = 2000, 1


def main():
    sampler, networks = sys.argv[1:]
    golden = {"rows": ROWS, "seed": SEED, "alpha": 0.05, "networks": {}}
    for name in ["asia", "sachs", "child", "insurance", "alarm"]:
        with tempfile.TemporaryDirectory() as folder:
            table = Path(folder, "table.csv")
            sample = [sampler, f"{networks}/{name}.bif", str(ROWS), str(SEED)]
            table.write_bytes(subprocess.run(sample, check=True, capture_output=True).stdout)
            found = {}
            for method in ["pc-gsq", "pc-fisherz", "ges-bdeu", "ges-bic"]:
                ask = [sys.executable, str(PEER), "--csv", str(table), "--method", method, "--alpha", "0.05"]
                told = json.loads(subprocess.run(ask, check=True, capture_output=True).stdout)
                golden["version"] = told["version"]
                found[method] = told["edges"]
            golden["networks"][name] = found
    json.dump(golden, sys.stdout, separators=(",", ":"))
    print()


if __name__ == "__main__":
    main()
