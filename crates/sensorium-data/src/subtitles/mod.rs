//! Subtitles: SubRip (`.srt`) and WebVTT (`.vtt`).
//!
//! A file is told by its first line (`WEBVTT` or not), not by its name. What can be put right without
//! guessing is, and is counted in [`SubtitleRepairs`]:
//!
//! | what is found | outcome | counted as |
//! | --- | --- | --- |
//! | UTF-8 with or without byte-order mark, UTF-16 of either order; LF, CRLF, CR, CRCRLF | read | |
//! | a line that is not UTF-8 | read as Windows-1252 | `latin1_lines` |
//! | a broken UTF-16 character | U+FFFD | `replaced_characters` |
//! | tags, `{\an8}` codes, karaoke stamps | taken off | |
//! | HTML entities | decoded | |
//! | settings behind the times; `NOTE`, `STYLE` and `REGION` blocks | left out | |
//! | overlapping cues | kept | |
//! | a comma or a point before the fraction, no hours, more than 99 hours | read | |
//! | a number that is missing, not a number or out of sequence (SRT) | not used | `bad_indices` |
//! | text before the first cue (SRT) | left out | `stray_lines` |
//! | a blank line inside a cue: what follows is not a cue | the text is joined | `inner_blank_lines` |
//! | no blank line between two cues | two cues | |
//! | blank lines between a cue's number and its times (SRT) | passed over | |
//! | a time that cannot be read | the cue is dropped | `unreadable_times` |
//! | a cue that does not end after it starts | dropped | `backward_dropped` |
//! | a cue without text | dropped | `empty_dropped` |
//! | a cue that starts before an earlier one | moved to its place | `reordered` |
//! | no cue at all | error | |
//!
//! An `X-TIMESTAMP-MAP` header (HTTP live streaming) is not applied: shift the cues with
//! [`Subtitles::shifted`].

mod check;
mod cues;
mod decode;
mod markup;
mod repairs;
mod shift;
mod stamp;
mod write;

pub use check::SubtitleWarning;
pub use repairs::SubtitleRepairs;
pub use write::{write_srt, write_vtt};

use crate::error::DataError;
use crate::time::Span;
use std::io::Read;
use std::path::Path;

/// Most bytes that a subtitle file may have; a film has about 100 kB.
const MOST_BYTES: u64 = 64 << 20;

/// One caption and when it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cue {
    /// From when until when, from the start of the video.
    pub span: Span,
    /// What is shown, without styling: one or more lines, none of them blank.
    pub text: String,
}

/// The cues of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subtitles {
    /// The cues, sorted by their start. They may overlap.
    pub cues: Vec<Cue>,
    /// What was put right.
    pub repairs: SubtitleRepairs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SubtitleFormat {
    Srt,
    WebVtt,
}

/// Reads SRT or WebVTT, whichever the file holds.
///
/// # Errors
///
/// When the file cannot be read, is larger than 64 MiB, or has no cue.
pub fn read(path: &Path) -> Result<Subtitles, DataError> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(DataError::io(path))?;
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(DataError::io(path))?;
    if bytes.len() as u64 > MOST_BYTES {
        let message = "this is larger than 64 MiB and not a subtitle file; give an SRT or WebVTT file";
        return Err(DataError::in_file(path, message));
    }
    parse(path, &bytes)
}

/// Reads SRT or WebVTT from memory, told by the `WEBVTT` in the first line. `path` is for messages.
///
/// # Errors
///
/// When there is no cue.
pub fn parse(path: &Path, bytes: &[u8]) -> Result<Subtitles, DataError> {
    let mut repairs = SubtitleRepairs::default();
    let lines = decode::lines(bytes, &mut repairs);
    let format = if cues::is_webvtt(&lines) { SubtitleFormat::WebVtt } else { SubtitleFormat::Srt };
    cues::collect(path, &lines, format, repairs)
}

/// Reads SRT from memory. `path` is for messages.
///
/// # Errors
///
/// When there is no cue.
pub fn parse_srt(path: &Path, bytes: &[u8]) -> Result<Subtitles, DataError> {
    let mut repairs = SubtitleRepairs::default();
    let lines = decode::lines(bytes, &mut repairs);
    cues::collect(path, &lines, SubtitleFormat::Srt, repairs)
}

/// Reads WebVTT from memory. `path` is for messages.
///
/// # Errors
///
/// When the first line does not start with `WEBVTT`, or there is no cue.
pub fn parse_vtt(path: &Path, bytes: &[u8]) -> Result<Subtitles, DataError> {
    let mut repairs = SubtitleRepairs::default();
    let lines = decode::lines(bytes, &mut repairs);
    if !cues::is_webvtt(&lines) {
        let message = "a WebVTT file starts with the word WEBVTT, and this one does not; \
                       if it is an SRT file, read it as one";
        return Err(DataError::at_line(path, 1, message));
    }
    cues::collect(path, &lines, SubtitleFormat::WebVtt, repairs)
}

#[cfg(test)]
mod tests;
