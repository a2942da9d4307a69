//! A vote of several methods, weighed on simulated pairs only.

use super::{Method, Pair};
use crate::CausalError;

/// The members of the vote, the typical size of their scores, and their weights.
pub const MEMBERS: [(Method, f64, f64); 1] = [(Method::DescriptionLength, 1.0, 1.0)];

/// Scores divided by their typical size, squeezed into (−1, 1), weighed and added.
pub(super) fn score(pair: &Pair) -> Result<f64, CausalError> {
    MEMBERS.iter().try_fold(0.0, |sum, &(method, size, weight)| {
        Ok(sum + weight * (method.direction(pair)?.score / size).tanh())
    })
}
