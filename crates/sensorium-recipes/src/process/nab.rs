//! The NAB score of changepoint detection, as SKAB measures it.
//!
//! Lavin and Ahmad 2015 (arXiv:1510.03336) with the scoring function of the SKAB benchmark: each true
//! changepoint opens a window of some seconds to its right; the first prediction in a window earns
//! between `A_tp` at its left end and `A_fp` at its right end, each prediction outside costs `A_fp`,
//! each window without a prediction `A_fn`. The sum is put on a scale where no prediction at all is 0
//! and every changepoint at once is 100.

/// What hits and misses are worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NabProfile {
    /// A hit at the very start of its window.
    pub true_positive: f64,
    /// A prediction outside the windows.
    pub false_positive: f64,
    /// A window without a prediction.
    pub false_negative: f64,
}

impl NabProfile {
    /// The standard profile.
    pub const STANDARD: Self = Self { true_positive: 1.0, false_positive: -0.11, false_negative: -1.0 };
    /// False alarms cost twice as much.
    pub const LOW_FP: Self = Self { true_positive: 1.0, false_positive: -0.22, false_negative: -1.0 };
    /// Misses cost twice as much.
    pub const LOW_FN: Self = Self { true_positive: 1.0, false_positive: -0.11, false_negative: -2.0 };
}

/// One recording: the times of the true and of the predicted changepoints, in seconds, ascending.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changepoints {
    /// True changepoints.
    pub truth: Vec<f64>,
    /// Predicted ones.
    pub predicted: Vec<f64>,
}

/// Points on which the scoring function is tabulated, as in the SKAB benchmark.
const STEPS: usize = 1000;

/// The NAB score over recordings, in per cent; NaN when there is no true changepoint.
///
/// Windows are closed and `window` seconds long; one that would reach into the next is left as it is
/// and the next one starts at its end (SKAB's "cut right window").
pub fn nab_score(recordings: &[Changepoints], window: f64, profile: NabProfile) -> f64 {
    let (mut score, mut windows) = (0.0, 0_usize);
    for recording in recordings {
        let mut spans: Vec<(f64, f64)> = recording.truth.iter().map(|t| (*t, t + window)).collect();
        for i in 1..spans.len() {
            if spans[i - 1].1 >= spans[i].0 {
                spans[i].0 = spans[i - 1].1;
            }
        }
        windows += spans.len();
        let outside =
            recording.predicted.iter().filter(|p| !spans.iter().any(|(a, b)| a <= *p && *p <= b)).count();
        score += profile.false_positive * outside as f64;
        for (start, end) in spans {
            let first = recording.predicted.iter().copied().find(|p| start <= *p && *p <= end);
            score += match first {
                None => profile.false_negative,
                Some(hit) => reward((hit - start) / (end - start), profile),
            };
        }
    }
    let null = windows as f64 * profile.false_negative;
    let perfect = windows as f64 * profile.true_positive;
    100.0 * (score - null) / (perfect - null)
}

/// `−(A_tp − A_fp)/2 · tanh(x)/tanh(π/2) + (A_tp + A_fp)/2` for `x` from −π/2 at the left end of the
/// window to π/2 at its right end.
fn reward(place: f64, profile: NabProfile) -> f64 {
    let place = if place.is_finite() { place } else { 0.0 };
    let step = ((place * STEPS as f64) as usize).min(STEPS - 1);
    let half = std::f64::consts::FRAC_PI_2;
    let x = -half + 2.0 * half * step as f64 / (STEPS - 1) as f64;
    let (hit, miss) = (profile.true_positive, profile.false_positive);
    -(hit - miss) / 2.0 * x.tanh() / half.tanh() + (hit - miss) / 2.0 + miss
}

/// Times at which an alarm starts or ends, for rows with these times; the state before is no alarm.
pub fn edges(alarm: &[bool], seconds: &[f64]) -> Vec<f64> {
    let mut before = false;
    let mut found = Vec::new();
    for (&alarm, &time) in alarm.iter().zip(seconds) {
        if alarm != before {
            found.push(time);
        }
        before = alarm;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_zero_and_every_changepoint_at_once_a_hundred() {
        let truth = vec![10.0, 200.0];
        let silent = Changepoints { truth: truth.clone(), predicted: vec![] };
        let perfect = Changepoints { truth: truth.clone(), predicted: truth };
        assert_eq!(nab_score(&[silent], 60.0, NabProfile::STANDARD), 0.0);
        assert!((nab_score(&[perfect], 60.0, NabProfile::STANDARD) - 100.0).abs() < 1e-9);
        assert!(nab_score(&[], 60.0, NabProfile::STANDARD).is_nan());
    }

    /// Golden values: benches/peers/process_golden.py with tsad 0.19.4, which rounds to two decimals.
    #[test]
    fn profiles_agree_with_the_evaluation_that_skab_uses() {
        let recordings = [
            Changepoints {
                truth: vec![100.0, 150.0, 400.0],
                predicted: vec![90.0, 120.0, 125.0, 170.0, 405.0, 460.0, 500.0],
            },
            Changepoints { truth: vec![50.0], predicted: vec![10.0, 200.0] },
        ];
        let golden =
            [(NabProfile::STANDARD, 64.43), (NabProfile::LOW_FP, 58.42), (NabProfile::LOW_FN, 67.95)];
        for (profile, expected) in golden {
            let score = nab_score(&recordings, 60.0, profile);
            assert!((score - expected).abs() < 0.006, "{profile:?}: {score}");
        }
    }

    #[test]
    fn edges_are_where_the_alarm_changes() {
        assert_eq!(edges(&[true, true, false, true], &[1.0, 2.0, 3.0, 4.0]), vec![1.0, 3.0, 4.0]);
        assert!(edges(&[false, false], &[1.0, 2.0]).is_empty());
    }
}
