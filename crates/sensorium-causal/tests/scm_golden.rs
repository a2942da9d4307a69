//! Models against dowhy.gcm 0.14 (`benches/peers/scm_golden.py`) on the same samples.
// A test that cannot be set up should fail.
#![allow(clippy::unwrap_used)]

use sensorium_causal::scm::{CounterfactualOptions, Family, FitOptions, Intervention, StructuralCausalModel};
use sensorium_causal::{Dag, Table};
use serde_json::Value;
use statrs::distribution::{ContinuousCDF, Normal};

/// Row i has the normal quantile at the fractional part of (i + 1)·√prime.
fn noise(k: usize) -> Vec<f64> {
    let root = [2.0_f64, 3.0, 5.0, 7.0][k].sqrt();
    let normal = Normal::standard();
    (0..800).map(|i| normal.inverse_cdf((f64::from(i + 1) * root).fract().clamp(1e-6, 1.0 - 1e-6))).collect()
}

fn golden() -> Value {
    serde_json::from_str(include_str!("golden/scm.json")).unwrap()
}

/// Holds means and deviations under do(x) and counterfactuals of y against golden values.
fn compare(golden: &Value, table: &Table, edges: &[(usize, usize)], family: Family, tolerances: [f64; 2]) {
    let dag = Dag::from_edges(table.names(), edges).unwrap();
    let options = FitOptions { candidates: Some(vec![family]), ..FitOptions::default() };
    let model = StructuralCausalModel::fit(table, &dag, &options).unwrap();
    let (x, y) = (model.index_of("x").unwrap(), model.index_of("y").unwrap());
    for done in golden["do"].as_array().unwrap() {
        let set = [Intervention::set(x, done["x"].as_f64().unwrap())];
        let drawn = model.intervene(&set, 100_000, 1).unwrap().table;
        let values = drawn.continuous(y).unwrap();
        let mean = values.iter().sum::<f64>() / 1e5;
        let deviation = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 1e5).sqrt();
        for (ours, theirs) in [(mean, &done["mean"]), (deviation, &done["deviation"])] {
            assert!((ours - theirs.as_f64().unwrap()).abs() < tolerances[0], "{done}: {ours}");
        }
    }
    for told in golden["counterfactual"].as_array().unwrap() {
        let facts = model.row_of(table, told["row"].as_u64().unwrap() as usize).unwrap();
        let set = [Intervention::set(x, 1.0)];
        let answer = model.counterfactual(&facts, &set, &CounterfactualOptions::default()).unwrap();
        let (ours, theirs) = (answer.values[y].value, told["y"].as_f64().unwrap());
        assert!((ours - theirs).abs() < tolerances[1], "{told}: {ours}");
    }
}

#[test]
fn a_linear_model_answers_as_dowhy_does() {
    let [z, e, f, g] = [0, 1, 2, 3].map(noise);
    let x: Vec<f64> = (0..800).map(|i| 0.8 * z[i] + e[i]).collect();
    let m: Vec<f64> = (0..800).map(|i| 1.5 * x[i] + 0.5 * f[i]).collect();
    let y = (0..800).map(|i| 2.0 * m[i] - z[i] + 0.5 * x[i] + 0.5 * g[i]).collect();
    let table = Table::from_continuous([("z", z), ("x", x), ("m", m), ("y", y)]).unwrap();
    // Both use least squares, so counterfactuals agree to the samples' own rounding. Two means of 100,000
    // draws of deviation 1.5 differ by .0067 (one standard error); three of them.
    let edges = [(0, 1), (1, 2), (2, 3), (0, 3), (1, 3)];
    compare(&golden()["linear"], &table, &edges, Family::Linear, [0.02, 1e-6]);
}

#[test]
fn a_curved_model_answers_as_dowhy_with_splines_does() {
    let [x, f, g] = [1, 2, 3].map(noise);
    let m: Vec<f64> = (0..800).map(|i| (1.5 * x[i]).sin() + 0.2 * f[i]).collect();
    let y = (0..800).map(|i| m[i] * m[i] + 0.5 * x[i] + 0.2 * g[i]).collect();
    let table = Table::from_continuous([("x", x), ("m", m), ("y", y)]).unwrap();
    // The curves differ: theirs has ten knots and hardly a penalty, ours a chosen one. With noise of .2 and
    // some 80 rows to a knot a fitted value has an error of about .2/√80 = .022; twice that for each of two
    // curves in a row.
    compare(&golden()["curved"], &table, &[(0, 1), (1, 2), (0, 2)], Family::Curves, [0.06, 0.09]);
}
