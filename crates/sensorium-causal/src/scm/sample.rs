//! Sampling: what is seen, and what would be seen if something were done.

use super::mechanism::NoiseColumns;
use super::{Action, Domain, Intervention, StructuralCausalModel};
use crate::random::generator;
use crate::{CausalError, Table};
use rand::Rng;
use rayon::prelude::*;

/// Samples under interventions.
#[derive(Clone, Debug, PartialEq)]
pub struct Interventional {
    /// The samples.
    pub table: Table,
    /// Where the interventions leave what the model has seen.
    pub warnings: Vec<String>,
}

impl StructuralCausalModel {
    /// Draws rows as they are seen when nothing is done.
    ///
    /// # Errors
    /// No row asked for.
    pub fn sample(&self, rows: usize, seed: u64) -> Result<Table, CausalError> {
        self.intervene(&[], rows, seed).map(|drawn| drawn.table)
    }

    /// Draws rows as they would be seen under interventions. With the same seed, rows under different
    /// interventions share their noise.
    ///
    /// # Errors
    /// No row asked for, two interventions on one variable, values that are not the variable's.
    pub fn intervene(
        &self,
        interventions: &[Intervention],
        rows: usize,
        seed: u64,
    ) -> Result<Interventional, CausalError> {
        if rows == 0 {
            return Err(CausalError::Argument("ask for one row or more".into()));
        }
        let actions = self.actions(interventions)?;
        let all = vec![true; self.variables.len()];
        let columns = self.draw(&actions, &all, rows, seed);
        let warnings = self.warnings(interventions, &columns);
        let columns = self.variables.iter().zip(columns).map(|(v, values)| v.column(values)).collect();
        Ok(Interventional { table: Table::new(columns)?, warnings })
    }

    /// Values `[variable][row]` of the variables that are wanted (which are closed under parents).
    pub(super) fn draw(
        &self,
        actions: &[Option<&Action>],
        wanted: &[bool],
        rows: usize,
        seed: u64,
    ) -> Vec<Vec<f64>> {
        let noise: Vec<NoiseColumns> = (0..self.variables.len())
            .into_par_iter()
            .map(|node| if wanted[node] { self.noise(node, actions[node], rows, seed) } else { Vec::new() })
            .collect();
        let mut values = vec![Vec::new(); self.variables.len()];
        for &node in self.order.iter().filter(|n| wanted[**n]) {
            values[node] = self.value(node, actions[node], &values, &noise[node]);
        }
        values
    }

    /// Draws a node's noise; for a policy, its values.
    pub(super) fn noise(&self, node: usize, action: Option<&Action>, rows: usize, seed: u64) -> NoiseColumns {
        let mut rng = generator(seed, node as u64);
        match action {
            Some(Action::Set(value)) => vec![vec![*value; rows]],
            Some(Action::Policy(choices)) => {
                let total: f64 = choices.iter().map(|c| c.1).sum();
                let pick = |_| {
                    let mut left = rng.random_range(0.0..total);
                    let chosen = choices.iter().find(|c| {
                        left -= c.1;
                        left < 0.0
                    });
                    chosen.or(choices.last()).map_or(f64::NAN, |c| c.0)
                };
                vec![(0..rows).map(pick).collect()]
            }
            Some(Action::Noise(noise)) => vec![noise.draw(rows, &mut rng)],
            Some(Action::Mechanism(mechanism)) => mechanism.draw_noise(rows, &mut rng),
            Some(Action::Shift(_) | Action::Scale(_)) | None => {
                self.mechanisms[node].draw_noise(rows, &mut rng)
            }
        }
    }

    /// A node's values from its parents' and its noise.
    pub(super) fn value(
        &self,
        node: usize,
        action: Option<&Action>,
        values: &[Vec<f64>],
        noise: &NoiseColumns,
    ) -> Vec<f64> {
        let parents: Vec<&[f64]> = self.dag.parents(node).iter().map(|&p| values[p].as_slice()).collect();
        match action {
            Some(Action::Set(_) | Action::Policy(_)) => noise[0].clone(),
            Some(Action::Mechanism(mechanism)) => mechanism.sample(&parents, noise),
            Some(Action::Noise(_)) | None => self.mechanisms[node].sample(&parents, noise),
            Some(change @ (Action::Shift(_) | Action::Scale(_))) => {
                let mut own = self.mechanisms[node].sample(&parents, noise);
                change.soften(&mut own);
                own
            }
        }
    }

    /// Warnings of interventions, given what they made of their variables.
    pub(super) fn warnings(&self, interventions: &[Intervention], columns: &[Vec<f64>]) -> Vec<String> {
        let mut warnings: Vec<String> = interventions.iter().filter_map(|i| i.warning(self)).collect();
        for intervention in interventions {
            let variable = &self.variables[intervention.variable];
            let (Action::Shift(_) | Action::Scale(_), Domain::Continuous { low, high }) =
                (&intervention.action, &variable.domain)
            else {
                continue;
            };
            let values = &columns[intervention.variable];
            let outside = values.iter().filter(|v| *v < low || *v > high).count();
            if outside > 0 {
                let share = 100.0 * outside as f64 / values.len() as f64;
                warnings.push(format!(
                    "`{}` extrapolates in {share:.1} % of the rows: observed {low} to {high}",
                    variable.name
                ));
            }
        }
        warnings
    }

    /// Noise terms `[variable][component][row]` of the rows of a table: exact for numbers, drawn from the
    /// posterior for levels. Rows in which a value is missing give NaN noise.
    ///
    /// # Errors
    /// Columns that are not the model's.
    pub fn noise_of(&self, table: &Table, seed: u64) -> Result<Vec<NoiseColumns>, CausalError> {
        let columns: Vec<Vec<f64>> = self.align(table)?.columns().iter().map(|c| c.as_numbers()).collect();
        let one = |node: usize| {
            let involved: Vec<usize> = self.dag.parents(node).iter().copied().chain([node]).collect();
            let complete: Vec<usize> =
                (0..table.rows()).filter(|&r| involved.iter().all(|&c| !columns[c][r].is_nan())).collect();
            let kept: Vec<Vec<f64>> =
                involved.iter().map(|&c| complete.iter().map(|&r| columns[c][r]).collect()).collect();
            let parents: Vec<&[f64]> = kept[..kept.len() - 1].iter().map(Vec::as_slice).collect();
            let mut rng = generator(seed, node as u64);
            let found = self.mechanisms[node].noise_of(&kept[kept.len() - 1], &parents, &mut rng);
            let spread = |component: Vec<f64>| {
                let mut all = vec![f64::NAN; table.rows()];
                complete.iter().zip(component).for_each(|(&r, e)| all[r] = e);
                all
            };
            found.into_iter().map(spread).collect()
        };
        Ok((0..self.variables.len()).into_par_iter().map(one).collect())
    }
}

impl Action {
    /// Shifts or scales values.
    pub(super) fn soften(&self, values: &mut [f64]) {
        match self {
            Self::Shift(by) => values.iter_mut().for_each(|v| *v += by),
            Self::Scale(by) => values.iter_mut().for_each(|v| *v *= by),
            _ => {}
        }
    }
}
