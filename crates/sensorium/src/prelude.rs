//! The names that most programs need: `use sensorium::prelude::*;`.

pub use crate::{Device, device, load_model};
pub use sensorium_data::rig::{Rig, RigConfig};
pub use sensorium_data::{
    Dataset, Failure, Hertz, Modality, Presence, Recording, RecordingSource, Samples, Schema, Span, Split,
    Stream, StreamSpec, Target, Task, TimeAxis, Timestamp, Window, WindowRule,
};
pub use sensorium_fuse::{
    Costs, Dropout, FitOptions, FusionConfig, FusionKind, FusionModel, Prepared, fit, prepare,
};
pub use sensorium_nn::frontend::{Pipeline, PipelineConfig};
pub use sensorium_nn::train::{RunFolder, TrainConfig};
pub use sensorium_nn::{Example, Model, Prediction, View};
