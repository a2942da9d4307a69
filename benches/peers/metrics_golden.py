"""Golden values for crates/sensorium-nn/src/metrics.

    pip install scikit-learn==1.7.2 scipy==1.17.1 numpy==2.4.6
    python benches/peers/metrics_golden.py > crates/sensorium-nn/tests/golden/metrics.json

The inputs travel with the values, so the test needs no Python. Scores are rounded to two decimals to
make ties common.
"""
import json
import warnings

import numpy as np
import scipy
import sklearn
from scipy import stats
from sklearn import calibration, metrics

warnings.simplefilter("ignore")
rng = np.random.default_rng(20240607)
n, classes = 120, 5

# Class 3 never occurs but is predicted; class 4 is neither.
truth = rng.choice(3, n, p=[0.6, 0.3, 0.1])
logits = rng.normal(size=(n, classes)) + 1.5 * np.eye(classes)[truth]
logits[:, 4] = -9
probabilities = np.round(np.exp(logits) / np.exp(logits).sum(1, keepdims=True), 4)
probabilities[:, 0] += 1 - probabilities.sum(1)
predicted = probabilities.argmax(1)

# Three classes, all of which occur, for one-vs-rest.
three = probabilities[:, :3] / probabilities[:, :3].sum(1, keepdims=True)

positive = truth == 0
scores = np.round(probabilities[:, 0], 1)
confidence = probabilities.max(1)
correct = predicted == truth


def ece(groups):
    return sum(len(g) * abs(correct[g].mean() - confidence[g].mean()) for g in groups if len(g)) / n


width = np.searchsorted(np.linspace(0, 1, 11)[1:-1], confidence)
by_width = [np.flatnonzero(width == b) for b in range(10)]
# Distinct confidences, so that equal counts need no rule for ties.
distinct = confidence + np.arange(n) * 1e-9 - 60e-9
order = np.argsort(distinct)
confidence = distinct
by_count = np.array_split(order, 7)
prob_true, prob_pred = calibration.calibration_curve(correct, confidence, n_bins=10, strategy="uniform")

y = rng.normal(size=40)
y_hat = y + 0.5 * rng.normal(size=40)
coarse, coarse_hat = np.round(y, 0), np.round(y_hat, 0)

boot = stats.bootstrap((y,), np.mean, n_resamples=20000, method="percentile", rng=rng)
p, r, f, s = metrics.precision_recall_fscore_support(truth, predicted, labels=range(classes), zero_division=0)
wilson = {
    f"{k}/{m}@{level}": list(
        stats.binomtest(k, m).proportion_ci(confidence_level=level, method="wilson")
    )
    for k, m, level in [(0, 10, 0.95), (3, 10, 0.95), (97, 100, 0.9), (50, 50, 0.99), (1, 3000, 0.95)]
}

print(json.dumps({
    "versions": {"numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__},
    "classes": classes,
    "truth": truth.tolist(),
    "predicted": predicted.tolist(),
    "probabilities": probabilities.ravel().tolist(),
    "three": three.ravel().tolist(),
    "scores": scores.tolist(),
    "confidence": confidence.tolist(),
    "y": y.tolist(),
    "y_hat": y_hat.tolist(),
    "coarse": coarse.tolist(),
    "coarse_hat": coarse_hat.tolist(),
    "confusion": metrics.confusion_matrix(truth, predicted, labels=range(classes)).ravel().tolist(),
    "accuracy": metrics.accuracy_score(truth, predicted),
    "balanced_accuracy": metrics.balanced_accuracy_score(truth, predicted),
    "macro_f1": metrics.f1_score(truth, predicted, average="macro"),
    "macro_f1_of_true_classes": metrics.f1_score(truth, predicted, average="macro", labels=np.unique(truth)),
    "precision": p.tolist(),
    "recall": r.tolist(),
    "f1": f.tolist(),
    "support": s.tolist(),
    "auroc": metrics.roc_auc_score(positive, scores),
    "auroc_one_vs_rest": metrics.roc_auc_score(truth, three, multi_class="ovr", average="macro"),
    "average_precision": metrics.average_precision_score(positive, scores),
    "ece_equal_width_10": ece(by_width),
    "ece_adaptive_7": ece(by_count),
    "reliability_true": prob_true.tolist(),
    "reliability_confidence": prob_pred.tolist(),
    "brier": metrics.brier_score_loss(truth, three, labels=range(3)),
    "brier_binary": metrics.brier_score_loss(positive, scores),
    "nll": metrics.log_loss(truth, three),
    "r2": metrics.r2_score(y, y_hat),
    "mae": metrics.mean_absolute_error(y, y_hat),
    "rmse": metrics.root_mean_squared_error(y, y_hat),
    "spearman": stats.spearmanr(coarse, coarse_hat).statistic,
    "pearson": stats.pearsonr(y, y_hat).statistic,
    "bootstrap_mean": [boot.confidence_interval.low, boot.confidence_interval.high],
    "wilson": wilson,
}))
