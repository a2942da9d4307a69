//! The exact times of all frames.

use super::log::{LOG_OPTIONS, follow, tell_times};
use super::probe::probe;
use super::tool::{LOCAL_ONLY, Tool, file_url, passthrough, unreadable};
use crate::error::DataError;
use crate::time::Timestamp;
use std::path::Path;
use std::process::Stdio;

/// The time at which each frame is shown, in the order of showing, on the file's own clock.
///
/// Times are the file's own, in whole microseconds: its ticks times its time base, rounded to the
/// nearest (halves away from zero). Variable rates, a start other than zero, B-frames and edit lists
/// are followed. Every frame is decoded to find them, which takes about as long as
/// [`Frames`](super::Frames); the times are the same as theirs. Frames that cannot be decoded are left
/// out.
///
/// # Errors
/// As for [`probe`]; and no frame can be decoded, or one has no time.
pub fn frame_times(path: &Path) -> Result<Vec<Timestamp>, DataError> {
    probe(path)?;
    let mut command = Tool::Ffmpeg.command();
    command.args(LOG_OPTIONS).arg("-copyts").args(LOCAL_ONLY).arg("-i").arg(file_url(path));
    command.args(["-map", "0:V:0", "-vf"]).arg(format!("settb=1/1000000,{}", tell_times("")));
    command.args(passthrough()).args(["-enc_time_base", "1:1000000", "-f", "null", "-"]);
    let mut running = Tool::Ffmpeg.spawn(command.stdout(Stdio::null()).stderr(Stdio::piped()))?;
    let mut times = Vec::new();
    let mut untimed = 0_u64;
    let complaints = match running.0.stderr.take() {
        Some(stderr) => follow(stderr, |time| match time {
            Some(micros) => times.push(Timestamp::from_micros(micros)),
            None => untimed += 1,
        }),
        None => Default::default(),
    };
    if untimed > 0 {
        return Err(no_time(path));
    }
    if times.is_empty() {
        return Err(unreadable(path, &complaints.text()));
    }
    Ok(times)
}

/// A frame has no time: a stream of pictures without a container.
pub(super) fn no_time(path: &Path) -> DataError {
    DataError::in_file(
        path,
        "the frames have no times. Put the video into a container that keeps them, at the rate it was \
         filmed at: ffmpeg -framerate RATE -i IN -c copy OUT.mp4",
    )
}
