//! Counts of what was put right while reading.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What was repaired or dropped while one recording was read; all zero for a clean recording.
///
/// Each field is a row of the policy table in [`crate::read`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Repairs {
    /// Samples that were older than one before them and were moved to their place.
    pub reordered: u64,
    /// Samples dropped because an earlier one had the same timestamp.
    pub duplicates_dropped: u64,
    /// Values that were missing or not a number; they stand as NaN in the samples.
    pub nan_cells: u64,
    /// Infinite values, or values too large for `f32`; they stand as NaN in the samples.
    pub inf_cells: u64,
    /// Samples dropped because their timestamps lie years after their neighbours.
    pub future_dropped: u64,
    /// Times that the clock was set back; what follows was moved to continue where it stopped.
    pub clock_jumps: u64,
    /// Files that end in the middle; what came before the end was kept.
    pub truncated: u64,
    /// Rows or lines dropped because their time cell is empty.
    pub untimed_dropped: u64,
    /// Pictures that could not be decoded and were left out of their sequence.
    pub unreadable_frames: u64,
    /// Lines whose bytes are not UTF-8; the bad bytes were replaced by U+FFFD.
    pub invalid_utf8: u64,
    /// Lines of text without a time of their own, joined to the entry before.
    pub continued_lines: u64,
    /// Streams that have a file but no sample; they count as missing.
    pub empty_streams: u64,
}

impl Repairs {
    /// Names and counts, in the order of the fields.
    pub fn entries(&self) -> [(&'static str, u64); 12] {
        [
            ("reordered", self.reordered),
            ("duplicates dropped", self.duplicates_dropped),
            ("missing or NaN cells", self.nan_cells),
            ("infinite cells", self.inf_cells),
            ("future samples dropped", self.future_dropped),
            ("clock jumps", self.clock_jumps),
            ("truncated files", self.truncated),
            ("rows without a time dropped", self.untimed_dropped),
            ("unreadable frames", self.unreadable_frames),
            ("lines that are not UTF-8", self.invalid_utf8),
            ("continued lines", self.continued_lines),
            ("empty streams", self.empty_streams),
        ]
    }

    /// Number of repairs of any kind.
    pub fn total(&self) -> u64 {
        self.entries().iter().map(|(_, n)| n).sum()
    }

    /// Adds the counts of `other`.
    pub fn add(&mut self, other: &Self) {
        self.reordered += other.reordered;
        self.duplicates_dropped += other.duplicates_dropped;
        self.nan_cells += other.nan_cells;
        self.inf_cells += other.inf_cells;
        self.future_dropped += other.future_dropped;
        self.clock_jumps += other.clock_jumps;
        self.truncated += other.truncated;
        self.untimed_dropped += other.untimed_dropped;
        self.unreadable_frames += other.unreadable_frames;
        self.invalid_utf8 += other.invalid_utf8;
        self.continued_lines += other.continued_lines;
        self.empty_streams += other.empty_streams;
    }
}

impl fmt::Display for Repairs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = self.entries();
        let parts: Vec<String> =
            counts.iter().filter(|(_, n)| *n > 0).map(|(name, n)| format!("{n} {name}")).collect();
        if parts.is_empty() { f.write_str("nothing to repair") } else { f.write_str(&parts.join(", ")) }
    }
}
