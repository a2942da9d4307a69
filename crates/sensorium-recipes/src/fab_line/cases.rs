//! Faults that raised an alarm, with what an engineer would have at hand.

use crate::RecipeError;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sensorium_causal::Table;
use sensorium_data::fab_line::{FabFault, FabLine, FabTable, FaultKind};

/// Lots of normal operation that every method may learn from.
pub(super) const NORMAL: usize = 2000;
/// Lots of the abnormal window: 20 up to the alarm and 40 after it.
pub(super) const WINDOW: usize = 60;
const BEFORE_ALARM: usize = 20;
const ONSET: usize = 100;
/// An alarm must come within so many lots of the onset.
const PATIENCE: usize = 150;
const SMOOTHING: f64 = 0.2;
/// Sizes in standard deviations of the parameter, drawn evenly in the logarithm.
const SIZES: (f64, f64) = (2.0, 15.0);

/// The line in normal operation, and what of it may be a cause.
pub(super) struct Setting {
    pub line: FabLine,
    pub normal: FabTable,
    /// Columns of `normal`.
    pub columns: Vec<Vec<f64>>,
    /// All variables but those that alarms are raised on.
    pub candidates: Vec<usize>,
    limits: Vec<Limit>,
}

/// Control limit of an outcome: EWMA around the mean, never passed in normal operation.
struct Limit {
    outcome: usize,
    mean: f64,
    limit: f64,
}

/// A fault that raised an alarm.
pub(super) struct Case {
    pub fault: FabFault,
    /// The outcome that raised it.
    pub outcome: usize,
    /// Columns of the abnormal window.
    pub window: Vec<Vec<f64>>,
}

pub(super) fn columns(rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
    (0..rows.first().map_or(0, Vec::len)).map(|c| rows.iter().map(|r| r[c]).collect()).collect()
}

pub(super) fn table(line: &FabLine, columns: &[Vec<f64>]) -> Result<Table, RecipeError> {
    Ok(Table::from_continuous(line.names().iter().cloned().zip(columns.iter().cloned()))?)
}

impl Setting {
    pub fn new(line: FabLine, seed: u64) -> Self {
        let normal = line.normal(NORMAL, seed);
        let columns = columns(&normal.rows);
        let outcomes = line.outcomes();
        let limits = outcomes
            .iter()
            .map(|&outcome| {
                let mean = columns[outcome].iter().sum::<f64>() / NORMAL as f64;
                let limit =
                    smooth(&columns[outcome], mean).into_iter().skip(20).map(f64::abs).fold(0.0, f64::max);
                Limit { outcome, mean, limit }
            })
            .collect();
        let candidates = (0..columns.len()).filter(|v| !outcomes.contains(v)).collect();
        Self { line, normal, columns, candidates, limits }
    }

    /// `count` faults from a seed, and how many were drawn for them: those without an alarm, or with
    /// one before the onset, are drawn anew.
    pub fn cases(&self, count: usize, seed: u64) -> Result<(Vec<Case>, usize), RecipeError> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let injectable = self.line.injectable();
        let (mut cases, mut drawn) = (Vec::with_capacity(count), 0);
        while cases.len() < count && drawn < 100 * count {
            let variable = injectable[rng.random_range(0..injectable.len())];
            let kind = FaultKind::ALL[rng.random_range(0..FaultKind::ALL.len())];
            let size = (SIZES.0.ln() + rng.random::<f64>() * (SIZES.1 / SIZES.0).ln()).exp();
            let size = if rng.random::<bool>() { size } else { -size };
            let fault = FabFault { variable, kind, size, onset: ONSET };
            let lots = seed.wrapping_mul(1_000_003).wrapping_add(drawn as u64);
            cases.extend(self.case(fault, lots)?);
            drawn += 1;
        }
        Ok((cases, drawn))
    }

    fn case(&self, fault: FabFault, seed: u64) -> Result<Option<Case>, RecipeError> {
        let lots = ONSET + PATIENCE + WINDOW;
        let run = self.line.faulty(lots, &fault, seed).map_err(|e| RecipeError::Other(e.to_string()))?;
        let all = columns(&run.rows);
        let alarms = self.limits.iter().filter_map(|limit| {
            let smoothed = smooth(&all[limit.outcome], limit.mean);
            let at = smoothed.iter().enumerate().skip(20).find(|(_, v)| v.abs() > limit.limit)?.0;
            Some((at, (-1e6 * smoothed[at].abs() / limit.limit) as i64, limit.outcome))
        });
        let Some((at, _, outcome)) = alarms.min() else { return Ok(None) };
        if !(ONSET..ONSET + PATIENCE).contains(&at) {
            return Ok(None);
        }
        let start = at + 1 - BEFORE_ALARM;
        let window = all.iter().map(|c| c[start..start + WINDOW].to_vec()).collect();
        Ok(Some(Case { fault, outcome, window }))
    }
}

/// Exponentially weighted mean of the deviations; what is not measured leaves it as it is.
fn smooth(values: &[f64], mean: f64) -> Vec<f64> {
    let mut state = 0.0;
    values
        .iter()
        .map(|v| {
            if v.is_finite() {
                state += SMOOTHING * (v - mean - state);
            }
            state
        })
        .collect()
}
