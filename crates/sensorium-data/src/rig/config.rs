//! What can be set about the simulated data set.

use crate::corrupt::Failure;
use crate::time::Span;

/// A sensor failure that is switched on in every recording.
#[derive(Clone, Debug, PartialEq)]
pub struct SensorFailure {
    /// Which sensor.
    pub sensor: super::Sensor,
    /// How it fails.
    pub failure: Failure,
    /// How badly; see [`Failure`].
    pub severity: f32,
    /// When; the whole recording when `None`.
    pub span: Option<Span>,
}

/// The simulated data set: 10 classes, `recordings_per_class` rigs each.
#[derive(Clone, Debug, PartialEq)]
pub struct RigConfig {
    /// Everything random follows from it. Default 0.
    pub seed: u64,
    /// Recordings, each of another rig, in each class. Default 70: 42 to train, 14 to validate, 14 to
    /// test.
    pub recordings_per_class: usize,
    /// Length of a recording in seconds. Default 24.
    pub seconds: f64,
    /// Length of a window in seconds. Default 4.
    pub window_s: f64,
    /// From one window to the next in seconds. Default 4.
    pub stride_s: f64,
    /// Least and greatest severity; log-uniform between them. Default 0.12 and 1.
    pub severity: [f32; 2],
    /// When the fault sets in, in seconds after the start: the part before is healthy and annotated
    /// so. Default `None`: faulty throughout.
    pub onset_s: Option<f64>,
    /// Sensor failures in every recording. Default none.
    pub failures: Vec<SensorFailure>,
}

impl Default for RigConfig {
    fn default() -> Self {
        Self {
            seed: 0,
            recordings_per_class: 70,
            seconds: 24.0,
            window_s: 4.0,
            stride_s: 4.0,
            severity: [0.12, 1.0],
            onset_s: None,
            failures: Vec::new(),
        }
    }
}
