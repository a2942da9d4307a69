//! Whether a stream is there in a window, and how good it looks from the outside.

use crate::stream::{Samples, Stream};
use crate::time::Span;
use serde::{Deserialize, Serialize};

/// Present with a quality in `[0, 1]`, or missing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Presence {
    /// The stream has samples in the window.
    Present {
        /// 1 is perfect, 0 is useless.
        quality: f32,
    },
    /// There is nothing to look at.
    Missing,
}

impl Presence {
    /// Quality, 0 when missing.
    pub fn quality(self) -> f32 {
        match self {
            Self::Present { quality } => quality,
            Self::Missing => 0.0,
        }
    }

    /// Whether there is something to look at.
    pub fn is_present(self) -> bool {
        matches!(self, Self::Present { .. })
    }

    /// What can be seen without knowing the signal: the share of the expected samples that are
    /// there and finite, times the share that are not a frozen repetition of the sample before.
    ///
    /// Repetitions count only past half of the steps, because quantised or slow signals repeat now
    /// and then; a stream with one sample, and text, are judged by presence alone.
    pub fn of(stream: &Stream, span: Span) -> Self {
        let len = stream.times.len();
        if len == 0 {
            return Self::Missing;
        }
        let (data, stride) = match &stream.samples {
            Samples::Text(_) => return Self::Present { quality: 1.0 },
            Samples::Values { data, channels } => (data, *channels),
            Samples::Images { data, .. } => (data, stream.samples.stride()),
        };
        let finite = data.iter().filter(|v| v.is_finite()).count();
        if finite == 0 {
            return Self::Missing;
        }
        let expected = stream.spec.rate.map_or(len, |r| r.samples_in(span.micros())).max(len);
        let filled = finite as f32 / (expected * stride.max(1)) as f32;
        let moving = if len > 1 {
            let rows: Vec<&[f32]> = data.chunks_exact(stride.max(1)).collect();
            let same = rows.windows(2).filter(|w| w[0] == w[1]).count() as f32;
            let repeated = same / (len - 1) as f32;
            (2.0 - 2.0 * repeated).min(1.0)
        } else {
            1.0
        };
        Self::Present { quality: (filled * moving).clamp(0.0, 1.0) }
    }
}
