//! Plain text with a time at the start of each line.

use super::order::order;
use super::repairs::Repairs;
use super::time_format::{TimeFormat, TimeReader};
use crate::error::DataError;
use crate::time::Timestamp;
use std::fs;
use std::path::Path;

/// Entries of a text file, in time order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entries {
    /// When each entry was written.
    pub times: Vec<Timestamp>,
    /// The words.
    pub entries: Vec<String>,
}

/// Reads `<time> <text>` lines.
///
/// The time is a number, a clock time, an ISO date-time (`2024-05-01T12:00:00` or with a blank
/// between date and time) or what `format` says, with or without square brackets; then blanks, a
/// comma, a semicolon or a tab; then the text. A line that does not begin with a time continues the
/// entry before it. Blank lines and lines that begin with `comment` are skipped. Entries with equal
/// times are all kept, in the order of the file.
///
/// # Errors
/// The file cannot be read, its first line does not begin with a time, or the times cannot be
/// repaired (see [`crate::read`]).
pub fn read_text(
    path: &Path,
    format: &TimeFormat,
    comment: Option<u8>,
    repairs: &mut Repairs,
) -> Result<Entries, DataError> {
    let bytes = fs::read(path).map_err(DataError::io(path))?;
    parse_text(path, &bytes, format, comment, repairs)
}

/// [`read_text`] on bytes in memory; `path` is for messages.
///
/// # Errors
/// As [`read_text`].
pub fn parse_text(
    path: &Path,
    bytes: &[u8],
    format: &TimeFormat,
    comment: Option<u8>,
    repairs: &mut Repairs,
) -> Result<Entries, DataError> {
    let bytes = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes);
    let mut clock = TimeReader::new(format);
    let mut found: Vec<(Option<i64>, String, u64)> = Vec::new();
    for (number, raw) in bytes.split(|b| *b == b'\n').enumerate() {
        let number = number as u64 + 1;
        let line = String::from_utf8_lossy(raw);
        if matches!(line, std::borrow::Cow::Owned(_)) {
            repairs.invalid_utf8 += 1;
        }
        let line = line.trim();
        if line.is_empty() || (comment.is_some() && comment == line.bytes().next()) {
            continue;
        }
        match (split_time(line, &mut clock), found.last_mut()) {
            (Ok((time, text)), _) => found.push((Some(time), text.to_string(), number)),
            (Err(_), Some((_, entry, _))) => {
                entry.push('\n');
                entry.push_str(line);
                repairs.continued_lines += 1;
            }
            (Err(why), None) => {
                let message = format!("the first line must begin with a time: {why}");
                return Err(DataError::at_line(path, number, message));
            }
        }
    }
    let times: Vec<Option<i64>> = found.iter().map(|(t, _, _)| *t).collect();
    let ordered = order(&times, true, repairs)
        .map_err(|d| DataError::at_line(path, found.get(d.position).map_or(1, |f| f.2), d.message))?;
    let mut entries: Vec<String> = found.into_iter().map(|(_, text, _)| text).collect();
    if let Some(positions) = ordered.positions {
        entries = positions.iter().map(|i| std::mem::take(&mut entries[*i])).collect();
    }
    Ok(Entries { times: ordered.times.into_iter().map(Timestamp::from_micros).collect(), entries })
}

/// The time at the start of `line`, and the rest.
fn split_time<'a>(line: &'a str, clock: &mut TimeReader) -> Result<(i64, &'a str), String> {
    if let Some((time, text)) = line.strip_prefix('[').and_then(|l| l.split_once(']')) {
        return Ok((clock.micros(time)?, trim_separator(text)));
    }
    let ends = |c: char| c.is_whitespace() || c == ',' || c == ';' || c == '|';
    // A date may be followed by a blank and the time of day, so the longest reading comes first.
    let cuts: Vec<usize> = line.match_indices(ends).map(|(at, _)| at).take(5).chain([line.len()]).collect();
    let mut reason = String::new();
    for at in cuts.into_iter().rev() {
        // What the first time settles must not depend on a reading that fails.
        let mut trial = clock.clone();
        match trial.micros(&line[..at]) {
            Ok(time) => {
                *clock = trial;
                return Ok((time, trim_separator(&line[at..])));
            }
            Err(why) => reason = why,
        }
    }
    Err(reason)
}

fn trim_separator(text: &str) -> &str {
    let text = text.trim_start();
    text.strip_prefix([',', ';', '|']).unwrap_or(text).trim_start()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> (Entries, Repairs) {
        let mut repairs = Repairs::default();
        let path = Path::new("log.txt");
        (parse_text(path, text.as_bytes(), &TimeFormat::Auto, Some(b'#'), &mut repairs).unwrap(), repairs)
    }

    #[test]
    fn a_line_is_a_time_and_words() {
        for line in
            ["12.5 pump, started", "12.5, pump, started", "[12.5] pump, started", "12.5\tpump, started"]
        {
            let (read, _) = parse(line);
            assert_eq!(read.entries, ["pump, started"], "{line}");
            assert_eq!(read.times, [Timestamp::from_micros(12_500_000)]);
        }
    }

    #[test]
    fn a_date_may_be_followed_by_a_blank() {
        let (read, _) = parse("2020-03-09 10:14:33 valve closed\r\n2020-03-09 10:14:34.5 again");
        assert_eq!(read.entries, ["valve closed", "again"]);
        assert_eq!(read.times[1].as_micros() - read.times[0].as_micros(), 1_500_000);
    }

    #[test]
    fn lines_without_a_time_continue_the_entry() {
        let (read, repairs) = parse("# log\n1 error\n  at pump\n\n2 fine");
        assert_eq!(read.entries, ["error\nat pump", "fine"]);
        assert_eq!(repairs.continued_lines, 1);
    }

    #[test]
    fn a_number_in_the_words_is_no_time() {
        let (read, _) = parse("1.5 20 bar");
        assert_eq!(read.entries, ["20 bar"]);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let mut repairs = Repairs::default();
            let _ = parse_text(Path::new("x"), &bytes, &TimeFormat::Auto, None, &mut repairs);
        }

        #[test]
        fn no_line_like_text_makes_it_panic(text in "([0-9.:,T \\[\\]-]{0,12}[ ;a-z\u{fc}]{0,5}\r?\n){0,20}") {
            let mut repairs = Repairs::default();
            let _ = parse_text(Path::new("x"), text.as_bytes(), &TimeFormat::Auto, None, &mut repairs);
        }
    }
}
