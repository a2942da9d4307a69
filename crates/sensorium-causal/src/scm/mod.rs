//! Structural causal models: for each variable a mechanism from its parents and a noise term of its own.
//!
//! [`StructuralCausalModel::fit`] learns the mechanisms of a given graph from a table. The model then answers
//!
//! - what is seen: [`StructuralCausalModel::sample`],
//! - what would be seen if something were done: [`StructuralCausalModel::intervene`],
//!   [`StructuralCausalModel::average_effect`],
//! - what would have been, given what was: [`StructuralCausalModel::counterfactual`].
//!
//! [`validate`] says how far model, effect and graph can be trusted; [`effect`] estimates an effect from an
//! adjustment set, without mechanisms.
//!
//! ```
//! use sensorium_causal::scm::{FitOptions, Intervention, StructuralCausalModel};
//! use sensorium_causal::{Dag, Table};
//!
//! let dose: Vec<f64> = (0..200).map(|i| f64::from(i % 20)).collect();
//! let width: Vec<f64> = dose.iter().enumerate().map(|(i, d)| 2.0 * d + (i % 7) as f64).collect();
//! let table = Table::from_continuous([("dose", dose), ("width", width)])?;
//! let dag = Dag::from_edges(["dose", "width"], &[(0, 1)])?;
//! let model = StructuralCausalModel::fit(&table, &dag, &FitOptions::default())?;
//! let row = model.parse_row(&serde_json::json!({"dose": 5.0, "width": 12.0}))?;
//! let doubled = Intervention::parse("dose=10", &model)?;
//! let answer = model.counterfactual(&row, &[doubled], &Default::default())?;
//! assert!((answer.values[1].value - 22.0).abs() < 0.2);
//! # Ok::<(), sensorium_causal::CausalError>(())
//! ```

mod average_effect;
mod counterfactual;
pub mod effect;
mod file;
mod fit;
mod intervention;
pub mod mechanism;
mod row;
mod sample;
pub mod validate;
mod variable;

pub use average_effect::{Contrast, Effect, EffectOptions, Mediation};
pub use counterfactual::{Counterfactual, CounterfactualOptions, CounterfactualValue};
pub use fit::FitOptions;
pub use intervention::{Action, Intervention};
pub use mechanism::{Candidate, Choice, Family, Mechanism, Noise};
pub use sample::Interventional;
pub use variable::{Domain, Variable};

use crate::Dag;

/// A graph with a mechanism for each of its nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct StructuralCausalModel {
    variables: Vec<Variable>,
    dag: Dag,
    mechanisms: Vec<Mechanism>,
    choices: Vec<Choice>,
    order: Vec<usize>,
}

/// Where the middle `level` of a distribution lies.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// Between quantiles of draws, by linear interpolation; `level` is the share inside.
    pub(crate) fn of(mut draws: Vec<f64>, level: f64) -> Self {
        draws.sort_unstable_by(f64::total_cmp);
        let quantile = |q: f64| {
            let at = q * draws.len().saturating_sub(1) as f64;
            let (low, high) = (at.floor() as usize, at.ceil() as usize);
            draws[low] + (draws[high] - draws[low]) * (at - at.floor())
        };
        let out = (1.0 - level) / 2.0;
        if draws.is_empty() {
            return Self { low: f64::NAN, high: f64::NAN };
        }
        Self { low: quantile(out), high: quantile(1.0 - out) }
    }
}

impl StructuralCausalModel {
    /// The graph; its nodes are in the order of [`Self::variables`].
    pub fn dag(&self) -> &Dag {
        &self.dag
    }

    /// The variables.
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// The mechanism of each variable.
    pub fn mechanisms(&self) -> &[Mechanism] {
        &self.mechanisms
    }

    /// How each variable's mechanism was chosen.
    pub fn choices(&self) -> &[Choice] {
        &self.choices
    }

    /// The position of a variable.
    ///
    /// # Errors
    /// [`crate::CausalError::UnknownVariable`].
    pub fn index_of(&self, name: &str) -> Result<usize, crate::CausalError> {
        self.dag.index_of(name)
    }

    /// Levels of each parent of a node; `None` for numbers.
    fn parent_levels(&self, node: usize) -> Vec<Option<usize>> {
        self.dag.parents(node).iter().map(|&p| self.variables[p].levels()).collect()
    }
}
