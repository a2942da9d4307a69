//! Figures and tables of the test.

use super::scene::Scene;
use crate::{Figure, Outcome, Table, Target};
use sensorium_data::street::Family;
use sensorium_nn::metrics::{Bootstrap, wilson};

/// Accuracy that the network has to reach.
const TARGET: f64 = 0.89;

/// Adds what the test says: `found` tells for each scene whether the network picked the referent.
pub fn report(scenes: &[Scene], found: &[bool], seed: u64, outcome: &mut Outcome) {
    let heuristic: Vec<bool> = scenes.iter().map(|s| s.heuristic).collect();
    let oracle: Vec<bool> = scenes.iter().map(|s| s.oracle).collect();
    let chances: Vec<f64> = scenes.iter().map(|s| s.chance).collect();
    let ceiling: Vec<bool> = scenes.iter().map(Scene::has_candidate).collect();
    let gains: Vec<f64> = found.iter().zip(&heuristic).map(|(a, b)| number(*a) - number(*b)).collect();
    let boot = |values: &[f64]| {
        Bootstrap::new(seed)
            .interval(values.len(), |rows| mean(&rows.iter().map(|&r| values[r]).collect::<Vec<_>>()))
    };
    outcome.figures.extend([
        Figure::new("referent_accuracy", "referent found", share(found))
            .interval(interval(found))
            .baseline("nearest in the path, true boxes", share(&heuristic))
            .target(Target::at_least(TARGET)),
        Figure::new("referent_accuracy_category_only", "category only, picked at random", mean(&chances))
            .interval(boot(&chances)),
        Figure::new(
            "referent_accuracy_heuristic",
            "nearest of the category in the path, true boxes",
            share(&heuristic),
        )
        .interval(interval(&heuristic)),
        Figure::new("referent_accuracy_oracle", "reader of the truth", share(&oracle))
            .interval(interval(&oracle)),
        Figure::new("referent_accuracy_gain", "ours less the heuristic", mean(&gains))
            .interval(boot(&gains))
            .target(Target::above(0.0)),
        Figure::new("referent_candidate_share", "referents with a candidate (the ceiling)", share(&ceiling))
            .interval(interval(&ceiling)),
    ]);
    outcome.tables.push(by_family(scenes, found));
}

fn by_family(scenes: &[Scene], found: &[bool]) -> Table {
    let mut table = Table::new(
        "Referents found by family of command",
        ["family", "samples", "ours", "heuristic", "category only", "ceiling"],
    );
    for (index, family) in Family::ALL.iter().enumerate() {
        let rows: Vec<usize> =
            (0..scenes.len().min(found.len())).filter(|&i| scenes[i].family == index).collect();
        if rows.is_empty() {
            continue;
        }
        let of = |value: &dyn Fn(usize) -> f64| {
            format!("{:.3}", mean(&rows.iter().map(|&i| value(i)).collect::<Vec<_>>()))
        };
        table.row([
            format!("{family:?}"),
            rows.len().to_string(),
            of(&|i| number(found[i])),
            of(&|i| number(scenes[i].heuristic)),
            of(&|i| scenes[i].chance),
            of(&|i| number(scenes[i].has_candidate())),
        ]);
    }
    table.note =
        "The heuristic and the reader of the truth are given true boxes; ours sees points only.".to_owned();
    table
}

/// What the networks before the last one reach, each with the data that it was measured on.
pub fn parts(rows: &[(&str, &str, f64)]) -> Table {
    let mut table = Table::new("What the parts reach", ["part", "measured on", "accuracy"]);
    for (part, data, value) in rows {
        table.row([(*part).to_owned(), (*data).to_owned(), format!("{value:.3}")]);
    }
    table.note = "A meaning is read rightly if category, condition and other object all are.".to_owned();
    table
}

/// Share of what is true; NaN for nothing.
pub fn share(values: &[bool]) -> f64 {
    values.iter().filter(|v| **v).count() as f64 / values.len() as f64
}

/// Wilson's interval of a share.
pub fn interval(values: &[bool]) -> (f64, f64) {
    wilson(values.iter().filter(|v| **v).count() as u64, values.len() as u64, 0.95).into()
}

fn number(value: bool) -> f64 {
    if value { 1.0 } else { 0.0 }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
