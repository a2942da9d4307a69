//! `discovery`: causal graphs from tables, and directions of pairs.
//!
//! **Networks.** Each Bayesian network in `causal/networks` is sampled with 500, 2,000 and 10,000 rows (seed: that of
//! the run). Every method gets the same rows; settings are the defaults, the same for all networks and sizes. A found
//! graph is compared, as a class (a DAG is turned into its CPDAG), with the CPDAG of the true network: F1 over ordered
//! pairs that may be cause and effect, where an undirected edge counts both ways, and the structural Hamming distance.
//! Methods for numbers skip networks of categories. A sampled column that is constant is left out, for every method,
//! and its edges count as not found.
//!
//! The method named in advance is BOSS; all are shown.
//!
//! **Numbers.** Random graphs of 20 variables, three edges a node: linear with Gaussian noise, linear with noise that
//! is not Gaussian, and draws from Gaussian processes; columns are standardised, so that no method can read the order
//! off the variances (varsortability is printed).
//!
//! **Cells.** The real measurements of Sachs et al., all conditions pooled, logarithms; truth is the consensus graph, which has
//! a cycle and so is compared edge by edge, not as a class.
//!
//! **Peers.** With `SENSORIUM_PEER_PYTHON`, causal-learn, gCastle, lingam and dagma run on the same
//! tables in the same run, at their defaults and with the same alpha (0.01), and are stopped after a minute a table.
//!
//! **Pairs.** The cause-effect pairs of Tübingen, those that are at hand. Weight: 1 / number of pairs from the same
//! source table. The variables of a pair are exchanged at random. The method is a vote whose weights were learned on
//! simulated pairs; *which* methods vote was decided after seeing these pairs, so that only other pairs can judge it:
//! `--data-dir` with a folder `tuebingen`. The two votes before it, of all methods, reached 0.58 and 0.57.
//!
//! `--data-dir DIR` replaces `causal`: `DIR/networks/*.bif`, `DIR/tuebingen`, `DIR/sachs`, each if it is there.

mod competitors;
mod grid;
mod networks;
mod numbers;
mod pairs;
mod peers;

use crate::{Figure, Outcome, Progress, Recipe, RecipeError, RunOptions};
use std::time::Instant;

/// The recipe.
pub struct Discovery;

impl Recipe for Discovery {
    fn name(&self) -> &'static str {
        "discovery"
    }

    fn summary(&self) -> &'static str {
        "causal graphs from tables of known networks, beside causal-learn, gCastle, lingam and dagma; directions of pairs"
    }

    fn data(&self) -> &'static [&'static str] {
        &["causal"]
    }

    fn run(&self, options: &RunOptions, progress: &mut dyn Progress) -> Result<Outcome, RecipeError> {
        let started = Instant::now();
        let folder = options.evaluation_dir("causal")?;
        let mut outcome = Outcome::new(self.name(), options.quick, options.seed_list());
        let part = |name: &str| Some(folder.join(name)).filter(|f| f.is_dir());
        if [part("networks"), part("tuebingen"), part("sachs")].iter().all(Option::is_none) {
            return Err(RecipeError::Other(format!(
                "{}: there is none of networks, tuebingen and sachs in it",
                folder.display()
            )));
        }
        if let Some(folder) = part("tuebingen") {
            pairs::study(&folder, options, progress, &mut outcome)?;
        }
        if let Some(folder) = part("networks") {
            networks::study(&folder, options, progress, &mut outcome)?;
        }
        if options.data_dir.is_none() {
            numbers::simulated(options, progress, &mut outcome)?;
        }
        if let Some(folder) = part("sachs") {
            numbers::cells(&folder, options, progress, &mut outcome)?;
        }
        average(&mut outcome.figures);
        outcome.seconds = started.elapsed().as_secs_f64();
        Ok(outcome)
    }
}

/// Figures of the same key, one a seed, become their mean, with the lowest and the highest as the interval.
fn average(figures: &mut Vec<Figure>) {
    let mut merged: Vec<(Figure, Vec<f64>)> = Vec::new();
    for figure in figures.drain(..) {
        match merged.iter_mut().find(|(f, _)| f.key == figure.key) {
            Some((_, values)) => values.push(figure.value),
            None => merged.push((figure.clone(), vec![figure.value])),
        }
    }
    figures.extend(merged.into_iter().map(|(mut figure, values)| {
        if values.len() > 1 {
            figure.value = values.iter().sum::<f64>() / values.len() as f64;
            let low = values.iter().copied().fold(f64::INFINITY, f64::min);
            let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            figure.interval = Some((low, high));
        }
        figure
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_averaged_and_their_range_is_the_interval() {
        let mut figures =
            vec![Figure::new("a", "a", 0.5), Figure::new("b", "b", 1.0), Figure::new("a", "a", 0.9)];
        average(&mut figures);
        assert_eq!(figures.len(), 2);
        assert!((figures[0].value - 0.7).abs() < 1e-12);
        assert_eq!((figures[0].interval, figures[1].interval), (Some((0.5, 0.9)), None));
    }
}
