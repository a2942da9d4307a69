//! What studies of process monitoring share: the readers of two public sets, the classical control
//! charts that are the rivals, and the figures of merit.

pub mod alarms;
pub mod conv_autoencoder;
pub mod discriminant;
pub mod matrix;
pub mod nab;
pub mod pca;
pub mod skab_files;
pub mod t2_q;
pub mod tep_files;
pub mod thresholds;

pub use alarms::Alarms;
pub use matrix::Matrix;
