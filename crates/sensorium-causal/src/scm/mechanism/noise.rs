//! Distributions of noise terms.

use crate::CausalError;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;
use serde::{Deserialize, Serialize};

/// At most this many values are kept of an empirical distribution.
const KEPT: usize = 4096;
/// At most this many are used to estimate a density.
const KERNELS: usize = 400;
/// The share of a broad normal in a density, so that no finite value is impossible.
const TAIL: f64 = 0.01;

/// What a numeric variable's mechanism does not explain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Noise {
    /// One of these values, each as likely; ascending.
    Empirical {
        /// The values.
        values: Vec<f64>,
    },
    /// Normal with mean zero.
    Gaussian {
        /// Its standard deviation.
        deviation: f64,
    },
}

impl Noise {
    /// The empirical distribution of residuals; of very many, evenly spaced quantiles.
    pub fn empirical(mut values: Vec<f64>) -> Self {
        values.sort_unstable_by(f64::total_cmp);
        Self::Empirical { values: quantiles(&values, KEPT) }
    }

    /// Draws for `rows` rows.
    pub(crate) fn draw(&self, rows: usize, rng: &mut ChaCha8Rng) -> Vec<f64> {
        match self {
            Self::Empirical { values } => {
                (0..rows).map(|_| values[rng.random_range(0..values.len())]).collect()
            }
            Self::Gaussian { deviation } => {
                (0..rows).map(|_| deviation * rng.sample::<f64, _>(StandardNormal)).collect()
            }
        }
    }

    /// A density of this distribution; an empirical one is smoothed by a kernel.
    pub(super) fn density(&self) -> Density {
        match self {
            Self::Gaussian { deviation } => Density {
                centres: vec![0.0],
                width: deviation.max(f64::MIN_POSITIVE),
                spread: *deviation,
                middle: 0.0,
            },
            Self::Empirical { values } => Density::kernel(values),
        }
    }

    /// There is a value, and all are finite.
    pub(crate) fn check(&self) -> Result<(), CausalError> {
        let sound = match self {
            Self::Empirical { values } => !values.is_empty() && values.iter().all(|v| v.is_finite()),
            Self::Gaussian { deviation } => deviation.is_finite() && *deviation >= 0.0,
        };
        if sound {
            Ok(())
        } else {
            Err(CausalError::Argument("noise needs finite values, one at least".into()))
        }
    }
}

fn quantiles(sorted: &[f64], most: usize) -> Vec<f64> {
    if sorted.len() <= most {
        return sorted.to_vec();
    }
    (0..most).map(|k| sorted[k * (sorted.len() - 1) / (most - 1)]).collect()
}

/// A mixture of normals.
pub(super) struct Density {
    centres: Vec<f64>,
    width: f64,
    spread: f64,
    middle: f64,
}

impl Density {
    /// Kernel density with Silverman's width (1986, eq. 3.31).
    fn kernel(sorted: &[f64]) -> Self {
        let n = sorted.len() as f64;
        let (middle, spread) = crate::regress::moments(sorted);
        let quartile = |q: f64| sorted[((n - 1.0) * q) as usize];
        let inner = (quartile(0.75) - quartile(0.25)) / 1.349;
        let scale = if inner > 0.0 { inner.min(spread) } else { spread };
        let least = 1e-6 * (spread + middle.abs()) + 1e-12;
        let width = (0.9 * scale * n.powf(-0.2)).max(least);
        Self { centres: quantiles(sorted, KERNELS), width, spread: spread.max(least), middle }
    }

    pub(super) fn log(&self, value: f64) -> f64 {
        let normal = |centre: f64, width: f64| {
            let z = (value - centre) / width;
            (-0.5 * z * z).exp() / (width * (std::f64::consts::TAU).sqrt())
        };
        let near =
            self.centres.iter().map(|c| normal(*c, self.width)).sum::<f64>() / self.centres.len() as f64;
        let broad = 5.0 * self.spread.max(f64::MIN_POSITIVE);
        let far = (value - self.middle) / broad;
        // Cauchy: falls slowly enough that its logarithm stays finite.
        let tail = 1.0 / (std::f64::consts::PI * broad * (1.0 + far * far));
        ((1.0 - TAIL) * near + TAIL * tail).ln()
    }
}
