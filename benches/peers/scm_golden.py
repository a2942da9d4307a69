"""Golden values for crates/sensorium-causal/tests/scm_golden.rs from dowhy.gcm.

    pip install dowhy==0.14 scikit-learn==1.9.1
    python benches/peers/scm_golden.py > crates/sensorium-causal/tests/golden/scm.json

Samples are formulas that the test repeats: quantiles of normals at multiples of irrational numbers.
"""

import json
import warnings

import dowhy
import networkx as nx
import numpy as np
import pandas as pd
from dowhy import gcm
from scipy.stats import norm
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import SplineTransformer

warnings.simplefilter("ignore")
gcm.config.disable_progress_bars()
N = 800


def noise(k):
    """Row i has the normal quantile at the fractional part of (i + 1)·√prime."""
    root = np.sqrt([2.0, 3.0, 5.0, 7.0][k])
    return norm.ppf(np.clip(np.modf((np.arange(N) + 1) * root)[0], 1e-6, 1 - 1e-6))


def fit(data, edges, regressor):
    model = gcm.InvertibleStructuralCausalModel(nx.DiGraph(edges))
    for node in data.columns:
        if list(model.graph.predecessors(node)):
            model.set_causal_mechanism(node, gcm.AdditiveNoiseModel(regressor()))
        else:
            model.set_causal_mechanism(node, gcm.EmpiricalDistribution())
    np.random.seed(0)
    gcm.fit(model, data)
    return model


def answers(model, data, values, rows):
    out = {"do": [], "counterfactual": []}
    for value in values:
        np.random.seed(1)
        drawn = gcm.interventional_samples(model, {"x": lambda _: value}, num_samples_to_draw=100000)
        out["do"].append({"x": value, "mean": drawn["y"].mean(), "deviation": drawn["y"].std()})
    for row in rows:
        told = gcm.counterfactual_samples(model, {"x": lambda _: 1.0}, observed_data=data.iloc[[row]])
        out["counterfactual"].append({"row": row, "y": told["y"].iloc[0]})
    return out


z = noise(0)
x = 0.8 * z + noise(1)
m = 1.5 * x + 0.5 * noise(2)
y = 2.0 * m - z + 0.5 * x + 0.5 * noise(3)
linear = pd.DataFrame({"z": z, "x": x, "m": m, "y": y})
edges = [("z", "x"), ("x", "m"), ("m", "y"), ("z", "y"), ("x", "y")]
first = answers(fit(linear, edges, gcm.ml.create_linear_regressor), linear, [-1.0, 1.0], [0, 5, 9])

x = noise(1)
m = np.sin(1.5 * x) + 0.2 * noise(2)
y = m * m + 0.5 * x + 0.2 * noise(3)
curved = pd.DataFrame({"x": x, "m": m, "y": y})
edges = [("x", "m"), ("m", "y"), ("x", "y")]


def splines():
    """Cubic splines with ten knots for each parent: the model nearest to ours."""
    return gcm.ml.SklearnRegressionModel(
        make_pipeline(SplineTransformer(n_knots=10, knots="quantile", extrapolation="linear"), Ridge(0.01))
    )


second = answers(fit(curved, edges, splines), curved, [-1.0, 0.0, 1.0], [0, 5, 9])

print(json.dumps({"dowhy": dowhy.__version__, "linear": first, "curved": second}, indent=1))
