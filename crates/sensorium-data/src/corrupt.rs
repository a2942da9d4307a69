//! The corruption suite: sensor failures applied to a window, or to any span of a stream.
//!
//! Corruptions act on samples and timestamps alone, before anything is computed from them, so that
//! training, evaluation and the simulator all break sensors in the same way.

use crate::recording::Window;
use crate::stream::{Samples, Stream, TimeAxis};
use crate::time::{Span, Timestamp};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};

/// One way in which a sensor fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Failure {
    /// Nothing arrives.
    Missing,
    /// White noise of `severity` times the stream's spread in the span is added; in text each word
    /// is scrambled with probability `severity / 4` (at most 0.9).
    Noise,
    /// The first value repeats.
    Frozen,
    /// A ramp that reaches `severity` times the stream's spread (plus a tenth of its mean
    /// magnitude) at the end. Text does not drift.
    Drift,
    /// The newest samples have not arrived: the last `severity / 4` of the span (at most 0.9) is
    /// empty. What did arrive keeps its true timestamps.
    Delay,
}

impl Failure {
    /// All failures, in a fixed order.
    pub const ALL: [Self; 5] = [Self::Missing, Self::Noise, Self::Frozen, Self::Drift, Self::Delay];

    /// The name used on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Noise => "noise",
            Self::Frozen => "frozen",
            Self::Drift => "drift",
            Self::Delay => "delay",
        }
    }

    /// The failure of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.name() == name)
    }

    /// Breaks stream `index` of `window`. A severity of 2 is plain to see, 0 does nothing.
    pub fn apply(self, window: &mut Window, index: usize, severity: f32, rng: &mut impl Rng) {
        if self == Self::Missing {
            window.drop_stream(index);
        } else if let Some(stream) = &mut window.streams[index] {
            self.apply_to(stream, window.span, severity, rng);
            if stream.times.is_empty() {
                window.streams[index] = None;
            }
        }
    }

    /// Breaks the part of `stream` inside `span`.
    pub fn apply_to(self, stream: &mut Stream, span: Span, severity: f32, rng: &mut impl Rng) {
        let range = stream.times.range(span);
        let stride = stream.samples.stride();
        let flat = range.start * stride..range.end * stride;
        match self {
            Self::Missing => remove(stream, range),
            Self::Delay => {
                let late = (severity as f64 / 4.0).clamp(0.0, 0.9) * span.micros() as f64;
                let from = span.end.offset(-(late.round() as i64));
                let late = stream.times.range(Span::new(from, span.end));
                remove(stream, late);
            }
            Self::Frozen => match &mut stream.samples {
                Samples::Text(entries) => {
                    if let Some(first) = entries.get(range.start).cloned() {
                        entries[range].fill(first);
                    }
                }
                Samples::Values { data, .. } | Samples::Images { data, .. } => {
                    let data = &mut data[flat];
                    if stride > 0 && data.len() > stride {
                        let (first, rest) = data.split_at_mut(stride);
                        for row in rest.chunks_exact_mut(stride) {
                            row.copy_from_slice(first);
                        }
                    }
                }
            },
            Self::Noise => match &mut stream.samples {
                Samples::Text(entries) => {
                    let rate = (severity / 4.0).clamp(0.0, 0.9);
                    for entry in &mut entries[range] {
                        *entry = scramble(entry, rate, rng);
                    }
                }
                Samples::Values { channels, data } => {
                    let (data, channels) = (&mut data[flat], (*channels).max(1));
                    for c in 0..channels {
                        let spread = spread_of(data.iter().skip(c).step_by(channels));
                        for v in data.iter_mut().skip(c).step_by(channels) {
                            let n: f32 = StandardNormal.sample(rng);
                            *v += severity * spread * n;
                        }
                    }
                }
                Samples::Images { data, .. } => {
                    let data = &mut data[flat];
                    let spread = spread_of(data.iter());
                    for v in data {
                        let n: f32 = StandardNormal.sample(rng);
                        *v = (*v + severity * spread * n).clamp(0.0, 1.0);
                    }
                }
            },
            Self::Drift => {
                let samples = range.len().max(1) as f32;
                let sign = if rng.random::<bool>() { 1.0 } else { -1.0 };
                match &mut stream.samples {
                    Samples::Text(_) => {}
                    Samples::Values { channels, data } => {
                        let (data, channels) = (&mut data[flat], (*channels).max(1));
                        for c in 0..channels {
                            let reach = sign * severity * reach_of(data.iter().skip(c).step_by(channels));
                            for (i, v) in data.iter_mut().skip(c).step_by(channels).enumerate() {
                                *v += reach * (i + 1) as f32 / samples;
                            }
                        }
                    }
                    Samples::Images { data, .. } => {
                        let data = &mut data[flat];
                        let reach = sign * severity * reach_of(data.iter());
                        for (i, row) in data.chunks_exact_mut(stride.max(1)).enumerate() {
                            for v in row {
                                *v = (*v + reach * (i + 1) as f32 / samples).clamp(0.0, 1.0);
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Standard deviation of the finite values; a constant signal counts by a hundredth of its size.
fn spread_of<'a>(values: impl Iterator<Item = &'a f32> + Clone) -> f32 {
    let finite = values.filter(|v| v.is_finite()).map(|v| f64::from(*v));
    let (n, sum, square) = finite.fold((0.0, 0.0, 0.0), |(n, s, q), v| (n + 1.0, s + v, q + v * v));
    if n == 0.0 {
        return 0.0;
    }
    let mean: f64 = sum / n;
    let deviation = (square / n - mean * mean).max(0.0).sqrt();
    deviation.max(1e-2 * mean.abs()) as f32
}

fn reach_of<'a>(values: impl Iterator<Item = &'a f32> + Clone) -> f32 {
    let finite = values.clone().filter(|v| v.is_finite());
    let (n, sum) = finite.fold((0.0f64, 0.0f64), |(n, s), v| (n + 1.0, s + f64::from(v.abs())));
    spread_of(values) + if n > 0.0 { 0.1 * (sum / n) as f32 } else { 0.0 }
}

fn remove(stream: &mut Stream, gone: std::ops::Range<usize>) {
    if gone.is_empty() {
        return;
    }
    let len = stream.times.len();
    if gone.end == len {
        stream.times = stream.times.slice(0..gone.start);
        stream.samples = stream.samples.slice(0..gone.start);
        return;
    }
    let stride = stream.samples.stride();
    let stamps: Vec<Timestamp> = (0..len).filter(|i| !gone.contains(i)).map(|i| stream.times.at(i)).collect();
    stream.times = TimeAxis::Stamped(stamps);
    match &mut stream.samples {
        Samples::Text(entries) => drop(entries.drain(gone)),
        Samples::Values { data, .. } | Samples::Images { data, .. } => {
            drop(data.drain(gone.start * stride..gone.end * stride));
        }
    }
}

fn scramble(entry: &str, rate: f32, rng: &mut impl Rng) -> String {
    let words = entry.split_whitespace().map(|word| {
        if rng.random::<f32>() >= rate {
            return word.to_string();
        }
        word.chars().map(|_| char::from(b'a' + rng.random_range(0..26u8))).collect()
    });
    words.collect::<Vec<String>>().join(" ")
}
