//! DirectLiNGAM against lingam and DAGMA against dagma; versions and values stand in the golden file, which
//! `benches/peers/functional_discovery_golden.py` writes.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use faer::Mat;
use sensorium_causal::discovery::dagma::{DagmaConfig, DagmaLoss, dagma};
use sensorium_causal::discovery::lingam::{LingamConfig, direct_lingam};
use sensorium_causal::{Knowledge, Table};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    seed: u64,
    variables: usize,
    rows: usize,
    density: f64,
    sum: f64,
    order: Vec<usize>,
    weights: Vec<Vec<f64>>,
    order_with_first_tier: Vec<usize>,
    weights_with_first_tier: Vec<Vec<f64>>,
    dagma: Vec<Vec<f64>>,
    dagma_without_next: Vec<Vec<f64>>,
    dagma_logistic: Option<Vec<Vec<f64>>>,
}

struct SplitMix(u64);

impl SplitMix {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

impl Case {
    /// The samples of the script, bit by bit.
    fn samples(&self) -> Vec<Vec<f64>> {
        let (mut g, d) = (SplitMix(self.seed), self.variables);
        // For each effect the weights of the variables before it.
        let mut weights: Vec<Vec<f64>> = Vec::new();
        for effect in 0..d {
            let mut draw = || {
                let (joined, size, negative) =
                    (g.uniform() < self.density, 0.5 + g.uniform(), g.uniform() < 0.5);
                if !joined {
                    0.0
                } else if negative {
                    -size
                } else {
                    size
                }
            };
            weights.push((0..effect).map(|_| draw()).collect());
        }
        let mut columns = vec![Vec::with_capacity(self.rows); d];
        for _ in 0..self.rows {
            let mut values: Vec<f64> = Vec::with_capacity(d);
            for from in &weights {
                let u = 2.0 * g.uniform() - 1.0;
                let noise = 2.0 * u * u * u;
                values.push(from.iter().zip(&values).fold(noise, |x, (weight, cause)| x + weight * cause));
            }
            for (column, value) in columns.iter_mut().zip(values) {
                column.push(value);
            }
        }
        columns.reverse();
        let sum: f64 = columns.iter().flatten().map(|v: &f64| v.abs()).sum();
        assert!((sum - self.sum).abs() < 1e-9 * sum, "the samples are not those of the script");
        columns
    }
}

fn table(columns: Vec<Vec<f64>>) -> Table {
    Table::from_continuous(columns.into_iter().enumerate().map(|(i, c)| (format!("x{i}"), c))).unwrap()
}

fn cases() -> Vec<Case> {
    let golden: Golden = serde_json::from_str(include_str!("golden/functional_discovery.json")).unwrap();
    golden.cases
}

fn assert_close(found: &Mat<f64>, expected: &[Vec<f64>], tolerance: f64, what: &str) {
    for (i, row) in expected.iter().enumerate() {
        for (j, &value) in row.iter().enumerate() {
            let got = found[(i, j)];
            assert_eq!(got == 0.0, value == 0.0, "{what}: edge {i} → {j}: {got} for {value}");
            assert!((got - value).abs() < tolerance, "{what}: weight {i} → {j}: {got} for {value}");
        }
    }
}

#[test]
fn direct_lingam_has_the_order_and_weights_of_lingam() {
    for case in cases() {
        let found =
            direct_lingam(&table(case.samples()), &Knowledge::none(), &LingamConfig::default()).unwrap();
        assert_eq!(found.order, case.order, "seed {}", case.seed);
        assert_close(&found.weights, &case.weights, 1e-9, &format!("seed {}", case.seed));
    }
}

#[test]
fn direct_lingam_with_a_first_tier_has_the_order_and_weights_of_lingam() {
    for case in cases() {
        let tiers = (0..case.variables).map(|i| Some(usize::from(i > 1))).collect();
        let knowledge = Knowledge { tiers, ..Knowledge::none() };
        let found = direct_lingam(&table(case.samples()), &knowledge, &LingamConfig::default()).unwrap();
        assert_eq!(found.order, case.order_with_first_tier, "seed {}", case.seed);
        assert_close(&found.weights, &case.weights_with_first_tier, 1e-9, &format!("seed {}", case.seed));
    }
}

fn unit_variance(columns: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let scaled = |column: Vec<f64>| {
        let n = column.len() as f64;
        let mean = column.iter().sum::<f64>() / n;
        let sd = (column.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
        column.into_iter().map(|v| v / sd).collect()
    };
    columns.into_iter().map(scaled).collect()
}

fn dagma_config() -> DagmaConfig {
    DagmaConfig { lambda1: 0.02, threshold: 0.1, ..DagmaConfig::default() }
}

#[test]
fn dagma_has_the_edges_and_weights_of_dagma() {
    for case in cases() {
        let samples = table(unit_variance(case.samples()));
        let found = dagma(&samples, &Knowledge::none(), &dagma_config()).unwrap();
        assert_close(&found.weights, &case.dagma, 1e-3, &format!("seed {}", case.seed));
    }
}

#[test]
fn dagma_with_forbidden_edges_has_the_edges_and_weights_of_dagma() {
    for case in cases() {
        let samples = table(unit_variance(case.samples()));
        let forbidden = (1..case.variables).map(|i| (i - 1, i)).collect();
        let knowledge = Knowledge { forbidden, ..Knowledge::none() };
        let found = dagma(&samples, &knowledge, &dagma_config()).unwrap();
        assert_close(&found.weights, &case.dagma_without_next, 1e-3, &format!("seed {}", case.seed));
    }
}

#[test]
fn dagma_with_logistic_loss_has_the_edges_and_weights_of_dagma() {
    for case in cases() {
        let Some(expected) = &case.dagma_logistic else { continue };
        let above_median = |column: Vec<f64>| {
            let mut sorted = column.clone();
            sorted.sort_by(f64::total_cmp);
            let half = sorted.len() / 2;
            let median = if sorted.len().is_multiple_of(2) {
                (sorted[half - 1] + sorted[half]) / 2.0
            } else {
                sorted[half]
            };
            column.into_iter().map(|v| f64::from(u8::from(v > median))).collect()
        };
        let samples = table(case.samples().into_iter().map(above_median).collect());
        let config = DagmaConfig { loss: DagmaLoss::Logistic, ..dagma_config() };
        let found = dagma(&samples, &Knowledge::none(), &config).unwrap();
        assert_close(&found.weights, expected, 1e-3, &format!("seed {}", case.seed));
    }
}
