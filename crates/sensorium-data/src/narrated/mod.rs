//! A simulator of narrated videos: small real pictures act in front of real backgrounds, and a narrator
//! tells what they do, with wrong words and at wrong times.
//!
//! There are 24 actions in 12 pairs; the reversed frames of one member of a pair show the other. All
//! states of an object follow a reversible walk, so that a set of frames without their order tells
//! nothing about which member of a pair it shows (see [`Motion`]). A video has scenes; in each, one object
//! does a few actions with pauses between, and another object stays in a corner. The frame rate varies
//! and frames are dropped.
//!
//! The narration has one cue per action. Its words come from phrases that the training and the test
//! videos do not share; one in ten is wrong. Each cue's start and end are wrong by 50 ms, and the whole
//! narration by an offset that is drawn for each video and whose sum over the set is zero. The true
//! times, the offset and the words as they were said are part of the plan.
//!
//! ```
//! use sensorium_data::narrated::{NarratedConfig, Picture, VideoSet, Wording, plan, render};
//!
//! let objects = [
//!     Picture::from_grey(&[255; 64], 8, 8, "tile", 1)?,
//!     Picture::from_natural(vec![200; 192], 8, 8, "teapot")?,
//! ];
//! let backgrounds = [Picture::solid(vec![40; 192], 8, 8, "meadow")?];
//! let names = ["tile", "teapot"];
//! let set = VideoSet { seed: 1, wording: Wording::Train, videos: 2, objects: &names, backgrounds: 1 };
//! let video = plan(&set, 0, &NarratedConfig::default())?;
//! assert_eq!((video.actions.len(), video.cues.len()), (24, 24));
//! let (time, rgb) = render(&video, &objects, &backgrounds)?.next().unwrap();
//! assert_eq!((time.as_micros(), rgb.len()), (0, 64 * 64 * 3));
//! # Ok::<(), sensorium_data::DataError>(())
//! ```

mod action;
mod config;
mod motion;
mod narration;
mod picture;
mod plan;
mod random;
mod render;
mod script;
mod sprite;
mod test_phrases;
mod train_phrases;
mod word_errors;
mod wording;

#[cfg(test)]
mod tests;

pub use action::{Action, Quality};
pub use config::NarratedConfig;
pub use motion::{Ease, Motion};
pub use narration::{Cue, offsets};
pub use picture::Picture;
pub use plan::{ActionSpan, FrameState, Plan, Pose, VideoSet, plan};
pub use render::{Renderer, render};
pub use wording::{Wording, canonical_prompts, chatter, prompts, sentence_frames, verb_phrases};

/// Version of the simulator; a given version, set and index always give the same video. Since 1.1 the narrators
/// of training videos have 24 phrases an action, where 1.0 had eight (written with the test's phrases in view, none
/// of whose verbs they use); what is shown, and the test's words, are as before.
pub const VERSION: &str = "1.1";
