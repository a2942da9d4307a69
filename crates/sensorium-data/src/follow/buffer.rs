//! The samples of one stream that a window may still need.

use crate::stream::{Modality, Samples, Stream, StreamSpec, TimeAxis};
use crate::time::{Span, Timestamp};
use std::sync::Arc;

/// What one stream has at one time.
#[derive(Clone, Debug, PartialEq)]
pub enum Sample {
    /// One value a channel, or the values of a picture, `[channel, height, width]`.
    Numbers(Vec<f32>),
    /// Words.
    Text(String),
}

/// Samples in time order; the oldest go when no window needs them any more.
#[derive(Debug)]
pub(super) struct StreamBuffer {
    spec: Arc<StreamSpec>,
    times: Vec<Timestamp>,
    samples: Samples,
    /// Samples that were known and are gone.
    evicted: usize,
}

/// Where a sample went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Placed {
    AtEnd,
    Between,
    /// There was a sample of that time; it stays.
    Duplicate,
}

impl StreamBuffer {
    pub fn new(spec: &Arc<StreamSpec>) -> Self {
        let channels = spec.channels.len().max(1);
        let samples = match spec.modality {
            Modality::Text => Samples::Text(Vec::new()),
            Modality::Image | Modality::Video => {
                let [height, width] = spec.size.unwrap_or([1, 1]);
                Samples::Images { channels, height, width, data: Vec::new() }
            }
            _ => Samples::Values { channels, data: Vec::new() },
        };
        Self { spec: spec.clone(), times: Vec::new(), samples, evicted: 0 }
    }

    /// Whether an entry holds until the next one.
    pub fn holds(&self) -> bool {
        matches!(self.spec.modality, Modality::Text | Modality::Table)
    }

    /// Puts a sample in its place in time, after those of the same time.
    pub fn push(&mut self, time: Timestamp, sample: Sample) -> Result<Placed, String> {
        let at = self.times.partition_point(|t| *t <= time);
        let end = at == self.times.len();
        let stride = self.samples.stride();
        match (&mut self.samples, sample) {
            (Samples::Text(entries), Sample::Text(text)) => entries.insert(at, text),
            (Samples::Values { data, .. } | Samples::Images { data, .. }, Sample::Numbers(values)) => {
                if values.len() != stride {
                    let message = format!("has {} values a sample, not {stride}", values.len());
                    return Err(format!("stream `{}`: the sample {message}", self.spec.name));
                }
                if at > 0 && self.times[at - 1] == time {
                    return Ok(Placed::Duplicate);
                }
                if end {
                    data.extend(values);
                } else {
                    data.splice(at * stride..at * stride, values);
                }
            }
            (_, Sample::Text(_)) => {
                return Err(format!(
                    "stream `{}` takes numbers ({}), not words",
                    self.spec.name, self.spec.modality
                ));
            }
            (_, Sample::Numbers(_)) => {
                return Err(format!("stream `{}` takes words, not numbers", self.spec.name));
            }
        }
        self.times.insert(at, time);
        Ok(if end { Placed::AtEnd } else { Placed::Between })
    }

    /// Number of samples before `time` that are or were known.
    pub fn known_before(&self, time: Timestamp) -> usize {
        self.evicted + self.times.partition_point(|t| *t < time)
    }

    /// Takes all samples of `stream` from `keep` on in the place of those held.
    pub fn replace(&mut self, stream: &Stream, keep: Option<Timestamp>) {
        let len = stream.times.len();
        let from = keep.map_or(0, |time| self.first_needed(len, |i| stream.times.at(i), time));
        self.times = (from..len).map(|i| stream.times.at(i)).collect();
        self.samples = stream.samples.slice(from..len);
        self.evicted = from;
    }

    /// Lets go of what lies before `time`.
    pub fn evict(&mut self, time: Timestamp) {
        let from = self.first_needed(self.times.len(), |i| self.times[i], time);
        if from > 0 {
            let stride = self.samples.stride();
            self.times.drain(..from);
            match &mut self.samples {
                Samples::Text(entries) => drop(entries.drain(..from)),
                Samples::Values { data, .. } | Samples::Images { data, .. } => {
                    drop(data.drain(..from * stride));
                }
            }
            self.evicted += from;
        }
    }

    /// The first of `len` samples that a window from `time` on looks at.
    fn first_needed(&self, len: usize, at: impl Fn(usize) -> Timestamp, time: Timestamp) -> usize {
        let (mut low, mut high) = (0, len);
        while low < high {
            let middle = low.midpoint(high);
            if at(middle) < time { low = middle + 1 } else { high = middle }
        }
        low.saturating_sub(usize::from(self.holds()))
    }

    pub fn first(&self) -> Option<Timestamp> {
        self.times.first().copied()
    }

    pub fn last(&self) -> Option<Timestamp> {
        self.times.last().copied()
    }

    /// Just after the last sample, a period later where there is a rate.
    pub fn end(&self) -> Option<Timestamp> {
        let period = self.spec.rate.map_or(0, |r| r.period_micros().round() as i64);
        self.last().map(|t| t.offset(period.max(1)))
    }

    /// Time of the first sample at or after `time`.
    pub fn next_from(&self, time: Timestamp) -> Option<Timestamp> {
        self.times.get(self.times.partition_point(|t| *t < time)).copied()
    }

    /// What lies in `span`, as a window has it.
    pub fn cut(&self, span: Span) -> Stream {
        let stream = Stream {
            spec: self.spec.clone(),
            times: TimeAxis::Stamped(self.times.clone()),
            samples: self.samples.clone(),
        };
        stream.cut(span)
    }
}
