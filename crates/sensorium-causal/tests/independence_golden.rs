//! Tests of independence against causal-learn 0.1.4.8 (`benches/peers/independence_golden.py`).

use sensorium_causal::independence::{
    CountStatistic, CountTest, FisherZ, IndependenceTest, KernelConfig, KernelTest,
};
use sensorium_causal::{Column, Table};
use std::collections::BTreeMap;

/// x, y, given and the p-value of causal-learn.
type Query = (usize, usize, Vec<usize>, f64);

/// x <- 1103515245 x + 12345 modulo 2^31, as in the script.
struct Congruential(u64);

impl Congruential {
    fn uniform(&mut self) -> f64 {
        self.0 = (1_103_515_245 * self.0 + 12_345) % (1 << 31);
        self.0 as f64 / f64::from(1_u32 << 31)
    }

    fn noise(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}

fn numbers(rows: usize) -> Vec<[f64; 4]> {
    let mut random = Congruential(7);
    let row = |_| {
        let d = random.noise();
        let a = 0.6 * d + random.noise();
        let b = 0.2 * a * a + 0.5 * d + random.noise();
        let c = 0.3 * b + random.noise();
        [a, b, c, d]
    };
    (0..rows).map(row).collect()
}

fn gaps(rows: usize) -> Vec<[f64; 4]> {
    let mut random = Congruential(11);
    let mut table = numbers(rows);
    for value in table.iter_mut().flatten() {
        if random.uniform() < 0.125 {
            *value = f64::NAN;
        }
    }
    table
}

fn codes(rows: usize) -> Vec<[u32; 4]> {
    let mut random = Congruential(13);
    let row = |_| {
        let a = (3.0 * random.uniform().powi(2)) as u32;
        let b = if random.uniform() < 0.3 { a } else { (4.0 * random.uniform().powi(2)) as u32 };
        let c = (2.0 * random.uniform()) as u32;
        let d = if random.uniform() < 0.2 { (a + c) % 3 } else { (3.0 * random.uniform().powi(2)) as u32 };
        [a, b, c, d]
    };
    (0..rows).map(row).collect()
}

fn continuous(rows: &[[f64; 4]]) -> Table {
    Table::from_continuous((0..4).map(|j| (format!("x{j}"), rows.iter().map(|r| r[j]).collect()))).unwrap()
}

fn categorical(rows: &[[u32; 4]]) -> Table {
    let column = |(j, levels): (usize, u32)| {
        let names = (0..levels).map(|l| l.to_string()).collect();
        Column::categorical(format!("c{j}"), names, rows.iter().map(|r| r[j]).collect())
    };
    Table::new([3, 4, 2, 3].into_iter().enumerate().map(column).collect()).unwrap()
}

/// Every p-value of `method` is that of causal-learn but for a billionth of it, or `conditional` where variables are
/// given.
fn agrees(method: &str, test: &dyn IndependenceTest, conditional: f64) {
    let golden: BTreeMap<String, Vec<Query>> =
        serde_json::from_str(include_str!("golden/independence.json")).unwrap();
    for (x, y, given, theirs) in &golden[method] {
        let ours = test.p_value(*x, *y, given).unwrap();
        let apart = (ours - theirs).abs() / theirs;
        let allowed = if given.is_empty() { 1e-9 } else { conditional };
        assert!(apart < allowed, "{method}, {x} and {y} given {given:?}: {ours}, not {theirs} ({apart:e})");
    }
}

#[test]
fn fishers_z_is_that_of_causal_learn() {
    agrees("fisherz", &FisherZ::new(&continuous(&numbers(120))).unwrap(), 1e-9);
}

#[test]
fn fishers_z_with_missing_values_is_that_of_causal_learn() {
    agrees("mv_fisherz", &FisherZ::new(&continuous(&gaps(120))).unwrap(), 1e-9);
}

#[test]
fn tests_of_counts_are_those_of_causal_learn_with_empty_cells_too() {
    let rows = codes(100);
    let strata: std::collections::BTreeSet<_> = rows.iter().collect();
    assert!(strata.len() < 3 * 4 * 2 * 3, "some cells are empty");
    let table = categorical(&rows);
    agrees("gsq", &CountTest::new(&table, CountStatistic::GSquare).unwrap(), 1e-9);
    agrees("chisq", &CountTest::new(&table, CountStatistic::ChiSquare).unwrap(), 1e-9);
}

/// causal-learn leaves out eigenvalues below 1e-5 of the largest before it matches the null distribution's moments,
/// ours leaves out none: hence the tolerance where variables are given.
#[test]
fn kernel_tests_are_those_of_causal_learn() {
    for rows in [80, 200] {
        let test = KernelTest::new(&continuous(&numbers(rows)), KernelConfig::default()).unwrap();
        agrees(&format!("kci_{rows}"), &test, 2e-4);
    }
}
