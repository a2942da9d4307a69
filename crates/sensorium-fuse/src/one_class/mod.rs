//! One-class anomaly detection, modality by modality: learn what normal operation looks like, and say
//! when it stops and where it shows.
//!
//! Four steps, each closed-form, so that a few hundred rows suffice:
//!
//! 1. a **compensator** predicts each modality from the other modalities and from the recent past of
//!    all (ridge regression on lagged rows, the one-step predictor of canonical variate analysis,
//!    Larimore 1990, with shrinkage in the place of a chosen rank);
//! 2. the residual is **whitened** by its covariance out of block, that is, on rows that the
//!    compensator was not fitted on, and pooled over a short window;
//! 3. each modality's pooled energy becomes a **calibrated score**, about zero mean and unit spread
//!    on normal rows;
//! 4. a **gate**, a softmax over the scores of the modalities that are present, weighs them; its
//!    log-mean-exp is the total, and the alarm threshold is a quantile of the totals out of block.
//!
//! A missing modality drops out: it is no input, has no weight, and the others are predicted and
//! whitened by the conditional Gaussian of what is left.
//!
//! ```
//! use sensorium_fuse::one_class::{Modality, OneClassConfig, Rows};
//!
//! // Two modalities that normally agree.
//! let wave = |t: usize| ((t * 37 % 101) as f64 / 50.0 - 1.0, (t * 53 % 97) as f64 / 480.0);
//! let normal: Vec<f64> = (0..600).flat_map(|t| [wave(t).0, 2.0 * wave(t).0 + wave(t).1]).collect();
//! let layout = vec![Modality::new("flow", [0]), Modality::new("pressure", [1])];
//! let detector = OneClassConfig::default().fit(layout, &[Rows::new(2, &normal)?])?;
//!
//! let mut monitor = detector.monitor();
//! let mut last = None;
//! for t in 0..60 {
//!     last = Some(monitor.push(&[wave(t).0, -2.0 * wave(t).0], &[true, true])?);
//! }
//! let score = last.expect("sixty rows were pushed");
//! assert!(score.alarm);
//! assert!((score.weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
//! # Ok::<(), sensorium_fuse::one_class::OneClassError>(())
//! ```

mod calibration;
mod compensator;
mod config;
mod covariance;
mod detector;
mod drift;
mod gate;
mod moments;
mod monitor;
mod rows;

pub use config::OneClassConfig;
pub use detector::OneClassDetector;
pub use gate::Score;
pub use monitor::Monitor;
pub use rows::{Modality, Rows};

use thiserror::Error;

/// What can be wrong with a one-class detector's input.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum OneClassError {
    /// A setting is out of range.
    #[error("one-class detector: {0}")]
    Config(String),
    /// Modalities name a channel that is not there, or one twice, or none.
    #[error("one-class detector: {0}")]
    Layout(String),
    /// Values or presence flags are not as many as the layout says.
    #[error("one-class detector: expected {expected} {what}, got {got}")]
    Shape {
        /// What was counted.
        what: &'static str,
        /// How many the layout has.
        expected: usize,
        /// How many came.
        got: usize,
    },
    /// Too few complete rows to fit on.
    #[error("one-class detector: {got} complete rows, at least {needed} are needed")]
    TooShort {
        /// Complete rows found.
        got: usize,
        /// Complete rows needed.
        needed: usize,
    },
    /// A matrix could not be factored, even after regularisation.
    #[error("one-class detector: the {0} is not positive definite")]
    Singular(&'static str),
}
