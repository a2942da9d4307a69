//! How far a video's cues are off.

use super::ground::edges;
use super::links::CueRow;
use crate::retrieval::dot;
use serde::{Deserialize, Serialize};

/// Settings of [`estimate_offset`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct OffsetConfig {
    /// Offsets from minus to plus this are looked at, ms.
    pub reach_ms: f32,
    /// First grid, ms; the peak is refined below it.
    pub step_ms: f32,
    /// Standard deviation of offsets beforehand, ms.
    pub prior_ms: f32,
    /// Largest drift, parts per million; 0 to fix it at none.
    pub drift_ppm: f32,
}

impl Default for OffsetConfig {
    fn default() -> Self {
        Self { reach_ms: 3_000.0, step_ms: 20.0, prior_ms: 1_500.0, drift_ppm: 0.0 }
    }
}

/// What was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OffsetEstimate {
    /// The cues come so much too late, ms (negative: too early), at the middle of the video.
    pub offset_ms: f32,
    /// Standard deviation of the offset, ms, from how the cues disagree with one another.
    pub offset_sd_ms: f32,
    /// Milliseconds that the cues' clock gains on the video's in 10⁶ ms.
    pub drift_ppm: f32,
    /// Its standard deviation.
    pub drift_sd_ppm: f32,
    /// Mean evidence a cue at the peak over that at no offset, in nats.
    pub gain: f32,
    /// Cues that took part.
    pub cues: usize,
}

/// How well each frame fits each text, in nats, less the text's mean over the frames: `[text][frame]`, from unit
/// vectors whose cosines are multiplied by `scale`, the inverse temperature.
pub fn evidence(frames: &[Vec<f32>], texts: &[Vec<f32>], scale: f32) -> Vec<Vec<f32>> {
    texts
        .iter()
        .map(|text| {
            let row: Vec<f32> = frames.iter().map(|frame| scale * dot(frame, text)).collect();
            let mean = row.iter().sum::<f32>() / row.len().max(1) as f32;
            row.iter().map(|v| v - mean).collect()
        })
        .collect()
}

/// The offset, and the drift about the video's middle, at which the cues fit the frames best.
///
/// `evidence[c][f]` tells how well frame f fits cue c, in nats, less what any frame gives on average; it is
/// summed over the frames in a cue's shifted span, with the parts of frames at its ends, so that the peak
/// is found below the distance of frames. The uncertainty is the spread of the single cues' own best
/// shifts near the peak, over the root of their number (a sandwich estimate).
pub fn estimate_offset(
    frame_ms: &[f32],
    cues: &[CueRow],
    evidence: &[Vec<f32>],
    config: &OffsetConfig,
) -> OffsetEstimate {
    let Some(profiles) = Profiles::new(frame_ms, cues, evidence) else { return OffsetEstimate::default() };
    let drifts: Vec<f32> = if config.drift_ppm > 0.0 {
        (-10..=10).map(|i| i as f32 / 10.0 * config.drift_ppm).collect()
    } else {
        vec![0.0]
    };
    let steps = (config.reach_ms / config.step_ms).ceil() as i32;
    let prior = |shift: f32| -0.5 * (shift / config.prior_ms).powi(2);
    let mut best = (f32::NEG_INFINITY, 0.0f32, 0.0f32);
    for drift in &drifts {
        for step in -steps..=steps {
            let shift = step as f32 * config.step_ms;
            let value = profiles.total(shift, *drift) + prior(shift);
            if value > best.0 {
                best = (value, shift, *drift);
            }
        }
    }
    let (_, mut shift, mut drift) = best;
    // Halving the step round the peak, first over the shift, then over the drift.
    let (mut by, mut turn) = (config.step_ms / 2.0, config.drift_ppm / 20.0);
    while by > 0.5 {
        for (s, d) in [(by, 0.0), (-by, 0.0), (0.0, turn), (0.0, -turn)] {
            let value = profiles.total(shift + s, drift + d) + prior(shift + s);
            if value > best.0 {
                best = (value, shift + s, drift + d);
            }
        }
        if (best.1, best.2) == (shift, drift) {
            (by, turn) = (by / 2.0, turn / 2.0);
        } else {
            (shift, drift) = (best.1, best.2);
        }
    }
    profiles.describe(shift, drift, config)
}

/// Cumulative evidence of each cue over time.
struct Profiles {
    /// Edges between frames, ms.
    edges: Vec<f32>,
    /// `[cue][edge]`: evidence of the frames before an edge, times their length in seconds.
    sums: Vec<Vec<f32>>,
    cues: Vec<CueRow>,
    middle_ms: f32,
}

impl Profiles {
    fn new(frame_ms: &[f32], cues: &[CueRow], evidence: &[Vec<f32>]) -> Option<Self> {
        let (first, last) = (*frame_ms.first()?, *frame_ms.last()?);
        if frame_ms.len() < 2 || cues.is_empty() {
            return None;
        }
        let edges = edges(frame_ms);
        let sums = evidence
            .iter()
            .map(|row| {
                let mut sum = 0.0;
                let mut sums = vec![0.0];
                for (value, edge) in row.iter().zip(edges.windows(2)) {
                    sum += value * (edge[1] - edge[0]) * 1e-3;
                    sums.push(sum);
                }
                sums
            })
            .collect();
        Some(Self { edges, sums, cues: cues.to_vec(), middle_ms: 0.5 * (first + last) })
    }

    /// Evidence before `time`, between edges in proportion.
    fn before(&self, cue: usize, time: f32) -> f32 {
        let sums = &self.sums[cue];
        let at = self.edges.partition_point(|e| *e <= time);
        if at == 0 {
            return 0.0;
        }
        if at >= self.edges.len() {
            return sums.last().copied().unwrap_or(0.0);
        }
        let (from, to) = (self.edges[at - 1], self.edges[at]);
        let part = if to > from { (time - from) / (to - from) } else { 0.0 };
        sums[at - 1] + part * (sums[at] - sums[at - 1])
    }

    /// Evidence in the cue's span when the cues come `shift` ms too late and drift.
    fn one(&self, cue: usize, shift: f32, drift_ppm: f32) -> f32 {
        let CueRow { start_ms, end_ms, .. } = self.cues[cue];
        let moved = |t: f32| t - shift - (t - self.middle_ms) * drift_ppm * 1e-6;
        self.before(cue, moved(end_ms)) - self.before(cue, moved(start_ms))
    }

    fn total(&self, shift: f32, drift_ppm: f32) -> f32 {
        (0..self.cues.len()).map(|c| self.one(c, shift, drift_ppm)).sum()
    }

    fn describe(&self, shift: f32, drift: f32, config: &OffsetConfig) -> OffsetEstimate {
        // Slope of each cue's evidence at the peak and the curvature of their sum, by finite differences
        // over a step that spans a frame.
        const STEP: f32 = 40.0;
        let count = self.cues.len() as f32;
        let slope =
            |c: usize| (self.one(c, shift + STEP, drift) - self.one(c, shift - STEP, drift)) / (2.0 * STEP);
        let slopes: Vec<f32> = (0..self.cues.len()).map(slope).collect();
        let curvature = -(self.total(shift + STEP, drift) - 2.0 * self.total(shift, drift)
            + self.total(shift - STEP, drift))
            / (STEP * STEP);
        let mean = slopes.iter().sum::<f32>() / count;
        let spread = slopes.iter().map(|s| (s - mean).powi(2)).sum::<f32>() * count / (count - 1.0).max(1.0);
        let sd = if curvature > 1e-12 { spread.sqrt() / curvature } else { config.reach_ms };
        // A line through cues spread evenly over the video: Var(slope) = Var(mean) · n / Σ (t − t̄)².
        let squares: f32 =
            self.cues.iter().map(|c| (0.5 * (c.start_ms + c.end_ms) - self.middle_ms).powi(2)).sum();
        let drift_sd =
            if config.drift_ppm > 0.0 { sd * (count / squares.max(1.0)).sqrt() * 1e6 } else { 0.0 };
        OffsetEstimate {
            offset_ms: shift,
            offset_sd_ms: sd.min(config.reach_ms),
            drift_ppm: drift,
            drift_sd_ppm: drift_sd,
            gain: (self.total(shift, drift) - self.total(0.0, 0.0)) / count,
            cues: self.cues.len(),
        }
    }
}
