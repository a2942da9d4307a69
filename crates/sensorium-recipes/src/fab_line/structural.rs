//! Ours: which mechanism changed, under three kinds of knowledge of the graph.

use super::cases::{Case, Setting, WINDOW, table};
use crate::RecipeError;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sensorium_causal::Dag;
use sensorium_causal::attribution::{MechanismChange, Mechanisms};
use std::collections::BTreeSet;

/// What is known of the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Knowledge {
    /// All edges between observed variables; nothing of hidden drifts.
    Known,
    /// Three edges in ten are missing, at random.
    Partial,
    /// The same, completed from normal lots and the order of the steps.
    Completed,
    /// Learned from normal lots between steps; known is the step that each variable belongs to.
    Learned,
    /// No edge at all: what the statistics do without a graph.
    Nothing,
}

impl Knowledge {
    pub const ALL: [Self; 5] = [Self::Known, Self::Completed, Self::Learned, Self::Partial, Self::Nothing];

    pub fn name(self) -> &'static str {
        match self {
            Self::Known => "ours, known graph",
            Self::Completed => "ours, expert graph without 3 in 10 edges, completed",
            Self::Learned => "ours, learned graph",
            Self::Partial => "ours, expert graph as it is",
            Self::Nothing => "ours without any graph",
        }
    }

    pub fn key(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Completed => "partial",
            Self::Learned => "learned",
            Self::Partial => "partial_as_is",
            Self::Nothing => "no_graph",
        }
    }
}

/// The fitted method.
pub(super) struct Structural {
    mechanisms: Mechanisms,
}

impl Structural {
    pub fn fit(setting: &Setting, knowledge: Knowledge, seed: u64) -> Result<Self, RecipeError> {
        let truth = setting.line.edges();
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let edges: Vec<(usize, usize)> = match knowledge {
            Knowledge::Known => truth,
            Knowledge::Partial | Knowledge::Completed => {
                truth.into_iter().filter(|_| rng.random::<f64>() >= 0.3).collect()
            }

            Knowledge::Learned | Knowledge::Nothing => Vec::new(),
        };
        let names = setting.line.names();
        let mut graph = Dag::new(names.iter().cloned())?;
        for &(cause, effect) in &edges {
            graph.add_edge(cause, effect)?;
        }
        if matches!(knowledge, Knowledge::Completed | Knowledge::Learned) {
            super::learn::complete(setting, &mut graph)?;
        }
        let settings = MechanismChange { window: WINDOW, ..MechanismChange::default() };
        let mechanisms = settings.fit(&table(&setting.line, &setting.columns)?, &graph)?;
        Ok(Self { mechanisms })
    }

    /// One score for each candidate; with `location_alone`, by the shift of the residuals only.
    pub fn scores(
        &self,
        setting: &Setting,
        case: &Case,
        location_alone: bool,
    ) -> Result<Vec<f64>, RecipeError> {
        let causes = self.mechanisms.root_causes(&table(&setting.line, &case.window)?, case.outcome)?;
        let mut scores = vec![0.0; setting.columns.len()];
        for cause in causes {
            scores[cause.variable] = if location_alone { cause.change.location.abs() } else { cause.score };
        }
        Ok(setting.candidates.iter().map(|&v| scores[v]).collect())
    }

    /// Precision and recall of the edges told as the chain from `told` to the outcome; none where the
    /// fault has no path to the outcome that raised the alarm.
    pub fn chain(&self, setting: &Setting, case: &Case, told: usize) -> Option<(f64, f64)> {
        let told: BTreeSet<_> = self.mechanisms.chain(told, case.outcome).into_iter().collect();
        let truth: BTreeSet<_> =
            setting.line.chain_to(case.fault.variable, case.outcome).into_iter().collect();
        let right = told.intersection(&truth).count() as f64;
        let share = |n: usize| if n == 0 { 0.0 } else { right / n as f64 };
        (!truth.is_empty()).then(|| (share(told.len()), share(truth.len())))
    }
}
