//! The pictures of a report on a model.

use super::Scored;
use super::figures::BINS;
use anyhow::Result;
use sensorium::data::{Recording, Task, WindowRule};
use sensorium::nn::Model;
use sensorium::nn::metrics::{
    Confusion, confidence_and_correct, expected_calibration_error, reliability_bins,
};
use sensorium::recipes::report::{Calibration, ConfusionChart, Heat, Reliability, Section};
use sensorium::recipes::report_timeline::{Showing, timeline};

/// The sections of the report: an example recording, failures, confusion, calibration.
///
/// # Errors
/// When the recording does not have the model's streams.
pub fn sections(
    model: &dyn Model,
    recording: Option<&Recording>,
    rule: WindowRule,
    scored: &Scored,
    heat: Option<Heat>,
) -> Result<Vec<Section>> {
    let mut sections = Vec::new();
    if let Some(recording) = recording {
        let classes = match scored.task {
            Task::Classification { classes } => classes.clone(),
            Task::OneClass => vec!["normal".into(), "anomaly".into()],
            _ => Vec::new(),
        };
        let mut picture = timeline(recording, &Showing::of(model, recording, rule)?, &classes);
        picture.title = format!("Recording {}", recording.name);
        picture.text = "The weight of each modality in each window, above what the sensors recorded.".into();
        sections.push(Section::Timeline(picture));
    }
    sections.extend(heat.map(Section::Heat));
    if let Task::Classification { classes } = scored.task {
        let (truth, decided) = scored.classes();
        let matrix = Confusion::from_labels(classes.len(), &truth, &decided);
        sections.push(Section::Confusion(ConfusionChart::new(classes.clone(), matrix)));
        let (confidence, right) = confidence_and_correct(&truth, &scored.outputs(), classes.len());
        let ece = expected_calibration_error(&confidence, &right, BINS);
        let bins = reliability_bins(&confidence, &right, BINS);
        sections.push(Section::Calibration(Calibration::new(vec![Reliability {
            name: "as calibrated".into(),
            bins,
            ece,
        }])));
    }
    Ok(sections)
}
