//! Writing cues as SRT and WebVTT.

use super::{Cue, SubtitleFormat, markup, stamp};
use crate::atomic::write_atomically;
use crate::error::DataError;
use std::path::Path;

/// Writes SRT (UTF-8, LF), whole or not at all. Times are rounded to the millisecond, and a cue is
/// written with at least one; blank lines inside a text are left out. Text that would be taken for
/// markup is written as entities, which [`read`](super::read) decodes and some players show as they are.
///
/// # Errors
///
/// When there is no cue, a cue starts before zero or has no text, or the file cannot be written.
pub fn write_srt(path: &Path, cues: &[Cue]) -> Result<(), DataError> {
    write(path, cues, SubtitleFormat::Srt)
}

/// Writes WebVTT (UTF-8, LF), whole or not at all. Times are rounded to the millisecond, and a cue is
/// written with at least one; blank lines inside a text are left out.
///
/// # Errors
///
/// When there is no cue, a cue starts before zero or has no text, or the file cannot be written.
pub fn write_vtt(path: &Path, cues: &[Cue]) -> Result<(), DataError> {
    write(path, cues, SubtitleFormat::WebVtt)
}

fn write(path: &Path, cues: &[Cue], format: SubtitleFormat) -> Result<(), DataError> {
    let text = written(cues, format).map_err(|message| DataError::in_file(path, message))?;
    write_atomically(path, |file| file.write_all(text.as_bytes()).map_err(DataError::io(path)))
}

/// The file's text, or what is wrong with the cues.
fn written(cues: &[Cue], format: SubtitleFormat) -> Result<String, String> {
    if cues.is_empty() {
        return Err("there is no cue to write; leave the file out".into());
    }
    let (mut out, mark) = match format {
        SubtitleFormat::Srt => (String::new(), ','),
        SubtitleFormat::WebVtt => ("WEBVTT\n\n".to_owned(), '.'),
    };
    for (at, cue) in cues.iter().enumerate() {
        let number = at + 1;
        let (start, end) = (cue.span.start.as_micros(), cue.span.end.as_micros());
        if start < 0 {
            return Err(format!("cue {number} starts before 0 ({}); shift it", cue.span.start));
        }
        let text = markup::tidy(&cue.text);
        if text.is_empty() {
            return Err(format!("cue {number} has no text; leave it out"));
        }
        let end = end.max((stamp::milliseconds(start) + 1).saturating_mul(1000));
        if number > 1 {
            out.push('\n');
        }
        if format == SubtitleFormat::Srt {
            out += &format!("{number}\n");
        }
        let (start, end) = (stamp::written(start, mark), stamp::written(end, mark));
        out += &format!("{start} --> {end}\n{}\n", markup::escaped(&text, format));
    }
    Ok(out)
}
