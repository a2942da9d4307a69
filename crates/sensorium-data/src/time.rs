//! Points, spans and rates on a recording's clock.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A point in time: microseconds since the Unix epoch, or since the start of a recording that has
/// no date. An `i64` keeps microseconds exact for 292,000 years.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The epoch.
    pub const ZERO: Self = Self(0);

    /// A timestamp of so many microseconds.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// A timestamp of so many seconds, rounded to the nearest microsecond.
    pub fn from_seconds(seconds: f64) -> Self {
        Self((seconds * 1e6).round() as i64)
    }

    /// Microseconds since the epoch.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Seconds since the epoch; exact to a microsecond up to 2^53 µs (285 years).
    pub fn as_seconds(self) -> f64 {
        self.0 as f64 * 1e-6
    }

    /// This time moved by `micros` (negative: earlier), saturating at the ends of the range.
    pub const fn offset(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// Milliseconds from `origin` to this time. Small differences only: `f32` keeps a tenth of a
    /// millisecond up to about 15 minutes.
    pub fn ms_since(self, origin: Self) -> f32 {
        ((self.0 - origin.0) as f64 * 1e-3) as f32
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.6} s", self.as_seconds())
    }
}

/// A half-open interval of time, `start ≤ t < end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First instant inside the span.
    pub start: Timestamp,
    /// First instant after the span.
    pub end: Timestamp,
}

impl Span {
    /// The span from `start` to `end`; an `end` before `start` gives an empty span at `start`.
    pub fn new(start: Timestamp, end: Timestamp) -> Self {
        Self { start, end: end.max(start) }
    }

    /// The span that starts at `start` and lasts `micros`.
    pub fn lasting(start: Timestamp, micros: i64) -> Self {
        Self::new(start, start.offset(micros))
    }

    /// Length in microseconds.
    pub const fn micros(self) -> i64 {
        self.end.0 - self.start.0
    }

    /// Length in seconds.
    pub fn seconds(self) -> f64 {
        self.micros() as f64 * 1e-6
    }

    /// Whether `time` lies inside.
    pub fn contains(self, time: Timestamp) -> bool {
        self.start <= time && time < self.end
    }

    /// The part that both spans share (empty when they do not meet).
    pub fn intersect(self, other: Self) -> Self {
        Self::new(self.start.max(other.start), self.end.min(other.end))
    }
}

/// A rate in samples per second; always finite and positive.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Hertz(f64);

impl Hertz {
    /// A rate, or `None` when it is not a finite positive number.
    pub fn new(per_second: f64) -> Option<Self> {
        (per_second.is_finite() && per_second > 0.0).then_some(Self(per_second))
    }

    /// Samples per second.
    pub const fn get(self) -> f64 {
        self.0
    }

    /// Microseconds from one sample to the next.
    pub fn period_micros(self) -> f64 {
        1e6 / self.0
    }

    /// Number of samples in `micros`, rounded, at least one.
    pub fn samples_in(self, micros: i64) -> usize {
        ((micros as f64 * 1e-6 * self.0).round() as usize).max(1)
    }
}

impl TryFrom<f64> for Hertz {
    type Error = String;
    fn try_from(value: f64) -> Result<Self, String> {
        Self::new(value)
            .ok_or_else(|| format!("a rate must be a positive number of samples per second, not {value}"))
    }
}

impl From<Hertz> for f64 {
    fn from(rate: Hertz) -> f64 {
        rate.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_that_ends_before_it_starts_is_empty() {
        let span = Span::new(Timestamp::from_micros(5), Timestamp::from_micros(3));
        assert_eq!(span.micros(), 0);
        assert!(!span.contains(Timestamp::from_micros(5)));
    }

    #[test]
    fn intersection_is_what_both_contain() {
        let at = Timestamp::from_micros;
        let both = Span::new(at(0), at(10)).intersect(Span::new(at(4), at(20)));
        assert_eq!(both, Span::new(at(4), at(10)));
    }

    #[test]
    fn rates_are_positive_and_finite() {
        assert!(Hertz::new(0.0).is_none() && Hertz::new(f64::NAN).is_none() && Hertz::new(-1.0).is_none());
        assert_eq!(Hertz::new(4.0).map(|r| r.samples_in(2_000_000)), Some(8));
    }
}
