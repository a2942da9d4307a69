//! A vote of several methods, weighed on simulated pairs only.

use super::{Method, Pair};
use crate::CausalError;

/// The members of the vote, the typical size of their scores, and their weights: what
/// `cargo run --release -p sensorium-causal --example pairwise_training 120` prints, fixed before any real pair was
/// tried. Members whose weight is 0 or close to it are left out.
pub const MEMBERS: [(Method, f64, f64); 6] = [
    (Method::LocationScale, 0.3117, 2.81),
    (Method::LocationScaleIndependence, 0.01485, 1.35),
    (Method::RegressionError, 0.8590, 1.66),
    (Method::ConditionalSpread, 0.03199, 1.04),
    (Method::Quantile, 0.03131, 1.82),
    (Method::DescriptionLength, 0.4473, 0.36),
];

/// Scores divided by their typical size, squeezed into (−1, 1), weighed and added.
pub(super) fn score(pair: &Pair) -> Result<f64, CausalError> {
    MEMBERS.iter().try_fold(0.0, |sum, &(method, size, weight)| {
        Ok(sum + weight * (method.direction(pair)?.score / size).tanh())
    })
}
