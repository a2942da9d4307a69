//! Metrics against scikit-learn 1.7.2 and SciPy 1.17.1.
//!
//! `tests/golden/metrics.json` is printed by `benches/peers/metrics_golden.py`.

#![allow(clippy::unwrap_used)]

use sensorium_nn::metrics::*;
use serde_json::Value;

fn golden() -> Value {
    serde_json::from_str(include_str!("golden/metrics.json")).unwrap()
}

fn floats(golden: &Value, key: &str) -> Vec<f64> {
    golden[key].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn labels(golden: &Value, key: &str) -> Vec<usize> {
    floats(golden, key).into_iter().map(|v| v as usize).collect()
}

#[track_caller]
fn assert_near(ours: f64, golden: &Value) {
    let theirs = golden.as_f64().unwrap();
    assert!((ours - theirs).abs() < 1e-9, "ours {ours}, theirs {theirs}");
}

#[test]
fn labels_are_scored_as_scikit_learn_does() {
    let g = golden();
    let (truth, predicted) = (labels(&g, "truth"), labels(&g, "predicted"));
    let matrix = Confusion::from_labels(g["classes"].as_u64().unwrap() as usize, &truth, &predicted);
    let counts: Vec<f64> = matrix.counts().iter().map(|&c| c as f64).collect();
    assert_eq!(counts, floats(&g, "confusion"));
    assert_near(accuracy(&truth, &predicted), &g["accuracy"]);
    assert_near(matrix.accuracy(), &g["accuracy"]);
    assert_near(matrix.balanced_accuracy(), &g["balanced_accuracy"]);
    assert_near(macro_f1(&truth, &predicted), &g["macro_f1"]);
    assert_near(matrix.macro_f1(), &g["macro_f1"]);
    assert_near(macro_f1_of_true_classes(&truth, &predicted), &g["macro_f1_of_true_classes"]);
    for class in 0..matrix.classes() {
        let scores = matrix.class(class);
        assert_near(scores.precision, &g["precision"][class]);
        assert_near(scores.recall, &g["recall"][class]);
        assert_near(scores.f1, &g["f1"][class]);
        assert_eq!(scores.support, g["support"][class].as_u64().unwrap());
    }
}

#[test]
fn ranking_with_ties_is_scored_as_scikit_learn_does() {
    let g = golden();
    let truth = labels(&g, "truth");
    let positive: Vec<bool> = truth.iter().map(|&t| t == 0).collect();
    let scores = floats(&g, "scores");
    assert_near(auroc(&positive, &scores), &g["auroc"]);
    assert_near(average_precision(&positive, &scores), &g["average_precision"]);
    assert_near(auroc_one_vs_rest(&truth, &floats(&g, "three"), 3), &g["auroc_one_vs_rest"]);
}

#[test]
fn probabilities_are_scored_as_scikit_learn_does() {
    let g = golden();
    let truth = labels(&g, "truth");
    let positive: Vec<bool> = truth.iter().map(|&t| t == 0).collect();
    let three = floats(&g, "three");
    assert_near(brier(&truth, &three, 3), &g["brier"]);
    assert_near(brier_binary(&positive, &floats(&g, "scores")), &g["brier_binary"]);
    assert_near(nll(&truth, &three, 3), &g["nll"]);
    let classes = g["classes"].as_u64().unwrap() as usize;
    assert_eq!(argmax_rows(&floats(&g, "probabilities"), classes), labels(&g, "predicted"));
}

#[test]
fn calibration_agrees_with_scikit_learn_and_numpy() {
    let g = golden();
    let confidence = floats(&g, "confidence");
    let correct: Vec<bool> =
        labels(&g, "truth").iter().zip(labels(&g, "predicted")).map(|(t, p)| *t == p).collect();
    let bins = reliability_bins(&confidence, &correct, Binning::EqualWidth(10));
    assert_eq!(bins.len(), g["reliability_true"].as_array().unwrap().len());
    for (i, bin) in bins.iter().enumerate() {
        assert_near(bin.accuracy, &g["reliability_true"][i]);
        assert_near(bin.confidence, &g["reliability_confidence"][i]);
    }
    let ece = |binning| expected_calibration_error(&confidence, &correct, binning);
    assert_near(ece(Binning::EqualWidth(10)), &g["ece_equal_width_10"]);
    assert_near(ece(Binning::Adaptive(7)), &g["ece_adaptive_7"]);
}

#[test]
fn numbers_are_scored_as_scikit_learn_and_scipy_do() {
    let g = golden();
    let (y, y_hat) = (floats(&g, "y"), floats(&g, "y_hat"));
    assert_near(r2(&y, &y_hat), &g["r2"]);
    assert_near(mae(&y, &y_hat), &g["mae"]);
    assert_near(rmse(&y, &y_hat), &g["rmse"]);
    assert_near(pearson(&y, &y_hat), &g["pearson"]);
    assert_near(spearman(&floats(&g, "coarse"), &floats(&g, "coarse_hat")), &g["spearman"]);
}

#[test]
fn wilson_intervals_agree_with_scipy() {
    let g = golden();
    let cases = g["wilson"].as_object().unwrap();
    assert_eq!(cases.len(), 5);
    for (case, ends) in cases {
        let (share, level) = case.split_once('@').unwrap();
        let (successes, trials) = share.split_once('/').unwrap();
        let ours = wilson(successes.parse().unwrap(), trials.parse().unwrap(), level.parse().unwrap());
        assert_near(ours.lo, &ends[0]);
        assert_near(ours.hi, &ends[1]);
    }
}

#[test]
fn the_bootstrap_agrees_with_scipy_up_to_its_own_noise() {
    let g = golden();
    let y = floats(&g, "y");
    let interval = Bootstrap::new(1)
        .resamples(20_000)
        .interval(y.len(), |rows| rows.iter().map(|&r| y[r]).sum::<f64>() / rows.len() as f64);
    let width = g["bootstrap_mean"][1].as_f64().unwrap() - g["bootstrap_mean"][0].as_f64().unwrap();
    assert!((interval.lo - g["bootstrap_mean"][0].as_f64().unwrap()).abs() < 0.02 * width);
    assert!((interval.hi - g["bootstrap_mean"][1].as_f64().unwrap()).abs() < 0.02 * width);
}
