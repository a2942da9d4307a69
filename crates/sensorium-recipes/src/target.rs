//! What a figure had to reach, and whether it did.

use crate::number::{format_number, shortest_decimals};
use std::fmt;

/// A bound that a figure has to keep.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    /// How the value is compared.
    pub op: Comparison,
    /// The bound, in the figure's unit.
    pub value: f64,
}

/// How a value is compared with a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `value ≥ bound`.
    AtLeast,
    /// `value > bound`.
    Above,
    /// `value ≤ bound`.
    AtMost,
    /// `value < bound`.
    Below,
}

/// Whether a target was reached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// The bound is kept.
    Reached,
    /// The bound is not kept; `by` is the distance to it, NaN when the value is.
    Missed {
        /// Distance to the bound, in the figure's unit.
        by: f64,
    },
}

impl Target {
    /// The value must be this or more.
    pub const fn at_least(value: f64) -> Self {
        Self { op: Comparison::AtLeast, value }
    }

    /// The value must be more than this.
    pub const fn above(value: f64) -> Self {
        Self { op: Comparison::Above, value }
    }

    /// The value must be this or less.
    pub const fn at_most(value: f64) -> Self {
        Self { op: Comparison::AtMost, value }
    }

    /// The value must be less than this.
    pub const fn below(value: f64) -> Self {
        Self { op: Comparison::Below, value }
    }

    /// Judges a value; NaN keeps no bound.
    pub fn judge(self, value: f64) -> Verdict {
        let kept = match self.op {
            Comparison::AtLeast => value >= self.value,
            Comparison::Above => value > self.value,
            Comparison::AtMost => value <= self.value,
            Comparison::Below => value < self.value,
        };
        if kept { Verdict::Reached } else { Verdict::Missed { by: (value - self.value).abs() } }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.op {
            Comparison::AtLeast => "≥",
            Comparison::Above => ">",
            Comparison::AtMost => "≤",
            Comparison::Below => "<",
        };
        write!(f, "{sign} {}", format_number(self.value, shortest_decimals(self.value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_comparison_judges_its_bound() {
        let missed = Verdict::Missed { by: 0.0 };
        assert_eq!(Target::at_least(1.0).judge(1.0), Verdict::Reached);
        assert_eq!(Target::above(1.0).judge(1.0), missed);
        assert_eq!(Target::at_most(1.0).judge(1.0), Verdict::Reached);
        assert_eq!(Target::below(1.0).judge(1.0), missed);
    }

    #[test]
    fn a_bound_is_written_exactly() {
        assert_eq!(Target::at_least(0.96).to_string(), "≥ 0.96");
        assert_eq!(Target::above(0.0).to_string(), "> 0");
        assert_eq!(Target::at_most(150.0).to_string(), "≤ 150");
    }
}
