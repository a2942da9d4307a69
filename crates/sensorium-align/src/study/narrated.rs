//! Videos with narration whose times are only roughly right.

use super::standard::standardise;
use crate::joint::JointNet;
use crate::objective::{Links, Objective};
use crate::retrieval::dot;
use crate::sequence::Sequence;
use crate::sync::{CueRow, FrameRow, OffsetConfig, OffsetEstimate, SyncLinks, estimate_offset, evidence};
use crate::train::{Step, Study};
use burn::tensor::Device;
use rand::Rng;
use rayon::prelude::*;
use sensorium_nn::seed;
use sensorium_nn::train::Weights;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A video and its cues, at the times that its subtitles say.
#[derive(Clone, Debug, Default)]
pub struct NarratedVideo {
    /// Features of each frame at its presentation time.
    pub frames: Sequence,
    /// When each cue is said to be; `video` is not used.
    pub cues: Vec<CueRow>,
    /// Token features of each cue.
    pub texts: Vec<Arc<Sequence>>,
}

/// How a training step sees videos.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NarratedViews {
    /// Length of a segment, ms.
    pub segment_ms: f32,
    /// Segments of each video in an epoch.
    pub segments: usize,
    /// Whether offsets are estimated with the weights.
    pub offsets: bool,
    /// First epoch after which offsets are estimated.
    pub offsets_from: u64,
    /// How offsets are looked for.
    pub search: OffsetConfig,
}

impl Default for NarratedViews {
    fn default() -> Self {
        Self {
            segment_ms: 10_000.0,
            segments: 3,
            offsets: true,
            offsets_from: 2,
            search: OffsetConfig::default(),
        }
    }
}

/// Training and validation videos, and what is known of the offsets of the former.
#[derive(Clone, Debug)]
pub struct NarratedStudy {
    /// Videos to learn from.
    pub training: Vec<NarratedVideo>,
    /// Videos to select on, without labels.
    pub validation: Vec<NarratedVideo>,
    /// How they are seen.
    pub views: NarratedViews,
    /// Offsets of the training videos as estimated so far.
    pub offsets: Vec<OffsetEstimate>,
    /// Seed of the segments.
    pub seed: u64,
}

impl NarratedStudy {
    /// A study whose offsets are unknown.
    pub fn new(
        training: Vec<NarratedVideo>,
        validation: Vec<NarratedVideo>,
        views: NarratedViews,
        seed: u64,
    ) -> Self {
        let offsets = vec![OffsetEstimate::default(); training.len()];
        Self { training, validation, views, offsets, seed }
    }

    /// Offset of a video under `net`, ms.
    pub fn offset(
        &self,
        net: &JointNet,
        scale: f32,
        video: &NarratedVideo,
        device: &Device,
    ) -> OffsetEstimate {
        let frames = net.embed_tokens(&video.frames, device);
        let texts = net.embed_texts(&video.texts.iter().map(Arc::as_ref).collect::<Vec<_>>(), device);
        let evidence = evidence(&frames, &texts, scale);
        estimate_offset(&video.frames.time_ms, &video.cues, &evidence, &self.views.search)
    }
}

/// Inverse temperature under which offsets of validation videos are looked for.
const VALIDATION_SCALE: f32 = 10.0;

impl Study for NarratedStudy {
    fn len(&self) -> usize {
        self.training.len() * self.views.segments
    }

    fn step(&self, indices: &[usize], epoch: u64) -> Step {
        let mut step = SyncLinks::default();
        let (mut items, mut texts) = (Vec::new(), Vec::new());
        for (row, index) in indices.iter().enumerate() {
            let video = index % self.training.len();
            let (example, known) = (&self.training[video], &self.offsets[video]);
            let times = &example.frames.time_ms;
            let (first, last) = (times.first().copied().unwrap_or(0.0), times.last().copied().unwrap_or(0.0));
            let mut rng = seed::generator(self.seed, &[12, epoch, *index as u64]);
            let room = (last - first - self.views.segment_ms).max(0.0);
            let start = first + room * rng.random::<f32>();
            let from = times.partition_point(|t| *t < start);
            let to =
                times.partition_point(|t| *t < start + self.views.segment_ms).max(from + 1).min(times.len());
            let segment = example.frames.slice(from, to);
            let end = start + self.views.segment_ms;
            let inside: Vec<usize> = (0..example.cues.len())
                .filter(|c| {
                    let cue = moved(&example.cues[*c], known);
                    let middle = 0.5 * (cue.start_ms + cue.end_ms);
                    start <= middle && middle < end
                })
                .collect();
            // Segments of one video are kept apart: their frames may overlap.
            step.frames.extend(segment.time_ms.iter().map(|t| FrameRow { video: row, time_ms: *t }));
            for c in inside {
                step.cues.push(CueRow { video: row, ..moved(&example.cues[c], known) });
                texts.push(example.texts[c].clone());
            }
            items.push(Arc::new(segment));
        }
        let first = indices.first().copied().unwrap_or(0) as u64;
        let dropout = Some(seed::generator(self.seed, &[15, epoch, first]).random());
        Step { items, texts, links: Links::Synchronous(step), dropout }
    }

    fn start(&self, weights: &mut Weights) {
        let texts = self.training.iter().flat_map(|video| video.texts.iter().map(Arc::as_ref));
        standardise(weights, "item", self.training.iter().map(|video| &video.frames));
        standardise(weights, "text", texts);
    }

    fn has_validation(&self) -> bool {
        !self.validation.is_empty()
    }

    /// How far the text of each cue stands out at its own time: the share of the other cues of the
    /// validation videos that fit the frames in the cue's span less well.
    fn score(&self, net: &JointNet, device: &Device) -> f64 {
        if self.validation.is_empty() {
            return f64::NAN;
        }
        let texts: Vec<&Sequence> =
            self.validation.iter().flat_map(|v| v.texts.iter().map(Arc::as_ref)).collect();
        let texts = net.embed_texts(&texts, device);
        let mut own = 0;
        let mut total = 0.0;
        for video in &self.validation {
            let frames = net.embed_tokens(&video.frames, device);
            let known = if self.views.offsets {
                self.offset(net, VALIDATION_SCALE, video, device)
            } else {
                OffsetEstimate::default()
            };
            for cue in video.cues.iter().map(|cue| moved(cue, &known)) {
                let clip = unit_mean(&frames, &video.frames.time_ms, cue.start_ms, cue.end_ms);
                let mine = dot(&clip, &texts[own]);
                let below = texts.iter().filter(|t| dot(&clip, t) < mine).count();
                total += below as f64 / (texts.len().max(2) - 1) as f64;
                own += 1;
            }
        }
        total / own.max(1) as f64
    }

    fn after_epoch(&mut self, net: &JointNet, objective: &Objective, epoch: u64, device: &Device) {
        if !self.views.offsets || epoch < self.views.offsets_from {
            return;
        }
        let scale = objective.temperature().recip();
        let mut found: Vec<OffsetEstimate> =
            self.training.par_iter().map(|video| self.offset(net, scale, video, device)).collect();
        // Only differences between videos can be told from the frames: a tower that looks ahead would move
        // all offsets alike. Their mean is none by convention.
        let mean = found.iter().map(|o| o.offset_ms).sum::<f32>() / found.len().max(1) as f32;
        found.iter_mut().for_each(|o| o.offset_ms -= mean);
        self.offsets = found;
    }

    fn state(&self) -> Vec<f32> {
        self.offsets.iter().flat_map(|o| [o.offset_ms, o.drift_ppm]).collect()
    }

    fn restore(&mut self, state: &[f32]) {
        for (offset, pair) in self.offsets.iter_mut().zip(state.chunks_exact(2)) {
            *offset = OffsetEstimate { offset_ms: pair[0], drift_ppm: pair[1], ..OffsetEstimate::default() };
        }
    }

    fn digest(&self) -> String {
        let of_one = |video: &NarratedVideo| {
            let texts = video.texts.iter().map(|text| text.digest());
            let cues = video.cues.iter().flat_map(|c| [c.start_ms, c.end_ms].map(|t| u64::from(t.to_bits())));
            texts.chain(cues).fold(video.frames.digest(), |sum, part| sum.rotate_left(1) ^ part)
        };
        let parts: Vec<u64> = self.training.par_iter().chain(&self.validation).map(of_one).collect();
        let all = parts.into_iter().fold(0u64, |sum, part| sum.rotate_left(1) ^ part);
        format!("{:?} {} {} {all:016x}", self.views, self.seed, self.validation.len())
    }
}

/// A cue at the time that the estimate puts it.
fn moved(cue: &CueRow, known: &OffsetEstimate) -> CueRow {
    CueRow { start_ms: cue.start_ms - known.offset_ms, end_ms: cue.end_ms - known.offset_ms, ..*cue }
}

/// Mean of the frames from `start_ms` to `end_ms` at length one; of the nearest frame where none lies inside.
pub fn unit_mean(frames: &[Vec<f32>], time_ms: &[f32], start_ms: f32, end_ms: f32) -> Vec<f32> {
    let from = time_ms.partition_point(|t| *t < start_ms);
    let to = time_ms.partition_point(|t| *t < end_ms);
    let range = if from < to {
        from..to
    } else {
        let nearest = from.min(frames.len().saturating_sub(1));
        nearest..(nearest + 1).min(frames.len())
    };
    let mut mean = vec![0.0f32; frames.first().map_or(0, Vec::len)];
    for frame in &frames[range] {
        mean.iter_mut().zip(frame).for_each(|(m, v)| *m += v);
    }
    let norm = mean.iter().map(|v| v * v).sum::<f32>().sqrt().max(1e-12);
    mean.iter_mut().for_each(|v| *v /= norm);
    mean
}
