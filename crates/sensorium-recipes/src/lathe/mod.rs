//! `lathe`: root causes in the event logs of a vertical lathe.

mod data;
mod measure;
mod methods;

use crate::{Figure, Outcome, Progress, Recipe, RecipeError, RunOptions, Table};
use data::Lathe as Data;
use std::time::Instant;

/// The recipe.
pub struct Lathe;

impl Recipe for Lathe {
    fn name(&self) -> &'static str {
        "lathe"
    }

    fn summary(&self) -> &'static str {
        "root causes in a lathe's event logs: expert graph, learned graph, inspection effort"
    }

    fn data(&self) -> &'static [&'static str] {
        &["causrca"]
    }

    fn run(&self, options: &RunOptions, _progress: &mut dyn Progress) -> Result<Outcome, RecipeError> {
        let started = Instant::now();
        let training = options.training_dir("causrca")?;
        let data = Data::open(&training, &options.evaluation_dir("causrca")?, if options.quick { 4 } else { 1 })?;
        let mut outcome = Outcome::new(self.name(), options.quick, options.seed_list());
        let methods = methods::all(&data)?;
        let mut table = Table::new("MAP@3", ["method", "group", "first hit", "AP", "looked at"]);
        for (name, method) in &methods {
            for group in &data.groups {
                let scores: Vec<Vec<f64>> =
                    group.runs.iter().map(|r| method(group, r)).collect::<Result<_, _>>()?;
                let mean = |f: &dyn Fn(&[f64], &[usize]) -> f64| {
                    scores.iter().zip(&group.runs).map(|(s, r)| f(s, &r.truth)).sum::<f64>() / scores.len() as f64
                };
                table.row([
                    name.to_string(),
                    group.name.clone(),
                    format!("{:.3}", mean(&|s, t| measure::first_hit(s, t, 3))),
                    format!("{:.3}", mean(&|s, t| measure::average_precision(s, t, 3))),
                    format!("{:.1}", mean(&|s, t| measure::inspected(s, t))),
                ]);
            }
        }
        outcome.tables.push(table);
        outcome.figures.push(Figure::new("variables", "variables", data.known as f64));
        outcome.seconds = started.elapsed().as_secs_f64();
        Ok(outcome)
    }
}
