//! The built-in simulator: a pump-and-motor test stand watched by eight sensors.
//!
//! An induction motor on a vector drive turns, by one shaft, an eddy-current brake (the load) and a
//! pump that pushes water through a filter, a control valve and a flow meter. The drive holds the
//! shaft speed at its set point whatever the torque, and the pump is of the mixed-flow kind whose
//! shaft power hardly depends on the flow: so a hydraulic fault does not reach the motor current, a
//! motor fault does not reach the hydraulics, and each fault shows in some modalities alone.
//!
//! A recording is one rig: geometry, sensor gains, pump curve, ambient temperature and load are
//! drawn anew from `hash(seed, index)`. Noise has one random stream per sensor, and what a fault
//! adds has another: in a paired run with and without the fault ([`Rig::pair`]) a sensor that the
//! fault does not reach is equal bit for bit.
//!
//! ```
//! use sensorium_data::RecordingSource;
//! use sensorium_data::rig::{Rig, RigConfig};
//!
//! let rig = RigConfig { recordings_per_class: 5, seconds: 8.0, ..RigConfig::default() }.init()?;
//! let recording = rig.load(3)?;
//! assert_eq!(recording.streams.len(), 8);
//! assert_eq!(recording.windows(4_000_000, 4_000_000).count(), 2);
//! # Ok::<(), sensorium_data::DataError>(())
//! ```

mod acoustic;
mod causal;
mod config;
mod current;
pub mod faults;
mod features;

mod flow;
mod hydraulics;
mod log;
mod machine;
mod operation;
mod pressure;
mod random;
mod sensor;
mod severity;
mod signal;
mod source;
mod temperature;
mod terms;
mod thermal;
mod vibration;
mod visibility;

pub use causal::{CausalGraph, causal_graph};
pub use config::{RigConfig, SensorFailure};
pub use faults::Fault;

pub use features::feature_names;
pub use log::PHRASES;
pub use machine::Machine;
pub use operation::Operation;
pub use sensor::Sensor;
pub use severity::Severity;
pub use source::{Rig, VERSION};
pub use terms::Terms;
pub use visibility::{Cell, Meter, VisibilityTable};

#[cfg(test)]
mod tests;
