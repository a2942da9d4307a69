//! What is written as a dataset opens again with the same content.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use sensorium_data::write::write_dataset;
use sensorium_data::{
    Annotation, DataError, Dataset, Hertz, Modality, Recording, RecordingSource, Samples, Schema, Span,
    Split, Stream, StreamSpec, Target, Task, TimeAxis, Timestamp, WindowRule,
};
use std::sync::Arc;

struct Source(Schema);

fn spec(name: &str, modality: Modality, rate: Option<f64>, channels: &[&str]) -> Arc<StreamSpec> {
    Arc::new(StreamSpec {
        name: name.into(),
        modality,
        rate: rate.and_then(Hertz::new),
        channels: channels.iter().map(|c| c.to_string()).collect(),
        unit: None,
        size: (modality == Modality::Image).then_some([2, 3]),
    })
}

impl Source {
    fn new() -> Self {
        Self(Schema {
            name: "written".into(),
            streams: vec![
                spec("pressure, in", Modality::Series, Some(10.0), &["a", "b"]),
                spec("sound", Modality::Audio, Some(100.0), &["mean"]),
                spec("picture", Modality::Image, None, &["gray"]),
                spec("log", Modality::Text, None, &[]),
            ],
            task: Task::Classification { classes: vec!["ok".into(), "leak".into()] },
            window: WindowRule { length_ms: 1000.0, stride_ms: 250.0 },
        })
    }
}

impl RecordingSource for Source {
    fn schema(&self) -> &Schema {
        &self.0
    }

    fn len(&self) -> usize {
        8
    }

    fn split(&self, index: usize) -> Split {
        [Split::Train, Split::Validation, Split::Test][index / 2 % 3]
    }

    fn load(&self, index: usize) -> Result<Recording, DataError> {
        let at = |ms: i64| Timestamp::from_micros(1_700_000_000_000_000 + ms * 1000);
        let regular =
            |rate: f64, len| TimeAxis::Regular { start: at(0), rate: Hertz::new(rate).unwrap(), len };
        let values = |channels: usize, len: usize| Samples::Values {
            channels,
            data: (0..channels * len).map(|i| ((i + index) as f32 * 0.37).sin()).collect(),
        };
        let pixels = (0..18).map(|i| (i * 10 + index) as f32 / 255.0).collect();
        let pictures = Samples::Images { channels: 1, height: 2, width: 3, data: pixels };
        let parts = [
            (regular(10.0, 30), values(2, 30)),
            (regular(100.0, 300), values(1, 300)),
            (TimeAxis::Stamped(vec![at(100), at(1200), at(2500)]), pictures),
            (TimeAxis::Stamped(vec![at(5), at(900)]), Samples::Text(vec!["on; 5 bar".into(), "off".into()])),
        ];
        let stream =
            |(spec, (times, samples)): (&Arc<StreamSpec>, _)| Stream::new(spec.clone(), times, samples).ok();
        Ok(Recording {
            name: format!("run {index}"),
            group: format!("rig {}", index / 2),
            streams: self.0.streams.iter().zip(parts).map(stream).collect(),
            annotations: vec![Annotation {
                span: Span::new(at(0), at(3000)),
                target: Target::Class(index % 2),
            }],
        })
    }
}

#[test]
fn a_written_dataset_opens_again_with_the_same_content() {
    let folder = tempfile::tempdir().unwrap();
    let source = Source::new();
    write_dataset(folder.path(), &source, &(0..8).collect::<Vec<_>>()).unwrap();
    let back = Dataset::open(folder.path()).unwrap();
    assert_eq!((back.len(), &back.schema().task), (8, &source.0.task));
    for index in 0..8 {
        let (original, read) = (source.load(index).unwrap(), back.load(index).unwrap());
        assert_eq!(back.split(index), source.split(index));
        assert_eq!(read.annotations, original.annotations);
        for (a, b) in original.streams.iter().flatten().zip(read.streams.iter().flatten()) {
            assert_eq!(a.times.len(), b.times.len());
            assert!((0..a.times.len()).all(|i| a.times.at(i) == b.times.at(i)), "{}", a.spec.name);
            match (&a.samples, &b.samples) {
                (Samples::Images { data: a, .. }, Samples::Images { data: b, .. }) => {
                    assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-6));
                }
                (a, b) => assert_eq!(a, b),
            }
        }
    }
}
