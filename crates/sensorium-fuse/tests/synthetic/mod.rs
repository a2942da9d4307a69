//! Synthetic modalities: random examples for laws, and recordings in memory for training.

#![allow(dead_code, clippy::unwrap_used)]

use burn::tensor::{Device, Tensor};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use sensorium_data::{
    Annotation, DataError, Hertz, Modality, Recording, RecordingSource, Samples, Schema, Span, Split, Stream,
    StreamSpec, Target, Task, TimeAxis, Timestamp, WindowRule,
};
use sensorium_fuse::{FusionConfig, FusionKind, FusionNet};
use sensorium_nn::frontend::{Frontend, ImageFrontend, SeriesFrontend, StreamFeatures, TableFrontend};
use sensorium_nn::train::Weights;
use sensorium_nn::{Example, StreamExample, TaskLoss};
use std::sync::Arc;

/// Every fusion over [`frontends`].
pub const KINDS: [FusionKind; 5] = FusionKind::ALL;

/// Front ends of four modalities.
pub fn frontends() -> Vec<Frontend> {
    vec![
        Frontend::Series(SeriesFrontend { channels: 1, slots: 32 }),
        Frontend::Series(SeriesFrontend { channels: 2, slots: 40 }),
        Frontend::Image(ImageFrontend { frames: 2, channels: 1, height: 8, width: 8 }),
        Frontend::Table(TableFrontend { channels: 3 }),
    ]
}

/// A three-class task.
pub fn task() -> TaskLoss {
    let task = Task::Classification { classes: ["a", "b", "c"].map(String::from).to_vec() };
    TaskLoss::fit(&task, [Target::Class(0), Target::Class(1), Target::Class(2)].iter())
}

/// A network whose weights depend on `seed` alone; none of them is zero, so that no path is off.
pub fn network(config: &FusionConfig, seed: u64, device: &Device, train: bool) -> FusionNet {
    let net = config.init(&frontends(), task(), device);
    let mut weights = Weights::of(&net);
    weights.reset(seed);
    for (i, value) in weights.values.iter_mut().flatten().enumerate() {
        *value += 0.05 * ((i as f32) * 0.7).sin();
    }
    weights.load(net, device, train).unwrap()
}

/// A small network of a kind.
pub fn small(kind: FusionKind) -> FusionConfig {
    FusionConfig { dim: 8, ..FusionConfig::new(kind) }
}

fn features(frontend: &Frontend, rng: &mut ChaCha8Rng) -> StreamFeatures {
    let (tokens, width) = (frontend.tokens(), frontend.width());
    StreamFeatures {
        values: (0..tokens * width).map(|_| rng.random_range(-2.0..2.0)).collect(),
        start_ms: (0..tokens).map(|t| t as f32 * 100.0).collect(),
        end_ms: (0..tokens).map(|t| t as f32 * 100.0 + 100.0).collect(),
        mask: (0..tokens).map(|t| t == 0 || rng.random_bool(0.8)).collect(),
        quality: rng.random_range(0.0..=1.0),
        staleness: rng.random_range(0.0..=1.0),
    }
}

/// An example with every stream there; targets go round the classes.
pub fn example(rng: &mut ChaCha8Rng, class: usize) -> Example {
    let stream = |f: &Frontend, rng: &mut ChaCha8Rng| StreamExample {
        clean: Some(features(f, rng)),
        broken: Vec::new(),
    };
    Example {
        recording: "r".into(),
        group: "g".into(),
        span: Span::lasting(Timestamp::ZERO, 1_000_000),
        streams: frontends().iter().map(|f| stream(f, rng)).collect(),
        target: Target::Class(class),
    }
}

/// A tensor's values.
pub fn host<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.try_into_vec_as::<f32>().unwrap()
}

/// Recordings in memory, one window each.
pub struct Memory {
    schema: Schema,
    recordings: Vec<Recording>,
}

/// Samples in a stream of a [`Memory`] recording.
pub const SAMPLES: usize = 16;

impl Memory {
    /// `count` recordings of three series each, as `make` draws their values and target. Of every
    /// four, two are for training, one for validation and one for the test.
    pub fn new(
        task: Task,
        count: usize,
        mut make: impl FnMut(usize) -> ([[f32; SAMPLES]; 3], Target),
    ) -> Self {
        let rate = Hertz::new(SAMPLES as f64);
        let specs = ["left", "middle", "right"].map(|name| {
            Arc::new(StreamSpec {
                name: name.into(),
                modality: Modality::Series,
                rate,
                channels: vec!["x".into()],
                unit: None,
                size: None,
            })
        });
        let recordings = (0..count)
            .map(|i| {
                let (values, target) = make(i);
                let streams = specs.iter().zip(values).map(|(spec, data)| {
                    let times =
                        TimeAxis::Regular { start: Timestamp::ZERO, rate: rate.unwrap(), len: SAMPLES };
                    let samples = Samples::Values { channels: 1, data: data.to_vec() };
                    Some(Stream::new(spec.clone(), times, samples).unwrap())
                });
                Recording {
                    name: format!("r{i}"),
                    group: format!("r{i}"),
                    streams: streams.collect(),
                    annotations: vec![Annotation { span: Span::lasting(Timestamp::ZERO, 1_000_000), target }],
                }
            })
            .collect();
        let window = WindowRule { length_ms: 1000.0, stride_ms: 1000.0 };
        Self { schema: Schema { name: "memory".into(), streams: specs.to_vec(), task, window }, recordings }
    }
}

impl RecordingSource for Memory {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn len(&self) -> usize {
        self.recordings.len()
    }

    fn split(&self, index: usize) -> Split {
        [Split::Train, Split::Validation, Split::Train, Split::Test][index % 4]
    }

    fn load(&self, index: usize) -> Result<Recording, DataError> {
        Ok(self.recordings[index].clone())
    }
}
