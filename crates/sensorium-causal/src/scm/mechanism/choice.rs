//! The choice of a mechanism's family by cross-validated log-likelihood.

use super::{Family, Mechanism, Noise, Sample};
use crate::CausalError;
use crate::regress::{folds, moments};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// A family that was tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The family.
    pub family: Family,
    /// Mean logarithm of the density of rows held out (natural logarithm; higher is better).
    pub log_likelihood: f64,
    /// How much less than the best, by row.
    pub behind: f64,
    /// Standard error of that difference, paired by row.
    pub standard_error: f64,
}

/// What was chosen, and among what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// The chosen family.
    pub family: Family,
    /// All that were tried, from simple to complex; empty when there was nothing to choose.
    pub candidates: Vec<Candidate>,
}

/// Rows that are enough to choose a family.
const CHOICE_ROWS: usize = 4000;

/// The simplest family whose held-out log-likelihood is within one standard error of the best, and what
/// was tried.
pub(crate) fn choose(
    sample: &Sample,
    families: &[Family],
    parts: usize,
    seed: u64,
) -> Result<Choice, CausalError> {
    if let [family] = families {
        return Ok(Choice { family: *family, candidates: Vec::new() });
    }
    let rows = sample.values.len();
    if rows < 2 * parts {
        return Err(CausalError::Data(format!(
            "{rows} complete rows are too few to choose a mechanism in {parts} parts; give {} rows, or cross-validate in fewer parts",
            2 * parts
        )));
    }
    let order = folds(rows, rows, seed);
    let kept: Vec<usize> = (0..rows).filter(|&r| order[r] < CHOICE_ROWS).collect();
    let sample = sample.take(&kept);
    let part = folds(sample.values.len(), parts, seed.wrapping_add(1));
    let tried: Vec<Vec<f64>> =
        families.par_iter().map(|f| held_out(*f, &sample, &part, parts, seed)).collect::<Result<_, _>>()?;
    let mean = |logs: &[f64]| logs.iter().sum::<f64>() / logs.len() as f64;
    let best = (0..tried.len()).max_by(|&a, &b| mean(&tried[a]).total_cmp(&mean(&tried[b]))).unwrap_or(0);
    let candidates: Vec<Candidate> = families
        .iter()
        .zip(&tried)
        .map(|(&family, logs)| {
            let difference: Vec<f64> = tried[best].iter().zip(logs).map(|(b, l)| b - l).collect();
            let (behind, deviation) = moments(&difference);
            let standard_error = deviation / (logs.len() as f64).sqrt();
            Candidate { family, log_likelihood: mean(logs), behind, standard_error }
        })
        .collect();
    let near = candidates.iter().find(|c| c.behind <= c.standard_error);
    let family = near.map_or(families[best], |c| c.family);
    Ok(Choice { family, candidates })
}

/// Log-density of each row under a model of the other parts.
fn held_out(
    family: Family,
    sample: &Sample,
    part: &[usize],
    parts: usize,
    seed: u64,
) -> Result<Vec<f64>, CausalError> {
    let rows = sample.values.len();
    let split = |fold: usize| -> (Vec<usize>, Vec<usize>) { (0..rows).partition(|&r| part[r] == fold) };
    let mut out = vec![0.0; rows];
    if sample.levels.is_some() {
        for fold in 0..parts {
            let (held, kept) = split(fold);
            let test = sample.take(&held);
            let mechanism = family.fit(&sample.take(&kept), seed)?;
            let logs = mechanism.log_density(&test.values, &test.parents());
            held.iter().zip(logs).for_each(|(&r, log)| out[r] = log);
        }
        return Ok(out);
    }
    // Noise and scale of each row by a model of the other parts; then the density of a part's noise by
    // the noise of the other parts, which is held out as well.
    let (mut noise, mut log_scale) = (vec![0.0; rows], vec![0.0; rows]);
    for fold in 0..parts {
        let (held, kept) = split(fold);
        let test = sample.take(&held);
        let fitted = family.location_scale(&sample.take(&kept), seed)?;
        let values = fitted.noise_of(&test.values, &test.parents());
        let (_, scale) = fitted.location_scale(&test.parents(), held.len());
        for (position, &row) in held.iter().enumerate() {
            noise[row] = values[position];
            log_scale[row] = scale.as_ref().map_or(0.0, |s| s[position].ln());
        }
    }
    for fold in 0..parts {
        let (held, kept) = split(fold);
        let density = Noise::empirical(kept.iter().map(|&r| noise[r]).collect()).density();
        held.iter().for_each(|&r| out[r] = density.log(noise[r]) - log_scale[r]);
    }
    Ok(out)
}

impl Mechanism {
    /// The name of the family that a mechanism would be told by, for reports.
    pub fn describe(&self) -> String {
        match self {
            Self::Numeric(numeric) => {
                let mean = match &numeric.mean {
                    crate::regress::Fitted::Linear(linear) if linear.coefficients.is_empty() => "values seen",
                    crate::regress::Fitted::Linear(_) => "linear",
                    crate::regress::Fitted::Curves(_) => "curves",
                    crate::regress::Fitted::Trees(_) => "boosted trees",
                };
                let scale = if numeric.log_scale.is_some() { ", noise scaled by the parents" } else { "" };
                format!("{mean}{scale}")
            }
            Self::Discrete(discrete) => match &discrete.probabilities {
                super::Probabilities::Table { .. } => "table of probabilities".to_owned(),
                super::Probabilities::Logistic { .. } => "logistic regression".to_owned(),
                super::Probabilities::Trees { .. } => "boosted trees for classes".to_owned(),
            },
        }
    }
}
