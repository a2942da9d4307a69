//! Mechanisms of categorical variables: probabilities of levels, and Gumbel noise that chooses one.

use super::encoding::{encode, slices, width};
use crate::CausalError;
use crate::regress::{Linear, Trees};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// `level = argmax(log p(level | parents) + noise[level])` with standard Gumbel noise for each level
/// (Oberst & Sontag 2019).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Discrete {
    /// Number of levels.
    pub levels: usize,
    /// Probabilities of the levels.
    pub probabilities: Probabilities,
    /// Levels of each parent; `None` for numbers.
    pub parents: Vec<Option<usize>>,
}

/// Where the probabilities of levels come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Probabilities {
    /// One row for each combination of the parents' levels, the last parent's level changing fastest.
    Table {
        /// Logarithms, `[combination · levels + level]`.
        log: Vec<f64>,
    },
    /// Multinomial logistic regression: a score for each level.
    Logistic {
        /// Scores.
        scores: Vec<Linear>,
    },
    /// Boosted trees.
    Trees {
        /// The trees.
        trees: Trees,
    },
}

/// The least probability that a level is given, so that every observed level is possible.
const LEAST: f64 = 1e-9;

impl Discrete {
    /// `log p(level | parents)`, `[row · levels + level]`.
    pub(super) fn log_probabilities(&self, parents: &[&[f64]], rows: usize) -> Vec<f64> {
        let k = self.levels;
        if let Probabilities::Table { log } = &self.probabilities {
            let mut out = Vec::with_capacity(rows * k);
            for row in 0..rows {
                let combination = parents
                    .iter()
                    .zip(&self.parents)
                    .fold(0, |at, (parent, levels)| at * levels.unwrap_or(1) + parent[row] as usize);
                out.extend_from_slice(&log[combination * k..(combination + 1) * k]);
            }
            return out;
        }
        let features = encode(parents, &self.parents);
        let features = slices(&features);
        let scores: Vec<Vec<f64>> = match &self.probabilities {
            Probabilities::Trees { trees } => trees.scores(&features),
            Probabilities::Logistic { scores } => scores.iter().map(|s| s.predict(&features)).collect(),
            Probabilities::Table { .. } => Vec::new(),
        };
        let mut out = Vec::with_capacity(rows * k);
        for row in 0..rows {
            let own = |level: usize| match scores.len() {
                // Two classes: the log-odds of the second.
                1 if level == 0 => 0.0,
                1 => scores[0][row.min(scores[0].len() - 1)],
                _ => scores[level][row.min(scores[level].len() - 1)],
            };
            let most = (0..k).map(own).fold(f64::NEG_INFINITY, f64::max);
            let total = (0..k).map(|level| (own(level) - most).exp()).sum::<f64>().ln() + most;
            let kept = 1.0 - LEAST * k as f64;
            out.extend((0..k).map(|level| ((own(level) - total).exp() * kept + LEAST).ln()));
        }
        out
    }

    pub(super) fn evaluate(&self, parents: &[&[f64]], noise: &[Vec<f64>]) -> Vec<f64> {
        let rows = noise.first().map_or(0, Vec::len);
        let log = self.log_probabilities(parents, rows);
        let best = |row: usize| {
            let scored = (0..self.levels).map(|level| log[row * self.levels + level] + noise[level][row]);
            let first = (0, f64::NEG_INFINITY);
            scored.enumerate().fold(first, |best, now| if now.1 > best.1 { now } else { best }).0 as f64
        };
        (0..rows).map(best).collect()
    }

    pub(super) fn draw(&self, rows: usize, rng: &mut ChaCha8Rng) -> Vec<Vec<f64>> {
        (0..self.levels).map(|_| (0..rows).map(|_| gumbel(rng)).collect()).collect()
    }

    /// Draws of the noise given the level that came of it: the greatest sum is a Gumbel at the logarithm of
    /// the total probability, zero; the others are Gumbels cut off there (Oberst & Sontag 2019, §4.2;
    /// Maddison & Tarlow 2014).
    pub(super) fn noise_of(&self, values: &[f64], parents: &[&[f64]], rng: &mut ChaCha8Rng) -> Vec<Vec<f64>> {
        let rows = values.len();
        let log = self.log_probabilities(parents, rows);
        let mut noise = vec![vec![0.0; rows]; self.levels];
        for row in 0..rows {
            let most = gumbel(rng);
            for (level, noise) in noise.iter_mut().enumerate() {
                let location = log[row * self.levels + level];
                noise[row] = if level == values[row] as usize {
                    most - location
                } else {
                    let free = gumbel(rng) + location;
                    // min in the space of exp(−·): cuts the distribution, not the sample.
                    -((-free).exp() + (-most).exp()).ln() - location
                };
            }
        }
        noise
    }

    pub(super) fn log_density(&self, values: &[f64], parents: &[&[f64]]) -> Vec<f64> {
        let log = self.log_probabilities(parents, values.len());
        values.iter().enumerate().map(|(row, v)| log[row * self.levels + *v as usize]).collect()
    }

    pub(super) fn check(&self, levels: usize, parents: &[Option<usize>]) -> Result<(), CausalError> {
        let features = width(parents);
        let inner = match &self.probabilities {
            Probabilities::Table { log } => {
                let cells = parents.iter().try_fold(levels, |cells, l| l.and_then(|l| cells.checked_mul(l)));
                Some(log.len()) == cells && log.iter().all(|v| v.is_finite())
            }
            Probabilities::Logistic { scores } => {
                scores.len() == levels && scores.iter().all(|s| s.coefficients.len() == features)
            }
            Probabilities::Trees { trees } => {
                trees.is_sound(features)
                    && (trees.outputs() == levels || (trees.outputs() == 1 && levels == 2))
            }
        };
        if inner && self.levels == levels && levels > 0 && self.parents == parents {
            Ok(())
        } else {
            Err(CausalError::Argument("a mechanism does not fit its levels and parents".into()))
        }
    }
}

fn gumbel(rng: &mut ChaCha8Rng) -> f64 {
    let uniform: f64 = rng.random_range(f64::MIN_POSITIVE..1.0);
    -(-uniform.ln()).ln()
}
