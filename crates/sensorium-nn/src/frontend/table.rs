//! One row of numbers.

use super::StreamFeatures;
use sensorium_data::{Samples, Span, Stream};
use serde::{Deserialize, Serialize};

/// The newest row of a table, with a flag beside each value that says whether it was there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableFrontend {
    /// Columns.
    pub channels: usize,
}

impl TableFrontend {
    /// Numbers in a token.
    pub fn width(&self) -> usize {
        2 * self.channels
    }

    pub(super) fn features(&self, stream: &Stream, span: Span) -> Option<StreamFeatures> {
        let Samples::Values { channels, data } = &stream.samples else { return None };
        if *channels != self.channels || data.len() < self.channels {
            return None;
        }
        let row = &data[data.len() - self.channels..];
        // A missing cell stays so: the normaliser passes over it and puts it at the mean.
        let values = row.iter().map(|v| if v.is_finite() { *v } else { f32::NAN });
        let there = row.iter().map(|v| f32::from(u8::from(v.is_finite())));
        let at = stream.times.last().map_or(0.0, |t| t.ms_since(span.start));
        Some(StreamFeatures {
            values: values.chain(there).collect(),
            start_ms: vec![at],
            end_ms: vec![at],
            mask: vec![true],
            quality: 0.0,
            staleness: 0.0,
        })
    }
}
