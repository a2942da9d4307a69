//! Samples as lines of JSON.

use super::buffer::Sample;
use crate::read::{TimeFormat, TimeReader};
use crate::source::Schema;
use crate::stream::Modality;
use crate::time::Timestamp;
use serde::Deserialize;

/// What one line brings.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Position of the stream in the schema.
    pub stream: usize,
    /// Times and samples.
    pub samples: Vec<(Timestamp, Sample)>,
}

#[derive(Deserialize)]
struct Raw {
    stream: String,
    t: Time,
    value: Value,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "`t` must be seconds, or a date-time in quotes")]
enum Time {
    Seconds(f64),
    Text(String),
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "`value` must be a number, a list of numbers, or words in quotes")]
enum Value {
    One(f32),
    Text(String),
    Many(Vec<Option<f32>>),
}

/// Reads `{"stream": NAME, "t": SECONDS or "DATE-TIME", "value": NUMBER, [NUMBERS] or "WORDS"}`.
///
/// A list holds one value a channel. A longer one holds several samples, `[time, channel]`, the first
/// at `t` and the others at the stream's rate. `null` in a list is a missing value.
///
/// # Errors
/// A sentence on what is wrong with the line.
pub fn parse_line(text: &str, schema: &Schema) -> Result<Line, String> {
    let raw: Raw = serde_json::from_str(text).map_err(|e| {
        format!("{e}; a line is {{\"stream\": name, \"t\": seconds or date-time, \"value\": number, list or words}}")
    })?;
    let Some(stream) = schema.streams.iter().position(|s| s.name == raw.stream) else {
        let names: Vec<&str> = schema.streams.iter().map(|s| s.name.as_str()).collect();
        return Err(format!("there is no stream `{}`; there are: {}", raw.stream, names.join(", ")));
    };
    let start = match raw.t {
        Time::Seconds(seconds) if seconds.abs() < 3e11 => Timestamp::from_seconds(seconds),
        Time::Seconds(seconds) => return Err(format!("t = {seconds} is no time in seconds")),
        Time::Text(text) => Timestamp::from_micros(TimeReader::new(&TimeFormat::Auto).micros(&text)?),
    };
    let spec = &schema.streams[stream];
    let channels = spec.channels.len().max(1);
    let stride = match spec.modality {
        Modality::Image | Modality::Video => spec.size.map_or(1, |[h, w]| h * w) * channels,
        _ => channels,
    };
    let values = match raw.value {
        Value::Text(text) => return Ok(Line { stream, samples: vec![(start, Sample::Text(text))] }),
        Value::One(value) => vec![value],
        Value::Many(values) => values.into_iter().map(|v| v.unwrap_or(f32::NAN)).collect(),
    };
    if values.is_empty() || !values.len().is_multiple_of(stride) {
        return Err(format!(
            "stream `{}` has {stride} values a sample, the list {}; give a whole number of samples",
            spec.name,
            values.len()
        ));
    }
    let period = match (values.len() / stride, spec.rate) {
        (1, _) => 0.0,
        (_, Some(rate)) => rate.period_micros(),
        (n, None) => {
            return Err(format!("stream `{}` has no rate, so {n} samples need {n} lines", spec.name));
        }
    };
    let samples = values.chunks_exact(stride).enumerate().map(|(i, values)| {
        (start.offset((i as f64 * period).round() as i64), Sample::Numbers(values.to_vec()))
    });
    Ok(Line { stream, samples: samples.collect() })
}
