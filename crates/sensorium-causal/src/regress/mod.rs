//! Regression: from columns of features to a target, with models that explain themselves.
//!
//! | model | when |
//! | --- | --- |
//! | [`Ridge`] | linear; least squares when the penalty is zero; collinear columns share their weight |
//! | [`Lasso`] | linear with few of many columns; the penalty comes from cross-validation |
//! | [`BoostedTrees`] | any shape, interactions; classification too |
//! | [`Additive`] | a smooth curve for each column, summed |
//!
//! Features are passed by column: `columns[feature][row]`.
//!
//! ```
//! use sensorium_causal::regress::{Regressor, Ridge};
//!
//! let (dose, width) = ([0.0, 1.0, 2.0, 3.0], [1.0, 3.0, 5.0, 7.0]);
//! let fitted = Ridge::default().fit(&[&dose], &width)?;
//! assert!((fitted.predict(&[&[10.0]])[0] - 21.0).abs() < 1e-9);
//! # Ok::<(), sensorium_causal::CausalError>(())
//! ```

mod additive;
mod lasso;
mod linear;
pub mod spline;
pub mod trees;

pub use additive::{Additive, Curves};
pub use lasso::{Lasso, LassoPath};
pub use linear::{Linear, Ridge};
pub use trees::{BoostedTrees, Importance, Trees};

use crate::CausalError;
use crate::random::generator;
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};

/// A way to learn a number from features.
pub trait Regressor: Sync {
    /// Learns `target[row]` from `columns[feature][row]`.
    ///
    /// # Errors
    /// [`CausalError::Data`] for columns of different lengths, values that are not finite, too few rows.
    fn fit(&self, columns: &[&[f64]], target: &[f64]) -> Result<Fitted, CausalError>;
}

/// What a [`Regressor`] has learned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fitted {
    /// A weighted sum.
    Linear(Linear),
    /// A sum of smooth curves.
    Curves(Curves),
    /// A sum of trees.
    Trees(Trees),
}

impl Fitted {
    /// The expected target for each row of `columns[feature][row]`; without features, a single row.
    pub fn predict(&self, columns: &[&[f64]]) -> Vec<f64> {
        match self {
            Self::Linear(model) => model.predict(columns),
            Self::Curves(model) => model.predict(columns),

            Self::Trees(model) => model.predict(columns),
        }
    }
}

impl Fitted {
    /// Whether the model is made for this many features and cannot fail on finite ones.
    pub(crate) fn is_sound(&self, features: usize) -> bool {
        match self {
            Self::Linear(model) => model.coefficients.len() == features,
            Self::Curves(model) => {
                model.curves.len() == features && model.curves.iter().all(spline::Curve::is_sound)
            }
            Self::Trees(model) => model.outputs() == 1 && model.is_sound(features),
        }
    }
}

/// Columns and target that can be learned from: equally long, at least `least` rows, all finite.
pub(crate) fn check(columns: &[&[f64]], target: &[f64], least: usize) -> Result<(), CausalError> {
    let rows = target.len();
    if rows < least {
        return Err(CausalError::Data(format!("a regression on {rows} rows; it needs at least {least}")));
    }
    for (index, column) in columns.iter().enumerate() {
        if column.len() != rows {
            return Err(CausalError::Data(format!(
                "feature {index} has {} rows, the target has {rows}",
                column.len()
            )));
        }
        if let Some(row) = column.iter().position(|v| !v.is_finite()) {
            return Err(CausalError::Data(format!(
                "feature {index} is {} in row {row}; leave such rows out or fill them first",
                column[row]
            )));
        }
    }
    match target.iter().position(|v| !v.is_finite()) {
        Some(row) => Err(CausalError::Data(format!(
            "the target is {} in row {row}; leave such rows out or fill them first",
            target[row]
        ))),
        None => Ok(()),
    }
}

/// Shuffles rows into `folds` parts of nearly equal size: the part of each row.
pub(crate) fn folds(rows: usize, folds: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..rows).collect();
    order.shuffle(&mut generator(seed, 0));
    let mut part = vec![0; rows];
    for (position, row) in order.into_iter().enumerate() {
        part[row] = position % folds.max(1);
    }
    part
}

/// Some rows of every column.
pub(crate) fn take_rows(columns: &[&[f64]], rows: &[usize]) -> Vec<Vec<f64>> {
    columns.iter().map(|column| rows.iter().map(|&r| column[r]).collect()).collect()
}

/// Columns as slices.
pub(crate) fn slices(columns: &[Vec<f64>]) -> Vec<&[f64]> {
    columns.iter().map(Vec::as_slice).collect()
}

/// Mean and standard deviation (divided by n).
pub(crate) fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n;
    (mean, variance.sqrt())
}
