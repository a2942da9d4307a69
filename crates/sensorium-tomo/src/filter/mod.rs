//! From line integrals to filtered projections, laid out for back-projection.

mod ramp;
mod views;

pub use ramp::{RampFilter, Window};
pub use views::{FilteredViews, ViewFilter};
