//! Times of cues, and the lines that hold them.

use crate::time::Timestamp;

/// What a line is, as far as times go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TimingLine {
    /// `START --> END`, perhaps with settings behind it.
    Times(Timestamp, Timestamp),
    /// Meant as such, but a time cannot be read.
    Unreadable,
    /// Something else.
    No,
}

/// Tells whether a line says when a cue is shown. `->` stands for `-->` where both times can be read.
pub(super) fn timing_line(line: &str) -> TimingLine {
    let Some((before, after)) = line.split_once("-->").or_else(|| line.split_once("->")) else {
        return TimingLine::No;
    };
    let start = stamp(before).filter(|(_, rest)| super::decode::bare(rest).is_empty());
    // The end's settings are set off by a blank.
    let end = stamp(after).filter(|(_, rest)| rest.chars().next().is_none_or(char::is_whitespace));
    match (start, end) {
        (Some((start, _)), Some((end, _))) => TimingLine::Times(start, end),
        _ if line.contains("-->") && looks_like_a_time(before) => TimingLine::Unreadable,
        _ => TimingLine::No,
    }
}

fn looks_like_a_time(text: &str) -> bool {
    let text = super::decode::bare(text);
    text.starts_with(|c: char| c.is_ascii_digit() || c == '-') && text.contains(':')
}

/// A time at the start of `text`, and what follows it: `[H…:]MM:SS[(,|.)fraction]`. The fraction is
/// read as one of a second (`,5` is half a second); what is finer than a microsecond is cut.
fn stamp(text: &str) -> Option<(Timestamp, &str)> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let (first, rest) = digits(text, 9)?;
    let (second, rest) = digits(rest.strip_prefix(':')?, 2)?;
    let (hours, minutes, (seconds, rest)) = match rest.strip_prefix(':') {
        Some(rest) => (first, second, digits(rest, 2)?),
        None => (0, first, (second, rest)),
    };
    if minutes > 59 || seconds > 59 {
        return None;
    }
    let (micros, rest) = match rest.trim_start().strip_prefix([',', '.']).map(str::trim_start) {
        Some(fraction) => fraction_micros(fraction)?,
        None => (0, rest),
    };
    let total = ((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + micros;
    Some((Timestamp::from_micros(total), rest))
}

fn fraction_micros(text: &str) -> Option<(i64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (figures, rest) = text.split_at(end);
    if figures.is_empty() {
        return None;
    }
    let micros = figures.bytes().chain(std::iter::repeat(b'0')).take(6);
    Some((micros.fold(0, |sum, figure| sum * 10 + i64::from(figure - b'0')), rest))
}

/// A number of 1 to `most` figures at the start of `text`.
fn digits(text: &str, most: usize) -> Option<(i64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    if end == 0 || end > most {
        return None;
    }
    let (figures, rest) = text.split_at(end);
    figures.parse().ok().map(|number| (number, rest))
}

/// `HH:MM:SS` and milliseconds behind `mark`, rounded to the nearest; `micros` is not negative.
pub(super) fn written(micros: i64, mark: char) -> String {
    let millis = milliseconds(micros);
    let (seconds, millis) = (millis / 1000, millis % 1000);
    format!("{:02}:{:02}:{:02}{mark}{millis:03}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Microseconds to the nearest millisecond.
pub(super) fn milliseconds(micros: i64) -> i64 {
    micros.saturating_add(500).div_euclid(1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(line: &str) -> Option<(i64, i64)> {
        match timing_line(line) {
            TimingLine::Times(start, end) => Some((start.as_micros(), end.as_micros())),
            _ => None,
        }
    }

    #[test]
    fn a_comma_and_a_point_both_start_the_fraction() {
        assert_eq!(times("00:00:01,250 --> 00:00:02.5"), Some((1_250_000, 2_500_000)));
    }

    #[test]
    fn hours_may_be_missing_or_more_than_ninety_nine() {
        assert_eq!(times("01:02.003 --> 123:00:00.000"), Some((62_003_000, 442_800_000_000)));
    }

    #[test]
    fn settings_behind_the_times_are_left_alone() {
        assert_eq!(times("00:01.000 --> 00:02.000 align:start position:10%"), Some((1_000_000, 2_000_000)));
        assert_eq!(times("00:00:01,000 --> 00:00:02,000  X1:40 X2:600"), Some((1_000_000, 2_000_000)));
    }

    #[test]
    fn blanks_about_the_arrow_and_the_comma_do_not_matter() {
        assert_eq!(times(" 00:00:01, 000-->00:00:02 ,000 "), Some((1_000_000, 2_000_000)));
    }

    #[test]
    fn a_short_arrow_counts_only_between_two_times() {
        assert_eq!(times("00:01 -> 00:02"), Some((1_000_000, 2_000_000)));
        assert_eq!(timing_line("10:30 -> lunch"), TimingLine::No);
    }

    #[test]
    fn a_line_meant_as_times_is_told_from_text_with_an_arrow() {
        assert_eq!(timing_line("00:00:61,000 --> 00:00:62,000"), TimingLine::Unreadable);
        assert_eq!(timing_line("-00:00:01,000 --> 00:00:02,000"), TimingLine::Unreadable);
        assert_eq!(timing_line("left --> right"), TimingLine::No);
    }

    #[test]
    fn written_times_round_to_the_millisecond() {
        assert_eq!(written(359_999_999_600, ','), "100:00:00,000");
        assert_eq!(written(1_234_499, '.'), "00:00:01.234");
    }
}
