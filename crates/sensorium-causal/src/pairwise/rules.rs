//! Trivial rules, which look at each variable alone. A method that is no better has seen nothing.

use super::normalisation::{distinct, to_unit_interval};
use super::{Direction, Pair};

/// A rule that does not look at how the variables depend on each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The variable with fewer different values is the cause.
    FewerValues,
    /// The variable with more different values is the cause.
    MoreValues,
    /// The variable with the larger entropy is the cause: that of a histogram with 20 equal bins from end to end.
    LargerEntropy,
    /// The variable with the smaller entropy is the cause.
    SmallerEntropy,
    /// The first variable is the cause.
    First,
}

impl Rule {
    /// All rules.
    pub const ALL: [Self; 5] =
        [Self::FewerValues, Self::MoreValues, Self::LargerEntropy, Self::SmallerEntropy, Self::First];

    /// A short name in lower case, for tables and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::FewerValues => "rule-fewer-values",
            Self::MoreValues => "rule-more-values",
            Self::LargerEntropy => "rule-larger-entropy",
            Self::SmallerEntropy => "rule-smaller-entropy",
            Self::First => "rule-first",
        }
    }

    /// What the rule says of a pair.
    pub fn direction(self, pair: &Pair) -> Direction {
        let difference = |f: fn(&[f64]) -> f64| f(&pair.first) - f(&pair.second);
        let score = match self {
            Self::FewerValues => -difference(|v| distinct(v) as f64),
            Self::MoreValues => difference(|v| distinct(v) as f64),
            Self::LargerEntropy => difference(histogram_entropy),
            Self::SmallerEntropy => -difference(histogram_entropy),
            Self::First => 1.0,
        };
        Direction { score }
    }
}

fn histogram_entropy(values: &[f64]) -> f64 {
    let mut counts = [0.0; 20];
    for v in to_unit_interval(values) {
        counts[((v * 20.0) as usize).min(19)] += 1.0;
    }
    let n = values.len() as f64;
    counts.iter().filter(|c| **c > 0.0).map(|c| -c / n * (c / n).ln()).sum()
}
