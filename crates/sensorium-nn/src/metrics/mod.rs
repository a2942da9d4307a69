//! Figures of merit, as pure functions on slices.
//!
//! One rule holds throughout: **a figure that is not defined is NaN**, never a pretty number. That
//! covers empty input, slices of different lengths, a NaN among the scores, and quantities such as
//! the AUROC of a single class. Reports print NaN as "n/a" and JSON as `null`.
//!
//! Scores and values may be `f32` or `f64`; sums run in `f64`. Class probabilities are flat slices in
//! row-major order, `[sample, class]`.
//!
//! ```
//! use sensorium_nn::metrics::{Bootstrap, auroc, macro_f1};
//!
//! let truth = [0, 0, 1, 1, 2, 2];
//! let predicted = [0, 1, 1, 1, 2, 0];
//! assert!((macro_f1(&truth, &predicted) - 0.655_555_555).abs() < 1e-6);
//! assert_eq!(auroc(&[false, false, true, true], &[0.1_f32, 0.4, 0.35, 0.8]), 0.75);
//!
//! let interval = Bootstrap::new(7).interval(truth.len(), |rows| {
//!     rows.iter().filter(|&&row| truth[row] == predicted[row]).count() as f64 / rows.len() as f64
//! });
//! assert!(interval.lo < 4.0 / 6.0 && 4.0 / 6.0 < interval.hi);
//! ```

mod bootstrap;
mod calibration;
mod confusion;
mod detection;
mod interval;
mod probability;
mod ranking;
mod ranks;
mod regression;

pub use bootstrap::Bootstrap;
pub use calibration::{Binning, ReliabilityBin, expected_calibration_error, reliability_bins};
pub use confusion::{ClassScores, Confusion, accuracy, macro_f1, macro_f1_of_true_classes};
pub use detection::Detection;
pub use interval::{Interval, wilson};
pub use probability::{argmax_rows, brier, brier_binary, confidence_and_correct, nll};
pub use ranking::{auroc, auroc_one_vs_rest, average_precision};
pub use ranks::{midranks, pearson, spearman};
pub use regression::{mae, r2, rmse};
