//! How plausible a caption is by its text alone, without the picture.
//!
//! Hsieh et al. (2023, arXiv:2306.14610) showed that many benchmarks of image-text matching can be
//! answered without the picture, because the false captions read worse than the true ones. The
//! model here is used to find such edits, and another of its kind to measure how many are left.

mod centre;
mod discriminator;
mod features;
mod ngram;

pub use discriminator::Plausibility;
pub use ngram::Ngrams;
