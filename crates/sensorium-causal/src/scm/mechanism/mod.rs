//! How a variable comes about from its parents and a noise term of its own.

mod choice;
mod discrete;
mod encoding;
mod family;
mod logistic;
mod noise;
mod numeric;

pub use choice::{Candidate, Choice};
pub use discrete::{Discrete, Probabilities};
pub use family::Family;
pub use noise::Noise;
pub use numeric::{LogScale, Numeric};

pub(crate) use choice::choose;
pub(crate) use encoding::encode;
pub(crate) use family::Sample;

use crate::CausalError;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// A mechanism, evaluated for many rows at once. Values of categorical variables are positions of levels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mechanism {
    /// Of a numeric variable.
    Numeric(Numeric),
    /// Of a categorical variable.
    Discrete(Discrete),
}

/// Noise terms `[component][row]`: one component for a number, one a level for a categorical variable.
pub type NoiseColumns = Vec<Vec<f64>>;

impl Mechanism {
    /// Draws noise for `rows` rows.
    pub fn draw_noise(&self, rows: usize, rng: &mut ChaCha8Rng) -> NoiseColumns {
        match self {
            Self::Numeric(numeric) => vec![numeric.noise.draw(rows, rng)],
            Self::Discrete(discrete) => discrete.draw(rows, rng),
        }
    }

    /// The values that come of `parents[parent][row]` and `noise[component][row]`.
    pub fn sample(&self, parents: &[&[f64]], noise: &NoiseColumns) -> Vec<f64> {
        match self {
            Self::Numeric(numeric) => numeric.evaluate(parents, &noise[0]),
            Self::Discrete(discrete) => discrete.evaluate(parents, noise),
        }
    }

    /// The noise that made `values` of `parents` (abduction): exact for numbers, a draw from its posterior
    /// for levels.
    pub fn noise_of(&self, values: &[f64], parents: &[&[f64]], rng: &mut ChaCha8Rng) -> NoiseColumns {
        match self {
            Self::Numeric(numeric) => vec![numeric.noise_of(values, parents)],
            Self::Discrete(discrete) => discrete.noise_of(values, parents, rng),
        }
    }

    /// The logarithm of the density (or probability) of each value given its parents.
    pub fn log_density(&self, values: &[f64], parents: &[&[f64]]) -> Vec<f64> {
        match self {
            Self::Numeric(numeric) => numeric.log_density(values, parents),
            Self::Discrete(discrete) => discrete.log_density(values, parents),
        }
    }

    /// Expected value (a number) or most likely level of each row.
    pub fn expected(&self, parents: &[&[f64]], rows: usize) -> Vec<f64> {
        match self {
            Self::Numeric(numeric) => {
                let shift = match &numeric.noise {
                    Noise::Empirical { values } => crate::regress::moments(values).0,
                    Noise::Gaussian { .. } => 0.0,
                };
                numeric.evaluate(parents, &vec![shift; rows])
            }
            Self::Discrete(discrete) => discrete.evaluate(parents, &vec![vec![0.0; rows]; discrete.levels]),
        }
    }

    /// Whether noise is told exactly by a value and its parents.
    pub fn is_invertible(&self) -> bool {
        matches!(self, Self::Numeric(_))
    }

    /// That it makes a variable with these levels from parents with those levels (`None` for numbers).
    pub(crate) fn check(&self, levels: Option<usize>, parents: &[Option<usize>]) -> Result<(), CausalError> {
        match (self, levels) {
            (Self::Numeric(numeric), None) => numeric.check(parents),
            (Self::Discrete(discrete), Some(levels)) => discrete.check(levels, parents),
            (Self::Numeric(_), Some(_)) => {
                Err(CausalError::Argument("a mechanism for numbers on a categorical variable".into()))
            }
            (Self::Discrete(_), None) => {
                Err(CausalError::Argument("a mechanism for levels on a numeric variable".into()))
            }
        }
    }
}
