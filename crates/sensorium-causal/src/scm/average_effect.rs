//! Average effects: what difference a change of one variable makes to another, on average.

use super::counterfactual::resample;
use super::{Action, Interval, Intervention, StructuralCausalModel};
use crate::{CausalError, Table};
use rayon::prelude::*;
use serde::Serialize;

/// A treatment set to two values, and an outcome.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contrast {
    /// Position of the treatment.
    pub treatment: usize,
    /// The value it is compared with.
    pub from: f64,
    /// The value it gets.
    pub to: f64,
    /// Position of the outcome.
    pub outcome: usize,
    /// For an outcome with levels: the level whose probability is compared.
    pub level: Option<u32>,
}

/// How an effect is computed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EffectOptions {
    /// Rows drawn in each world.
    pub samples: usize,
    /// Refits on resampled rows for the interval.
    pub refits: usize,
    /// Share of refits inside the interval.
    pub confidence: f64,
    /// Seed of rows and draws.
    pub seed: u64,
}

impl Default for EffectOptions {
    fn default() -> Self {
        Self { samples: 5000, refits: 100, confidence: 0.95, seed: 0 }
    }
}

/// An effect with its uncertainty.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Effect {
    /// The mean difference.
    pub value: f64,
    /// Percentile interval over refits.
    pub interval: Interval,
    /// Standard deviation over refits.
    pub standard_error: f64,
    /// Mean outcome where the treatment is `from`.
    pub mean_from: f64,
    /// Mean outcome where the treatment is `to`.
    pub mean_to: f64,
    /// What the reader should know: values outside what was seen, no path at all.
    pub warnings: Vec<String>,
}

/// An effect split by the way it takes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mediation {
    /// Along all ways.
    pub total: f64,
    /// Natural direct effect: the treatment changes, what lies between stays (Pearl 2001).
    pub direct: f64,
    /// Natural indirect effect: the treatment stays, what lies between changes.
    pub indirect: f64,
}

impl StructuralCausalModel {
    /// The average effect of a contrast, with an interval from mechanisms fitted anew to resampled rows of the
    /// table that the model comes from. Both worlds share their noise, so the difference is not blurred by
    /// sampling.
    ///
    /// # Errors
    /// Values that are not the variables', an outcome with levels and no level asked for, and as
    /// [`Self::refit`].
    pub fn average_effect(
        &self,
        table: &Table,
        contrast: &Contrast,
        options: &EffectOptions,
    ) -> Result<Effect, CausalError> {
        self.check_contrast(contrast)?;
        if options.samples == 0
            || options.refits < 2
            || !(options.confidence > 0.0 && options.confidence < 1.0)
        {
            return Err(CausalError::Argument(
                "an effect needs one sample and two refits or more, and a confidence between 0 and 1".into(),
            ));
        }
        let table = self.align(table)?;
        let wanted = self.with_ancestors(contrast.outcome);
        let (mean_from, mean_to) = self.means(contrast, &wanted, options)?;
        // The treatment is set, so its own mechanism and what only it listens to do not matter.
        let cut = self.ancestors_around(contrast);
        let refits: Vec<f64> = (0..options.refits)
            .into_par_iter()
            .map(|refit| {
                let rows = resample(table.rows(), options.seed, refit);
                let model = self.refit(&table.take(&rows), &cut, options.seed.wrapping_add(refit as u64))?;
                model.means(contrast, &wanted, options).map(|(from, to)| to - from)
            })
            .collect::<Result<_, _>>()?;
        let (_, standard_error) = crate::regress::moments(&refits);
        let mut warnings: Vec<String> = [contrast.from, contrast.to]
            .into_iter()
            .filter_map(|v| Intervention::set(contrast.treatment, v).warning(self))
            .collect();
        if !wanted[contrast.treatment] {
            warnings.push(format!(
                "no directed path leads from `{}` to `{}`: the effect is zero by the graph",
                self.variables[contrast.treatment].name, self.variables[contrast.outcome].name
            ));
        }
        let interval = Interval::of(refits, options.confidence);
        Ok(Effect { value: mean_to - mean_from, interval, standard_error, mean_from, mean_to, warnings })
    }

    /// The natural direct and indirect effects of a contrast (Pearl 2001), over `samples` rows.
    ///
    /// # Errors
    /// As [`Self::average_effect`].
    pub fn mediation(
        &self,
        contrast: &Contrast,
        samples: usize,
        seed: u64,
    ) -> Result<Mediation, CausalError> {
        self.check_contrast(contrast)?;
        if samples == 0 {
            return Err(CausalError::Argument("an effect needs one sample or more".into()));
        }
        let Contrast { treatment, from, to, outcome, .. } = *contrast;
        let wanted = self.with_ancestors(outcome);
        if !wanted[treatment] || treatment == outcome {
            let total = if treatment == outcome { to - from } else { 0.0 };
            return Ok(Mediation { total, direct: total, indirect: 0.0 });
        }
        let world = |value: f64| {
            let action = Action::Set(value);
            let mut actions = vec![None; self.variables.len()];
            actions[treatment] = Some(&action);
            self.draw(&actions, &wanted, samples, seed)
        };
        let (low, high) = (world(from), world(to));
        // The outcome with the treatment of one world and everything between of the other.
        let noise = self.noise(outcome, None, samples, seed);
        let cross = |treated: &[Vec<f64>], between: &[Vec<f64>]| {
            let mut values = between.to_vec();
            values[treatment].clone_from(&treated[treatment]);
            self.mean(&self.value(outcome, None, &values, &noise), contrast)
        };
        let base = self.mean(&low[outcome], contrast);
        Ok(Mediation {
            total: self.mean(&high[outcome], contrast) - base,
            direct: cross(&high, &low) - base,
            indirect: cross(&low, &high) - base,
        })
    }

    /// The effect of a contrast by the mechanisms as they are.
    pub(super) fn plain_effect(
        &self,
        contrast: &Contrast,
        samples: usize,
        seed: u64,
    ) -> Result<f64, CausalError> {
        self.check_contrast(contrast)?;
        let options = EffectOptions { samples, seed, ..EffectOptions::default() };
        let (from, to) = self.means(contrast, &self.with_ancestors(contrast.outcome), &options)?;
        Ok(to - from)
    }

    fn check_contrast(&self, contrast: &Contrast) -> Result<(), CausalError> {
        let n = self.variables.len();
        let last = contrast.treatment.max(contrast.outcome);
        if last >= n {
            return Err(CausalError::Argument(format!("there is no variable number {last}")));
        }
        self.variables[contrast.treatment].check(contrast.from)?;
        self.variables[contrast.treatment].check(contrast.to)?;
        let outcome = &self.variables[contrast.outcome];
        match (outcome.levels(), contrast.level) {
            (None, None) => Ok(()),
            (Some(_), Some(level)) => outcome.check(f64::from(level)),
            (Some(_), None) => Err(CausalError::Argument(format!(
                "`{}` has levels; say whose probability the effect is about",
                outcome.name
            ))),
            (None, Some(_)) => {
                Err(CausalError::Argument(format!("`{}` is a number and has no levels", outcome.name)))
            }
        }
    }

    fn with_ancestors(&self, node: usize) -> Vec<bool> {
        let ancestors = self.dag.ancestors(node);
        (0..self.variables.len()).map(|i| i == node || ancestors.contains(&i)).collect()
    }

    /// Nodes whose mechanisms an effect rests on.
    pub(super) fn ancestors_around(&self, contrast: &Contrast) -> Vec<usize> {
        let mut wanted = vec![false; self.variables.len()];
        wanted[contrast.outcome] = contrast.outcome != contrast.treatment;
        for &node in self.order.iter().rev() {
            if wanted[node] {
                let parents = self.dag.parents(node).iter().filter(|p| **p != contrast.treatment);
                parents.for_each(|&p| wanted[p] = true);
            }
        }
        (0..wanted.len()).filter(|&i| wanted[i]).collect()
    }

    fn mean(&self, values: &[f64], contrast: &Contrast) -> f64 {
        let total: f64 = match contrast.level {
            None => values.iter().sum(),
            Some(level) => values.iter().filter(|v| **v == f64::from(level)).count() as f64,
        };
        total / values.len() as f64
    }

    fn means(
        &self,
        contrast: &Contrast,
        wanted: &[bool],
        options: &EffectOptions,
    ) -> Result<(f64, f64), CausalError> {
        let mean = |value: f64| {
            let set = [Intervention::set(contrast.treatment, value)];
            let values = self.draw(&self.actions(&set)?, wanted, options.samples, options.seed);
            Ok::<f64, CausalError>(self.mean(&values[contrast.outcome], contrast))
        };
        Ok((mean(contrast.from)?, mean(contrast.to)?))
    }
}
