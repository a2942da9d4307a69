//! Moving and stretching subtitles.

use super::cues::sort;
use super::{Cue, Subtitles};
use crate::error::DataError;
use crate::time::{Span, Timestamp};

impl Subtitles {
    /// These cues with every time multiplied by `scale` (1 + drift; 25 / 23.976 for a film that was
    /// sped up) and then moved by `offset_micros` (negative: earlier).
    ///
    /// A start before zero becomes zero and is counted; a cue that ends at or before zero is dropped
    /// and counted.
    ///
    /// # Errors
    ///
    /// When `scale` is not a finite positive number.
    pub fn shifted(&self, offset_micros: i64, scale: f64) -> Result<Self, DataError> {
        if !(scale.is_finite() && scale > 0.0) {
            return Err(DataError::Invalid(format!(
                "subtitles cannot be stretched by {scale}; give a positive number near 1"
            )));
        }
        let moved = |time: Timestamp| {
            let micros = time.as_micros();
            // A scale of one leaves the times exact.
            let micros = if scale == 1.0 { micros } else { (micros as f64 * scale).round() as i64 };
            Timestamp::from_micros(micros).offset(offset_micros)
        };
        let mut repairs = self.repairs;
        let mut cues = Vec::with_capacity(self.cues.len());
        for cue in &self.cues {
            let (start, end) = (moved(cue.span.start), moved(cue.span.end));
            if end <= Timestamp::ZERO {
                repairs.before_zero_dropped += 1;
                continue;
            }
            repairs.clamped += u64::from(start < Timestamp::ZERO);
            cues.push(Cue { span: Span::new(start.max(Timestamp::ZERO), end), text: cue.text.clone() });
        }
        sort(&mut cues);
        Ok(Self { cues, repairs })
    }
}
