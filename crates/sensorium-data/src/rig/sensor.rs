//! The eight sensors of the stand.

use crate::stream::{Modality, StreamSpec};
use crate::time::Hertz;

/// One of the eight sensors; the order is that of the streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sensor {
    /// Accelerometer on the drive-end bearing housing, 2000 Hz, m/s².
    Vibration,
    /// Microphone a metre away, 8000 Hz, Pa.
    Acoustic,
    /// Current of one motor phase, 1000 Hz, A.
    Current,
    /// Discharge pressure, 100 Hz, bar.
    Pressure,
    /// Flow meter, 10 Hz, l/min.
    Flow,
    /// Motor winding and bearing, 1 Hz, °C.
    Temperature,
    /// Infrared camera, 32×32 pixels, 1 Hz, 0 to 130 °C on `[0, 1]`.
    Thermal,
    /// What the operator writes down, every 2 to 6 s.
    Log,
}

impl Sensor {
    /// All sensors, in stream order.
    pub const ALL: [Self; 8] = [
        Self::Vibration,
        Self::Acoustic,
        Self::Current,
        Self::Pressure,
        Self::Flow,
        Self::Temperature,
        Self::Thermal,
        Self::Log,
    ];

    /// Position in the stream list.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Name of the stream.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Vibration => "vibration",
            Self::Acoustic => "acoustic",
            Self::Current => "current",
            Self::Pressure => "pressure",
            Self::Flow => "flow",
            Self::Temperature => "temperature",
            Self::Thermal => "thermal",
            Self::Log => "log",
        }
    }

    /// Samples per second, 0 for the log.
    pub const fn rate_hz(self) -> f64 {
        match self {
            Self::Vibration => 2000.0,
            Self::Acoustic => 8000.0,
            Self::Current => 1000.0,
            Self::Pressure => 100.0,
            Self::Flow => 10.0,
            Self::Temperature | Self::Thermal => 1.0,
            Self::Log => 0.0,
        }
    }

    /// What the stream is.
    pub fn spec(self) -> StreamSpec {
        let (modality, channels, unit): (_, &[&str], _) = match self {
            Self::Vibration => (Modality::Series, &["acceleration"], Some("m/s^2")),
            Self::Acoustic => (Modality::Audio, &["sound"], Some("Pa")),
            Self::Current => (Modality::Series, &["phase"], Some("A")),
            Self::Pressure => (Modality::Series, &["discharge"], Some("bar")),
            Self::Flow => (Modality::Series, &["flow"], Some("l/min")),
            Self::Temperature => (Modality::Series, &["motor", "bearing"], Some("C")),
            Self::Thermal => (Modality::Image, &["gray"], None),
            Self::Log => (Modality::Text, &[], None),
        };
        StreamSpec {
            name: self.name().into(),
            modality,
            rate: Hertz::new(self.rate_hz()),
            channels: channels.iter().map(ToString::to_string).collect(),
            unit: unit.map(Into::into),
            size: (self == Self::Thermal).then_some([super::thermal::SIDE, super::thermal::SIDE]),
        }
    }
}
