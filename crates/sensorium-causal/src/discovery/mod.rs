//! From data to graphs.

mod continuous_samples;
pub mod dagma;
pub mod lingam;
pub mod pc;
mod search;
pub use search::{Found, Method, SearchOptions, search, test_for};
