//! Writes recordings as files that [`crate::Dataset`] reads back: CSV, WAV, PNG, text.
//!
//! For exports of simulated data, and for tests that need real files.

mod dataset;
mod files;
mod wav;

pub use dataset::write_dataset;
pub use files::{write_csv, write_images, write_text};
pub use wav::write_wav;
