//! From lines to cues.

use super::decode::bare;
use super::stamp::{TimingLine, timing_line};
use super::{Cue, SubtitleFormat, SubtitleRepairs, Subtitles, markup};
use crate::error::DataError;
use crate::time::Span;
use std::path::Path;

/// Whether the first line says that this is WebVTT.
pub(super) fn is_webvtt(lines: &[String]) -> bool {
    let first = lines.first().map_or("", |line| bare(line));
    first.strip_prefix("WEBVTT").is_some_and(|rest| rest.chars().next().is_none_or(char::is_whitespace))
}

/// The cues of a file's lines, sorted.
///
/// A cue is a line of times and what follows it, up to the next such line. The line just above the
/// times is the cue's name when it is a number or stands alone below a blank line. In SRT the number
/// that is due is also found above blank lines.
pub(super) fn collect(
    path: &Path,
    lines: &[String],
    format: SubtitleFormat,
    mut repairs: SubtitleRepairs,
) -> Result<Subtitles, DataError> {
    let lines: Vec<Option<&str>> = match format {
        SubtitleFormat::Srt => lines.iter().map(|line| Some(bare(line))).collect(),
        SubtitleFormat::WebVtt => without_comments(lines),
    };
    let timings: Vec<(usize, TimingLine)> = lines
        .iter()
        .enumerate()
        .map(|(at, line)| (at, line.map_or(TimingLine::No, timing_line)))
        .filter(|(_, timing)| *timing != TimingLine::No)
        .collect();
    let names: Vec<Option<usize>> = timings
        .iter()
        .enumerate()
        .map(|(number, (at, _))| {
            let srt = format == SubtitleFormat::Srt;
            name_above(&lines, *at).or_else(|| number_far_above(&lines, *at, number + 1).filter(|_| srt))
        })
        .collect();

    if let (SubtitleFormat::Srt, Some((first, _))) = (format, timings.first()) {
        let end = names.first().copied().flatten().unwrap_or(*first);
        repairs.stray_lines += lines[..end].iter().flatten().filter(|line| !line.is_empty()).count() as u64;
    }
    let (mut cues, mut unreadable) = (Vec::new(), None);
    for (number, (at, timing)) in timings.iter().enumerate() {
        if format == SubtitleFormat::Srt {
            let name = names[number].and_then(|at| lines[at]);
            repairs.bad_indices += u64::from(name.and_then(|n| n.parse().ok()) != Some(number + 1));
        }
        let TimingLine::Times(start, end) = *timing else {
            repairs.unreadable_times += 1;
            unreadable = unreadable.or(Some(*at as u64 + 1));
            continue;
        };
        let next =
            timings.get(number + 1).map_or(lines.len(), |(next, _)| names[number + 1].unwrap_or(*next));
        let text = &lines[at + 1..next];
        let filled =
            text.iter().rposition(|line| line.is_some_and(|l| !l.is_empty())).map_or(0, |last| last + 1);
        let text: Vec<&str> = text[..filled].iter().flatten().copied().collect();
        let blanks = text.iter().filter(|line| line.is_empty()).count() as u64;
        let text = markup::plain(&text.join("\n"), format);
        if text.is_empty() {
            repairs.empty_dropped += 1;
        } else if end <= start {
            repairs.backward_dropped += 1;
        } else {
            repairs.inner_blank_lines += blanks;
            cues.push(Cue { span: Span::new(start, end), text });
        }
    }
    if cues.is_empty() {
        return Err(no_cue(path, timings.is_empty(), unreadable, &repairs));
    }
    repairs.reordered += sort(&mut cues);
    Ok(Subtitles { cues, repairs })
}

/// Sorts by start, keeping the order of cues that start together; the number of cues that started
/// before an earlier one.
pub(super) fn sort(cues: &mut [Cue]) -> u64 {
    let (mut latest, mut moved) = (i64::MIN, 0);
    for cue in cues.iter() {
        let start = cue.span.start.as_micros();
        moved += u64::from(start < latest);
        latest = latest.max(start);
    }
    cues.sort_by_key(|cue| cue.span.start);
    moved
}

/// The line of the cue's number or name above its times.
fn name_above(lines: &[Option<&str>], timing: usize) -> Option<usize> {
    let at = timing.checked_sub(1)?;
    let name = lines[at].filter(|line| !line.is_empty() && timing_line(line) == TimingLine::No)?;
    let alone = at.checked_sub(1).is_none_or(|above| lines[above].is_none_or(str::is_empty));
    (alone || name.bytes().all(|b| b.is_ascii_digit())).then_some(at)
}

/// The line of an SRT cue's number where blank lines set it off from its times: it must be `wanted`
/// and stand alone.
fn number_far_above(lines: &[Option<&str>], timing: usize, wanted: usize) -> Option<usize> {
    let at = lines[..timing].iter().rposition(|line| line.is_some_and(|l| !l.is_empty()))?;
    let alone = at.checked_sub(1).is_none_or(|above| lines[above].is_none_or(str::is_empty));
    (alone && lines[at]?.parse() == Ok(wanted)).then_some(at)
}

/// The lines of a WebVTT file, with `None` for those of its header and of `NOTE`, `STYLE` and
/// `REGION` blocks.
fn without_comments(lines: &[String]) -> Vec<Option<&str>> {
    // The header ends at the first blank line, or runs into the first cue.
    let (mut header, mut comment, mut after_blank) = (true, false, false);
    let mut kept = Vec::with_capacity(lines.len());
    for line in lines.iter().map(|line| bare(line)) {
        let word = line.split(char::is_whitespace).next().unwrap_or(line);
        header &= !line.is_empty() && timing_line(line) == TimingLine::No;
        comment &= !line.is_empty();
        comment |= after_blank && (word == "NOTE" || matches!(line, "STYLE" | "REGION"));
        after_blank = line.is_empty();
        kept.push((!header && !comment).then_some(line));
    }
    kept
}

fn no_cue(path: &Path, no_times: bool, unreadable: Option<u64>, repairs: &SubtitleRepairs) -> DataError {
    if no_times {
        let message = "there is no cue; expected lines such as `00:00:01,000 --> 00:00:02,500` (SRT, WebVTT), \
                       each with its text below";
        return DataError::in_file(path, message);
    }
    let message = format!(
        "no cue can be used: {} with times that cannot be read, {} without text, {} that end before they \
         start; expected `HH:MM:SS,mmm --> HH:MM:SS,mmm` with text below",
        repairs.unreadable_times, repairs.empty_dropped, repairs.backward_dropped
    );
    DataError::Content { path: path.to_owned(), line: unreadable, message }
}
