//! The simulator as a source of recordings.

use super::config::RigConfig;
use super::faults::Fault;
use super::log;
use super::machine::Machine;
use super::operation::Operation;
use super::random::{Draws, Purpose};
use super::sensor::Sensor;
use super::severity::Severity;
use super::terms::Terms;
use super::{acoustic, current, flow, pressure, temperature, thermal, vibration};
use crate::error::DataError;
use crate::recording::{Annotation, Recording, Target, Task};
use crate::source::{RecordingSource, Schema, Split, WindowRule};
use crate::stream::{Samples, Stream, StreamSpec, TimeAxis};
use crate::time::{Hertz, Span, Timestamp};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Version of the simulator: a change that alters any sample is a new version, and every figure that
/// was measured on the old one is redone.
pub const VERSION: &str = "1";

/// The simulated data set. Recording `index` has class `index % 10` (0 is healthy).
#[derive(Clone, Debug)]
pub struct Rig {
    config: RigConfig,
    schema: Schema,
    specs: Vec<Arc<StreamSpec>>,
}

/// Everything about one recording that does not depend on the sensors.
struct Case {
    draws: Draws,
    machine: Machine,
    operation: Operation,
}

impl RigConfig {
    /// The data set.
    ///
    /// # Errors
    /// When a length, stride, count or severity makes no sense.
    pub fn init(self) -> Result<Rig, DataError> {
        let positive = |name: &str, value: f64| {
            let message = format!("rig: {name} must be a positive number, not {value}");
            if value.is_finite() && value > 0.0 { Ok(()) } else { Err(DataError::Invalid(message)) }
        };
        positive("seconds", self.seconds)?;
        positive("window_s", self.window_s)?;
        positive("stride_s", self.stride_s)?;
        let [least, greatest] = self.severity;
        positive("the least severity", f64::from(least))?;
        if !(greatest >= least && greatest.is_finite()) {
            let message = format!("rig: severity must run from less to more, not from {least} to {greatest}");
            return Err(DataError::Invalid(message));
        }
        if self.seconds < 1.0 || self.seconds > 3600.0 {
            let message = format!("rig: seconds must lie between 1 and 3600, not {}", self.seconds);
            return Err(DataError::Invalid(message));
        }
        let specs: Vec<_> = Sensor::ALL.iter().map(|s| Arc::new(s.spec())).collect();
        let classes = std::iter::once("healthy").chain(Fault::ALL.map(Fault::name));
        let schema = Schema {
            name: "rig".into(),
            streams: specs.clone(),
            task: Task::Classification { classes: classes.map(Into::into).collect() },
            window: WindowRule { length_ms: self.window_s * 1e3, stride_ms: self.stride_s * 1e3 },
        };
        Ok(Rig { config: self, schema, specs })
    }
}

impl Rig {
    /// Number of classes: healthy and nine faults.
    pub const CLASSES: usize = Fault::ALL.len() + 1;

    /// What the data set was made from.
    pub fn config(&self) -> &RigConfig {
        &self.config
    }

    /// The fault of recording `index`.
    pub fn fault(&self, index: usize) -> Option<Fault> {
        Fault::of_class(index % Self::CLASSES)
    }

    /// Severity of the fault of recording `index`.
    pub fn severity(&self, index: usize) -> Option<Severity> {
        let rng = &mut Draws::new(self.config.seed, index).stream(Purpose::Severity);
        self.fault(index).map(|fault| Severity::draw(self.config.severity, fault.couples(), rng))
    }

    /// The rig of recording `index`.
    pub fn machine(&self, index: usize) -> Machine {
        Machine::draw(&mut Draws::new(self.config.seed, index).stream(Purpose::Machine))
    }

    /// How the rig of recording `index` was run.
    pub fn operation(&self, index: usize) -> Operation {
        self.case(index).operation
    }

    /// Recording `index` with its fault, and the same rig, load and noise without it. Streams that the
    /// fault does not reach are equal bit for bit. No sensor fails in either.
    pub fn pair(&self, index: usize) -> (Recording, Recording) {
        let case = self.case(index);
        let name = recording_name(index);
        let (with, without) = (self.terms(index), Terms::default());
        let healthy = self.record(&case, &without, format!("{name}-healthy"), &name, 0);
        (self.record(&case, &with, name.clone(), &name, index % Self::CLASSES), healthy)
    }

    /// SHA-256 of the first recording of every class in a small data set of the same seed, as hex.
    /// It changes when the simulator does.
    pub fn digest(&self) -> String {
        let config = RigConfig { seed: self.config.seed, seconds: 4.0, ..RigConfig::default() };
        let small = Self { config, ..self.clone() };
        let mut hash = Sha256::new();
        hash.update(VERSION.as_bytes());
        for class in 0..Self::CLASSES {
            let recording = small.simulate(class);
            for stream in recording.streams.iter().flatten() {
                hash.update(stream.spec.name.as_bytes());
                match &stream.samples {
                    Samples::Values { data, .. } | Samples::Images { data, .. } => {
                        data.iter().for_each(|v| hash.update(v.to_le_bytes()));
                    }
                    Samples::Text(lines) => lines.iter().for_each(|line| hash.update(line.as_bytes())),
                }
            }
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn case(&self, index: usize) -> Case {
        let draws = Draws::new(self.config.seed, index);
        let machine = Machine::draw(&mut draws.stream(Purpose::Machine));
        let load = &mut draws.stream(Purpose::Load);
        let operation = Operation::draw(&machine, self.config.seconds, self.config.onset_s, load);
        Case { draws, machine, operation }
    }

    fn terms(&self, index: usize) -> Terms {
        match (self.fault(index), self.severity(index)) {
            (Some(fault), Some(severity)) => fault.terms(&severity),
            _ => Terms::default(),
        }
    }

    /// Recording `index < len()`, with the configured sensor failures.
    pub fn simulate(&self, index: usize) -> Recording {
        let name = recording_name(index);
        let case = self.case(index);
        let mut recording =
            self.record(&case, &self.terms(index), name.clone(), &name, index % Self::CLASSES);
        let whole = Span::lasting(Timestamp::ZERO, (self.config.seconds * 1e6).round() as i64);
        for (number, broken) in self.config.failures.iter().enumerate() {
            let slot = &mut recording.streams[broken.sensor.index()];
            if let Some(stream) = slot {
                let rng = &mut case.draws.stream(Purpose::Failure(number));
                broken.failure.apply_to(stream, broken.span.unwrap_or(whole), broken.severity, rng);
                if stream.times.is_empty() {
                    *slot = None;
                }
            }
        }
        recording
    }

    fn record(&self, case: &Case, terms: &Terms, name: String, group: &str, class: usize) -> Recording {
        let Case { draws, machine, operation } = case;
        let streams = Sensor::ALL.map(|sensor| {
            let (stamps, samples) = match sensor {
                Sensor::Vibration => {
                    (None, values(1, vibration::simulate(machine, operation, &terms.vibration, *draws)))
                }
                Sensor::Acoustic => {
                    (None, values(1, acoustic::simulate(machine, operation, &terms.acoustic, *draws)))
                }
                Sensor::Current => {
                    (None, values(1, current::simulate(machine, operation, &terms.current, *draws)))
                }
                Sensor::Pressure => {
                    (None, values(1, pressure::simulate(machine, operation, &terms.pressure, *draws)))
                }
                Sensor::Flow => (None, values(1, flow::simulate(machine, operation, &terms.flow, *draws))),
                Sensor::Temperature => {
                    (None, values(2, temperature::simulate(machine, operation, &terms.temperature, *draws)))
                }
                Sensor::Thermal => {
                    let data = thermal::simulate(machine, operation, &terms.thermal, *draws);
                    let side = thermal::SIDE;
                    (None, Samples::Images { channels: 1, height: side, width: side, data })
                }
                Sensor::Log => {
                    let (times, lines) = log::simulate(operation, &terms.log, *draws);
                    (Some(times), Samples::Text(lines))
                }
            };
            let times = match (stamps, Hertz::new(sensor.rate_hz())) {
                (None, Some(rate)) => TimeAxis::Regular { start: Timestamp::ZERO, rate, len: samples.len() },
                (stamps, _) => TimeAxis::Stamped(stamps.unwrap_or_default()),
            };
            Some(Stream { spec: self.specs[sensor.index()].clone(), times, samples })
        });
        Recording { name, group: group.into(), streams: streams.into(), annotations: self.annotations(class) }
    }

    fn annotations(&self, class: usize) -> Vec<Annotation> {
        let at = Timestamp::from_seconds;
        let end = at(self.config.seconds);
        let onset = at(self.config.onset_s.unwrap_or(0.0).clamp(0.0, self.config.seconds));
        [(Span::new(Timestamp::ZERO, onset), 0), (Span::new(onset, end), class)]
            .into_iter()
            .filter(|(span, _)| span.micros() > 0)
            .map(|(span, class)| Annotation { span, target: Target::Class(class) })
            .collect()
    }
}

fn values(channels: usize, data: Vec<f32>) -> Samples {
    Samples::Values { channels, data }
}

fn recording_name(index: usize) -> String {
    format!("rig-{index:05}")
}

impl RecordingSource for Rig {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn len(&self) -> usize {
        self.config.recordings_per_class * Self::CLASSES
    }

    /// 60 % of each class to train, 20 % to validate, 20 % to test; every recording is another rig.
    fn split(&self, index: usize) -> Split {
        let (rank, count) = (index / Self::CLASSES, self.config.recordings_per_class);
        if rank * 10 < count * 6 {
            Split::Train
        } else if rank * 10 < count * 8 {
            Split::Validation
        } else {
            Split::Test
        }
    }

    fn load(&self, index: usize) -> Result<Recording, DataError> {
        if index < self.len() {
            Ok(self.simulate(index))
        } else {
            Err(DataError::Invalid(format!("rig: there is no recording {index}, only {}", self.len())))
        }
    }
}
