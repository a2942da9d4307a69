//! Pictures as they are.

use super::StreamFeatures;
use sensorium_data::{Samples, Span, Stream};
use serde::{Deserialize, Serialize};

/// Up to `frames` pictures of a window, evenly chosen, the newest always among them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImageFrontend {
    /// Pictures in a window.
    pub frames: usize,
    /// 1 or 3.
    pub channels: usize,
    /// Pixels.
    pub height: usize,
    /// Pixels.
    pub width: usize,
}

impl ImageFrontend {
    pub(super) fn features(&self, stream: &Stream, span: Span) -> Option<StreamFeatures> {
        let Samples::Images { channels, height, width, data } = &stream.samples else { return None };
        let count = stream.times.len();
        if (*channels, *height, *width) != (self.channels, self.height, self.width) || count == 0 {
            return None;
        }
        let stride = channels * height * width;
        let hold = stream.spec.rate.map_or(0.0, |r| (r.period_micros() * 1e-3) as f32);
        let mut features = StreamFeatures {
            values: Vec::with_capacity(self.frames * stride),
            start_ms: Vec::new(),
            end_ms: Vec::new(),
            mask: Vec::new(),
            quality: 0.0,
            staleness: 0.0,
        };
        let used = count.min(self.frames);
        for slot in 0..self.frames {
            if slot < used {
                let pick = ((slot + 1) * count).div_ceil(used) - 1;
                let picture = &data[pick * stride..(pick + 1) * stride];
                features.values.extend_from_slice(picture);
                let at = stream.times.at(pick).ms_since(span.start);
                features.start_ms.push(at);
                features.end_ms.push(at + hold);
                features.mask.push(true);
            } else {
                features.values.resize(features.values.len() + stride, 0.0);
                features.start_ms.push(0.0);
                features.end_ms.push(0.0);
                features.mask.push(false);
            }
        }
        Some(features)
    }
}
