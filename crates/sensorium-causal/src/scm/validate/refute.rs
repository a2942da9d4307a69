//! Refutations: changes of the data that should, or should not, change an effect.

use super::super::counterfactual::resample;
use super::super::{Contrast, Domain, FitOptions, Interval, StructuralCausalModel};
use crate::random::generator;
use crate::{CausalError, Column, Dag, Table, Values};
use rand::Rng;
use rand::seq::{SliceRandom, index};
use rand_distr::StandardNormal;
use rayon::prelude::*;
use serde::Serialize;

/// What is changed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Refuter {
    /// The treatment is permuted among the rows: the effect should vanish.
    Placebo,
    /// A random variable joins as a cause of treatment and outcome: the effect should stay.
    RandomCommonCause,
    /// Only this share of the rows: the effect should stay.
    Subset(f64),
    /// Rows drawn with replacement: the effect should stay.
    Bootstrap,
    /// A hidden cause that moves a numeric treatment and a numeric outcome by these many of their standard
    /// deviations: shows how far hidden confounding of that strength moves the effect.
    HiddenCause(f64, f64),
}

/// Settings of [`refute`].
#[derive(Clone, Debug, PartialEq)]
pub struct RefuteOptions {
    /// What to try.
    pub refuters: Vec<Refuter>,
    /// Repetitions of each.
    pub repetitions: usize,
    /// Rows drawn in each world.
    pub samples: usize,
    /// Share of repetitions inside the interval.
    pub confidence: f64,
    /// Seed of all draws.
    pub seed: u64,
}

impl Default for RefuteOptions {
    fn default() -> Self {
        let refuters = vec![
            Refuter::Placebo,
            Refuter::RandomCommonCause,
            Refuter::Subset(0.8),
            Refuter::Bootstrap,
            Refuter::HiddenCause(0.3, 0.3),
        ];
        Self { refuters, repetitions: 40, samples: 2000, confidence: 0.95, seed: 0 }
    }
}

/// What became of an effect.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Refutation {
    /// What was changed.
    pub refuter: Refuter,
    /// The effect before.
    pub before: f64,
    /// The mean effect after.
    pub after: f64,
    /// Interval over repetitions.
    pub interval: Interval,
    /// Whether what should be there (zero for a placebo, the effect before otherwise) is in the interval; for a
    /// hidden cause, whether the effect keeps its sign in all of it.
    pub passed: bool,
}

/// Tries an effect of a model against changed data; families stay, mechanisms are fitted anew.
///
/// # Errors
/// As [`StructuralCausalModel::average_effect`]; settings out of range; a hidden cause of levels.
pub fn refute(
    model: &StructuralCausalModel,
    table: &Table,
    contrast: &Contrast,
    options: &RefuteOptions,
) -> Result<Vec<Refutation>, CausalError> {
    if options.repetitions < 2 || options.samples == 0 || !(0.0..1.0).contains(&options.confidence) {
        return Err(CausalError::Argument(
            "refuting needs two repetitions, one sample, and a confidence below 1".into(),
        ));
    }
    let table = model.align(table)?;
    let before = model.plain_effect(contrast, options.samples, options.seed)?;
    let one = |refuter: &Refuter| {
        let after: Vec<f64> = (0..options.repetitions)
            .into_par_iter()
            .map(|k| once(model, &table, contrast, *refuter, options, k))
            .collect::<Result<_, _>>()?;
        let mean = after.iter().sum::<f64>() / after.len() as f64;
        let interval = Interval::of(after, options.confidence);
        // Of rounding alone an interval may be a point.
        let slack = 1e-9 * before.abs().max(1e-9);
        let holds = |value: f64| interval.low - slack <= value && value <= interval.high + slack;
        let passed = match refuter {
            Refuter::Placebo => holds(0.0),
            Refuter::HiddenCause(..) => interval.low * interval.high > 0.0 && mean * before > 0.0,
            // A random cause may move the effect a little, always alike: a tenth is no refutation.
            Refuter::RandomCommonCause => holds(before) || (mean - before).abs() < 0.1 * before.abs(),
            Refuter::Subset(_) | Refuter::Bootstrap => holds(before),
        };
        Ok(Refutation { refuter: *refuter, before, after: mean, interval, passed })
    };
    options.refuters.iter().map(one).collect()
}

fn once(
    model: &StructuralCausalModel,
    table: &Table,
    contrast: &Contrast,
    refuter: Refuter,
    options: &RefuteOptions,
    repetition: usize,
) -> Result<f64, CausalError> {
    let seed = options.seed.wrapping_add(repetition as u64);
    let mut rng = generator(options.seed, 2_000_000 + repetition as u64);
    let rows = table.rows();
    let refitted = |changed: &Table| {
        let nodes = model.ancestors_around(contrast);
        model.refit(changed, &nodes, seed)?.plain_effect(contrast, options.samples, options.seed)
    };
    let mut columns = table.columns().to_vec();
    match refuter {
        Refuter::Placebo => {
            let mut order: Vec<usize> = (0..rows).collect();
            order.shuffle(&mut rng);
            columns[contrast.treatment] = columns[contrast.treatment].take(&order);
            refitted(&Table::new(columns)?)
        }
        Refuter::Bootstrap => refitted(&table.take(&resample(rows, options.seed, repetition))),
        Refuter::Subset(share) => {
            if !(share > 0.0 && share < 1.0) {
                return Err(CausalError::Argument(format!(
                    "a subset of {share}; use a share between 0 and 1"
                )));
            }
            let count = ((rows as f64 * share) as usize).max(1);
            refitted(&table.take(&index::sample(&mut rng, rows, count).into_vec()))
        }
        Refuter::HiddenCause(on_treatment, on_outcome) => {
            let hidden: Vec<f64> = (0..rows).map(|_| rng.sample(StandardNormal)).collect();
            for (node, strength) in [(contrast.treatment, on_treatment), (contrast.outcome, on_outcome)] {
                let Values::Continuous(values) = &mut columns[node].values else {
                    return Err(CausalError::Argument(format!(
                        "`{}` has levels; a hidden cause can be added to numbers only",
                        columns[node].name
                    )));
                };
                let seen: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
                let (_, deviation) = crate::regress::moments(&seen);
                values.iter_mut().zip(&hidden).for_each(|(v, h)| *v += strength * deviation * h);
            }
            refitted(&Table::new(columns)?)
        }
        Refuter::RandomCommonCause => {
            let mut name = "random cause".to_owned();
            while model.index_of(&name).is_ok() {
                name.push('\'');
            }
            columns.push(Column::continuous(
                name.clone(),
                (0..rows).map(|_| rng.sample::<f64, _>(StandardNormal)).collect(),
            ));
            let extended = with_cause(model, contrast, name, &Table::new(columns)?, seed)?;
            extended.plain_effect(contrast, options.samples, options.seed)
        }
    }
}

/// The model with one more cause of treatment and outcome, its families as they were where they can be.
fn with_cause(
    model: &StructuralCausalModel,
    contrast: &Contrast,
    name: String,
    table: &Table,
    seed: u64,
) -> Result<StructuralCausalModel, CausalError> {
    let cause = model.variables.len();
    let names = model.dag.names().iter().cloned().chain([name]);
    let mut edges = model.dag.edges();
    edges.extend([(cause, contrast.treatment), (cause, contrast.outcome)]);
    let dag = Dag::from_edges(names, &edges)?;
    let mut options = FitOptions { seed, ..FitOptions::default() };
    for (node, choice) in model.choices.iter().enumerate() {
        let variable = &model.variables[node];
        let moved = node == contrast.treatment || node == contrast.outcome;
        let family = match (choice.family, &variable.domain) {
            (super::super::Family::Root, _) if moved => super::super::Family::Linear,
            (super::super::Family::Table, Domain::Categorical { .. }) if moved => {
                super::super::Family::Logistic
            }
            (family, _) => family,
        };
        options.families.insert(variable.name.clone(), family);
    }
    StructuralCausalModel::fit(table, &dag, &options)
}
