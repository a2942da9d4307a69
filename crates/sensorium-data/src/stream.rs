//! One named source with its own timestamps.

use crate::time::{Hertz, Span, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// What kind of signal a stream carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Modality {
    /// Still images, one per timestamp.
    Image,
    /// Moving images.
    Video,
    /// Sound.
    Audio,
    /// Words: logs, subtitles, speech transcripts.
    Text,
    /// Point clouds.
    Points,
    /// Numbers over time.
    Series,
    /// One row of numbers.
    Table,
}

impl fmt::Display for Modality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Text => "text",
            Self::Points => "points",
            Self::Series => "series",
            Self::Table => "table",
        })
    }
}

/// What a stream is, apart from its samples.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StreamSpec {
    /// Unique name in the dataset.
    pub name: String,
    /// Kind of signal.
    pub modality: Modality,
    /// Nominal samples per second; `None` for events (text, irregular images).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<Hertz>,
    /// Names of the value channels (series, audio, table), or `["gray"]` / `["red", "green", "blue"]`.
    #[serde(default)]
    pub channels: Vec<String>,
    /// Unit of the values, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Height and width in pixels (image, video).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<[usize; 2]>,
}

/// When the samples of a stream were taken; never decreasing.
#[derive(Clone, Debug, PartialEq)]
pub enum TimeAxis {
    /// Evenly spaced samples.
    Regular {
        /// Time of the first sample.
        start: Timestamp,
        /// Samples per second.
        rate: Hertz,
        /// Number of samples.
        len: usize,
    },
    /// One timestamp a sample, sorted.
    Stamped(Vec<Timestamp>),
}

impl TimeAxis {
    /// Number of samples.
    pub fn len(&self) -> usize {
        match self {
            Self::Regular { len, .. } => *len,
            Self::Stamped(times) => times.len(),
        }
    }

    /// Whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Time of sample `index`; an index past the end extrapolates a regular axis and repeats the
    /// last stamp of a stamped one.
    pub fn at(&self, index: usize) -> Timestamp {
        match self {
            Self::Regular { start, rate, .. } => {
                start.offset((index as f64 * rate.period_micros()).round() as i64)
            }
            Self::Stamped(times) => times.get(index).or(times.last()).copied().unwrap_or_default(),
        }
    }

    /// Indices of the samples inside `span`.
    pub fn range(&self, span: Span) -> Range<usize> {
        match self {
            Self::Regular { start, rate, len } => {
                // First index whose rounded time is at or after `t`.
                let first = |t: Timestamp| {
                    let exact = (t.as_micros() - start.as_micros()) as f64 / rate.period_micros();
                    let mut index = (exact - 1.0).floor().clamp(0.0, *len as f64) as usize;
                    while index < *len && self.at(index) < t {
                        index += 1;
                    }
                    index
                };
                let from = first(span.start);
                from..first(span.end).max(from)
            }
            Self::Stamped(times) => {
                let from = times.partition_point(|t| *t < span.start);
                from..times.partition_point(|t| *t < span.end).max(from)
            }
        }
    }

    /// The axis of the samples `range` alone.
    pub fn slice(&self, range: Range<usize>) -> Self {
        match self {
            Self::Regular { rate, .. } => {
                Self::Regular { start: self.at(range.start), rate: *rate, len: range.len() }
            }
            Self::Stamped(times) => Self::Stamped(times[range].to_vec()),
        }
    }

    /// Time of the last sample.
    pub fn last(&self) -> Option<Timestamp> {
        self.len().checked_sub(1).map(|i| self.at(i))
    }
}

/// The samples of a stream, in time order.
#[derive(Clone, Debug, PartialEq)]
pub enum Samples {
    /// Numbers, `[time, channel]` row-major; NaN marks a missing value. Series, audio, table.
    Values {
        /// Values per sample.
        channels: usize,
        /// Row-major values.
        data: Vec<f32>,
    },
    /// Pictures, `[time, channel, height, width]`, values in `[0, 1]`. Image, video.
    Images {
        /// 1 (gray) or 3 (red, green, blue).
        channels: usize,
        /// Pixels.
        height: usize,
        /// Pixels.
        width: usize,
        /// Values.
        data: Vec<f32>,
    },
    /// Words, one entry per timestamp; an entry holds until the next one.
    Text(Vec<String>),
}

impl Samples {
    /// Numbers per sample (0 for text).
    pub fn stride(&self) -> usize {
        match self {
            Self::Values { channels, .. } => *channels,
            Self::Images { channels, height, width, .. } => channels * height * width,
            Self::Text(_) => 0,
        }
    }

    /// The samples `range` alone.
    pub fn slice(&self, range: Range<usize>) -> Self {
        let flat = range.start * self.stride()..range.end * self.stride();
        match self {
            Self::Values { channels, data } => {
                Self::Values { channels: *channels, data: data[flat].to_vec() }
            }
            Self::Images { channels, height, width, data } => Self::Images {
                channels: *channels,
                height: *height,
                width: *width,
                data: data[flat].to_vec(),
            },
            Self::Text(entries) => Self::Text(entries[range].to_vec()),
        }
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        match self {
            Self::Text(entries) => entries.len(),
            Self::Values { data, .. } | Self::Images { data, .. } => data.len() / self.stride().max(1),
        }
    }

    /// Whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// One named source with its own timestamps: a whole recording of it, or the part inside a window.
#[derive(Clone, Debug, PartialEq)]
pub struct Stream {
    /// What the stream is.
    pub spec: Arc<StreamSpec>,
    /// When its samples were taken; as long as `samples`.
    pub times: TimeAxis,
    /// The samples.
    pub samples: Samples,
}

impl Stream {
    /// A stream, or a sentence saying what does not fit (lengths differ, times run backwards, or
    /// the samples are not of the kind that the modality takes).
    pub fn new(spec: Arc<StreamSpec>, times: TimeAxis, samples: Samples) -> Result<Self, String> {
        if times.len() != samples.len() {
            return Err(format!("{} timestamps for {} samples", times.len(), samples.len()));
        }
        if let TimeAxis::Stamped(stamps) = &times
            && let Some(at) = stamps.windows(2).position(|w| w[1] < w[0])
        {
            return Err(format!("timestamps run backwards after sample {at}"));
        }
        let fits = matches!(
            (spec.modality, &samples),
            (Modality::Series | Modality::Audio | Modality::Table, Samples::Values { .. })
                | (Modality::Image | Modality::Video, Samples::Images { .. })
                | (Modality::Text, Samples::Text(_))
        );
        if !fits {
            return Err(format!("samples of the wrong kind for modality {}", spec.modality));
        }
        Ok(Self { spec, times, samples })
    }

    /// The part inside `span`. Text and tables hold: the entry that was current when the span began
    /// comes along.
    pub fn cut(&self, span: Span) -> Self {
        let mut range = self.times.range(span);
        if matches!(self.spec.modality, Modality::Text | Modality::Table)
            && range.start > 0
            && (range.is_empty() || self.times.at(range.start) > span.start)
        {
            range.start -= 1;
        }
        Self {
            spec: self.spec.clone(),
            times: self.times.slice(range.clone()),
            samples: self.samples.slice(range),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn series(rate: f64, len: usize) -> Stream {
        let spec = StreamSpec {
            name: "s".into(),
            modality: Modality::Series,
            rate: Hertz::new(rate),
            channels: vec!["x".into()],
            unit: None,
            size: None,
        };
        let times = TimeAxis::Regular { start: Timestamp::ZERO, rate: Hertz::new(rate).unwrap(), len };
        let data = (0..len).map(|i| i as f32).collect();
        Stream::new(Arc::new(spec), times, Samples::Values { channels: 1, data }).unwrap()
    }

    proptest! {
        #[test]
        fn consecutive_spans_partition_the_samples(rate in 0.3f64..3000.0, len in 0usize..500, cut in 0i64..5_000_000) {
            let stream = series(rate, len);
            let at = Timestamp::from_micros;
            let far = at(i64::MAX / 4);
            let left = stream.times.range(Span::new(at(i64::MIN / 4), at(cut)));
            let right = stream.times.range(Span::new(at(cut), far));
            prop_assert_eq!(left.end, right.start);
            prop_assert_eq!((left.start, right.end), (0, len));
        }

        #[test]
        fn stamped_and_regular_axes_agree(rate in 0.5f64..900.0, len in 1usize..200, from in 0i64..2_000_000, length in 0i64..2_000_000) {
            let stream = series(rate, len);
            let stamps = TimeAxis::Stamped((0..len).map(|i| stream.times.at(i)).collect());
            let span = Span::lasting(Timestamp::from_micros(from), length);
            prop_assert_eq!(stream.times.range(span).len(), stamps.range(span).len());
        }
    }

    #[test]
    fn lengths_must_agree() {
        let stream = series(1.0, 3);
        let wrong = Samples::Values { channels: 1, data: vec![0.0] };
        assert!(Stream::new(stream.spec, stream.times, wrong).unwrap_err().contains("3 timestamps for 1"));
    }
}
