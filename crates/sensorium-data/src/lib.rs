//! Time, streams, recordings, windows and datasets.
#![warn(missing_docs)]

mod atomic;
pub mod balance;
pub mod clock;
pub mod corrupt;
pub mod dataset;
pub mod error;
pub mod fab_line;
pub mod fetch;
pub mod follow;
pub mod loader;
pub mod motion;
pub mod narrated;
pub mod pixels;
pub mod points;
pub mod presence;
pub mod read;
pub mod recording;
pub mod rig;
pub mod shards;
pub mod source;
pub mod split;
pub mod split_mix;
pub mod stream;
pub mod street;
pub mod subtitles;
pub mod time;
pub mod video;
pub mod write;

pub use balance::{Balance, class_weights};
pub use corrupt::Failure;
pub use dataset::Dataset;
pub use error::DataError;
pub use loader::{LoaderConfig, Windows, filled_windows, load_windows, with_windows};
pub use pixels::Pixels;
pub use presence::Presence;
pub use read::Repairs;
pub use recording::{Annotation, Recording, Target, Task, Window};
pub use source::{RecordingSource, Schema, Split, WindowRule};
pub use stream::{Modality, Samples, Stream, StreamSpec, TimeAxis};
pub use time::{Hertz, Span, Timestamp};
