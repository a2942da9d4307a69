//! Times of videos, for people.

use anyhow::Result;

/// `hh:mm:ss.mmm`.
pub fn timecode(micros: i64) -> String {
    let ms = (micros.unsigned_abs() + 500) / 1000;
    let sign = if micros < 0 && ms > 0 { "-" } else { "" };
    format!("{sign}{:02}:{:02}:{:02}.{:03}", ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000)
}

/// `A..B`, both in seconds.
pub fn seconds_span(text: &str) -> Result<(f64, f64), String> {
    let told = || "must be A..B in seconds, B after A, such as 12.5..15".to_owned();
    let (from, to) = text.split_once("..").ok_or_else(told)?;
    let number = |t: &str| t.trim().parse::<f64>().ok().filter(|v| (0.0..=1e8).contains(v)).ok_or_else(told);
    let (from, to) = (number(from)?, number(to)?);
    if from < to { Ok((from, to)) } else { Err(told()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_to_the_millisecond() {
        assert_eq!(timecode(3_723_004_600), "01:02:03.005");
        assert_eq!(timecode(-1_500_000), "-00:00:01.500");
        assert_eq!(timecode(-100), "00:00:00.000");
    }

    #[test]
    fn spans_are_in_order() {
        assert_eq!(seconds_span("1.5..2"), Ok((1.5, 2.0)));
        for wrong in ["", "1", "2..1", "1..1", "a..b", "-1..2", "NaN..2"] {
            assert!(seconds_span(wrong).is_err(), "{wrong}");
        }
    }
}
