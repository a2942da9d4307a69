//! From data to graphs.

pub mod bootstrap;
pub mod boss;
pub(crate) mod continuous_samples;
pub mod dagma;
pub mod ges;
pub mod lingam;
pub mod pc;
mod search;
pub use search::{Found, Method, SearchOptions, search, test_for};
