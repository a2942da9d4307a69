//! Mechanisms of numeric variables: a mean, and noise that may be scaled.

use super::encoding::{encode, slices, width};
use super::noise::Noise;
use crate::CausalError;
use crate::regress::{Fitted, Linear};
use serde::{Deserialize, Serialize};

/// `value = mean(parents) + exp(log_scale(parents)) · noise`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Numeric {
    /// The expected value.
    pub mean: Fitted,
    /// Logarithm of the noise's scale, with the bounds it is held within; `None` where the scale is one.
    pub log_scale: Option<LogScale>,
    /// The noise term.
    pub noise: Noise,
    /// Levels of each parent; `None` for numbers.
    pub parents: Vec<Option<usize>>,
}

/// How the noise grows with the parents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogScale {
    /// The logarithm of the scale.
    pub model: Fitted,
    /// Least logarithm.
    pub low: f64,
    /// Greatest logarithm.
    pub high: f64,
}

impl Numeric {
    /// A variable without parents: the noise is the variable.
    pub fn root(noise: Noise) -> Self {
        let mean = Fitted::Linear(Linear { intercept: 0.0, coefficients: Vec::new() });
        Self { mean, log_scale: None, noise, parents: Vec::new() }
    }

    /// Mean and scale for each row.
    pub(crate) fn location_scale(&self, parents: &[&[f64]], rows: usize) -> (Vec<f64>, Option<Vec<f64>>) {
        let features = encode(parents, &self.parents);
        let features = slices(&features);
        let spread = |mut values: Vec<f64>| {
            if features.is_empty() {
                values.resize(rows, values[0]);
            }
            values
        };
        let mean = spread(self.mean.predict(&features));
        let scale = self.log_scale.as_ref().map(|scale| {
            let mut logs = spread(scale.model.predict(&features));
            logs.iter_mut().for_each(|v| *v = v.clamp(scale.low, scale.high).exp());
            logs
        });
        (mean, scale)
    }

    pub(super) fn evaluate(&self, parents: &[&[f64]], noise: &[f64]) -> Vec<f64> {
        let (mut values, scale) = self.location_scale(parents, noise.len());
        match scale {
            None => values.iter_mut().zip(noise).for_each(|(v, e)| *v += e),
            Some(scale) => {
                values.iter_mut().zip(noise.iter().zip(scale)).for_each(|(v, (e, s))| *v += s * e);
            }
        }
        values
    }

    pub(super) fn noise_of(&self, values: &[f64], parents: &[&[f64]]) -> Vec<f64> {
        let (mean, scale) = self.location_scale(parents, values.len());
        let plain = values.iter().zip(mean).map(|(v, m)| v - m);
        match scale {
            None => plain.collect(),
            Some(scale) => plain.zip(scale).map(|(e, s)| e / s).collect(),
        }
    }

    pub(super) fn log_density(&self, values: &[f64], parents: &[&[f64]]) -> Vec<f64> {
        let (mean, scale) = self.location_scale(parents, values.len());
        let density = self.noise.density();
        let one = |row: usize| {
            let scale = scale.as_ref().map_or(1.0, |s| s[row]);
            density.log((values[row] - mean[row]) / scale) - scale.ln()
        };
        (0..values.len()).map(one).collect()
    }

    pub(super) fn check(&self, parents: &[Option<usize>]) -> Result<(), CausalError> {
        self.noise.check()?;
        let features = width(parents);
        let scale = self.log_scale.as_ref();
        let sound = self.parents == parents
            && self.mean.is_sound(features)
            && scale.is_none_or(|s| s.model.is_sound(features) && s.low <= s.high);
        if sound { Ok(()) } else { Err(CausalError::Argument("a mechanism does not fit its parents".into())) }
    }
}
