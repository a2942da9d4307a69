//! Streams on one clock, and the windows cut from them.

use crate::presence::Presence;
use crate::stream::{Samples, Stream};
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// What is to be learned about a span of time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Target {
    /// Nothing is known.
    Unknown,
    /// One class out of the task's list.
    Class(usize),
    /// For each of the task's labels, whether it holds.
    Labels(Vec<bool>),
    /// One number for each of the task's outputs.
    Values(Vec<f32>),
}

/// What a model predicts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Task {
    /// Exactly one of several classes.
    Classification {
        /// Class names; targets are positions in this list.
        classes: Vec<String>,
    },
    /// Any number of labels at once.
    MultiLabel {
        /// Label names.
        labels: Vec<String>,
    },
    /// Numbers.
    Regression {
        /// Output names.
        outputs: Vec<String>,
    },
    /// Normal or not, learned from normal data alone. Targets, where known, are for evaluation:
    /// class 0 is normal, 1 is anomalous.
    OneClass,
}

impl Task {
    /// Number of values that a head for this task returns.
    pub fn outputs(&self) -> usize {
        match self {
            Self::Classification { classes } => classes.len(),
            Self::MultiLabel { labels } => labels.len(),
            Self::Regression { outputs } => outputs.len(),
            Self::OneClass => 1,
        }
    }
}

/// A target that holds over a span.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Annotation {
    /// Where it holds.
    pub span: Span,
    /// What holds.
    pub target: Target,
}

/// Streams on one clock, in the order of the dataset's stream list.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// Name, unique in the dataset (usually the file stem).
    pub name: String,
    /// Group that must not be split between training and evaluation (a machine, a patient).
    pub group: String,
    /// One entry a stream of the dataset; `None` where this recording lacks it.
    pub streams: Vec<Option<Stream>>,
    /// What is known, sorted by start.
    pub annotations: Vec<Annotation>,
}

impl Recording {
    /// From the first sample of any stream to just after the last; `None` when there is no sample.
    pub fn span(&self) -> Option<Span> {
        let filled = || self.streams.iter().flatten().filter(|s| !s.times.is_empty());
        let start = filled().map(|s| s.times.at(0)).min()?;
        let end = filled()
            .filter_map(|s| {
                let period = s.spec.rate.map_or(0, |r| r.period_micros().round() as i64);
                s.times.last().map(|t| t.offset(period.max(1)))
            })
            .max()?;
        Some(Span::new(start, end))
    }

    /// The window over `span`: what each stream had inside it.
    pub fn window(&self, span: Span) -> Window {
        Window {
            recording: self.name.clone(),
            group: self.group.clone(),
            span,
            streams: self.streams.iter().map(|s| s.as_ref().map(|s| s.cut(span))).collect(),
            target: self.target_over(span),
        }
    }

    /// Windows of `length` µs every `stride` µs from the first sample on, whole windows only.
    pub fn windows(&self, length: i64, stride: i64) -> impl Iterator<Item = Window> + '_ {
        let whole = self.span().unwrap_or(Span::new(Timestamp::ZERO, Timestamp::ZERO));
        let (length, stride) = (length.max(1), stride.max(1));
        // Half a millisecond of slack: rounding of the last sample's time must not cost a window.
        let count = ((whole.micros() + 500 - length) / stride + 1).max(0);
        let count = if whole.micros() + 500 < length { 0 } else { count };
        (0..count).map(move |i| self.window(Span::lasting(whole.start.offset(i * stride), length)))
    }

    /// The target that covers most of `span`. Labels are joined over the span (any), values averaged
    /// by overlap, classes chosen by the longest overlap.
    pub fn target_over(&self, span: Span) -> Target {
        let overlaps: Vec<(i64, &Target)> = self
            .annotations
            .iter()
            .map(|a| (a.span.intersect(span).micros(), &a.target))
            .filter(|(micros, _)| *micros > 0)
            .collect();
        let mut by_class: std::collections::BTreeMap<usize, i64> = Default::default();
        let mut labels: Option<Vec<bool>> = None;
        let mut values: Option<(Vec<f64>, i64)> = None;
        for (micros, target) in overlaps {
            match target {
                Target::Unknown => {}
                Target::Class(class) => *by_class.entry(*class).or_default() += micros,
                Target::Labels(here) => {
                    let all = labels.get_or_insert_with(|| vec![false; here.len()]);
                    for (any, one) in all.iter_mut().zip(here) {
                        *any |= one;
                    }
                }
                Target::Values(here) => {
                    let (sum, total) = values.get_or_insert_with(|| (vec![0.0; here.len()], 0));
                    for (s, v) in sum.iter_mut().zip(here) {
                        *s += *v as f64 * micros as f64;
                    }
                    *total += micros;
                }
            }
        }
        if let Some((class, _)) = by_class.into_iter().max_by_key(|(class, t)| (*t, usize::MAX - class)) {
            Target::Class(class)
        } else if let Some(labels) = labels {
            Target::Labels(labels)
        } else if let Some((sum, total)) = values {
            Target::Values(sum.iter().map(|s| (s / total as f64) as f32).collect())
        } else {
            Target::Unknown
        }
    }
}

/// A time span cut from a recording. Its span's start is the origin that token times count from.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// Name of the recording.
    pub recording: String,
    /// Its group.
    pub group: String,
    /// Where the window lies.
    pub span: Span,
    /// One entry a stream; `None` or no samples means missing.
    pub streams: Vec<Option<Stream>>,
    /// What is to be learned.
    pub target: Target,
}

impl Window {
    /// Whether stream `index` is there, and how good it looks: see [`Presence::of`].
    pub fn presence(&self, index: usize) -> Presence {
        self.streams[index].as_ref().map_or(Presence::Missing, |s| Presence::of(s, self.span))
    }

    /// Age of the newest sample of stream `index` when the window closes, in milliseconds, less one
    /// sampling period; 0 for a stream that is up to date, the window's length for one that is missing.
    pub fn staleness_ms(&self, index: usize) -> f32 {
        let full = (self.span.micros() as f64 * 1e-3) as f32;
        let Some(stream) = &self.streams[index] else { return full };
        let Some(last) = stream.times.last() else { return full };
        let period = stream.spec.rate.map_or(0.0, |r| r.period_micros() * 1e-3) as f32;
        (self.span.end.ms_since(last) - period).max(0.0)
    }

    /// The same window with every stream missing.
    pub fn clone_frame(&self) -> Self {
        Self {
            recording: self.recording.clone(),
            group: self.group.clone(),
            span: self.span,
            streams: vec![None; self.streams.len()],
            target: self.target.clone(),
        }
    }

    /// Takes stream `index` away.
    pub fn drop_stream(&mut self, index: usize) {
        self.streams[index] = None;
    }

    /// Bytes of sample data held.
    pub fn bytes(&self) -> usize {
        self.streams
            .iter()
            .flatten()
            .map(|s| match &s.samples {
                Samples::Values { data, .. } | Samples::Images { data, .. } => data.len() * 4,
                Samples::Text(entries) => entries.iter().map(String::len).sum(),
            })
            .sum()
    }
}
