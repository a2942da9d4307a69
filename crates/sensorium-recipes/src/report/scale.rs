//! From values to places, and where the ticks go.

use crate::number::format_number;

/// A linear map from a range of values to a range of places.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scale {
    from: (f64, f64),
    to: (f64, f64),
}

impl Scale {
    /// Maps `from` to `to`. A range without extent, or that is not finite, is widened to one that has.
    pub(crate) fn new(from: (f64, f64), to: (f64, f64)) -> Self {
        let (lo, hi) = if from.0.is_finite() && from.1.is_finite() { from } else { (0.0, 1.0) };
        let from = if hi - lo > 0.0 { (lo, hi) } else { (lo - 0.5, lo + 0.5) };
        Self { from, to }
    }

    /// The place of a value.
    pub(crate) fn at(self, value: f64) -> f64 {
        self.to.0 + (value - self.from.0) / (self.from.1 - self.from.0) * (self.to.1 - self.to.0)
    }

    /// Round values inside the range, about `wanted` of them, with their texts.
    pub(crate) fn ticks(self, wanted: usize) -> Vec<(f64, String)> {
        let (lo, hi) = self.from;
        let step = nice_step((hi - lo) / wanted.max(1) as f64);
        let decimals = (-step.log10().floor()).max(0.0) as usize;
        let (first, last) = ((lo / step - 1e-9).ceil() as i64, (hi / step + 1e-9).floor() as i64);
        (first..=last.min(first.saturating_add(100)))
            .map(|i| i as f64 * step)
            .map(|v| (v, format_number(v, decimals)))
            .collect()
    }
}

/// The smallest and the largest finite value.
pub(crate) fn extent(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    values.into_iter().filter(|v| v.is_finite()).fold(None, |range, v| match range {
        None => Some((v, v)),
        Some((lo, hi)) => Some((f64::min(lo, v), f64::max(hi, v))),
    })
}

/// A range grown outwards to round values.
pub(crate) fn round_out((lo, hi): (f64, f64), steps: usize) -> (f64, f64) {
    let step = nice_step((hi - lo) / steps.max(1) as f64);
    ((lo / step + 1e-9).floor() * step, (hi / step - 1e-9).ceil() * step)
}

/// 1, 2 or 5 times a power of ten, at or above `raw`.
fn nice_step(raw: f64) -> f64 {
    if !(raw.is_finite() && raw > 0.0) {
        return 1.0;
    }
    let power = 10_f64.powf(raw.log10().floor());
    let nice = [1.0, 2.0, 5.0].into_iter().find(|m| m * power >= raw * (1.0 - 1e-9)).unwrap_or(10.0);
    nice * power
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(lo: f64, hi: f64, wanted: usize) -> Vec<String> {
        Scale::new((lo, hi), (0.0, 1.0)).ticks(wanted).into_iter().map(|(_, t)| t).collect()
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(texts(0.0, 1.0, 5), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(texts(-3.0, 12.0, 4), ["0", "5", "10"]);
        assert_eq!(texts(0.0, 100.0, 4), ["0", "50", "100"]);
    }

    #[test]
    fn a_range_without_extent_still_has_places() {
        assert_eq!(Scale::new((2.0, 2.0), (0.0, 10.0)).at(2.0), 5.0);
        assert!(Scale::new((f64::NAN, 1.0), (0.0, 10.0)).at(0.5).is_finite());
        assert!(!texts(f64::INFINITY, 1.0, 5).is_empty());
    }

    #[test]
    fn ranges_grow_to_round_values() {
        let (lo, hi) = round_out((0.53, 0.96), 5);
        assert!((lo - 0.5).abs() < 1e-9 && (hi - 1.0).abs() < 1e-9);
    }

    #[test]
    fn extent_ignores_what_is_not_finite() {
        assert_eq!(extent([f64::NAN, 2.0, f64::INFINITY, -1.0]), Some((-1.0, 2.0)));
        assert_eq!(extent([f64::NAN]), None);
    }
}
