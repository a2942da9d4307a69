//! Windows from recordings that are still being written.
//!
//! A [`WindowAssembler`] takes samples as they come, of all streams and in any order, and gives each
//! window out once the newest sample lies past the window's end by an allowance. A sample that comes
//! within the allowance is in all its windows; one that comes later has missed a window, and is
//! counted. When nothing is late, the windows are those that [`crate::filled_windows`] cuts from the
//! whole recording.
//!
//! Two sources feed it: [`FileFollower`] reads the files of a dataset again when they have grown, and
//! [`parse_line`] reads lines of JSON.
//!
//! ```
//! use sensorium_data::follow::{Sample, WindowAssembler};
//! use sensorium_data::rig::RigConfig;
//! use sensorium_data::{RecordingSource, Timestamp};
//!
//! let rig = RigConfig { window_s: 1.0, stride_s: 1.0, ..RigConfig::default() }.init()?;
//! let pressure = 3;
//! let mut assembler = WindowAssembler::new("live", rig.schema(), 200_000);
//! let mut windows = 0;
//! for i in 0..300 {
//!     let time = Timestamp::from_seconds(f64::from(i) * 0.01);
//!     assembler.push(pressure, time, Sample::Numbers(vec![1.0])).map_err(sensorium_data::DataError::Invalid)?;
//!     while let Some(window) = assembler.ready() {
//!         assert_eq!(window.span.seconds(), 1.0);
//!         windows += 1;
//!     }
//! }
//! // The third second ends with the last sample, so its window waits for the allowance.
//! assert_eq!(windows, 2);
//! assert!(assembler.finish().is_some());
//! # Ok::<(), sensorium_data::DataError>(())
//! ```

mod assembler;
mod buffer;
mod files;
mod lines;

pub use assembler::{FollowCounts, WindowAssembler};
pub use buffer::Sample;
pub use files::FileFollower;
pub use lines::{Line, parse_line};
