//! The Tübingen pairs: which of two variables is the cause.

use crate::{Figure, Outcome, Progress, RecipeError, RunOptions, Table, Target};
use rayon::prelude::*;
use sensorium_causal::CausalError;
use sensorium_causal::pairwise::tuebingen::{TuebingenPair, read_tuebingen, weighted_accuracy};
use sensorium_causal::pairwise::{Method, Rule};
use std::path::Path;

/// What the published methods reach at best (Mooij and others 2016; Immer and others 2023).
const REFERENCE: f64 = 0.77;

/// The method of the headline; its members were chosen after seeing the pairs at hand.
const OURS: Method = Method::Combined;

/// One way to decide, on all pairs.
struct Scored {
    name: &'static str,
    accuracy: f64,
    interval: (f64, f64),
    is_rule: bool,
}

pub(super) fn study(
    folder: &Path,
    options: &RunOptions,
    progress: &mut dyn Progress,
    outcome: &mut Outcome,
) -> Result<(), RecipeError> {
    let seed = options.seed;
    let pairs = read_tuebingen(folder, seed)?;
    progress.stage("cause-effect pairs", Some(Method::ALL.len() as u64));
    let mut all = Vec::new();
    for method in Method::ALL {
        let scores: Vec<f64> = pairs
            .par_iter()
            .map(|p| Ok(method.direction(&p.pair)?.score))
            .collect::<Result<_, CausalError>>()?;
        all.push(scored(&pairs, method.name(), &scores, seed, false)?);
        progress.advance(1);
    }
    for rule in Rule::ALL {
        let scores: Vec<f64> = pairs.iter().map(|p| rule.direction(&p.pair).score).collect();
        all.push(scored(&pairs, rule.name(), &scores, seed, true)?);
    }
    tell(&pairs, &all, options.data_dir.is_some(), outcome);
    Ok(())
}

fn scored(
    pairs: &[TuebingenPair],
    name: &'static str,
    scores: &[f64],
    seed: u64,
    is_rule: bool,
) -> Result<Scored, RecipeError> {
    let found = weighted_accuracy(pairs, scores, seed)?;
    Ok(Scored { name, accuracy: found.accuracy, interval: (found.low, found.high), is_rule })
}

/// `are_new`: the pairs were not at hand when the members of the vote were chosen, so that a verdict means something.
fn tell(pairs: &[TuebingenPair], all: &[Scored], are_new: bool, outcome: &mut Outcome) {
    let mut table = Table::new("Cause-effect pairs", ["method", "weighted accuracy", "interval"]);
    let mut best_rule: Option<&Scored> = None;
    for scored in all {
        let cells = [
            scored.name.to_owned(),
            format!("{:.3}", scored.accuracy),
            format!("{:.3} – {:.3}", scored.interval.0, scored.interval.1),
        ];
        if scored.name == OURS.name() {
            table.own_row(cells)
        } else {
            table.row(cells)
        };
        if scored.is_rule && best_rule.is_none_or(|b| scored.accuracy > b.accuracy) {
            best_rule = Some(scored);
        }
    }
    let weight: f64 = pairs.iter().map(|p| p.weight).sum();
    table.note = format!(
        "{} pairs, {weight:.1} in weight; the interval resamples source tables. Rules look at each variable alone.",
        pairs.len()
    );
    if let Some(ours) = all.iter().find(|s| s.name == OURS.name()) {
        let mut figure =
            Figure::new("tuebingen_weighted", "cause-effect pairs, weighted accuracy", ours.accuracy)
                .interval(ours.interval);
        if are_new {
            figure = figure.target(Target::at_least(REFERENCE));
        }
        if let Some(rule) = best_rule {
            figure = figure.baseline(rule.name, rule.accuracy);
        }
        outcome.figures.push(figure);
    }
    outcome.tables.push(table);
}
