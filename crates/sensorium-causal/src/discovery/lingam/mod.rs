//! DirectLiNGAM: the causal order of a linear model whose noise is not Gaussian.
//!
//! Shimizu and others, "DirectLiNGAM", JMLR 12, 2011, with the pairwise measure of Hyvärinen and Smith, JMLR 14, 2013.
//! Under its assumptions (linear effects, independent noise of which at most one term is Gaussian, no hidden common
//! cause) the whole graph is identified, not only its equivalence class. Scales do not matter: every column is
//! standardised first, so that there is nothing to gain from variances that grow along the order.

mod adaptive_lasso;
mod entropy;
mod order;

use crate::discovery::continuous_samples::ContinuousSamples;
use crate::{CausalError, Dag, Knowledge, Table};
use faer::Mat;
use rayon::prelude::*;

/// How the parents of a variable are chosen among the variables before it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ParentSelection {
    /// Adaptive lasso, its penalty by BIC, then least squares on those that are kept.
    AdaptiveLasso {
        /// Power of the first least-squares coefficients that weigh the penalty.
        gamma: f64,
    },
    /// Least squares on all of them; an effect in units of standard deviations below the threshold is no edge.
    LeastSquares {
        /// Smallest absolute standardised coefficient that is kept.
        threshold: f64,
    },
}

/// Settings of [`direct_lingam`].
#[derive(Clone, Debug, PartialEq)]
pub struct LingamConfig {
    /// How parents are chosen once the order is known.
    pub parents: ParentSelection,
}

impl Default for LingamConfig {
    /// Adaptive lasso with γ = 1.
    fn default() -> Self {
        Self { parents: ParentSelection::AdaptiveLasso { gamma: 1.0 } }
    }
}

/// What [`direct_lingam`] found.
#[derive(Clone, Debug)]
pub struct LingamResult {
    /// Positions of the variables, causes before effects.
    pub order: Vec<usize>,
    /// Variables x variables: `weights[(cause, effect)]` is the direct effect in the columns' units, 0 where there is
    /// no edge.
    pub weights: Mat<f64>,
    /// The edges whose weight is not 0.
    pub dag: Dag,
    /// Rows x variables: what the parents do not explain, with mean zero.
    pub residuals: Mat<f64>,
}

/// DirectLiNGAM on the continuous columns of a table.
///
/// Required edges and tiers bind the order, forbidden edges the choice of parents. A required edge is always in the
/// graph, with its least-squares weight.
///
/// # Errors
/// [`CausalError::Data`] for categorical, missing, constant or collinear columns and too few rows,
/// [`CausalError::Knowledge`] for knowledge that contradicts itself, [`CausalError::Argument`] for a setting out of range.
pub fn direct_lingam(
    table: &Table,
    knowledge: &Knowledge,
    config: &LingamConfig,
) -> Result<LingamResult, CausalError> {
    config.check()?;
    knowledge.check(&table.names())?;
    let samples = ContinuousSamples::new(table)?;
    let order = order::causal_order(&samples, knowledge)?;
    let d = samples.width();
    let columns: Vec<(usize, Vec<(usize, f64)>)> = (0..d)
        .into_par_iter()
        .map(|position| {
            let target = order[position];
            let before: Vec<usize> =
                order[..position].iter().copied().filter(|&c| !knowledge.forbids(c, target)).collect();
            Ok((target, parents(&samples, &before, target, knowledge, config)?))
        })
        .collect::<Result<_, CausalError>>()?;
    let mut weights = Mat::zeros(d, d);
    let mut dag = Dag::new(samples.names.iter().cloned())?;
    for (target, causes) in columns {
        for (cause, weight) in causes {
            weights[(cause, target)] = weight;
            dag.add_edge(cause, target)?;
        }
    }
    let residuals = &samples.centred - &samples.centred * &weights;
    Ok(LingamResult { order, weights, dag, residuals })
}

impl LingamConfig {
    fn check(&self) -> Result<(), CausalError> {
        let (name, value) = match self.parents {
            ParentSelection::AdaptiveLasso { gamma } => ("gamma", gamma),
            ParentSelection::LeastSquares { threshold } => ("threshold", threshold),
        };
        if value.is_finite() && value >= 0.0 {
            Ok(())
        } else {
            Err(CausalError::Argument(format!("{name} must be 0 or more, not {value}")))
        }
    }
}

/// The parents of `target` among `before`, with their weights.
fn parents(
    samples: &ContinuousSamples,
    before: &[usize],
    target: usize,
    knowledge: &Knowledge,
    config: &LingamConfig,
) -> Result<Vec<(usize, f64)>, CausalError> {
    let covariance = &samples.covariance;
    let coefficients = match config.parents {
        ParentSelection::AdaptiveLasso { gamma } => {
            adaptive_lasso::adaptive_lasso(covariance, samples.rows(), before, target, gamma)?
        }
        ParentSelection::LeastSquares { threshold } => {
            let mut all = adaptive_lasso::least_squares(covariance, before, target)?;
            for (weight, &cause) in all.iter_mut().zip(before) {
                let ratio = (covariance[(cause, cause)] / covariance[(target, target)]).sqrt();
                if weight.abs() * ratio < threshold {
                    *weight = 0.0;
                }
            }
            all
        }
    };
    let lost = before.iter().zip(&coefficients).any(|(&c, &w)| w == 0.0 && knowledge.requires(c, target));
    let kept = before.iter().copied().zip(coefficients);
    let chosen: Vec<(usize, f64)> =
        kept.filter(|&(c, w)| w != 0.0 || knowledge.requires(c, target)).collect();
    if !lost {
        return Ok(chosen);
    }
    let causes: Vec<usize> = chosen.into_iter().map(|(cause, _)| cause).collect();
    let refitted = adaptive_lasso::least_squares(covariance, &causes, target)?;
    Ok(causes.into_iter().zip(refitted).collect())
}
