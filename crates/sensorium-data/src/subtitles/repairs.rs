//! Counts of what was put right while subtitles were read or shifted.

use serde::{Deserialize, Serialize};

/// What was repaired or dropped in one subtitle file; all zero for a clean one.
///
/// Each field is a row of the table in [`crate::subtitles`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SubtitleRepairs {
    /// Lines that are not UTF-8 and were read as Latin-1 (Windows-1252).
    pub latin1_lines: u64,
    /// UTF-16 units without meaning, replaced by U+FFFD.
    pub replaced_characters: u64,
    /// Lines of text before the first cue of an SRT file, left out.
    pub stray_lines: u64,
    /// SRT cues whose number is missing, is not a number, or is out of sequence.
    pub bad_indices: u64,
    /// Cues dropped because a time cannot be read.
    pub unreadable_times: u64,
    /// Cues dropped because they do not end after they start.
    pub backward_dropped: u64,
    /// Cues dropped because they have no text.
    pub empty_dropped: u64,
    /// Blank lines inside a cue's text, left out.
    pub inner_blank_lines: u64,
    /// Cues that started before an earlier one and were moved to their place in time.
    pub reordered: u64,
    /// Times before zero, set to zero (by [`shifted`](super::Subtitles::shifted)).
    pub clamped: u64,
    /// Cues that lie wholly before zero, dropped (by [`shifted`](super::Subtitles::shifted)).
    pub before_zero_dropped: u64,
}

impl SubtitleRepairs {
    /// Names and counts, in the order of the fields.
    pub fn entries(&self) -> [(&'static str, u64); 11] {
        [
            ("lines read as Latin-1", self.latin1_lines),
            ("characters replaced", self.replaced_characters),
            ("lines before the first cue", self.stray_lines),
            ("bad cue numbers", self.bad_indices),
            ("cues with unreadable times dropped", self.unreadable_times),
            ("cues that end before they start dropped", self.backward_dropped),
            ("empty cues dropped", self.empty_dropped),
            ("blank lines inside cues", self.inner_blank_lines),
            ("cues reordered", self.reordered),
            ("times before zero clamped", self.clamped),
            ("cues before zero dropped", self.before_zero_dropped),
        ]
    }

    /// Number of repairs of any kind.
    pub fn total(&self) -> u64 {
        self.entries().iter().map(|(_, n)| n).sum()
    }
}
