//! `lathe`: root causes in the event logs of a vertical lathe.

mod data;
mod measure;

use crate::{Figure, Outcome, Progress, Recipe, RecipeError, RunOptions, Table};
use data::{Group, Lathe as Data, Run};
use sensorium_causal::events::baseline;
use std::time::Instant;

/// The recipe.
pub struct Lathe;

type Method<'a> = (&'static str, Box<dyn Fn(&Group, &Run) -> Vec<f64> + 'a>);

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
        let n = data.catalogue.len();
        let mut outcome = Outcome::new(self.name(), options.quick, options.seed_list());
        let c = &data.catalogue;
        let order = move |list: Vec<usize>| measure::scores_of_order(&list, n);
        let methods: Vec<Method> = vec![
            ("recency", Box::new(move |_, r| order(baseline::recency_before_alarms(&r.log, c, None)))),
            ("graph+recency", Box::new(move |g, r| order(baseline::recency_with_graph(&r.log, c, &g.graph)))),
            ("pagerank", Box::new(move |g, _| {
                let mut s = baseline::pagerank(&g.graph, n);
                (0..n).for_each(|v| if c.is_alarm(v) || !g.graph.knows(v) { s[v] = f64::NEG_INFINITY });
                s
            })),
        ];
        let mut table = Table::new("MAP@3", ["method", "group", "first hit", "AP", "looked at"]);
        for (name, method) in &methods {
            for group in &data.groups {
                let scores: Vec<Vec<f64>> = group.runs.iter().map(|r| method(group, r)[..data.known].to_vec()).collect();
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
        outcome.figures.push(Figure::new("variables", "variables", n as f64));
        outcome.seconds = started.elapsed().as_secs_f64();
        Ok(outcome)
    }
}
