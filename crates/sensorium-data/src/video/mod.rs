//! Video: frames with their exact times, sound tracks, and an H.264 writer.
//!
//! The work is done by FFmpeg's programs `ffmpeg` and `ffprobe` (4.4 or newer), found when the program
//! runs: on the search path, or where the variables `SENSORIUM_FFMPEG` and `SENSORIUM_FFPROBE` say.
//! Nothing is linked, and everything else works without them.
//!
//! All times are on the file's own clock, which starts where the file says; pictures and sound of one
//! file share it. Files are known by their content, not by their name.

mod decode;
mod encode;
mod log;
mod matroska;
mod probe;
mod select;
mod sound;
mod times;
mod tool;

pub use decode::{Damage, Frame, Frames};
pub use encode::{VideoCodec, VideoOptions, VideoWriter};
pub use probe::{VideoInfo, probe};
pub use select::{Fit, FrameOptions};
pub use sound::{SoundTrack, read_sound};
pub use times::frame_times;
pub use tool::available;
