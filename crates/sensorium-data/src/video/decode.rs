//! Frames with their times, decoded ahead of their use.

use super::log::{Complaints, LOG_OPTIONS, follow, tell_times};
use super::probe::{VideoInfo, probe};
use super::select::{FrameOptions, filters, seek};
use super::times::no_time;
use super::tool::{LOCAL_ONLY, Running, Tool, file_url, passthrough, quoted, unreadable};
use crate::error::DataError;
use crate::time::Timestamp;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;

/// Frames decoded ahead of the one in use.
const AHEAD: usize = 4;

/// The largest picture that is decoded, in pixels: a mistake in a header must not take all memory.
const LARGEST: usize = 1 << 28;

/// One picture of a video.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// When it is shown, on the file's own clock.
    pub time: Timestamp,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
    /// `[row, column, colour]`: red, green and blue from 0 to 255.
    pub rgb: Vec<u8>,
}

/// What a damaged file lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Frames that the header promises and that were not decoded, where the header tells their number
    /// and neither a span nor a rate was asked for.
    pub lost: Option<u64>,
    /// FFmpeg's latest complaints, one a line.
    pub complaints: String,
}

/// The frames of a video in the order of showing, decoded by an `ffmpeg` process that runs at the same
/// time as their use. Dropping this ends the process.
///
/// Rotation is applied. Pixels are taken as stored: those of an anamorphic video are not widened.
/// A damaged file gives the frames that can be decoded; [`Frames::damage`] tells of the others.
#[derive(Debug)]
pub struct Frames {
    frames: Option<Receiver<Result<Frame, DataError>>>,
    running: Option<Running>,
    log: Option<JoinHandle<Complaints>>,
    path: PathBuf,
    info: VideoInfo,
    size: [usize; 2],
    selected: bool,
    decoded: u64,
    damage: Option<Damage>,
}

impl Frames {
    /// Starts to decode.
    ///
    /// # Errors
    /// As for [`probe`]; and a picture size of zero or beyond 2^28 pixels.
    pub fn open(path: &Path, options: FrameOptions) -> Result<Self, DataError> {
        let info = probe(path)?;
        let size = options.size.unwrap_or([info.height, info.width]);
        let bytes = size[0].checked_mul(size[1]).filter(|n| (1..=LARGEST).contains(n)).map(|n| n * 3);
        let Some(bytes) = bytes else {
            return Err(DataError::in_file(
                path,
                format!(
                    "frames of {} by {} pixels cannot be held; ask for a size from 1 to {LARGEST} pixels",
                    size[0], size[1]
                ),
            ));
        };
        let mut command = Tool::Ffmpeg.command();
        command.args(LOG_OPTIONS).arg("-copyts").args(LOCAL_ONLY);
        command.args(seek(&options, &info)).arg("-i").arg(file_url(path)).args(["-map", "0:V:0", "-vf"]);
        command.arg(format!("settb=1/1000000,{},{}", filters(&options, size), tell_times("")));
        command.args(passthrough()).args(["-enc_time_base", "1:1000000"]);
        command.args(["-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"]);
        let mut running = Tool::Ffmpeg.spawn(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
        let (Some(stdout), Some(stderr)) = (running.0.stdout.take(), running.0.stderr.take()) else {
            return Err(unreadable(path, "the output of ffmpeg cannot be read"));
        };
        let (time_in, times) = channel();
        let (frame_in, frames) = sync_channel(AHEAD);
        let log = std::thread::spawn(move || log_times(stderr, &time_in));
        let reader = Pictures { path: path.to_owned(), size, bytes };
        std::thread::spawn(move || reader.read(stdout, &times, &frame_in));
        Ok(Self {
            frames: Some(frames),
            running: Some(running),
            log: Some(log),
            path: path.to_owned(),
            info,
            size,
            selected: options.span.is_some() || options.rate.is_some(),
            decoded: 0,
            damage: None,
        })
    }

    /// The header of the video.
    pub fn info(&self) -> &VideoInfo {
        &self.info
    }

    /// Rows and columns of each frame.
    pub fn size(&self) -> [usize; 2] {
        self.size
    }

    /// What is damaged; known once the last frame has been taken, `None` for an intact file.
    pub fn damage(&self) -> Option<&Damage> {
        self.damage.as_ref()
    }

    fn close(&mut self) -> Option<DataError> {
        self.frames = None;
        let failed = self.running.take().is_some_and(|mut r| !r.0.wait().is_ok_and(|s| s.success()));
        let complaints = self.log.take().and_then(|log| log.join().ok()).unwrap_or_default();
        let broken = failed || complaints.errors > 0;
        if self.decoded == 0 && (broken || !self.selected) {
            return Some(unreadable(&self.path, &complaints.text()));
        }
        if broken {
            let promised = self.info.frames.filter(|_| !self.selected);
            let lost = promised.map(|n| n.saturating_sub(self.decoded));
            self.damage = Some(Damage { lost, complaints: complaints.text() });
        }
        None
    }
}

impl Iterator for Frames {
    type Item = Result<Frame, DataError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.frames.as_ref()?.recv() {
            Ok(Ok(frame)) => {
                self.decoded += 1;
                Some(Ok(frame))
            }
            Ok(Err(error)) => {
                self.frames = None;
                self.running = None;
                Some(Err(error))
            }
            Err(_) => self.close().map(Err),
        }
    }
}

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.lost {
            Some(lost) => write!(f, "{lost} frames could not be decoded")?,
            None => write!(f, "parts could not be decoded")?,
        }
        write!(f, "{}", quoted(&self.complaints))
    }
}

/// Passes times on; goes on reading when nobody wants them, so that ffmpeg never waits for its log.
fn log_times(stderr: impl Read, times: &Sender<Option<i64>>) -> Complaints {
    follow(stderr, |time| {
        let _ = times.send(time);
    })
}

/// Cuts ffmpeg's output into pictures.
struct Pictures {
    path: PathBuf,
    size: [usize; 2],
    bytes: usize,
}

impl Pictures {
    fn read(
        &self,
        mut stdout: impl Read,
        times: &Receiver<Option<i64>>,
        frames: &SyncSender<Result<Frame, DataError>>,
    ) {
        loop {
            let mut rgb = vec![0; self.bytes];
            let item = match stdout.read_exact(&mut rgb) {
                // A last picture that is cut short was not decoded whole.
                Err(e) if e.kind() == ErrorKind::UnexpectedEof => return,
                Err(e) => Err(DataError::io(&self.path)(e)),
                // ffmpeg prints a frame's time before it writes the frame.
                Ok(()) => match times.recv() {
                    Ok(Some(micros)) => {
                        let [height, width] = self.size;
                        Ok(Frame { time: Timestamp::from_micros(micros), height, width, rgb })
                    }
                    Ok(None) => Err(no_time(&self.path)),
                    Err(_) => Err(unreadable(&self.path, "more pictures than times were decoded")),
                },
            };
            let last = item.is_err();
            if frames.send(item).is_err() || last {
                return;
            }
        }
    }
}
