//! One measured number with all that is needed to judge it.

use crate::number::{decimals, format_number, with_unit};
use crate::{Target, Verdict};

/// A number, its interval, what it is compared with and what it had to reach.
///
/// ```
/// use sensorium_recipes::{Figure, Target, Verdict};
///
/// let f1 = Figure::new("macro_f1", "macro-F1, clean", 0.948)
///     .interval((0.941, 0.955))
///     .baseline("late fusion", 0.902)
///     .target(Target::at_least(0.96));
/// assert_eq!(f1.verdict(), Some(Verdict::Missed { by: 0.96 - 0.948 }));
/// assert_eq!(f1.verdict_text(), "missed by 0.012");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// The key in the JSON output, in `snake_case`.
    pub key: String,
    /// What people read.
    pub label: String,
    /// The value; NaN where it is not defined.
    pub value: f64,
    /// Confidence interval, lower and upper end.
    pub interval: Option<(f64, f64)>,
    /// Unit, empty for a pure number. A value in "%" is given in per cent.
    pub unit: String,
    /// The best rival, by name.
    pub baseline: Option<(String, f64)>,
    /// What the value had to reach.
    pub target: Option<Target>,
    /// Whether less is better (errors, latencies).
    pub lower_is_better: bool,
}

impl Figure {
    /// A figure without unit, interval, baseline or target; more is better.
    pub fn new(key: impl Into<String>, label: impl Into<String>, value: f64) -> Self {
        Self {
            key: key.into(),
            label: label.into(),
            value,
            interval: None,
            unit: String::new(),
            baseline: None,
            target: None,
            lower_is_better: false,
        }
    }

    /// With a confidence interval, such as `metrics::Interval` or a pair.
    pub fn interval(mut self, interval: impl Into<(f64, f64)>) -> Self {
        self.interval = Some(interval.into());
        self
    }

    /// With a unit, such as "ms".
    pub fn unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = unit.into();
        self
    }

    /// With the rival it is compared with.
    pub fn baseline(mut self, name: impl Into<String>, value: f64) -> Self {
        self.baseline = Some((name.into(), value));
        self
    }

    /// With the bound it has to keep.
    pub fn target(mut self, target: Target) -> Self {
        self.target = Some(target);
        self
    }

    /// Less is better.
    pub fn lower_is_better(mut self) -> Self {
        self.lower_is_better = true;
        self
    }

    /// Whether the target was reached; `None` without a target.
    pub fn verdict(&self) -> Option<Verdict> {
        self.target.map(|target| target.judge(self.value))
    }

    /// "reached", "missed by 0.012", "missed (no value)", or nothing without a target.
    pub fn verdict_text(&self) -> String {
        match self.verdict() {
            None => String::new(),
            Some(Verdict::Reached) => "reached".to_owned(),
            Some(Verdict::Missed { by }) if by.is_nan() => "missed (no value)".to_owned(),
            // A strict bound may be met exactly and a narrow miss must not read as zero.
            Some(Verdict::Missed { by }) => {
                format!("missed by {}", format_number(by, self.decimals().max(decimals(by).min(6))))
            }
        }
    }

    /// Whether the value is better than the baseline; `None` without one or when either is NaN.
    pub fn beats_baseline(&self) -> Option<bool> {
        let (_, rival) = self.baseline.as_ref()?;
        let order = self.value.partial_cmp(rival)?;
        Some(if self.lower_is_better { order.is_lt() } else { order.is_gt() })
    }

    /// The value as text with its unit.
    pub fn value_text(&self) -> String {
        with_unit(&self.format(self.value), &self.unit)
    }

    /// The interval as text, without the unit; empty without one.
    pub fn interval_text(&self) -> String {
        self.interval
            .map_or_else(String::new, |(lo, hi)| format!("{} – {}", self.format(lo), self.format(hi)))
    }

    /// The baseline as "0.902 late fusion"; empty without one.
    pub fn baseline_text(&self) -> String {
        self.baseline.as_ref().map_or_else(String::new, |(name, v)| format!("{} {name}", self.format(*v)))
    }

    /// The target as "≥ 0.96"; empty without one.
    pub fn target_text(&self) -> String {
        self.target.map_or_else(String::new, |target| with_unit(&target.to_string(), &self.unit))
    }

    /// A number with as many decimals as this figure's value has.
    pub fn format(&self, number: f64) -> String {
        format_number(number, self.decimals())
    }

    fn decimals(&self) -> usize {
        decimals(self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_is_not_defined_misses() {
        let figure = Figure::new("k", "l", f64::NAN).target(Target::at_most(1.0));
        assert_eq!(figure.verdict_text(), "missed (no value)");
        assert_eq!(figure.value_text(), "n/a");
    }

    #[test]
    fn a_narrow_miss_does_not_read_as_zero() {
        let figure = Figure::new("k", "l", 0.959_96).target(Target::at_least(0.96));
        assert_eq!(figure.verdict_text(), "missed by 0.000040");
    }

    #[test]
    fn less_is_better_turns_the_comparison() {
        let figure = Figure::new("p99", "latency", 3.0).unit("ms").baseline("peer", 9.0);
        assert_eq!(figure.beats_baseline(), Some(false));
        assert_eq!(figure.clone().lower_is_better().beats_baseline(), Some(true));
        assert_eq!(figure.baseline("peer", f64::NAN).beats_baseline(), None);
    }

    #[test]
    fn numbers_read_well_at_every_size() {
        let text = |v| Figure::new("k", "l", v).value_text();
        assert_eq!(text(0.9481), "0.948");
        assert_eq!(text(-12.34), "−12.3");
        assert_eq!(text(123_456.0), "123456");
        assert_eq!(text(-0.0), "0.000");
        assert_eq!(Figure::new("k", "l", 99.5).unit("%").value_text(), "99.5%");
    }
}
