//! Finds and starts `ffmpeg` and `ffprobe`.

use crate::error::DataError;
use std::ffi::OsString;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

/// One of FFmpeg's two programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tool {
    Ffmpeg,
    Ffprobe,
}

impl Tool {
    fn name(self) -> &'static str {
        match self {
            Self::Ffmpeg => "ffmpeg",
            Self::Ffprobe => "ffprobe",
        }
    }

    fn variable(self) -> &'static str {
        match self {
            Self::Ffmpeg => "SENSORIUM_FFMPEG",
            Self::Ffprobe => "SENSORIUM_FFPROBE",
        }
    }

    /// A command with nothing on its standard input.
    pub(super) fn command(self) -> Command {
        let program = std::env::var_os(self.variable()).filter(|v| !v.is_empty());
        let mut command = Command::new(program.unwrap_or_else(|| self.name().into()));
        command.stdin(Stdio::null());
        command
    }

    fn cannot_start(self, error: &io::Error) -> DataError {
        let (name, variable) = (self.name(), self.variable());
        DataError::Invalid(format!(
            "video needs FFmpeg, and the program {name} cannot be started ({error}). Install it \
             (Debian, Ubuntu: sudo apt-get install ffmpeg; macOS: brew install ffmpeg; Windows: winget \
             install ffmpeg), or name the program in the variable {variable}. Everything but video works \
             without it"
        ))
    }

    pub(super) fn spawn(self, command: &mut Command) -> Result<Running, DataError> {
        command.spawn().map(Running).map_err(|e| self.cannot_start(&e))
    }

    pub(super) fn output(self, command: &mut Command) -> Result<Output, DataError> {
        command.output().map_err(|e| self.cannot_start(&e))
    }
}

/// Whether FFmpeg's two programs can be started.
pub fn available() -> bool {
    [Tool::Ffmpeg, Tool::Ffprobe]
        .into_iter()
        .all(|tool| tool.command().arg("-version").output().is_ok_and(|o| o.status.success()))
}

/// A started program, ended when this is dropped.
#[derive(Debug)]
pub(super) struct Running(pub(super) Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only where the program has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The options that hand every decoded frame on, neither doubled nor dropped. They were renamed in
/// FFmpeg 5.1.
pub(super) fn passthrough() -> [&'static str; 2] {
    static OLD: OnceLock<bool> = OnceLock::new();
    let old = *OLD.get_or_init(|| {
        Tool::Ffmpeg
            .command()
            .arg("-version")
            .output()
            .is_ok_and(|o| has_old_option_names(&String::from_utf8_lossy(&o.stdout)))
    });
    if old { ["-vsync", "passthrough"] } else { ["-fps_mode", "passthrough"] }
}

/// Versions read `ffmpeg version 4.4.2-0ubuntu1`; builds between releases have no number of this form
/// and are taken for new.
fn has_old_option_names(banner: &str) -> bool {
    let version = banner.split_whitespace().nth(2).unwrap_or_default().trim_start_matches('n');
    let mut parts = version.split(|c: char| !c.is_ascii_digit()).map(|p| p.parse::<u32>().ok());
    match (parts.next().flatten(), parts.next().flatten()) {
        (Some(major), Some(minor)) => (major, minor) < (5, 1),
        _ => false,
    }
}

/// `file:` and the path, so that no name is taken for an option or for an address on the network.
pub(super) fn file_url(path: &Path) -> OsString {
    let mut url = OsString::from("file:");
    url.push(path);
    url
}

/// Input options that keep a file from naming others for FFmpeg to open over the network.
pub(super) const LOCAL_ONLY: [&str; 2] = ["-protocol_whitelist", "file,pipe"];

/// Refuses what is no file or has no content, with the system's own words for a missing file.
pub(super) fn check_file(path: &Path) -> Result<(), DataError> {
    let about = std::fs::metadata(path).map_err(DataError::io(path))?;
    if !about.is_file() {
        return Err(DataError::in_file(path, "this is not a file; name a video file"));
    }
    if about.len() == 0 {
        return Err(DataError::in_file(path, "the file is empty (0 bytes); copy it again"));
    }
    Ok(())
}

/// What FFmpeg said, as an error with its remedy.
pub(super) fn unreadable(path: &Path, said: &str) -> DataError {
    let remedy = if said.contains("moov atom not found") && begins_as_mp4(path) {
        "the file's index is missing: it was cut short or its recording was never closed. Copy it again, \
         or mend it with a tool that rebuilds MP4 indices"
    } else {
        "FFmpeg cannot read this file as video. Is it one? Is it whole? Try to play it"
    };
    DataError::in_file(path, format!("{remedy}{}", quoted(said)))
}

/// FFmpeg takes anything named `.mp4` for one; a real one begins with a box of a known kind.
fn begins_as_mp4(path: &Path) -> bool {
    let mut head = [0; 8];
    let read = std::fs::File::open(path).and_then(|mut f| f.read_exact(&mut head));
    read.is_ok() && [b"ftyp", b"mdat", b"wide", b"free", b"skip", b"moov"].iter().any(|k| head.ends_with(*k))
}

/// The last lines of what FFmpeg said, for the end of a message.
pub(super) fn quoted(said: &str) -> String {
    let lines: Vec<String> =
        said.lines().map(str::trim).filter(|l| !l.is_empty()).map(without_address).collect();
    let last = &lines[lines.len().saturating_sub(3)..];
    if last.is_empty() { String::new() } else { format!(" (FFmpeg: {})", last.join("; ")) }
}

/// `[mov @ 0x5565f820e1c0] text` as `mov: text`: an address in memory helps nobody.
fn without_address(line: &str) -> String {
    match line.strip_prefix('[').and_then(|l| l.split_once("] ")) {
        Some((who, text)) => format!("{}: {text}", who.split(" @ ").next().unwrap_or(who)),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn option_names_changed_with_version_5_1() {
        assert!(has_old_option_names("ffmpeg version 4.4.2-0ubuntu0.22.04.1 Copyright"));
        assert!(has_old_option_names("ffmpeg version n5.0.1 Copyright"));
        assert!(!has_old_option_names("ffmpeg version 5.1.9-0+deb12u1 Copyright"));
        assert!(!has_old_option_names("ffmpeg version 7.1 Copyright"));
        assert!(!has_old_option_names("ffmpeg version N-115949-gabc Copyright"));
    }

    #[test]
    fn the_last_lines_are_quoted() {
        assert_eq!(quoted("a\nb\n\nc\nd\n"), " (FFmpeg: b; c; d)");
        assert_eq!(quoted("[mov @ 0x55] d"), " (FFmpeg: mov: d)");
        assert_eq!(quoted("\n"), "");
    }
}
