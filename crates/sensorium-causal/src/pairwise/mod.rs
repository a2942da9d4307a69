//! Which of two variables causes the other, when one of them does and nothing else is known.
//!
//! Every [`Method`] compares both directions of a [`Pair`] and gives a [`Direction`]. None is sure: each rests on an
//! assumption of its own (independent noise, independence of cause and mechanism, short descriptions), and
//! [`Method::Combined`] weighs them. What they reach on pairs of known direction is printed by
//! `cargo run --release -p sensorium-causal --example pairwise_figures`.

mod additive_noise;
mod combined;
mod conditional_spread;
mod description_length;
mod independence_of_mechanism;
mod location_scale;
mod normalisation;
mod quantile;
mod regression_error;
mod rules;
mod spline;
pub mod tuebingen;

use crate::CausalError;
use rand::seq::index;

pub use combined::MEMBERS;
pub use rules::Rule;

/// Samples of two variables, of which one may cause the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    first: Vec<f64>,
    second: Vec<f64>,
}

/// The most samples that a [`Pair`] keeps.
pub const MOST_SAMPLES: usize = 5000;

impl Pair {
    /// A pair of columns. Of more than [`MOST_SAMPLES`] rows a random part is kept, drawn with `seed`.
    ///
    /// # Errors
    /// [`CausalError::Data`] for columns of different length, fewer than 20 rows, a missing or infinite value, or a
    /// constant column.
    pub fn new(first: &[f64], second: &[f64], seed: u64) -> Result<Self, CausalError> {
        if first.len() != second.len() {
            return Err(CausalError::Data(format!(
                "the two columns have {} and {} rows",
                first.len(),
                second.len()
            )));
        }
        if first.len() < 20 {
            return Err(CausalError::Data(format!(
                "{} rows are too few to compare directions; at least 20 are needed",
                first.len()
            )));
        }
        for (name, values) in [("first", first), ("second", second)] {
            if let Some(row) = values.iter().position(|v| !v.is_finite()) {
                return Err(CausalError::Data(format!(
                    "the {name} column is missing or infinite in row {row}; leave such rows out"
                )));
            }
            if values.iter().all(|v| *v == values[0]) {
                return Err(CausalError::Data(format!("the {name} column is constant")));
            }
        }
        if first.len() <= MOST_SAMPLES {
            return Ok(Self { first: first.to_vec(), second: second.to_vec() });
        }
        let mut rng = crate::random::generator(seed, 0);
        let mut rows = index::sample(&mut rng, first.len(), MOST_SAMPLES).into_vec();
        rows.sort_unstable();
        let kept = Self {
            first: rows.iter().map(|&r| first[r]).collect(),
            second: rows.iter().map(|&r| second[r]).collect(),
        };
        // A column that is constant but for rows that were not drawn.
        Self::new(&kept.first, &kept.second, seed)
    }

    /// The samples of the first variable.
    pub fn first(&self) -> &[f64] {
        &self.first
    }

    /// The samples of the second variable.
    pub fn second(&self) -> &[f64] {
        &self.second
    }

    /// The same pair, its variables exchanged.
    pub fn swapped(&self) -> Self {
        Self { first: self.second.clone(), second: self.first.clone() }
    }
}

/// What a method says of a pair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Direction {
    /// Positive: the first variable causes the second; negative: the other way round; 0: undecided. The size is a
    /// confidence that can be compared between pairs for one method only.
    pub score: f64,
}

/// The density that an unrelated cause is compared with (Daniušis and others 2010).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reference {
    /// Uniform: values are brought to [0, 1].
    Uniform,
    /// Gaussian: values are brought to mean 0 and variance 1.
    Gaussian,
}

/// How information-geometric inference estimates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Estimator {
    /// The mean logarithm of slopes between neighbours.
    Slope,
    /// The difference of entropies by spacings.
    Entropy,
}

/// Ways to tell cause from effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Additive noise (Hoyer and others 2009; Mooij and others 2016): the direction whose residuals are less
    /// dependent on the cause, by HSIC with Gaussian kernels.
    AdditiveNoise,
    /// Location-scale noise (Immer and others 2023): the direction with the larger Gaussian likelihood of mean and
    /// spread that both depend on the cause.
    LocationScale,
    /// Location-scale noise, decided by HSIC between the standardised residuals and the cause.
    LocationScaleIndependence,
    /// Information-geometric causal inference (Daniušis and others 2010).
    InformationGeometric(Reference, Estimator),
    /// Regression error (Blöbaum and others 2018): the direction with the smaller error of a spline, both variables
    /// brought to [0, 1].
    RegressionError,
    /// Conditional distribution similarity (Fonollosa 2019): the direction in which the effect's standardised
    /// distributions vary less from bin to bin of the cause.
    ConditionalSpread,
    /// Quantile scoring (Tagasovska and others 2020): the direction in which marginal and conditional quantiles have
    /// the smaller pinball loss in sum.
    Quantile,
    /// Minimum description length with global and local regression (SLOPE; Marx and Vreeken 2017).
    DescriptionLength,
    /// A weighted vote of the others; see [`MEMBERS`].
    Combined,
}

impl Method {
    /// Every method, in the order in which figures are printed.
    pub const ALL: [Self; 12] = [
        Self::AdditiveNoise,
        Self::LocationScale,
        Self::LocationScaleIndependence,
        Self::InformationGeometric(Reference::Uniform, Estimator::Slope),
        Self::InformationGeometric(Reference::Uniform, Estimator::Entropy),
        Self::InformationGeometric(Reference::Gaussian, Estimator::Slope),
        Self::InformationGeometric(Reference::Gaussian, Estimator::Entropy),
        Self::RegressionError,
        Self::ConditionalSpread,
        Self::Quantile,
        Self::DescriptionLength,
        Self::Combined,
    ];

    /// A short name in lower case, for tables and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::AdditiveNoise => "anm",
            Self::LocationScale => "location-scale",
            Self::LocationScaleIndependence => "location-scale-hsic",
            Self::InformationGeometric(Reference::Uniform, Estimator::Slope) => "igci-uniform-slope",
            Self::InformationGeometric(Reference::Uniform, Estimator::Entropy) => "igci-uniform-entropy",
            Self::InformationGeometric(Reference::Gaussian, Estimator::Slope) => "igci-gaussian-slope",
            Self::InformationGeometric(Reference::Gaussian, Estimator::Entropy) => "igci-gaussian-entropy",
            Self::RegressionError => "reci",
            Self::ConditionalSpread => "cds",
            Self::Quantile => "quantile",
            Self::DescriptionLength => "mdl",
            Self::Combined => "combined",
        }
    }

    /// What the method says of a pair. Exchanging the variables changes the sign and nothing else.
    ///
    /// # Errors
    /// [`CausalError::Data`] when a regression on so few different values is not determined.
    pub fn direction(self, pair: &Pair) -> Result<Direction, CausalError> {
        let forward = self.cost(&pair.first, &pair.second);
        let score = match (self, forward) {
            (Self::Combined, _) => combined::score(pair)?,
            (_, cost) => self.cost(&pair.second, &pair.first)? - cost?,
        };
        Ok(Direction { score: if score.is_finite() { score } else { 0.0 } })
    }

    /// How little the method believes that `cause` causes `effect`.
    fn cost(self, cause: &[f64], effect: &[f64]) -> Result<f64, CausalError> {
        match self {
            Self::AdditiveNoise => additive_noise::cost(cause, effect),
            Self::LocationScale => location_scale::likelihood_cost(cause, effect),
            Self::LocationScaleIndependence => location_scale::independence_cost(cause, effect),
            Self::InformationGeometric(reference, estimator) => {
                Ok(independence_of_mechanism::cost(cause, effect, reference, estimator))
            }
            Self::RegressionError => regression_error::cost(cause, effect),
            Self::ConditionalSpread => Ok(conditional_spread::cost(cause, effect)),
            Self::Quantile => quantile::cost(cause, effect),
            Self::DescriptionLength => description_length::cost(cause, effect),
            Self::Combined => Ok(0.0),
        }
    }
}
