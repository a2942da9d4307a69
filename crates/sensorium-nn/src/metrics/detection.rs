//! Two classes, alarm and no alarm.

/// Counts of a detector's answers against the truth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Detection {
    /// Alarms that were due.
    pub true_alarms: u64,
    /// Alarms that were not due.
    pub false_alarms: u64,
    /// Alarms that were due and did not come.
    pub missed: u64,
    /// Rightly silent.
    pub true_silence: u64,
}

impl Detection {
    /// Counts pairs; slices of different lengths give empty counts, whose figures are NaN.
    pub fn from_flags(truth: &[bool], alarm: &[bool]) -> Self {
        if truth.len() != alarm.len() {
            return Self::default();
        }
        truth.iter().zip(alarm).fold(Self::default(), |counts, (&t, &a)| counts.with(t, a))
    }

    /// These counts and one pair more.
    pub fn with(mut self, truth: bool, alarm: bool) -> Self {
        match (truth, alarm) {
            (true, true) => self.true_alarms += 1,
            (false, true) => self.false_alarms += 1,
            (true, false) => self.missed += 1,
            (false, false) => self.true_silence += 1,
        }
        self
    }

    /// Both counts together.
    pub fn merged(self, other: Self) -> Self {
        Self {
            true_alarms: self.true_alarms + other.true_alarms,
            false_alarms: self.false_alarms + other.false_alarms,
            missed: self.missed + other.missed,
            true_silence: self.true_silence + other.true_silence,
        }
    }

    /// `tp / (tp + fp)`; 0 when nothing was raised though something was due.
    pub fn precision(self) -> f64 {
        self.or_zero(self.true_alarms, self.true_alarms + self.false_alarms)
    }

    /// Detection rate, `tp / (tp + fn)`; NaN when nothing was due.
    pub fn recall(self) -> f64 {
        self.true_alarms as f64 / (self.true_alarms + self.missed) as f64
    }

    /// `2 tp / (2 tp + fp + fn)`; NaN when nothing was due and nothing raised.
    pub fn f1(self) -> f64 {
        2.0 * self.true_alarms as f64 / (2 * self.true_alarms + self.false_alarms + self.missed) as f64
    }

    /// Share of the quiet samples with an alarm, `fp / (fp + tn)` (FAR).
    pub fn false_alarm_rate(self) -> f64 {
        self.false_alarms as f64 / (self.false_alarms + self.true_silence) as f64
    }

    /// Share of the due alarms that did not come, `fn / (fn + tp)` (MAR).
    pub fn missed_alarm_rate(self) -> f64 {
        self.missed as f64 / (self.missed + self.true_alarms) as f64
    }

    fn or_zero(self, n: u64, d: u64) -> f64 {
        if d == 0 && self.missed > 0 { 0.0 } else { n as f64 / d as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_follow_their_definitions() {
        let d = Detection { true_alarms: 6, false_alarms: 2, missed: 4, true_silence: 18 };
        assert_eq!(d.precision(), 0.75);
        assert_eq!(d.recall(), 0.6);
        assert_eq!(d.f1(), 12.0 / 18.0);
        assert_eq!(d.false_alarm_rate(), 0.1);
        assert_eq!(d.missed_alarm_rate(), 0.4);
    }

    #[test]
    fn silence_where_an_alarm_was_due_has_precision_zero() {
        assert_eq!(Detection::from_flags(&[true, false], &[false, false]).precision(), 0.0);
        assert!(Detection::from_flags(&[false], &[false]).precision().is_nan());
    }

    #[test]
    fn different_lengths_are_not_judged() {
        assert!(Detection::from_flags(&[true], &[]).f1().is_nan());
    }
}
