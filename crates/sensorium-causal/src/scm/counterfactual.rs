//! Counterfactuals: what would have been, given what was (Pearl 2009, §7.1: abduction, action, prediction).

use super::{Action, Interval, Intervention, StructuralCausalModel};
use crate::random::generator;
use crate::{CausalError, Table};
use rand::Rng;
use rayon::prelude::*;
use serde::Serialize;

/// How a counterfactual is computed.
#[derive(Clone, Debug, PartialEq)]
pub struct CounterfactualOptions {
    /// Variables that are asked for; empty asks for all.
    pub outcomes: Vec<usize>,
    /// Draws where the noise is not told exactly by what was.
    pub draws: usize,
    /// Refits on resampled rows for the uncertainty of the mechanisms; only with a table.
    pub refits: usize,
    /// Share of draws inside an interval.
    pub level: f64,
    /// Seed of the draws.
    pub seed: u64,
}

impl Default for CounterfactualOptions {
    fn default() -> Self {
        Self { outcomes: Vec::new(), draws: 1000, refits: 100, level: 0.95, seed: 0 }
    }
}

/// What would have been.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Counterfactual {
    /// The variables that were asked for, in the model's order.
    pub values: Vec<CounterfactualValue>,
    /// Where the interventions leave what the model has seen.
    pub warnings: Vec<String>,
}

/// One variable of a counterfactual.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CounterfactualValue {
    /// Position of the variable.
    pub variable: usize,
    /// Its name.
    pub name: String,
    /// What it was; NaN when missing.
    pub factual: f64,
    /// What it would have been: the mean over draws, or the most likely level.
    pub value: f64,
    /// Interval of a number over draws and refits; none where the answer is exact.
    pub interval: Option<Interval>,
    /// Probability of each level; empty for numbers.
    pub probabilities: Vec<f64>,
}

/// What an action reaches and what it takes to know.
struct Reach {
    /// Nodes whose value may change, or that are acted on.
    affected: Vec<bool>,
    /// Nodes whose noise must be found: a parent changes.
    abducted: Vec<bool>,
}

impl StructuralCausalModel {
    /// What a row would have been under interventions, by the model's mechanisms as they are. Only what an
    /// answer rests on must be there: variables that the interventions reach, and their parents.
    ///
    /// # Errors
    /// A row of another length, missing values that are needed (named), bad interventions.
    pub fn counterfactual(
        &self,
        row: &[f64],
        interventions: &[Intervention],
        options: &CounterfactualOptions,
    ) -> Result<Counterfactual, CausalError> {
        let draws = self.counterfactual_draws(row, interventions, options)?;
        Ok(self.tell(row, interventions, options, &draws, Vec::new()))
    }

    /// As [`Self::counterfactual`], with intervals that also hold the uncertainty of the mechanisms: they are
    /// fitted anew to resampled rows of the table that the model comes from.
    ///
    /// # Errors
    /// As [`Self::counterfactual`] and [`Self::refit`].
    pub fn counterfactual_with_refits(
        &self,
        row: &[f64],
        interventions: &[Intervention],
        options: &CounterfactualOptions,
        table: &Table,
    ) -> Result<Counterfactual, CausalError> {
        let draws = self.counterfactual_draws(row, interventions, options)?;
        let reach = self.reach(&self.actions(interventions)?, &self.outcomes(options)?);
        let nodes: Vec<usize> = (0..self.variables.len()).filter(|&n| reach.abducted[n]).collect();
        let table = self.align(table)?;
        let refits: Vec<Vec<Vec<f64>>> = (0..options.refits)
            .into_par_iter()
            .map(|refit| {
                let rows = resample(table.rows(), options.seed, refit);
                let model =
                    self.refit(&table.take(&rows), &nodes, options.seed.wrapping_add(refit as u64))?;
                model.counterfactual_draws(row, interventions, options)
            })
            .collect::<Result<_, _>>()?;
        Ok(self.tell(row, interventions, options, &draws, refits))
    }

    fn outcomes(&self, options: &CounterfactualOptions) -> Result<Vec<usize>, CausalError> {
        let n = self.variables.len();
        if let Some(node) = options.outcomes.iter().find(|o| **o >= n) {
            return Err(CausalError::Argument(format!("there is no variable number {node}")));
        }
        if options.draws == 0 || !(options.level > 0.0 && options.level < 1.0) {
            return Err(CausalError::Argument(
                "ask for one draw or more, and a level between 0 and 1".into(),
            ));
        }
        let mut outcomes = options.outcomes.clone();
        outcomes.sort_unstable();
        outcomes.dedup();
        Ok(if outcomes.is_empty() { (0..n).collect() } else { outcomes })
    }

    fn reach(&self, actions: &[Option<&Action>], outcomes: &[usize]) -> Reach {
        let n = self.variables.len();
        let (mut affected, mut listens) = (vec![false; n], vec![false; n]);
        for &node in &self.order {
            let cut = actions[node].is_some_and(Action::cuts);
            listens[node] = !cut && self.dag.parents(node).iter().any(|&p| affected[p]);
            affected[node] = listens[node] || actions[node].is_some();
        }
        // Back from the outcomes: through nodes that listen to changed parents.
        let mut wanted = vec![false; n];
        outcomes.iter().for_each(|&o| wanted[o] = true);
        for &node in self.order.iter().rev() {
            if wanted[node] && listens[node] {
                self.dag.parents(node).iter().for_each(|&p| wanted[p] = true);
            }
        }
        let both = |own: &[bool]| (0..n).map(|i| wanted[i] && own[i]).collect();
        Reach { affected: both(&affected), abducted: both(&listens) }
    }

    /// Values `[variable][draw]`; one draw where everything is told exactly, factual values where nothing changes.
    fn counterfactual_draws(
        &self,
        row: &[f64],
        interventions: &[Intervention],
        options: &CounterfactualOptions,
    ) -> Result<Vec<Vec<f64>>, CausalError> {
        let n = self.variables.len();
        if row.len() != n {
            return Err(CausalError::Argument(format!("a row of {} values; the model has {n}", row.len())));
        }
        for (variable, value) in self.variables.iter().zip(row).filter(|(_, v)| !v.is_nan()) {
            variable.check(*value)?;
        }
        let actions = self.actions(interventions)?;
        let outcomes = self.outcomes(options)?;
        let reach = self.reach(&actions, &outcomes);
        self.check_known(row, &actions, &reach)?;
        let loose = (0..n).any(|i| {
            (reach.abducted[i] && !self.mechanisms[i].is_invertible())
                || (reach.affected[i] && actions[i].is_some_and(Action::draws))
        });
        let draws = if loose { options.draws } else { 1 };
        let mut values: Vec<Vec<f64>> = row.iter().map(|v| vec![*v; draws]).collect();
        let facts = values.clone();
        for &node in self.order.iter().filter(|i| reach.affected[**i]) {
            let action = actions[node];
            if action.is_some_and(|a| a.cuts() || a.draws()) {
                let noise = self.noise(node, action, draws, options.seed);
                values[node] = self.value(node, action, &values, &noise);
            } else if reach.abducted[node] {
                let parents: Vec<&[f64]> =
                    self.dag.parents(node).iter().map(|&p| facts[p].as_slice()).collect();
                let mut rng = generator(options.seed, node as u64);
                let noise = self.mechanisms[node].noise_of(&facts[node], &parents, &mut rng);
                values[node] = self.value(node, action, &values, &noise);
            } else if let Some(action) = action {
                action.soften(&mut values[node]);
            }
        }
        Ok(values)
    }

    /// That all is there that the answer rests on.
    fn check_known(
        &self,
        row: &[f64],
        actions: &[Option<&Action>],
        reach: &Reach,
    ) -> Result<(), CausalError> {
        let n = self.variables.len();
        let mut needed = vec![false; n];
        for node in (0..n).filter(|&i| reach.affected[i]) {
            let fresh = actions[node].is_some_and(Action::draws);
            let softened = actions[node].is_some_and(|a| !a.cuts() && !a.draws());
            needed[node] |= (reach.abducted[node] && !fresh) || softened;
            if reach.abducted[node] || fresh {
                let cut = actions[node].is_some_and(Action::cuts);
                let open = |p: &&usize| !cut && (!fresh || !reach.affected[**p]);
                self.dag.parents(node).iter().filter(open).for_each(|&p| needed[p] = true);
            }
        }
        let missing: Vec<&str> = (0..n)
            .filter(|&i| needed[i] && row[i].is_nan())
            .map(|i| self.variables[i].name.as_str())
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(CausalError::Data(format!(
            "the row lacks {}, which this counterfactual rests on; give them, or ask for fewer outcomes",
            missing.join(", ")
        )))
    }

    fn tell(
        &self,
        row: &[f64],
        interventions: &[Intervention],
        options: &CounterfactualOptions,
        draws: &[Vec<f64>],
        refits: Vec<Vec<Vec<f64>>>,
    ) -> Counterfactual {
        let asked = |i: &usize| options.outcomes.is_empty() || options.outcomes.contains(i);
        let values = (0..self.variables.len()).filter(asked).map(|node| {
            let own = &draws[node];
            let pooled: Vec<f64> = match refits.is_empty() {
                true => own.clone(),
                false => refits.iter().flat_map(|r| r[node].iter().copied()).collect(),
            };
            let variable = &self.variables[node];
            let mut told = CounterfactualValue {
                variable: node,
                name: variable.name.clone(),
                factual: row[node],
                value: own.iter().sum::<f64>() / own.len() as f64,
                interval: None,
                probabilities: Vec::new(),
            };
            if let Some(levels) = variable.levels() {
                if own.iter().all(|v| !v.is_nan()) {
                    let mut share = vec![0.0; levels];
                    pooled.iter().for_each(|v| share[*v as usize] += 1.0 / pooled.len() as f64);
                    let best = (0..levels).max_by(|&a, &b| share[a].total_cmp(&share[b]).then(b.cmp(&a)));
                    told.value = best.unwrap_or(0) as f64;
                    told.probabilities = share;
                }
            } else if pooled.iter().any(|v| *v != pooled[0]) {
                told.interval = Some(Interval::of(pooled, options.level));
            }
            told
        });
        let values = values.collect();
        Counterfactual { values, warnings: self.warnings(interventions, draws) }
    }
}

/// Rows drawn with replacement.
pub(super) fn resample(rows: usize, seed: u64, repetition: usize) -> Vec<usize> {
    let mut rng = generator(seed, 1_000_000 + repetition as u64);
    (0..rows).map(|_| rng.random_range(0..rows)).collect()
}
