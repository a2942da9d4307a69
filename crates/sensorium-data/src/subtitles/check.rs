//! Whether subtitles can belong to a video.

use super::Subtitles;
use crate::time::Timestamp;
use std::fmt;

/// Something about subtitles that makes them unlikely to fit their video.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubtitleWarning {
    /// Every cue starts at zero: the times were lost.
    AllStartAtZero {
        /// Number of cues.
        cues: usize,
    },
    /// Cues that start at or after the end of the video.
    BeyondEnd {
        /// Number of such cues.
        cues: usize,
        /// Number of cues in all.
        of: usize,
        /// When the last cue ends.
        last: Timestamp,
        /// Length of the video in microseconds.
        video_micros: i64,
    },
}

impl fmt::Display for SubtitleWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AllStartAtZero { cues } => {
                write!(f, "all {cues} cues start at 0: their times were lost; get the subtitles anew")
            }
            Self::BeyondEnd { cues, of, last, video_micros } => write!(
                f,
                "{cues} of {of} cues lie beyond the video's end ({:.3} s; the last cue ends at {:.3} s); \
                 check that the subtitles belong to this video, or shift them",
                *video_micros as f64 * 1e-6,
                last.as_seconds()
            ),
        }
    }
}

impl Subtitles {
    /// What speaks against these subtitles for a video of `video_micros` microseconds; empty when
    /// nothing does.
    pub fn check(&self, video_micros: i64) -> Vec<SubtitleWarning> {
        let mut warnings = Vec::new();
        let of = self.cues.len();
        // A single cue at zero is a fine title.
        if of > 1 && self.cues.iter().all(|cue| cue.span.start == Timestamp::ZERO) {
            warnings.push(SubtitleWarning::AllStartAtZero { cues: of });
        }
        let cues = self.cues.iter().filter(|cue| cue.span.start.as_micros() >= video_micros).count();
        let last = self.cues.iter().map(|cue| cue.span.end).max();
        if let (1.., Some(last)) = (cues, last) {
            warnings.push(SubtitleWarning::BeyondEnd { cues, of, last, video_micros });
        }
        warnings
    }
}
