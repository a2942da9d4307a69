//! Tables that mix numbers and categories.

use rand::Rng;
use rand_distr::{Distribution, StandardNormal};
use sensorium_causal::discovery::{Method, SearchOptions, search, test_for};
use sensorium_causal::independence::{DegenerateGaussian, FisherZ, IndependenceTest};
use sensorium_causal::random::generator;
use sensorium_causal::score::{DegenerateGaussianBic, GaussianBic, LocalScore};
use sensorium_causal::{CausalError, Column, Knowledge, Table};

fn levels(n: usize) -> Vec<String> {
    (0..n).map(|l| format!("l{l}")).collect()
}

/// tool → pressure → fault ← shift, and dose → pressure: `effect` is the strength of all of them.
fn mixed(rows: usize, effect: f64, seed: u64) -> Result<Table, CausalError> {
    let mut rng = generator(seed, 0);
    let mut noise = || -> f64 { StandardNormal.sample(&mut rng) };
    let (mut tool, mut shift, mut dose, mut pressure, mut fault) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rows {
        let (t, s) = (noise(), noise());
        let t = u32::from(t > -0.4) + u32::from(t > 0.5);
        let s = u32::from(s > 0.0);
        let d = noise();
        let p = effect * ([0.0, 1.0, -0.7][t as usize] + d) + noise();
        let f = effect * (p + 1.5 * f64::from(s)) + noise();
        tool.push(t);
        shift.push(s);
        dose.push(d);
        pressure.push(p);
        fault.push(u32::from(f > 0.3) + u32::from(f > 1.5));
    }
    Table::new(vec![
        Column::categorical("tool", levels(3), tool),
        Column::categorical("shift", levels(2), shift),
        Column::continuous("dose", dose),
        Column::continuous("pressure", pressure),
        Column::categorical("fault", levels(3), fault),
    ])
}

#[test]
fn independent_variables_are_called_dependent_as_often_as_alpha_says() {
    let pairs: [(usize, usize, &[usize]); 5] =
        [(0, 1, &[]), (0, 2, &[1]), (1, 3, &[0, 2]), (0, 4, &[2]), (3, 4, &[])];
    let mut small = 0;
    for seed in 0..200 {
        let test = DegenerateGaussian::new(&mixed(200, 0.0, seed).unwrap()).unwrap();
        small += pairs.iter().filter(|(x, y, z)| test.p_value(*x, *y, z).unwrap() < 0.05).count();
    }
    // 1,000 tests at 5 %: 50 expected, three standard deviations are 21.
    assert!((29..=71).contains(&small), "{small}");
}

#[test]
fn a_mediator_separates_and_its_absence_does_not() {
    let (mut direct, mut through, mut separated) = (0, 0, 0);
    for seed in 0..50 {
        let test = DegenerateGaussian::new(&mixed(500, 1.0, seed).unwrap()).unwrap();
        direct += usize::from(test.p_value(0, 3, &[2]).unwrap() < 0.01);
        through += usize::from(test.p_value(0, 4, &[]).unwrap() < 0.01);
        separated += usize::from(test.p_value(1, 3, &[0, 2]).unwrap() > 0.01);
    }
    assert!(direct == 50 && through >= 48 && separated >= 47, "{direct} {through} {separated}");
}

/// grade ← tool → pressure ← dose, pressure → width ← shift: every mean is linear in the indicators of its causes.
fn linear_in_indicators(rows: usize, seed: u64) -> Result<Table, CausalError> {
    let mut rng = generator(seed, 2);
    let (mut tool, mut grade, mut shift) = (Vec::new(), Vec::new(), Vec::new());
    let (mut dose, mut pressure, mut width) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rows {
        let t = rng.random_range(0..3_u32);
        let s = rng.random_range(0..2_u32);
        let mut noise = || -> f64 { StandardNormal.sample(&mut rng) };
        let d = noise();
        let p = [0.0, 1.0, -0.7][t as usize] + d + noise();
        width.push(p + 1.5 * f64::from(s) + noise());
        grade.push(if rng.random_bool(0.5) { t } else { rng.random_range(0..3) });
        tool.push(t);
        shift.push(s);
        dose.push(d);
        pressure.push(p);
    }
    Table::new(vec![
        Column::categorical("tool", levels(3), tool),
        Column::categorical("grade", levels(3), grade),
        Column::categorical("shift", levels(2), shift),
        Column::continuous("dose", dose),
        Column::continuous("pressure", pressure),
        Column::continuous("width", width),
    ])
}

#[test]
fn pc_and_ges_find_the_adjacencies_of_a_mixed_network() {
    let table = linear_in_indicators(2000, 7).unwrap();
    for method in [Method::Pc, Method::Ges] {
        let found = search(&table, &Knowledge::none(), method, &SearchOptions::default()).unwrap();
        let mut edges: Vec<(usize, usize)> =
            found.document.graph.edges().into_iter().map(|(a, b)| (a.min(b), a.max(b))).collect();
        edges.sort_unstable();
        assert_eq!(edges, [(0, 1), (0, 4), (2, 5), (3, 4), (4, 5)], "{}", method.name());
    }
}

fn numbers(rows: usize) -> Result<Table, CausalError> {
    let mut rng = generator(3, 1);
    let a: Vec<f64> = (0..rows).map(|_| rng.random::<f64>()).collect();
    let b: Vec<f64> = a.iter().map(|v| 0.2 * v + rng.random::<f64>()).collect();
    let c: Vec<f64> = b.iter().map(|v| 0.2 * v + rng.random::<f64>()).collect();
    let d: Vec<f64> = a.iter().map(|v| 0.1 * v + rng.random::<f64>()).collect();
    Table::from_continuous([("a", a), ("b", b), ("c", c), ("d", d)])
}

#[test]
fn for_numbers_alone_the_p_value_is_close_to_that_of_fishers_z() {
    let table = numbers(400).unwrap();
    let (mixed, fisher) = (DegenerateGaussian::new(&table).unwrap(), FisherZ::new(&table).unwrap());
    for (x, y, z) in [(0, 1, vec![]), (0, 2, vec![1]), (1, 3, vec![0, 2]), (2, 3, vec![]), (2, 3, vec![0, 1])]
    {
        let (p, expected) = (mixed.p_value(x, y, &z).unwrap(), fisher.p_value(x, y, &z).unwrap());
        assert!((p - expected).abs() < 2e-3, "{x} {y} {z:?}: {p} {expected}");
    }
}

#[test]
fn for_numbers_alone_the_gain_of_a_parent_is_that_of_the_gaussian_criterion() {
    let table = numbers(400).unwrap();
    let (mixed, gaussian) =
        (DegenerateGaussianBic::new(&table, 0.5).unwrap(), GaussianBic::new(&table, 0.5).unwrap());
    let gain = |score: &dyn LocalScore| score.local(2, &[0, 1]) - score.local(2, &[]);
    assert!((gain(&mixed) - gain(&gaussian)).abs() < 1e-8);
}

#[test]
fn the_score_is_the_same_for_all_graphs_of_a_class() {
    let score = DegenerateGaussianBic::new(&mixed(300, 1.0, 1).unwrap(), 0.5).unwrap();
    let forth = score.local(0, &[]) + score.local(4, &[0]);
    let back = score.local(4, &[]) + score.local(0, &[4]);
    assert!((forth - back).abs() < 1e-8, "{forth} {back}");
}

#[test]
fn the_p_value_does_not_change_when_variables_change_places() {
    let test = test_for(&mixed(300, 0.3, 1).unwrap()).unwrap();
    let (forth, back) = (test.p_value(0, 4, &[2, 1]).unwrap(), test.p_value(4, 0, &[1, 2]).unwrap());
    assert!((forth - back).abs() < 1e-10, "{forth} {back}");
}

#[test]
fn a_category_that_a_number_determines_is_dependent_and_refused_where_it_is_given_too() {
    let codes: Vec<u32> = (0..60).map(|i| i * 7 % 11 % 2).collect();
    let same = codes.iter().map(|&c| f64::from(c) * 3.0 + 1.0).collect();
    let other = (0..60).map(|i| f64::from(i * 5 % 17)).collect();
    let columns = vec![
        Column::categorical("door", levels(2), codes),
        Column::continuous("signal", same),
        Column::continuous("heat", other),
    ];
    let table = Table::new(columns).unwrap();
    let test = DegenerateGaussian::new(&table).unwrap();
    assert_eq!(test.p_value(0, 1, &[2]).unwrap(), 0.0);
    for (x, y) in [(0, 2), (2, 0)] {
        let error = test.p_value(x, y, &[1]).unwrap_err().to_string();
        assert!(error.contains("`door` (or a level of it) is a linear function"), "{error}");
    }
    let error = DegenerateGaussianBic::new(&table, 0.5).unwrap_err().to_string();
    assert!(error.contains("`signal`") && error.contains("door"), "{error}");
}

#[test]
fn columns_that_say_nothing_and_too_few_rows_are_refused_by_name() {
    let refusal = |columns: Vec<Column>| {
        DegenerateGaussian::new(&Table::new(columns).unwrap()).unwrap_err().to_string()
    };
    let ramp = |n: i32| Column::continuous("heat", (0..n).map(f64::from).collect());
    let one = Column::categorical("door", levels(2), vec![1; 20]);
    assert_eq!(refusal(vec![ramp(20), one]), "column `door` has one level; leave it out");
    let constant = Column::continuous("dose", vec![0.1; 20]);
    assert_eq!(refusal(vec![ramp(20), constant]), "column `dose` is constant; leave it out");
    let mut gap = vec![0; 20];
    gap[3] = sensorium_causal::table::MISSING;
    let gap = Column::categorical("door", levels(1), gap);
    assert!(refusal(vec![ramp(20), gap]).contains("`door` is missing in row 3"));
    let door = Column::categorical("door", levels(2), vec![0, 1, 0, 1]);
    assert!(refusal(vec![ramp(4), door]).contains("4 rows are too few for 2 columns"));
}
