//! Puts the timestamps of one file in order, and says what that took.

use super::repairs::Repairs;
use crate::error::DataError;
use std::path::Path;

/// A step forward of more than a year and of more than this many usual steps is no gap.
const LEAP_STEPS: i64 = 10_000;
const YEAR: i64 = 365 * 86_400 * 1_000_000;
/// A set-back clock is believed after this many samples in a row.
const SETTLED: usize = 8;

/// The samples to keep, in time order, with their times in microseconds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Order {
    /// Positions in the file, in time order; `None` when the file is already in order.
    pub positions: Option<Vec<usize>>,
    /// Their times, never decreasing.
    pub times: Vec<i64>,
}

/// What cannot be repaired: the sample at `position`, and why.
#[derive(Debug, PartialEq)]
pub(crate) struct Disorder {
    pub position: usize,
    pub message: String,
}

/// Orders `times` (`None`: the sample has no time and is dropped). `keep_equal` keeps samples that
/// share a timestamp (text); otherwise the first one stays.
pub(crate) fn order(
    times: &[Option<i64>],
    keep_equal: bool,
    repairs: &mut Repairs,
) -> Result<Order, Disorder> {
    let mut kept: Vec<(i64, usize)> =
        times.iter().enumerate().filter_map(|(i, t)| t.map(|t| (t, i))).collect();
    repairs.untimed_dropped += (times.len() - kept.len()) as u64;
    let step = usual_step(&kept);
    reverse_if_newest_first(&mut kept, repairs);
    drop_leaps(&mut kept, step, repairs)?;
    undo_set_backs(&mut kept, step, repairs);
    let mut latest = i64::MIN;
    let late = kept.iter().filter(|(t, _)| {
        let late = *t < latest;
        latest = latest.max(*t);
        late
    });
    let late = late.count() as u64;
    if late > 0 {
        repairs.reordered += late;
        kept.sort_by_key(|(t, _)| *t);
    }
    let before = kept.len();
    if !keep_equal {
        kept.dedup_by_key(|(t, _)| *t);
    }
    let dropped = before - kept.len();
    if dropped * 2 > before {
        return Err(Disorder {
            position: kept.first().map_or(0, |(_, i)| *i),
            message: format!(
                "{dropped} of {before} samples share a timestamp with another: the times are too coarse for \
                 this stream; take `time` out and give `rate_hz` (and `start`), or name a finer time column"
            ),
        });
    }
    repairs.duplicates_dropped += dropped as u64;
    let untouched = kept.len() == times.len() && kept.iter().enumerate().all(|(k, (_, i))| k == *i);
    Ok(Order {
        positions: (!untouched).then(|| kept.iter().map(|(_, i)| *i).collect()),
        times: kept.into_iter().map(|(t, _)| t).collect(),
    })
}

/// Orders the files of a sequence by `times`; what comes out is positions with their times.
///
/// # Errors
/// As [`order`], naming `path`.
pub(crate) fn order_files(
    path: &Path,
    times: &[Option<i64>],
    repairs: &mut Repairs,
) -> Result<Vec<(usize, i64)>, DataError> {
    let Order { positions, times } =
        order(times, false, repairs).map_err(|d| DataError::in_file(path, d.message))?;
    let positions = positions.unwrap_or_else(|| (0..times.len()).collect());
    Ok(positions.into_iter().zip(times).collect())
}

/// Median of the steps that are not zero, in microseconds; at least 1.
fn usual_step(kept: &[(i64, usize)]) -> i64 {
    let mut steps: Vec<i64> =
        kept.windows(2).map(|w| (w[1].0 - w[0].0).abs()).filter(|step| *step > 0).collect();
    let middle = steps.len() / 2;
    if steps.is_empty() { 1 } else { *steps.select_nth_unstable(middle).1 }
}

fn reverse_if_newest_first(kept: &mut [(i64, usize)], repairs: &mut Repairs) {
    let back = kept.windows(2).filter(|w| w[1].0 < w[0].0).count();
    if kept.len() > 2 && back * 10 >= (kept.len() - 1) * 9 {
        kept.reverse();
        repairs.reordered += kept.len() as u64;
    }
}

/// Drops samples years away from the rest; an error when they are too many for a slip.
fn drop_leaps(kept: &mut Vec<(i64, usize)>, step: i64, repairs: &mut Repairs) -> Result<(), Disorder> {
    let mut sorted: Vec<i64> = kept.iter().map(|(t, _)| *t).collect();
    sorted.sort_unstable();
    let leap = YEAR.max(step.saturating_mul(LEAP_STEPS));
    let allowed = (kept.len() / 100).max(1);
    let Some(at) = sorted.windows(2).position(|w| w[1] - w[0] > leap) else { return Ok(()) };
    let (before, after) = (sorted[at], sorted[at + 1]);
    let later = sorted.len() - at - 1;
    if later <= allowed && later < at + 1 {
        kept.retain(|(t, _)| *t <= before);
        repairs.future_dropped += later as u64;
        return Ok(());
    }
    let position = kept.iter().find(|(t, _)| *t >= after).map_or(0, |(_, i)| *i);
    Err(Disorder {
        position,
        message: format!(
            "the time leaps by {:.1} years here; correct the time column, or cut the file into one recording \
             a session",
            (after - before) as f64 / YEAR as f64
        ),
    })
}

/// Where the clock was set back into time already covered, and stayed there, moves what follows so
/// that it continues one usual step after the sample before.
fn undo_set_backs(kept: &mut [(i64, usize)], step: i64, repairs: &mut Repairs) {
    let Some(mut latest) = kept.first().map(|(t, _)| *t) else { return };
    let mut earliest = latest;
    let mut shift = 0i64;
    let far = step.saturating_mul(10);
    for i in 1..kept.len() {
        let time = kept[i].0.saturating_add(shift);
        // Strictly behind, and the next samples as well: not a late packet.
        let settled = kept.get(i..i + SETTLED).is_some_and(|next| {
            let behind = next.iter().all(|(t, _)| latest.saturating_sub(t.saturating_add(shift)) > far);
            behind && next.windows(2).all(|w| w[1].0 >= w[0].0)
        });
        if settled && time >= earliest {
            shift = shift.saturating_add(latest.saturating_add(step).saturating_sub(time));
            repairs.clock_jumps += 1;
        }
        kept[i].0 = kept[i].0.saturating_add(shift);
        latest = latest.max(kept[i].0);
        earliest = earliest.min(kept[i].0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn run(times: &[i64]) -> (Order, Repairs) {
        let mut repairs = Repairs::default();
        let some: Vec<Option<i64>> = times.iter().map(|t| Some(*t)).collect();
        (order(&some, false, &mut repairs).unwrap(), repairs)
    }

    #[test]
    fn a_late_sample_goes_to_its_place() {
        let (order, repairs) = run(&[0, 10, 30, 20, 40]);
        assert_eq!(order.positions, Some(vec![0, 1, 3, 2, 4]));
        assert_eq!(repairs, Repairs { reordered: 1, ..Default::default() });
    }

    #[test]
    fn a_newest_first_file_is_turned_round() {
        let (order, _) = run(&[50, 40, 30, 20, 10]);
        assert_eq!(order.times, vec![10, 20, 30, 40, 50]);
    }

    #[test]
    fn a_clock_set_back_continues_where_it_stopped() {
        let times: Vec<i64> = (0..50).map(|i| i * 10).chain((20..40).map(|i| i * 10)).collect();
        let (order, repairs) = run(&times);
        assert_eq!(repairs, Repairs { clock_jumps: 1, ..Default::default() });
        assert_eq!(order.times, (0..70).map(|i| i * 10).collect::<Vec<_>>());
    }

    #[test]
    fn one_sample_from_the_far_future_is_dropped() {
        let mut times: Vec<i64> = (0..50).map(|i| i * 1_000_000).collect();
        times[20] = 80 * YEAR;
        let (order, repairs) = run(&times);
        assert_eq!((order.times.len(), repairs.future_dropped), (49, 1));
    }

    #[test]
    fn a_recording_in_two_decades_is_refused() {
        let times: Vec<Option<i64>> =
            (0..50).map(|i| Some(i * 1_000_000 + if i >= 25 { 20 * YEAR } else { 0 })).collect();
        let error = order(&times, false, &mut Repairs::default()).unwrap_err();
        assert_eq!(error.position, 25);
    }

    #[test]
    fn the_first_of_two_equal_times_stays() {
        let (order, repairs) = run(&[0, 10, 10, 20]);
        assert_eq!(order.positions, Some(vec![0, 1, 3]));
        assert_eq!(repairs.duplicates_dropped, 1);
    }

    proptest! {
        #[test]
        fn whatever_comes_in_what_goes_out_is_sorted_and_short_enough(
            times in prop::collection::vec(prop::option::of(-400_000_000_000_000_000i64..400_000_000_000_000_000), 0..60),
            keep in any::<bool>(),
        ) {
            let mut repairs = Repairs::default();
            if let Ok(order) = order(&times, keep, &mut repairs) {
                prop_assert!(order.times.windows(2).all(|w| w[0] <= w[1]));
                prop_assert!(order.times.len() <= times.len());
            }
        }
    }
}
