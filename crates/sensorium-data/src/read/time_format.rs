//! Times as people and loggers write them.

use chrono::{NaiveDate, NaiveDateTime};

/// Farthest time from the epoch that is taken for a time, in microseconds (about 12,000 years).
const FARTHEST: f64 = 4e17;

/// How the times of a file are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TimeFormat {
    /// Decided by the first time of each file: an ISO date-time, a clock time `HH:MM:SS`, or a
    /// number, which is taken for seconds below 1e11, milliseconds below 1e14, microseconds below
    /// 1e17, and nanoseconds above.
    #[default]
    Auto,
    /// ISO 8601 date-times (`2024-05-01T12:00:00.5+02:00`); without an offset they are UTC.
    Iso,
    /// Seconds since the epoch or since the start of the recording.
    Seconds,
    /// Milliseconds.
    Millis,
    /// Microseconds.
    Micros,
    /// Nanoseconds.
    Nanos,
    /// A `strftime` pattern such as `%d.%m.%Y %H:%M:%S`.
    Custom(String),
}

impl TimeFormat {
    /// Reads the name used in `dataset.toml`: `auto`, `iso`, `s`, `ms`, `us`, `ns`, or a pattern
    /// with `%`.
    ///
    /// # Errors
    /// A sentence listing the names.
    pub fn parse_name(name: &str) -> Result<Self, String> {
        Ok(match name {
            "auto" => Self::Auto,
            "iso" => Self::Iso,
            "s" => Self::Seconds,
            "ms" => Self::Millis,
            "us" => Self::Micros,
            "ns" => Self::Nanos,
            pattern if pattern.contains('%') => Self::Custom(pattern.to_string()),
            other => {
                return Err(format!(
                    "unknown time format `{other}`; use auto, iso, s, ms, us, ns, or a pattern such as \
                     \"%d.%m.%Y %H:%M:%S\""
                ));
            }
        })
    }
}

/// Reads the times of one file; remembers what the first one settled.
#[derive(Clone, Debug)]
pub struct TimeReader {
    format: TimeFormat,
}

impl TimeReader {
    /// A reader for one file.
    pub fn new(format: &TimeFormat) -> Self {
        Self { format: format.clone() }
    }

    /// Microseconds of the time written in `text`.
    ///
    /// # Errors
    /// A sentence saying what was expected.
    pub fn micros(&mut self, text: &str) -> Result<i64, String> {
        let text = text.trim();
        let scale = match &self.format {
            TimeFormat::Auto => {
                if let Ok(number) = text.parse::<f64>() {
                    self.format = guess(number);
                    return self.micros(text);
                }
                let micros = iso_micros(text).or_else(|| clock_micros(text));
                return micros.ok_or_else(|| {
                    format!(
                        "`{text}` is not a time (a number, an ISO date-time or HH:MM:SS); name another \
                         time column, or give time_format"
                    )
                });
            }
            TimeFormat::Iso => {
                return iso_micros(text).ok_or_else(|| {
                    format!(
                        "`{text}` is not an ISO date-time such as 2024-05-01 12:00:00; change time_format"
                    )
                });
            }
            TimeFormat::Custom(pattern) => {
                let parsed = NaiveDateTime::parse_from_str(text, pattern)
                    .map(|t| t.and_utc().timestamp_micros())
                    .map_err(|e| format!("`{text}` does not match time_format \"{pattern}\": {e}"));
                return parsed.and_then(|t| in_range(t as f64, text));
            }
            TimeFormat::Seconds => 1e6,
            TimeFormat::Millis => 1e3,
            TimeFormat::Micros => 1.0,
            TimeFormat::Nanos => 1e-3,
        };
        if scale == 1.0
            && let Ok(exact) = text.parse::<i64>()
        {
            return in_range(exact as f64, text).map(|_| exact);
        }
        let number: f64 = text
            .parse()
            .or_else(|_| text.replace(',', ".").parse())
            .map_err(|_| format!("`{text}` is not a number; the times before it in this file are"))?;
        in_range(number * scale, text)
    }
}

fn in_range(micros: f64, text: &str) -> Result<i64, String> {
    if micros.is_finite() && micros.abs() <= FARTHEST {
        Ok(micros.round() as i64)
    } else {
        Err(format!("`{text}` is out of range for a time; check time_format (s, ms, us or ns)"))
    }
}

fn guess(number: f64) -> TimeFormat {
    match number.abs() {
        n if n < 1e11 => TimeFormat::Seconds,
        n if n < 1e14 => TimeFormat::Millis,
        n if n < 1e17 => TimeFormat::Micros,
        _ => TimeFormat::Nanos,
    }
}

/// Whether `text` could be a time; used to tell a header line from data.
pub(crate) fn looks_like_time(text: &str) -> bool {
    iso_micros(text).is_some() || clock_micros(text).is_some()
}

/// Microseconds of `YYYY-MM-DD[ T]HH:MM[:SS[.fraction]][Z|±HH[:]MM]`, or of the date alone.
fn iso_micros(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.len() < 8 || !bytes[0].is_ascii_digit() {
        return None;
    }
    let separator = *bytes.get(4)?;
    if separator != b'-' && separator != b'/' {
        return None;
    }
    let digits = |range: std::ops::Range<usize>| -> Option<u32> {
        let part = bytes.get(range)?;
        part.iter().try_fold(0u32, |n, b| b.is_ascii_digit().then(|| n * 10 + u32::from(b - b'0')))
    };
    if *bytes.get(7)? != separator {
        return None;
    }
    let date = NaiveDate::from_ymd_opt(digits(0..4)? as i32, digits(5..7)?, digits(8..10)?)?;
    let midnight = date.and_hms_opt(0, 0, 0)?.and_utc().timestamp() * 1_000_000;
    match bytes.get(10) {
        None => Some(midnight),
        Some(b' ' | b'T' | b't' | b'_') => {
            let rest = text.get(11..)?.trim_start();
            let zone = rest.find(['Z', 'z', '+', '-']);
            let (clock, zone) = zone.map_or((rest, ""), |at| rest.split_at(at));
            Some(midnight + clock_micros(clock.trim_end())? - zone_micros(zone)?)
        }
        Some(_) => None,
    }
}

/// Microseconds of `HH:MM` or `HH:MM:SS`, with a fraction after `.` or `,`.
fn clock_micros(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let whole = |part: Option<&str>, most: i64| -> Option<i64> {
        let part = part?;
        let fits = !part.is_empty() && part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| part.parse::<i64>().ok()).flatten().filter(|n| *n <= most)
    };
    let hours = whole(parts.next(), 9999)?;
    let minutes = whole(parts.next(), 59)?;
    let mut micros = (hours * 60 + minutes) * 60_000_000;
    if let Some(seconds) = parts.next() {
        let (seconds, fraction) = seconds.split_once(['.', ',']).unwrap_or((seconds, ""));
        micros += whole(Some(seconds), 60)? * 1_000_000;
        if !fraction.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let six: String = fraction.chars().chain("000000".chars()).take(6).collect();
        micros += six.parse::<i64>().ok()?;
    }
    parts.next().is_none().then_some(micros)
}

fn zone_micros(zone: &str) -> Option<i64> {
    let sign = match zone.chars().next() {
        None | Some('Z' | 'z') => return (zone.len() <= 1).then_some(0),
        Some('-') => -1,
        _ => 1,
    };
    let digits: String = zone.get(1..)?.chars().filter(|c| *c != ':').collect();
    if !(digits.len() == 2 || digits.len() == 4) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i64 = digits.parse().ok()?;
    let (hours, minutes) = if digits.len() == 2 { (number, 0) } else { (number / 100, number % 100) };
    Some(sign * (hours * 60 + minutes) * 60_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn auto(text: &str) -> Option<i64> {
        TimeReader::new(&TimeFormat::Auto).micros(text).ok()
    }

    #[test]
    fn every_spelling_of_one_instant_agrees() {
        let instant = 1_583_748_873_500_000;
        for text in [
            "2020-03-09 10:14:33.5",
            "2020-03-09T10:14:33.500Z",
            "2020/03/09 12:14:33.5+02:00",
            "2020-03-09T09:14:33.5-0100",
            "1583748873.5",
            "1583748873500",
            "1583748873500000",
            "1583748873500000000",
        ] {
            assert_eq!(auto(text), Some(instant), "{text}");
        }
    }

    #[test]
    fn clock_times_count_from_midnight() {
        assert_eq!(auto("00:01:02,250"), Some(62_250_000));
        assert_eq!(auto("2020-02-30"), None);
        assert_eq!(auto("12:75:00"), None);
    }

    #[test]
    fn a_pattern_reads_day_first_dates() {
        let format = TimeFormat::parse_name("%d.%m.%Y %H:%M:%S").unwrap();
        assert_eq!(TimeReader::new(&format).micros("09.03.2020 10:14:33"), Ok(1_583_748_873_000_000));
    }

    #[test]
    fn absurd_numbers_are_refused() {
        for text in ["1e300", "-1e300", "inf", "NaN", "", "zzz"] {
            assert_eq!(auto(text), None, "{text}");
        }
    }
}
