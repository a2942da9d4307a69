//! Which fault shows in which modality, measured on paired runs.
//!
//! For a window with the fault and the same window without it, and one feature of one modality,
//! `d' = (with - without) / σ`, σ being the feature's standard deviation over healthy windows *and
//! rigs*: a model meets rigs that it has never seen, so a change that is smaller than the difference
//! between two healthy rigs does not show. A modality shows the fault in a window when the largest
//! `|d'|` of its features exceeds 1.

use super::config::RigConfig;
use super::faults::Fault;
use super::features::{feature_names, features};
use super::sensor::Sensor;
use super::source::Rig;
use crate::error::DataError;
use crate::recording::{Recording, Window};
use crate::source::RecordingSource;
use rayon::prelude::*;
use std::fmt;

/// Features of every window of a recording: `[window][sensor][feature]`.
type Measured = Vec<[Vec<f32>; 8]>;

/// Measures how far a fault moves a window, in healthy standard deviations.
#[derive(Clone, Debug)]
pub struct Meter {
    rig: Rig,
    /// `[sensor][feature]`
    spread: [Vec<f32>; 8],
}

impl Rig {
    /// Summary features of every window of `recording`, which is number `index` of this data set or
    /// its healthy twin: `[window][sensor][feature]`, named by [`feature_names`].
    pub fn summaries(&self, recording: &Recording, index: usize) -> Vec<[Vec<f32>; 8]> {
        let (machine, operation) = (self.machine(index), self.operation(index));
        let rule = self.schema().window;
        recording
            .windows(rule.length_micros(), rule.stride_micros())
            .map(|window| {
                Sensor::ALL.map(|sensor| match &window.streams[sensor.index()] {
                    Some(stream) => features(sensor, stream, &machine, &operation),
                    None => vec![0.0; feature_names(sensor).len()],
                })
            })
            .collect()
    }
}

impl Meter {
    /// Measures the healthy spread on `rigs` rigs other than the data set's own.
    ///
    /// # Errors
    /// When the configuration makes no sense.
    pub fn fit(rig: &Rig, rigs: usize) -> Result<Self, DataError> {
        let others = other_rigs(rig)?;
        let meter = Self { rig: others.clone(), spread: Default::default() };
        // Every class draws its rigs alike: those of class 0 are as good as any.
        let healthy: Vec<Measured> =
            (0..rigs.max(2)).into_par_iter().map(|i| meter.healthy(i * Rig::CLASSES)).collect();
        let spread = Sensor::ALL.map(|sensor| {
            let windows: Vec<&[f32]> =
                healthy.iter().flatten().map(|window| window[sensor.index()].as_slice()).collect();
            (0..feature_names(sensor).len()).map(|k| deviation(windows.iter().map(|w| w[k]))).collect()
        });
        Ok(Self { rig: rig.clone(), spread })
    }

    /// The largest `|d'|` of the modality's features between two windows of one paired run; 0 when
    /// one of the two lacks the stream or the recording is not one of the rig's.
    pub fn visible(&self, with: &Window, without: &Window, sensor: Sensor) -> f32 {
        let Some(index) = index_of(&with.group) else { return 0.0 };
        let (machine, operation) = (self.rig.machine(index), self.rig.operation(index));
        let of = |window: &Window| {
            let stream = window.streams.get(sensor.index())?.as_ref()?;
            Some(features(sensor, stream, &machine, &operation))
        };
        match (of(with), of(without)) {
            (Some(with), Some(without)) => self.distance(sensor, &with, &without),
            _ => 0.0,
        }
    }

    /// [`Meter::visible`] of every sensor, in every window of recording `index` of the data set:
    /// `[window][sensor]`. A modality shows the fault where the value exceeds 1.
    pub fn windows(&self, index: usize) -> Vec<[f32; 8]> {
        let (with, without) = self.measure(index);
        with.iter()
            .zip(&without)
            .map(|(a, b)| Sensor::ALL.map(|s| self.distance(s, &a[s.index()], &b[s.index()])))
            .collect()
    }

    fn distance(&self, sensor: Sensor, with: &[f32], without: &[f32]) -> f32 {
        let each = with.iter().zip(without).zip(&self.spread[sensor.index()]);
        each.map(|((a, b), spread)| (a - b).abs() / spread).fold(0.0, f32::max)
    }

    /// Recording `index` with and without its fault.
    fn measure(&self, index: usize) -> (Measured, Measured) {
        let (with, without) = self.rig.pair(index);
        (self.rig.summaries(&with, index), self.rig.summaries(&without, index))
    }

    fn healthy(&self, index: usize) -> Measured {
        self.rig.summaries(&self.rig.pair(index).1, index)
    }
}

/// How one fault shows in one modality.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// The feature that showed the fault best on the first half of the pairs.
    pub feature: &'static str,
    /// Mean paired difference of that feature over its healthy standard deviation, on the other half.
    pub d_prime: f32,
    /// Area under the ROC curve of that feature, faulty against healthy, on the other half, folded.
    pub auroc: f32,
    /// Share of the windows in which the modality shows the fault.
    pub visible: f32,
}

/// Faults by modalities.
#[derive(Clone, Debug, PartialEq)]
pub struct VisibilityTable {
    /// `[fault][sensor]`
    pub cells: Vec<[Cell; 8]>,
    /// For each fault, the share of windows that `0, 1, … 8` modalities show.
    pub shown_by: Vec<[f32; 9]>,
}

impl VisibilityTable {
    /// Measures `pairs` paired runs a fault, on rigs other than the data set's own.
    ///
    /// # Errors
    /// When the configuration makes no sense.
    pub fn measure(rig: &Rig, pairs: usize) -> Result<Self, DataError> {
        let meter = Meter { rig: other_rigs(rig)?, ..Meter::fit(rig, 3 * pairs)? };
        let mut table = Self { cells: Vec::new(), shown_by: Vec::new() };
        for fault in Fault::ALL {
            // Ranks past those that the spread was measured on.
            let runs: Vec<(Measured, Measured)> = (0..pairs.max(2))
                .into_par_iter()
                .map(|i| i * Rig::CLASSES + fault.class())
                .map(|index| meter.measure(index))
                .collect();
            let mut shown_by = [0.0f32; 9];
            let windows = || runs.iter().flat_map(|(with, without)| with.iter().zip(without));
            let total = windows().count() as f32;
            for (a, b) in windows() {
                let shows = |s: &&Sensor| meter.distance(**s, &a[s.index()], &b[s.index()]) > 1.0;
                shown_by[Sensor::ALL.iter().filter(shows).count()] += 1.0 / total;
            }
            table.shown_by.push(shown_by);
            table.cells.push(Sensor::ALL.map(|sensor| cell(&meter, &runs, sensor)));
        }
        Ok(table)
    }

    /// Modalities in which the fault cannot be told from healthy (AUROC at most 0.55).
    pub fn invisible(&self, fault: Fault) -> Vec<Sensor> {
        Sensor::ALL.into_iter().filter(|s| self.cells[fault as usize][s.index()].auroc <= 0.55).collect()
    }
}

fn cell(meter: &Meter, runs: &[(Measured, Measured)], sensor: Sensor) -> Cell {
    let names = feature_names(sensor);
    let (choose, judge) = runs.split_at(runs.len() / 2);
    let pairs = |runs: &[(Measured, Measured)], k: usize| -> Vec<(f32, f32)> {
        let windows = runs.iter().flat_map(|(with, without)| with.iter().zip(without));
        windows.map(|(a, b)| (a[sensor.index()][k], b[sensor.index()][k])).collect()
    };
    let shift = |pairs: &[(f32, f32)], k: usize| {
        let sum: f32 = pairs.iter().map(|(a, b)| a - b).sum();
        sum / pairs.len().max(1) as f32 / meter.spread[sensor.index()][k]
    };
    let strength = |k: &usize| shift(&pairs(choose, *k), *k).abs();
    let best = (0..names.len()).max_by(|a, b| strength(a).total_cmp(&strength(b))).unwrap_or(0);
    let judged = pairs(judge, best);
    let area = auroc(judged.iter().map(|p| p.0).collect(), judged.iter().map(|p| p.1).collect());
    let seen = |(with, without): &(Measured, Measured)| {
        let each = with.iter().zip(without);
        each.filter(|(a, b)| meter.distance(sensor, &a[sensor.index()], &b[sensor.index()]) > 1.0).count()
    };
    let windows: usize = runs.iter().map(|r| r.0.len()).sum();
    Cell {
        feature: names[best],
        d_prime: shift(&judged, best),
        auroc: area.max(1.0 - area),
        visible: runs.iter().map(seen).sum::<usize>() as f32 / windows.max(1) as f32,
    }
}

/// Probability that a value of `above` exceeds one of `below`, ties counting half.
fn auroc(above: Vec<f32>, mut below: Vec<f32>) -> f32 {
    below.sort_by(f32::total_cmp);
    let wins: f64 = above
        .iter()
        .map(|v| (below.partition_point(|b| b < v) + below.partition_point(|b| b <= v)) as f64 / 2.0)
        .sum();
    (wins / (above.len() * below.len()).max(1) as f64) as f32
}

fn deviation(values: impl Iterator<Item = f32> + Clone) -> f32 {
    let n = values.clone().count().max(1) as f32;
    let mean = values.clone().sum::<f32>() / n;
    (values.map(|v| (v - mean).powi(2)).sum::<f32>() / n).sqrt().max(1e-3)
}

/// The same configuration with a seed of its own and nothing broken.
fn other_rigs(rig: &Rig) -> Result<Rig, DataError> {
    let config = rig.config();
    RigConfig { seed: config.seed ^ 0x005e_ed0f_0a11, onset_s: None, failures: Vec::new(), ..config.clone() }
        .init()
}

fn index_of(group: &str) -> Option<usize> {
    group.strip_prefix("rig-")?.parse().ok()
}

impl fmt::Display for VisibilityTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "d' (AUROC) of each fault in each modality, by paired runs")?;
        write!(f, "{:16}", "")?;
        for sensor in Sensor::ALL {
            write!(f, "{:>13}", sensor.name())?;
        }
        writeln!(f, "  only one shows it")?;
        for (fault, (cells, shown)) in Fault::ALL.iter().zip(self.cells.iter().zip(&self.shown_by)) {
            write!(f, "{:16}", fault.name())?;
            for cell in cells {
                if cell.auroc <= 0.55 {
                    write!(f, "{:>13}", "-")?;
                } else {
                    // A feature that never moves in a healthy rig (words of the log) has no spread to count in.
                    let shift = if cell.d_prime.abs() < 100.0 {
                        format!("{:+.1}", cell.d_prime)
                    } else {
                        format!("{}99", if cell.d_prime > 0.0 { ">" } else { "<-" })
                    };
                    write!(f, "{:>13}", format!("{shift} ({:.2})", cell.auroc))?;
                }
            }
            writeln!(f, "{:>18.0} %", 100.0 * shown[1])?;
        }
        Ok(())
    }
}
