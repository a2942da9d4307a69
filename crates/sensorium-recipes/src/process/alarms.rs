//! Alarms against the truth, row by row.

use std::ops::AddAssign;

/// Counts of rows by truth and alarm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Alarms {
    /// Anomalous rows with an alarm.
    pub true_positive: u64,
    /// Normal rows with an alarm.
    pub false_positive: u64,
    /// Anomalous rows without one.
    pub false_negative: u64,
    /// Normal rows without one.
    pub true_negative: u64,
}

impl Alarms {
    /// Counts pairs of (truth, alarm).
    pub fn count(truth: &[bool], alarm: &[bool]) -> Self {
        let mut counts = Self::default();
        for (truth, alarm) in truth.iter().zip(alarm) {
            match (truth, alarm) {
                (true, true) => counts.true_positive += 1,
                (false, true) => counts.false_positive += 1,
                (true, false) => counts.false_negative += 1,
                (false, false) => counts.true_negative += 1,
            }
        }
        counts
    }

    /// `2 tp / (2 tp + fp + fn)` of the anomalous rows; NaN when there is neither anomaly nor alarm.
    pub fn f1(&self) -> f64 {
        let hits = 2 * self.true_positive;
        hits as f64 / (hits + self.false_positive + self.false_negative) as f64
    }

    /// False-alarm rate: share of the normal rows with an alarm.
    pub fn false_alarm_rate(&self) -> f64 {
        self.false_positive as f64 / (self.false_positive + self.true_negative) as f64
    }

    /// Missed-alarm rate: share of the anomalous rows without one.
    pub fn missed_alarm_rate(&self) -> f64 {
        self.false_negative as f64 / (self.false_negative + self.true_positive) as f64
    }
}

impl AddAssign for Alarms {
    fn add_assign(&mut self, other: Self) {
        self.true_positive += other.true_positive;
        self.false_positive += other.false_positive;
        self.false_negative += other.false_negative;
        self.true_negative += other.true_negative;
    }
}

/// Rows from the onset of a fault to the first of `persistence` alarms in a row; `None` when there is
/// no such run.
pub fn detection_delay(alarm: &[bool], onset: usize, persistence: usize) -> Option<usize> {
    let after = alarm.get(onset..)?;
    after.windows(persistence.max(1)).position(|run| run.iter().all(|a| *a))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_shares_of_their_own_rows() {
        let alarms = Alarms::count(
            &[true, true, true, false, false, false, false],
            &[true, true, false, true, false, false, false],
        );
        assert_eq!(alarms.f1(), 4.0 / 6.0);
        assert_eq!(alarms.false_alarm_rate(), 0.25);
        assert_eq!(alarms.missed_alarm_rate(), 1.0 / 3.0);
    }

    #[test]
    fn a_delay_needs_alarms_that_last() {
        let alarm = [true, true, false, true, false, true, true, true];
        assert_eq!(detection_delay(&alarm, 2, 1), Some(1));
        assert_eq!(detection_delay(&alarm, 2, 3), Some(3));
        assert_eq!(detection_delay(&alarm, 2, 4), None);
        assert_eq!(detection_delay(&alarm, 99, 1), None);
    }
}
