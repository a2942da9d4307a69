//! How well each mechanism predicts rows that it has not seen.

use super::super::fit::complete_rows;
use super::super::mechanism::Sample;
use super::super::{Mechanism, Noise, StructuralCausalModel};
use crate::regress::{folds, moments};
use crate::{CausalError, Table};
use rayon::prelude::*;
use serde::Serialize;

/// How well a mechanism predicts held-out rows, against a model that ignores the parents.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NodeFit {
    /// Position of the variable.
    pub variable: usize,
    /// Its name.
    pub name: String,
    /// Share of the score without parents that the parents take away: of the continuous ranked
    /// probability score for a number, of the log score for a level. One is perfect, zero no gain.
    pub skill: f64,
    /// Share of the variance explained; none for levels.
    pub r_squared: Option<f64>,
    /// Complete rows.
    pub rows: usize,
}

/// The fit of each variable that has parents, cross-validated with the model's families.
///
/// # Errors
/// Columns that are not the model's, fewer than two folds, too few rows.
pub fn node_fits(
    model: &StructuralCausalModel,
    table: &Table,
    parts: usize,
    seed: u64,
) -> Result<Vec<NodeFit>, CausalError> {
    if parts < 2 {
        return Err(CausalError::Argument("cross-validation needs two folds or more".into()));
    }
    let table = model.align(table)?;
    let nodes: Vec<usize> =
        (0..model.variables.len()).filter(|&n| !model.dag.parents(n).is_empty()).collect();
    nodes.into_par_iter().map(|node| node_fit(model, &table, node, parts, seed)).collect()
}

fn node_fit(
    model: &StructuralCausalModel,
    table: &Table,
    node: usize,
    parts: usize,
    seed: u64,
) -> Result<NodeFit, CausalError> {
    let sample = complete_rows(table, &model.dag, &model.variables, node)?;
    let rows = sample.values.len();
    let part = folds(rows, parts, seed);
    let (mut own, mut marginal) = (0.0, 0.0);
    let (mut left, mut all) = (0.0, 0.0);
    for fold in 0..parts {
        let (held, kept): (Vec<usize>, Vec<usize>) = (0..rows).partition(|&r| part[r] == fold);
        let (train, test) = (sample.take(&kept), sample.take(&held));
        let mechanism = model.choices[node].family.fit(&train, seed)?;
        let alone = Sample { parents: Vec::new(), parent_levels: Vec::new(), ..sample.take(&kept) };
        let base = alone.families()[0].fit(&alone, seed)?;
        own += score(&mechanism, &test.values, &test.parents());
        marginal += score(&base, &test.values, &[]);
        let (mean, _) = moments(&train.values);
        let predicted = mechanism.expected(&test.parents(), held.len());
        left += test.values.iter().zip(&predicted).map(|(v, p)| (v - p).powi(2)).sum::<f64>();
        all += test.values.iter().map(|v| (v - mean).powi(2)).sum::<f64>();
    }
    let r_squared = model.variables[node].levels().is_none().then(|| 1.0 - left / all.max(f64::MIN_POSITIVE));
    let skill = 1.0 - own / marginal.max(f64::MIN_POSITIVE);
    Ok(NodeFit { variable: node, name: model.variables[node].name.clone(), skill, r_squared, rows })
}

/// Sum over rows of a score that is zero at best: CRPS or negative log-probability.
fn score(mechanism: &Mechanism, values: &[f64], parents: &[&[f64]]) -> f64 {
    let Mechanism::Numeric(numeric) = mechanism else {
        return -mechanism.log_density(values, parents).iter().sum::<f64>();
    };
    let noise = match &numeric.noise {
        Noise::Empirical { values } => values,
        Noise::Gaussian { .. } => return f64::NAN,
    };
    let kept: Vec<f64> =
        (0..noise.len().min(500)).map(|k| noise[k * noise.len() / noise.len().min(500)]).collect();
    // E|X − X′| of sorted values (Gneiting & Raftery 2007, eq. 21).
    let n = kept.len() as f64;
    let apart: f64 =
        kept.iter().enumerate().map(|(k, e)| (2.0 * k as f64 - n + 1.0) * e).sum::<f64>() * 2.0 / (n * n);
    let (_, scale) = numeric.location_scale(parents, values.len());
    let residuals = &mechanism.noise_of(values, parents, &mut crate::random::generator(0, 0))[0];
    let one = |(row, own): (usize, &f64)| {
        let off = kept.iter().map(|e| (e - own).abs()).sum::<f64>() / n;
        scale.as_ref().map_or(1.0, |s| s[row]) * (off - 0.5 * apart)
    };
    residuals.iter().enumerate().map(one).sum()
}
