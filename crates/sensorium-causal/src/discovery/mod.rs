//! From data to graphs.

pub mod bootstrap;
pub mod boss;
pub(crate) mod continuous_samples;
pub mod dagma;
pub mod fci;
pub mod ges;
pub mod lingam;
pub mod pc;
pub mod pcmci;
mod search;

pub use search::{Found, Method, SearchOptions, score_for, search, search_with_confidence, test_for};
