//! What joint spaces are trained on: captioned pictures, narrated videos, referred objects.

mod captions;
mod cooccurrence;
mod narrated;
mod standard;

pub use captions::{CaptionStudy, CaptionViews, Captioned};
pub use cooccurrence::word_vectors;
pub use narrated::{NarratedStudy, NarratedVideo, NarratedViews, unit_mean};
