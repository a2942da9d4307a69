//! Reads what `ffmpeg` writes to its standard error: frame times and complaints.
//!
//! The filters of [`tell_times`] make the decoder itself print each frame's time. Times and pictures
//! then come from one decoding and cannot drift apart where a file is damaged.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};

/// Log options: each line carries its level, and none is folded into "repeated 3 times".
pub(super) const LOG_OPTIONS: [&str; 5] =
    ["-hide_banner", "-nostdin", "-nostats", "-loglevel", "repeat+level+info"];

/// Filters that set times to microseconds and print them. `kind` is `""` for pictures and `"a"` for sound.
pub(super) fn tell_times(kind: &str) -> String {
    format!("{kind}metadata=mode=add:key=sensorium:value=1,{kind}metadata=mode=print:key=sensorium")
}

/// Complaints that are kept; a broken file can bring one for each frame.
const KEPT: usize = 20;

/// FFmpeg's complaints, the latest last.
#[derive(Clone, Debug, Default)]
pub(super) struct Complaints {
    lines: VecDeque<String>,
    pub(super) errors: u64,
}

impl Complaints {
    pub(super) fn text(&self) -> String {
        self.lines.iter().map(String::as_str).collect::<Vec<_>>().join("\n")
    }
}

/// Reads to the end. `time` gets each frame's time in microseconds, or `None` for a frame without one.
pub(super) fn follow(stderr: impl Read, mut time: impl FnMut(Option<i64>)) -> Complaints {
    let mut complaints = Complaints::default();
    let mut lines = BufReader::new(stderr);
    let mut line = Vec::new();
    loop {
        line.clear();
        match lines.read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return complaints,
            Ok(_) => {}
        }
        match Entry::parse(String::from_utf8_lossy(&line).trim_end()) {
            Entry::Time(micros) => time(micros),
            Entry::Error(text) => {
                complaints.errors += 1;
                if complaints.lines.len() == KEPT {
                    complaints.lines.pop_front();
                }
                complaints.lines.push_back(text);
            }
            Entry::Other => {}
        }
    }
}

#[derive(Debug, PartialEq)]
enum Entry {
    Time(Option<i64>),
    Error(String),
    Other,
}

impl Entry {
    /// A line is `[who @ address] [level] text`, where the first part may be missing or repeated.
    fn parse(line: &str) -> Self {
        let mut rest = line;
        let mut who = "";
        while let Some((tag, after)) = rest.strip_prefix('[').and_then(|r| r.split_once("] ")) {
            match tag {
                "info" => return Self::of_info(after),
                "error" | "fatal" | "panic" => {
                    let text = if who.is_empty() { after.to_owned() } else { format!("{who}: {after}") };
                    return Self::Error(text);
                }
                _ => who = tag.split(" @ ").next().unwrap_or(tag),
            }
            rest = after;
        }
        Self::Other
    }

    fn of_info(text: &str) -> Self {
        let Some(pts) = text.strip_prefix("frame:").and_then(|t| t.split_once("pts:")).map(|(_, t)| t) else {
            return Self::Other;
        };
        Self::Time(pts.split_whitespace().next().and_then(|t| t.parse().ok()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_from_other_lines() {
        let line = "[Parsed_metadata_2 @ 0x558f97aaf200] [info] frame:6    pts:3200000 pts_time:3.2";
        assert_eq!(Entry::parse(line), Entry::Time(Some(3_200_000)));
        let negative = "[Parsed_metadata_2 @ 0x1] [info] frame:0    pts:-40000  pts_time:-0.04";
        assert_eq!(Entry::parse(negative), Entry::Time(Some(-40_000)));
        let none = "[Parsed_metadata_2 @ 0x1] [info] frame:0    pts:NOPTS   pts_time:NOPTS";
        assert_eq!(Entry::parse(none), Entry::Time(None));
        assert_eq!(Entry::parse("[info] frame=   10 fps=0.0 q=-0.0"), Entry::Other);
        assert_eq!(Entry::parse("    title : [info] frame:1 pts:5"), Entry::Other);
    }

    #[test]
    fn errors_name_the_part_of_ffmpeg_but_not_its_address() {
        let line = "[mov,mp4,m4a,3gp,3g2,mj2 @ 0x55] [error] stream 0, offset 0x30: partial file";
        assert_eq!(
            Entry::parse(line),
            Entry::Error("mov,mp4,m4a,3gp,3g2,mj2: stream 0, offset 0x30: partial file".into())
        );
    }

    #[test]
    fn only_the_latest_complaints_are_kept_but_all_are_counted() {
        let text: String = (0..100).map(|i| format!("[error] number {i}\n")).collect();
        let complaints = follow(text.as_bytes(), |_| {});
        assert_eq!(complaints.errors, 100);
        assert!(complaints.text().starts_with("number 80") && complaints.text().ends_with("number 99"));
    }
}
