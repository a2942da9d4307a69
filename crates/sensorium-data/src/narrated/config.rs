//! Settings of the simulator.

use crate::DataError;
use serde::{Deserialize, Serialize};

/// Settings of a set of narrated videos.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NarratedConfig {
    /// Height and width of a frame in pixels, at least 8.
    pub side: usize,
    /// Nominal frames per second; the time stamps wander about it.
    pub frames_per_second: f64,
    /// Furthest a frame's time is from its nominal time, as a share of the nominal interval, below 0.5.
    pub frame_jitter: f64,
    /// Share of the frames that are dropped.
    pub frame_drops: f64,
    /// Number of actions in a video.
    pub actions: usize,
    /// Shortest and longest action, in seconds.
    pub action_seconds: (f64, f64),
    /// Shortest and longest pause after an action, in seconds.
    pub pause_seconds: (f64, f64),
    /// Fewest and most actions that one object does in a row.
    pub actions_per_object: (usize, usize),
    /// Time before the first action, in seconds.
    pub lead_seconds: f64,
    /// Share of the videos' scenes whose background pans.
    pub panning: f64,
    /// Standard deviation of the error of each cue's start and of its end, in milliseconds.
    pub cue_jitter_ms: f64,
    /// Standard deviation of an error that moves a whole cue, in milliseconds.
    pub cue_shift_ms: f64,
    /// Standard deviation of the offset of a video's narration, in milliseconds.
    pub offset_ms: f64,
    /// Standard deviation of the rate error of a video's narration, in parts per million.
    pub drift_ppm: f64,
    /// Share of the words that are wrong, missing or too many.
    pub word_errors: f64,
    /// Share of the narrations that say nothing of the action.
    pub chatter: f64,
    /// Share of the actions without narration.
    pub missing: f64,
}

impl Default for NarratedConfig {
    fn default() -> Self {
        Self {
            side: 64,
            frames_per_second: 12.0,
            frame_jitter: 0.3,
            frame_drops: 0.05,
            actions: 24,
            action_seconds: (0.6, 1.4),
            pause_seconds: (0.1, 0.8),
            actions_per_object: (3, 5),
            lead_seconds: 0.5,
            panning: 0.6,
            cue_jitter_ms: 50.0,
            cue_shift_ms: 0.0,
            offset_ms: 500.0,
            drift_ppm: 0.0,
            word_errors: 0.1,
            chatter: 0.05,
            missing: 0.0,
        }
    }
}

impl NarratedConfig {
    /// Checks the settings.
    ///
    /// # Errors
    ///
    /// [`DataError::Invalid`] names the first setting that is out of its range.
    pub fn validate(&self) -> Result<(), DataError> {
        let invalid = |message: String| Err(DataError::Invalid(message));
        if self.side < 8 || self.side > 4096 {
            return invalid(format!("side must be 8 to 4096 pixels, not {}", self.side));
        }
        if !(self.frames_per_second >= 1.0 && self.frames_per_second <= 240.0) {
            return invalid(format!("frames_per_second must be 1 to 240, not {}", self.frames_per_second));
        }
        if !(0.0..0.5).contains(&self.frame_jitter) {
            return invalid(format!(
                "frame_jitter must be at least 0 and below 0.5, not {}",
                self.frame_jitter
            ));
        }
        if self.actions == 0 || self.actions_per_object.0 == 0 {
            return invalid("a video and an object need at least one action".into());
        }
        if self.actions_per_object.0 > self.actions_per_object.1 {
            return invalid("actions_per_object must be (fewest, most)".into());
        }
        for (name, (low, high), least) in
            [("action_seconds", self.action_seconds, 0.05), ("pause_seconds", self.pause_seconds, 0.0)]
        {
            if !(low >= least && low <= high && high <= 60.0) {
                return invalid(format!("{name} must rise from at least {least} to at most 60 seconds"));
            }
        }
        for (name, share) in [
            ("frame_drops", self.frame_drops),
            ("panning", self.panning),
            ("word_errors", self.word_errors),
            ("chatter", self.chatter),
            ("missing", self.missing),
        ] {
            if !(0.0..=1.0).contains(&share) {
                return invalid(format!("{name} must be 0 to 1, not {share}"));
            }
        }
        for (name, size) in [
            ("cue_jitter_ms", self.cue_jitter_ms),
            ("cue_shift_ms", self.cue_shift_ms),
            ("offset_ms", self.offset_ms),
            ("drift_ppm", self.drift_ppm),
            ("lead_seconds", self.lead_seconds),
        ] {
            if !(0.0..=1e6).contains(&size) {
                return invalid(format!("{name} must be 0 to 1,000,000, not {size}"));
            }
        }
        Ok(())
    }
}
