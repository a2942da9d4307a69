//! The gated multimodal router (GMR) and the fusions it is measured against.
#![warn(missing_docs)]

pub mod calibrate;
pub mod fit;
pub mod fusion;
pub mod model;
pub mod net;
pub mod one_class;
pub mod outlier;
pub mod summarised;
pub mod views;

pub use calibrate::{Calibration, Costs};
pub use fit::{FitOptions, Prepared, fit, prepare};
pub use model::FusionModel;
pub use net::{FusionConfig, FusionKind, FusionNet};
pub use summarised::Summarised;
pub use views::Dropout;

/// The kind that a fusion model's bundle states.
pub const KIND: &str = "fusion";
