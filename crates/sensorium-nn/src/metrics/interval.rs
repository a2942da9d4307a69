//! Confidence intervals, and Wilson's for a share.

use statrs::distribution::{ContinuousCDF, Normal};

/// A confidence interval; NaN ends where it is not defined.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub lo: f64,
    /// Upper end.
    pub hi: f64,
}

impl Interval {
    /// The interval that is not defined.
    pub const UNDEFINED: Self = Self { lo: f64::NAN, hi: f64::NAN };

    /// Whether the value lies inside, ends included.
    pub fn contains(self, value: f64) -> bool {
        self.lo <= value && value <= self.hi
    }
}

impl From<Interval> for (f64, f64) {
    fn from(interval: Interval) -> Self {
        (interval.lo, interval.hi)
    }
}

/// Wilson's score interval for a share of `successes` in `trials` at a confidence such as 0.95
/// (Wilson 1927), without continuity correction.
///
/// `(p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n)`. It stays inside `[0, 1]` and is honest near
/// both ends, where the usual normal interval is not.
pub fn wilson(successes: u64, trials: u64, level: f64) -> Interval {
    if trials == 0 || successes > trials || !(0.0..1.0).contains(&level) {
        return Interval::UNDEFINED;
    }
    let z = Normal::standard().inverse_cdf(0.5 + level / 2.0);
    let n = trials as f64;
    let p = successes as f64 / n;
    let centre = p + z * z / (2.0 * n);
    let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z * z / n;
    // At p = 0 and p = 1 an end is exactly 0 or 1; rounding must not move it.
    let lo = if successes == 0 { 0.0 } else { (centre - half) / scale };
    let hi = if successes == trials { 1.0 } else { (centre + half) / scale };
    Interval { lo, hi }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_stay_inside_zero_and_one() {
        assert_eq!(wilson(0, 20, 0.95).lo, 0.0);
        assert_eq!(wilson(20, 20, 0.95).hi, 1.0);
        assert!(wilson(0, 20, 0.95).hi > 0.1);
    }

    #[test]
    fn nonsense_has_no_interval() {
        for interval in [wilson(0, 0, 0.95), wilson(3, 2, 0.95), wilson(1, 2, 1.0), wilson(1, 2, f64::NAN)] {
            assert!(interval.lo.is_nan() && interval.hi.is_nan());
        }
    }
}
