//! Laws of structural causal models, seen from outside.
// A test that cannot be set up should fail.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use rand::Rng;
use rand_distr::StandardNormal;
use sensorium_causal::random::generator;
use sensorium_causal::scm::{
    Action, Contrast, CounterfactualOptions, EffectOptions, Family, FitOptions, Intervention,
    StructuralCausalModel,
};
use sensorium_causal::{Column, Dag, Table};

/// z → x → m → y, z → y, x → y; n rows, linear with these weights.
fn linear(rows: usize, seed: u64, weights: [f64; 5]) -> (Table, Dag) {
    let [zx, xm, my, zy, xy] = weights;
    let mut rng = generator(seed, 0);
    let mut columns = vec![Vec::new(); 4];
    for _ in 0..rows {
        let mut e = || rng.sample::<f64, _>(StandardNormal);
        let z = e();
        let x = zx * z + e();
        let m = xm * x + 0.5 * e();
        let y = my * m + zy * z + xy * x + 0.5 * e();
        for (column, value) in columns.iter_mut().zip([z, x, m, y]) {
            column.push(value);
        }
    }
    let names = ["z", "x", "m", "y"];
    let dag = Dag::from_edges(names, &[(0, 1), (1, 2), (2, 3), (0, 3), (1, 3)]).unwrap();
    (Table::from_continuous(names.into_iter().zip(columns)).unwrap(), dag)
}

/// Numbers and levels: x → grade → y, x → y, with a curve and noise that grows with x.
fn mixed(rows: usize, seed: u64) -> (Table, Dag) {
    let mut rng = generator(seed, 0);
    let (mut xs, mut grades, mut ys) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rows {
        let x: f64 = rng.random_range(-2.0..2.0);
        let high = rng.random_range(0.0..1.0) < 1.0 / (1.0 + (-2.0 * x).exp());
        let grade = if high { 1 + u32::from(rng.random_range(0.0..1.0) < 0.3) } else { 0 };
        let e: f64 = rng.sample(StandardNormal);
        ys.push((1.5 * x).sin() + f64::from(grade) + 0.2 * (0.5 * x).exp() * e);
        xs.push(x);
        grades.push(grade);
    }
    let levels = ["low", "mid", "high"].map(String::from).to_vec();
    let table = Table::new(vec![
        Column::continuous("x", xs),
        Column::categorical("grade", levels, grades),
        Column::continuous("y", ys),
    ]);
    (table.unwrap(), Dag::from_edges(["x", "grade", "y"], &[(0, 1), (0, 2), (1, 2)]).unwrap())
}

const WEIGHTS: [f64; 5] = [0.8, 1.5, 2.0, -1.0, 0.5];

fn fitted_linear() -> (StructuralCausalModel, Table) {
    let (table, dag) = linear(600, 1, WEIGHTS);
    (StructuralCausalModel::fit(&table, &dag, &FitOptions::default()).unwrap(), table)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[test]
fn the_simplest_family_that_fits_is_chosen() {
    let (model, _) = fitted_linear();
    let families: Vec<Family> = model.choices().iter().map(|c| c.family).collect();
    assert_eq!(families, [Family::Root, Family::Linear, Family::Linear, Family::Linear]);
    let (table, dag) = mixed(1500, 2);
    let model = StructuralCausalModel::fit(&table, &dag, &FitOptions::default()).unwrap();
    assert_eq!(model.choices()[2].family, Family::CurvesScale);
}

#[test]
fn an_average_effect_in_a_linear_model_is_the_sum_over_paths_of_products() {
    let (model, table) = fitted_linear();
    let contrast = Contrast { treatment: 1, from: 0.0, to: 1.0, outcome: 3, level: None };
    let effect = model.average_effect(&table, &contrast, &EffectOptions::default()).unwrap();
    let weight = |node: usize, parent: usize| {
        let json: serde_json::Value = serde_json::from_str(&model.to_json().unwrap()).unwrap();
        json["mechanisms"][node]["numeric"]["mean"]["linear"]["coefficients"][parent].as_f64().unwrap()
    };
    // Parents of m: x. Parents of y: z, x, m.
    let paths = weight(2, 0) * weight(3, 2) + weight(3, 1);
    assert!((effect.value - paths).abs() < 1e-9);
    assert!(effect.interval.low < 3.5 && 3.5 < effect.interval.high, "{effect:?}");
    assert!(effect.standard_error < 0.2);
    let mediation = model.mediation(&contrast, 100, 0).unwrap();
    assert!((mediation.direct - weight(3, 1)).abs() < 1e-9);
    assert!((mediation.direct + mediation.indirect - mediation.total).abs() < 1e-9);
}

#[test]
fn the_counterfactual_of_the_factual_is_the_factual() {
    let (model, table) = fitted_linear();
    for row in 0..20 {
        let row = model.row_of(&table, row).unwrap();
        let same = [Intervention::set(1, row[1])];
        let answer = model.counterfactual(&row, &same, &CounterfactualOptions::default()).unwrap();
        for (value, fact) in answer.values.iter().zip(&row) {
            assert!((value.value - fact).abs() < 1e-12);
            assert!(value.interval.is_none());
        }
    }
}

#[test]
fn the_counterfactual_of_a_level_as_it_was_is_that_level_in_every_draw() {
    let (table, dag) = mixed(600, 3);
    let model = StructuralCausalModel::fit(&table, &dag, &FitOptions::default()).unwrap();
    for row in 0..20 {
        let row = model.row_of(&table, row).unwrap();
        let same = [Intervention::set(0, row[0])];
        let answer = model.counterfactual(&row, &same, &CounterfactualOptions::default()).unwrap();
        assert!((answer.values[1].probabilities[row[1] as usize] - 1.0).abs() < 1e-9);
        assert!((answer.values[2].value - row[2]).abs() < 1e-9);
    }
}

#[test]
fn doing_on_a_root_equals_conditioning_on_it() {
    let rows = 4000;
    let mut rng = generator(4, 0);
    let root: Vec<u32> = (0..rows).map(|_| rng.random_range(0..2)).collect();
    let child: Vec<f64> =
        root.iter().map(|r| if *r == 1 { 2.0 } else { 0.0 } + rng.sample::<f64, _>(StandardNormal)).collect();
    let levels = vec!["off".to_owned(), "on".to_owned()];
    let table =
        Table::new(vec![Column::categorical("a", levels, root), Column::continuous("b", child)]).unwrap();
    let dag = Dag::from_edges(["a", "b"], &[(0, 1)]).unwrap();
    let model = StructuralCausalModel::fit(&table, &dag, &FitOptions::default()).unwrap();
    let seen = model.sample(20_000, 1).unwrap();
    let on = seen.column(0).as_numbers();
    let conditioned: Vec<f64> =
        seen.continuous(1).unwrap().iter().zip(&on).filter(|(_, a)| **a == 1.0).map(|(b, _)| *b).collect();
    let done = model.intervene(&[Intervention::parse("a=on", &model).unwrap()], 20_000, 2).unwrap();
    // Two means of 10,000 and 20,000 draws of deviation one: standard error .012, four of them.
    assert!((mean(&conditioned) - mean(done.table.continuous(1).unwrap())).abs() < 0.05);
}

#[test]
fn doing_to_a_variable_that_is_no_cause_changes_nothing() {
    let (model, _) = fitted_linear();
    let done = model.intervene(&[Intervention::set(3, 100.0)], 500, 7).unwrap();
    let seen = model.sample(500, 7).unwrap();
    for node in 0..3 {
        assert_eq!(done.table.column(node), seen.column(node));
    }
}

#[test]
fn a_regression_on_the_back_door_set_gives_the_models_effect() {
    use sensorium_causal::regress::Ridge;
    let (model, table) = fitted_linear();
    let column = |i: usize| table.continuous(i).unwrap();
    let linear = Ridge::default().fit_linear(&[column(1), column(0)], column(3)).unwrap();
    let contrast = Contrast { treatment: 1, from: 0.0, to: 1.0, outcome: 3, level: None };
    let options = EffectOptions { refits: 20, ..EffectOptions::default() };
    let effect = model.average_effect(&table, &contrast, &options).unwrap();
    // Both estimate 3.5 from the same rows, one by the paths: they differ by less than their errors.
    assert!((linear.coefficients[0] - effect.value).abs() < 0.1);
}

#[test]
fn a_saved_model_answers_as_before() {
    let (table, dag) = mixed(300, 5);
    let model = StructuralCausalModel::fit(&table, &dag, &FitOptions::default()).unwrap();
    let path = tempfile::tempdir().unwrap();
    let file = path.path().join("model.json");
    model.save(&file).unwrap();
    let loaded = StructuralCausalModel::load(&file).unwrap();
    let (before, after) = (model.sample(50, 1).unwrap(), loaded.sample(50, 1).unwrap());
    for (a, b) in before.column(2).as_numbers().iter().zip(after.column(2).as_numbers()) {
        assert!((a - b).abs() < 1e-9);
    }
}

#[test]
fn damaged_and_foreign_files_are_refused() {
    let (model, _) = fitted_linear();
    let text = model.to_json().unwrap();
    let refuse = |text: &str| StructuralCausalModel::from_json(text).unwrap_err().to_string();
    assert!(refuse("{}").contains("no model saved by"));
    assert!(refuse(&text.replace("\"version\":1", "\"version\":9")).contains("version 9"));
    assert!(refuse(&text[..text.len() / 2]).contains("no model saved by"));
    assert!(refuse(&text.replacen("[0,1]", "[1,0],[0,1]", 1)).contains("cycle"));
    assert!(refuse(&text.replacen("\"coefficients\":[]", "\"coefficients\":[1.0]", 1)).contains("damaged"));
}

#[test]
fn a_table_of_other_columns_is_refused_by_name() {
    let (model, table) = fitted_linear();
    let error = model.align(&table.select(&[0, 1, 3])).unwrap_err().to_string();
    assert_eq!(error, "the model was fitted on other columns: it needs `m`; the table has z, x, y");
}

#[test]
fn interventions_are_read_from_text() {
    let (table, dag) = mixed(300, 6);
    let model = StructuralCausalModel::fit(&table, &dag, &FitOptions::default()).unwrap();
    let parse = |text: &str| Intervention::parse(text, &model).map(|i| (i.variable, i.action));
    assert_eq!(parse("x=1.5").unwrap(), (0, Action::Set(1.5)));
    assert_eq!(parse(" x += 0.5").unwrap(), (0, Action::Shift(0.5)));
    assert_eq!(parse("x-=0.5").unwrap(), (0, Action::Shift(-0.5)));
    assert_eq!(parse("x*=1.1").unwrap(), (0, Action::Scale(1.1)));
    assert_eq!(parse("x=-2e-1").unwrap(), (0, Action::Set(-0.2)));
    assert_eq!(parse("grade=high").unwrap(), (1, Action::Set(2.0)));
    assert_eq!(parse("grade~low:1,high:3").unwrap(), (1, Action::Policy(vec![(0.0, 1.0), (2.0, 3.0)])));
    let refused = |text: &str| parse(text).unwrap_err().to_string();
    assert_eq!(refused("q=1"), "no variable is called `q`; there are: x, grade, y");
    assert_eq!(refused("grade=huge"), "`grade` has no level `huge`; there are: low, mid, high");
    assert_eq!(refused("x=two"), "`x` takes a number, not `two`");
    assert!(refused("x 3").contains("is no intervention"));
    let far = Intervention::parse("x=9", &model).unwrap().warning(&model).unwrap();
    assert!(far.starts_with("`x` = 9 extrapolates: observed -1.9"), "{far}");
}

#[test]
fn a_row_that_lacks_what_is_needed_is_refused_by_name_and_other_gaps_do_not_matter() {
    let (model, _) = fitted_linear();
    let row = model.parse_row(&serde_json::json!({"x": 0.3, "m": 1.0})).unwrap();
    let set = [Intervention::set(1, 1.0)];
    let error = model.counterfactual(&row, &set, &CounterfactualOptions::default()).unwrap_err().to_string();
    assert!(error.starts_with("the row lacks z, y, which this counterfactual rests on"), "{error}");
    let only_m = CounterfactualOptions { outcomes: vec![2], ..CounterfactualOptions::default() };
    assert!(model.counterfactual(&row, &set, &only_m).is_ok());
}

#[test]
fn constant_columns_and_parents_that_cannot_be_told_apart_are_refused() {
    let column = |f: fn(f64) -> f64| (0..50).map(|i| f(f64::from(i % 13))).collect::<Vec<f64>>();
    let table = Table::from_continuous([
        ("a", column(|v| v)),
        ("b", column(|v| 2.0 * v + 1.0)),
        ("c", column(|v| v * v)),
        ("d", column(|_| 1.0)),
    ])
    .unwrap();
    let fit = |names: &[&str], edges: &[(usize, usize)]| {
        let dag = Dag::from_edges(names.iter().copied(), edges).unwrap();
        StructuralCausalModel::fit(&table, &dag, &FitOptions::default()).unwrap_err().to_string()
    };
    assert!(fit(&["a", "d"], &[(1, 0)]).starts_with("column `d` is constant"));
    assert!(fit(&["a", "b", "c"], &[(0, 2), (1, 2)]).contains("cannot be told apart"));
    assert!(fit(&["a", "q"], &[]).contains("no variable is called `q`"));
}

#[test]
fn refits_widen_a_counterfactual_that_is_exact_within_the_model() {
    let (model, table) = fitted_linear();
    let row = model.row_of(&table, 0).unwrap();
    let set = [Intervention::set(1, row[1] + 1.0)];
    let options = CounterfactualOptions { refits: 40, ..CounterfactualOptions::default() };
    let answer = model.counterfactual_with_refits(&row, &set, &options, &table).unwrap();
    let y = &answer.values[3];
    let interval = y.interval.unwrap();
    assert!(interval.low < row[3] + 3.5 && row[3] + 3.5 < interval.high, "{y:?}");
    assert!(answer.values[0].interval.is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Composition (Galles & Pearl 1998): forcing a variable to what it would be anyway changes nothing.
    #[test]
    fn composition(x in -2.0..2.0f64, row in 0usize..50) {
        let (model, table) = fitted_linear();
        let facts = model.row_of(&table, row).unwrap();
        let ask = |set: &[Intervention]| {
            let answer = model.counterfactual(&facts, set, &CounterfactualOptions::default()).unwrap();
            answer.values.iter().map(|v| v.value).collect::<Vec<f64>>()
        };
        let first = ask(&[Intervention::set(1, x)]);
        let both = ask(&[Intervention::set(1, x), Intervention::set(2, first[2])]);
        for (a, b) in first.iter().zip(&both) {
            prop_assert!((a - b).abs() < 1e-9);
        }
    }

    /// Effectiveness (Galles & Pearl 1998): a variable that is set has that value.
    #[test]
    fn effectiveness(x in -5.0..5.0f64, node in 0usize..4) {
        let (model, table) = fitted_linear();
        let facts = model.row_of(&table, 0).unwrap();
        let answer = model
            .counterfactual(&facts, &[Intervention::set(node, x)], &CounterfactualOptions::default())
            .unwrap();
        prop_assert_eq!(answer.values[node].value, x);
    }
}
