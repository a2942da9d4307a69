"""Golden values for crates/sensorium-recipes/src/process: PCA T2 and SPE, control limits, NAB.

    pip install scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6 pandas==3.1.1
    pip install --no-deps tsad==0.19.4
    python benches/peers/process_golden.py

Principal components come from scikit-learn, quantiles of F and the normal from SciPy, the NAB score
from tsad, the library that SKAB's own evaluation belongs to. The constants stand in the unit tests.
"""
import importlib.util
import sys
import types

import numpy as np
import pandas as pd
import scipy.stats
import sklearn
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

t = np.arange(60)
a, b = np.sin(0.7 * t), np.cos(1.3 * t + 0.4)
x = np.column_stack([a, a + 0.1 * b, b, 0.5 * a - 0.2 * b + 0.05 * np.sin(2.9 * t)])
z = StandardScaler().fit_transform(x)
pca = PCA(n_components=0.85).fit(z)
scores = pca.transform(z)
t2 = (scores**2 / pca.explained_variance_).sum(1)
spe = ((z - pca.inverse_transform(scores)) ** 2).sum(1)
print("scikit-learn", sklearn.__version__, "kept", pca.n_components_)
for row in (0, 31):
    print(f"row {row}: [{t2[row]:.12f}, {spe[row]:.12f}]")

k, n, p = pca.n_components_, len(z), 0.999
t2_limit = k * (n**2 - 1) / (n * (n - k)) * scipy.stats.f.ppf(p, k, n - k)
left_out = PCA().fit(z).explained_variance_[k:]
theta = [(left_out**i).sum() for i in (1, 2, 3)]
h0 = 1 - 2 * theta[0] * theta[2] / (3 * theta[1] ** 2)
c = scipy.stats.norm.ppf(p)
base = 1 + c * h0 * np.sqrt(2 * theta[1]) / theta[0] + theta[1] * h0 * (h0 - 1) / theta[0] ** 2
print(f"SciPy {scipy.__version__} limits: [{t2_limit:.12f}, {theta[0] * base ** (1 / h0):.12f}]")


def tsad_module(name):
    """A module of tsad without its package's imports, which want plotting and deep-learning libraries."""
    import importlib.metadata as metadata

    root = metadata.distribution("tsad").locate_file("tsad/utils/evaluating")
    package = types.ModuleType("evaluating")
    package.__path__ = [str(root)]
    sys.modules["evaluating"] = package
    spec = importlib.util.spec_from_file_location(f"evaluating.{name}", f"{root}/{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


evaluating = tsad_module("evaluating").evaluating
start = pd.Timestamp("2020-03-09")


def series(length, at):
    values = pd.Series(0, index=start + pd.to_timedelta(np.arange(length), unit="s"))
    values.iloc[at] = 1
    return values


truth = [series(600, [100, 150, 400]), series(300, [50])]
predicted = [series(600, [90, 120, 125, 170, 405, 460, 500]), series(300, [10, 200])]
result = evaluating(
    truth,
    predicted,
    metric="nab",
    window_width="60s",
    anomaly_window_destination="righter",
    plot_figure=False,
    verbose=False,
)
print("tsad NAB:", result)
