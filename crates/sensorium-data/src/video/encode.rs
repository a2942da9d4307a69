//! Writes H.264 in MP4.

use super::log::{Complaints, LOG_OPTIONS, follow};
use super::matroska;
use super::tool::{Running, Tool, file_url, passthrough, quoted};
use crate::error::DataError;
use crate::time::{Hertz, Timestamp};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Stdio};
use std::thread::JoinHandle;
use tempfile::TempPath;

/// How pictures are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VideoCodec {
    /// H.264 by libx264; times are kept to the microsecond.
    H264,
    /// MPEG-4 part 2, which every FFmpeg has; times are kept to 20 µs.
    Mpeg4,
}

impl VideoCodec {
    /// H.264 where this FFmpeg can write it, MPEG-4 otherwise.
    ///
    /// # Errors
    /// FFmpeg is not installed.
    pub fn best() -> Result<Self, DataError> {
        let listed = Tool::Ffmpeg.output(Tool::Ffmpeg.command().args(["-hide_banner", "-encoders"]))?;
        let has = String::from_utf8_lossy(&listed.stdout).split_whitespace().any(|w| w == "libx264");
        Ok(if has { Self::H264 } else { Self::Mpeg4 })
    }

    /// Microseconds to which times are kept.
    pub const fn time_step_micros(self) -> i64 {
        match self {
            Self::H264 => 1,
            Self::Mpeg4 => 20,
        }
    }

    fn ticks_per_second(self) -> i64 {
        1_000_000 / self.time_step_micros()
    }

    fn arguments(self, quality: u8) -> Vec<String> {
        let all: &[&str] = match self {
            Self::H264 => &["-c:v", "libx264", "-preset", "veryfast", "-crf"],
            Self::Mpeg4 => &["-c:v", "mpeg4", "-bf", "0", "-q:v"],
        };
        let scale = match self {
            Self::H264 => u16::from(quality.min(51)),
            // From 2, the best, to 31.
            Self::Mpeg4 => 2 + u16::from(quality.min(51)) * 29 / 51,
        };
        all.iter().map(|a| (*a).to_owned()).chain([scale.to_string()]).collect()
    }
}

/// How a video is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VideoOptions {
    /// Rows and columns of each picture; both even, as players expect.
    pub size: [usize; 2],
    /// Pictures come at this rate, the first at time zero, and are given to [`VideoWriter::write`].
    /// `None`: each has its own time and is given to [`VideoWriter::write_at`].
    pub rate: Option<Hertz>,
    /// How much is lost, from 0 (nothing) to 51 (most); 18 looks like the original.
    pub quality: u8,
    /// How pictures are coded; `None` takes [`VideoCodec::best`].
    pub codec: Option<VideoCodec>,
}

impl VideoOptions {
    /// Pictures of so many rows and columns, each with its own time, hardly compressed.
    pub fn new(size: [usize; 2]) -> Self {
        Self { size, rate: None, quality: 18, codec: None }
    }
}

/// Writes an MP4 file through an `ffmpeg` process.
///
/// The file gets its name when [`VideoWriter::finish`] succeeds; until then, and where the writer is
/// dropped, nothing stands there, or what stood there before.
#[derive(Debug)]
pub struct VideoWriter {
    running: Running,
    input: Option<BufWriter<ChildStdin>>,
    log: Option<JoinHandle<Complaints>>,
    unfinished: TempPath,
    path: PathBuf,
    options: VideoOptions,
    codec: VideoCodec,
    last: Option<Timestamp>,
    frames: u64,
}

impl VideoWriter {
    /// Starts `ffmpeg`. The folder must be there; a file of this name is replaced at the end.
    ///
    /// # Errors
    /// FFmpeg is not installed, a size is odd or zero, or the folder cannot be written.
    pub fn create(path: &Path, options: VideoOptions) -> Result<Self, DataError> {
        let [height, width] = options.size;
        if height == 0 || width == 0 || height % 2 == 1 || width % 2 == 1 || height.max(width) > 16_384 {
            return Err(DataError::Invalid(format!(
                "a video of {height} by {width} pixels cannot be written: H.264 needs an even number of rows \
                 and columns, from 2 to 16384. Cut or pad the pictures by one"
            )));
        }
        let codec = match options.codec {
            Some(codec) => codec,
            None => VideoCodec::best()?,
        };
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // A name beside the last one, free now; ffmpeg makes the file with the user's own rights.
        let taken = tempfile::Builder::new().prefix(".writing-").suffix(".mp4").tempfile_in(folder);
        let unfinished = taken.map_err(DataError::io(path))?.into_temp_path();
        std::fs::remove_file(&unfinished).map_err(DataError::io(path))?;

        let mut command = Tool::Ffmpeg.command();
        command.args(LOG_OPTIONS.into_iter().filter(|o| *o != "-nostdin")).arg("-y");
        match options.rate {
            Some(rate) => {
                let size = format!("{width}x{height}");
                command.args(["-f", "rawvideo", "-pix_fmt", "rgb24", "-video_size", &size]);
                command.args(["-framerate", &format!("{:?}", rate.get()), "-i", "pipe:0"]);
            }
            None => {
                let ticks = codec.ticks_per_second();
                command.args(["-copyts", "-f", "matroska", "-i", "pipe:0"]).args(passthrough());
                command.args(["-enc_time_base", &format!("1:{ticks}")]);
                command.args(["-video_track_timescale", &ticks.to_string()]);
                // The time of the first picture is kept in the film's own ticks.
                command.args(["-movie_timescale", &ticks.to_string()]);
            }
        }
        command.args(["-map", "0:v:0", "-vf", "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"]);
        command.args(["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"]);
        command.args(["-color_range", "tv"]).args(codec.arguments(options.quality));
        command.args(["-movflags", "+faststart", "-f", "mp4"]).arg(file_url(&unfinished));
        let mut running =
            Tool::Ffmpeg.spawn(command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()))?;
        let log = running.0.stderr.take().map(|e| std::thread::spawn(move || follow(e, |_| {})));
        let input = running.0.stdin.take().map(BufWriter::new);
        let path = path.to_owned();
        let mut writer =
            Self { running, input, log, unfinished, path, options, codec, last: None, frames: 0 };
        if options.rate.is_none() {
            writer.send(&matroska::head(height, width), &[])?;
        }
        Ok(writer)
    }

    /// How pictures are coded.
    pub fn codec(&self) -> VideoCodec {
        self.codec
    }

    /// Adds the next picture of a regular video: `[row, column, colour]`, red, green and blue.
    ///
    /// # Errors
    /// The video has no rate, the picture has another size, or `ffmpeg` gave up.
    pub fn write(&mut self, rgb: &[u8]) -> Result<(), DataError> {
        if self.options.rate.is_none() {
            return Err(DataError::Invalid(
                "pictures of a video without a rate each need a time: use write_at, or set a rate".into(),
            ));
        }
        self.check_size(rgb)?;
        self.send(&[], rgb)?;
        self.frames += 1;
        Ok(())
    }

    /// Adds a picture shown at `time`, which is at least zero and later than the one before, by no less
    /// than [`VideoCodec::time_step_micros`]. The last picture is shown for as long as the one before it.
    ///
    /// # Errors
    /// The video has a rate, the time is not later, the picture has another size, or `ffmpeg` gave up.
    pub fn write_at(&mut self, time: Timestamp, rgb: &[u8]) -> Result<(), DataError> {
        if self.options.rate.is_some() {
            return Err(DataError::Invalid(
                "a video with a rate sets the times itself: use write, or leave the rate out".into(),
            ));
        }
        self.check_size(rgb)?;
        let step = self.codec.time_step_micros();
        let earliest = self.last.map_or(Timestamp::ZERO, |last| last.offset(step));
        let Some(micros) = u64::try_from(time.as_micros()).ok().filter(|_| time >= earliest) else {
            return Err(DataError::in_file(
                &self.path,
                format!(
                    "picture {} is at {time}, before {earliest}, the earliest that can follow. Sort pictures by \
                     time, leave out those of equal times, and count from a start that is not negative",
                    self.frames + 1
                ),
            ));
        };
        self.send(&matroska::before_picture(micros, rgb.len()), rgb)?;
        self.last = Some(time);
        self.frames += 1;
        Ok(())
    }

    /// Ends the file and gives it its name. Returns the number of pictures.
    ///
    /// # Errors
    /// There is no picture, `ffmpeg` gave up, or the file cannot be renamed.
    pub fn finish(mut self) -> Result<u64, DataError> {
        if self.frames == 0 {
            return Err(DataError::in_file(&self.path, "a video needs at least one picture"));
        }
        let flushed = self.input.take().map_or(Ok(()), |mut input| input.flush());
        let status = self.running.0.wait().map_err(DataError::io(&self.path))?;
        if flushed.is_err() || !status.success() {
            return Err(self.gave_up());
        }
        let Self { unfinished, path, frames, .. } = self;
        unfinished.persist(&path).map_err(|e| DataError::Io { path, source: e.error })?;
        Ok(frames)
    }

    fn check_size(&self, rgb: &[u8]) -> Result<(), DataError> {
        let [height, width] = self.options.size;
        if rgb.len() == height * width * 3 {
            return Ok(());
        }
        Err(DataError::in_file(
            &self.path,
            format!(
                "picture {} has {} bytes; {height} by {width} pixels of red, green and blue have {}",
                self.frames + 1,
                rgb.len(),
                height * width * 3
            ),
        ))
    }

    fn send(&mut self, head: &[u8], rgb: &[u8]) -> Result<(), DataError> {
        let sent = self.input.as_mut().map(|i| i.write_all(head).and_then(|()| i.write_all(rgb)));
        match sent {
            Some(Ok(())) => Ok(()),
            _ => Err(self.gave_up()),
        }
    }

    /// Ends `ffmpeg` and tells what it said.
    fn gave_up(&mut self) -> DataError {
        self.input = None;
        let _ = self.running.0.wait();
        let complaints = self.log.take().and_then(|log| log.join().ok()).unwrap_or_default();
        let said = quoted(&complaints.text());
        DataError::in_file(
            &self.path,
            format!("FFmpeg stopped before the video was written; is there room on the disk?{said}"),
        )
    }
}
