//! From a recording and a model to the picture of its weights over time.

use crate::RecipeError;
use crate::report::{Lane, LaneContent, Spell, Timeline, WeightRow};
use sensorium_data::{Recording, Samples, Span, Target, Timestamp, Window, WindowRule};
use sensorium_nn::{Example, Model, View};

/// What a model made of a recording.
pub struct Showing {
    /// Weights of each window.
    pub rows: Vec<WeightRow>,
    /// The class named in each window.
    pub named: Vec<Option<usize>>,
    /// What was true in each window.
    pub truth: Vec<Option<usize>>,
}

impl Showing {
    /// Predicts the windows of a recording.
    ///
    /// # Errors
    /// When the recording does not have the model's streams.
    pub fn of(model: &dyn Model, recording: &Recording, rule: WindowRule) -> Result<Self, RecipeError> {
        let windows: Vec<Window> = recording.windows(rule.length_micros(), rule.stride_micros()).collect();
        let examples: Vec<Example> = windows.iter().map(|w| model.pipeline().example(w)).collect();
        let list: Vec<&Example> = examples.iter().collect();
        let predictions = model.predict(&list, &|_, _| View::Clean)?;
        let origin = recording.span().map_or(Timestamp::ZERO, |s| s.start);
        let seconds = |t: Timestamp| (t.as_micros() - origin.as_micros()) as f64 * 1e-6;
        // Overlapping windows: a row is drawn over the last stride of its window, the first over all.
        let stride = rule.stride_ms.min(rule.length_ms) * 1e-3;
        let rows = windows.iter().zip(&predictions).enumerate().map(|(i, (window, p))| {
            let end = seconds(window.span.end);
            let start = if i == 0 { seconds(window.span.start) } else { end - stride };
            WeightRow { start, end, weights: p.weights.clone() }
        });
        Ok(Self {
            rows: rows.collect(),
            named: predictions.iter().map(|p| p.decision.first().copied()).collect(),
            truth: windows
                .iter()
                .map(|w| {
                    let newest = Span::new(w.span.end.offset(-(stride * 1e6) as i64), w.span.end);
                    match recording.target_over(newest) {
                        Target::Class(class) => Some(class),
                        _ => None,
                    }
                })
                .collect(),
        })
    }

    fn spells(&self, labels: &[Option<usize>], classes: &[String]) -> Vec<Spell> {
        let mut spells: Vec<Spell> = Vec::new();
        for (row, label) in self.rows.iter().zip(labels) {
            let Some(label) = label.and_then(|l| classes.get(l)) else { continue };
            match spells.last_mut() {
                Some(last) if &last.label == label && (last.end - row.start).abs() < 1e-3 => {
                    last.end = row.end;
                }
                _ => spells.push(Spell { start: row.start, end: row.end, label: label.clone() }),
            }
        }
        spells
    }
}

/// The picture of a recording.
pub fn timeline(recording: &Recording, shown: &Showing, classes: &[String]) -> Timeline {
    let whole = recording.span().unwrap_or(Span::new(Timestamp::ZERO, Timestamp::ZERO));
    let names = recording
        .streams
        .iter()
        .enumerate()
        .map(|(i, s)| s.as_ref().map_or_else(|| format!("stream {i}"), |s| s.spec.name.clone()));
    Timeline {
        span: (0.0, whole.seconds()),
        modalities: names.collect(),
        weights: shown.rows.clone(),
        truth: shown.spells(&shown.truth, classes),
        predicted: shown.spells(&shown.named, classes),
        lanes: (0..recording.streams.len()).filter_map(|m| lane(recording, m, whole.start)).collect(),
        ..Timeline::default()
    }
}

fn lane(recording: &Recording, modality: usize, origin: Timestamp) -> Option<Lane> {
    let stream = recording.streams[modality].as_ref()?;
    let seconds = |i: usize| (stream.times.at(i).as_micros() - origin.as_micros()) as f64 * 1e-6;
    let times = || (0..stream.times.len()).map(seconds).collect::<Vec<f64>>();
    let content = match &stream.samples {
        Samples::Values { channels, data } => {
            let first: Vec<f32> = data.iter().step_by((*channels).max(1)).copied().collect();
            match (stream.spec.modality, stream.spec.rate) {
                (sensorium_data::Modality::Audio, Some(rate)) => LaneContent::Audio {
                    start: if first.is_empty() { 0.0 } else { seconds(0) },
                    rate_hz: rate.get(),
                    samples: first,
                },
                _ => LaneContent::Series { times: times(), values: first },
            }
        }
        Samples::Images { channels, height, width, data } => {
            let gray = data.chunks_exact((channels * height * width).max(1)).flat_map(|picture| {
                (0..height * width).map(move |p| {
                    let sum: f32 = (0..*channels).map(|c| picture[c * height * width + p]).sum();
                    sum / *channels as f32
                })
            });
            LaneContent::Images { times: times(), width: *width, height: *height, pixels: gray.collect() }
        }
        Samples::Text(entries) => LaneContent::Text {
            entries: entries.iter().enumerate().map(|(i, e)| (seconds(i), e.clone())).collect(),
        },
    };
    Some(Lane {
        name: stream.spec.name.clone(),
        unit: stream.spec.unit.clone().unwrap_or_default(),
        modality,
        content,
        failures: Vec::new(),
    })
}
