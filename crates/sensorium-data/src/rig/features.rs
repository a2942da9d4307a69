//! Summary features of a window, for the visibility table.
//!
//! They know the shaft's and the line's angle at every instant, as an engineer with a tachometer does,
//! so that spectral lines are measured where physics puts them. Models do not get them.

use super::faults::Fault;
use super::log::PHRASES;
use super::machine::Machine;
use super::operation::Operation;
use super::sensor::Sensor;
use super::signal::{PeriodicTable, Resonator};
use super::thermal::SIDE;
use crate::stream::{Samples, Stream};

/// Names of the features of a sensor, in the order of their values.
pub fn feature_names(sensor: Sensor) -> Vec<&'static str> {
    match sensor {
        Sensor::Vibration => vec![
            "level",
            "1x / vane pass",
            "2x / vane pass",
            "3x / vane pass",
            "4x / vane pass",
            "2x / 1x",
            "high band / vane pass",
            "outer race in envelope",
            "high band kurtosis",
        ],
        Sensor::Acoustic => vec![
            "level",
            "fan / vane pass",
            "600-800 Hz / room",
            "1-1.6 kHz / room",
            "2.1-2.7 kHz / room",
            "3-3.6 kHz / room",
            "1.3 kHz kurtosis",
            "2.4 kHz kurtosis",
            "outer race in 2.4 kHz envelope",
            "1x in 700 Hz envelope",
        ],
        Sensor::Current => {
            vec!["amplitude", "line +- 1x", "line +- 2x", "3rd harmonic", "5th harmonic", "2 slip sidebands"]
        }
        Sensor::Pressure => vec!["mean", "trend", "0.5 Hz", "3-6 Hz", "8-11 Hz", "25-45 Hz", "skewness"],
        Sensor::Flow => {
            vec!["mean", "trend", "0.5 Hz", "1.2 Hz", "2 Hz", "3-5 Hz", "memory", "skewness of steps"]
        }
        Sensor::Temperature => {
            vec![
                "motor",
                "bearing",
                "motor - bearing",
                "motor slope",
                "bearing slope",
                "motor swing",
                "motor - bearing slope",
            ]
        }
        Sensor::Thermal => {
            vec!["mean", "fan end - drive end", "spot", "coupling - pump", "bearing - motor", "hottest"]
        }
        Sensor::Log => Fault::ALL.iter().map(|f| f.name()).collect(),
    }
}

/// Values of the features of `stream`, which is of `sensor`; as many as there are names. Logarithms
/// are natural. A stream without samples gives zeros.
pub(super) fn features(
    sensor: Sensor,
    stream: &Stream,
    machine: &Machine,
    operation: &Operation,
) -> Vec<f32> {
    let angles = Angles::of(stream, operation);
    let empty = || vec![0.0; feature_names(sensor).len()];
    match &stream.samples {
        Samples::Text(lines) => mentions(lines),
        Samples::Images { data, .. } if data.len() >= SIDE * SIDE => picture(data),
        Samples::Values { data, .. } if data.len() >= 4 => match sensor {
            Sensor::Vibration => vibration(data, machine, &angles),
            Sensor::Acoustic => acoustic(data, machine, &angles),
            Sensor::Current => current(data, &angles, machine),
            Sensor::Pressure => pressure(data),
            Sensor::Flow => flow(data),
            Sensor::Temperature => temperature(data),
            Sensor::Thermal | Sensor::Log => empty(),
        },
        _ => empty(),
    }
}

/// Angles of shaft and line at each sample, in revolutions and periods.
struct Angles {
    shaft: Vec<f64>,
    line: Vec<f64>,
}

impl Angles {
    fn of(stream: &Stream, operation: &Operation) -> Self {
        let times = || (0..stream.times.len()).map(|i| stream.times.at(i).as_seconds());
        Self {
            shaft: times().map(|t| operation.shaft_at(t)).collect(),
            line: times().map(|t| operation.line_at(t)).collect(),
        }
    }
}

/// Amplitude of the line whose phase is `phases` (in cycles): `2 |Σ w x e^(-2πi φ)| / Σ w`, under a
/// Hann window w.
pub(super) fn line_amplitude(data: &[f32], phases: impl Iterator<Item = f64>) -> f32 {
    // A table in place of sine and cosine: off by 5e-6 at most.
    let cosine = PeriodicTable::new(&[(1, 1.0, 0.0)]);
    let n = data.len() as f64;
    let (mut re, mut im, mut total) = (0.0, 0.0, 0.0);
    for (i, (x, phase)) in data.iter().zip(phases).enumerate() {
        let w = 0.5 - 0.5 * f64::from(cosine.at((i as f64 + 0.5) / n));
        let (cos, sin) = (f64::from(cosine.at(phase)), f64::from(cosine.at(phase - 0.25)));
        (re, im, total) = (re + w * f64::from(*x) * cos, im - w * f64::from(*x) * sin, total + w);
    }
    (2.0 * re.hypot(im) / total.max(1e-12)) as f32
}

fn mean(data: &[f32]) -> f32 {
    data.iter().sum::<f32>() / data.len().max(1) as f32
}

fn moment(data: &[f32], power: i32) -> f32 {
    let m = mean(data);
    data.iter().map(|x| (x - m).powi(power)).sum::<f32>() / data.len().max(1) as f32
}

fn rms(data: &[f32]) -> f32 {
    moment(data, 2).sqrt()
}

fn kurtosis(data: &[f32]) -> f32 {
    (moment(data, 4) / moment(data, 2).powi(2).max(1e-20)).ln()
}

fn ln(value: f32) -> f32 {
    value.max(1e-9).ln()
}

fn band(data: &[f32], centre_hz: f64, width_hz: f64, rate_hz: f64) -> Vec<f32> {
    let mut filter = Resonator::for_noise(centre_hz, width_hz, rate_hz);
    data.iter().map(|x| filter.step(*x)).collect()
}

fn envelope_line(data: &[f32], phases: impl Iterator<Item = f64>) -> f32 {
    let envelope: Vec<f32> = data.iter().map(|x| x.abs()).collect();
    let middle = mean(&envelope);
    let swing: Vec<f32> = envelope.iter().map(|x| x - middle).collect();
    ln(line_amplitude(&swing, phases) / middle.max(1e-9) + 0.005)
}

/// Straight line through the samples: rise over the window, and what is left.
fn detrend(data: &[f32]) -> (f32, Vec<f32>) {
    let (n, m) = (data.len() as f32, mean(data));
    let x = |i: usize| (i as f32 + 0.5) / n - 0.5;
    let square: f32 = (0..data.len()).map(|i| x(i) * x(i)).sum();
    let slope: f32 = data.iter().enumerate().map(|(i, y)| x(i) * (y - m)).sum::<f32>() / square.max(1e-9);
    (slope, data.iter().enumerate().map(|(i, y)| y - m - slope * x(i)).collect())
}

fn vibration(data: &[f32], machine: &Machine, angles: &Angles) -> Vec<f32> {
    let order = |k: f64| line_amplitude(data, angles.shaft.iter().map(|s| k * s));
    let lines = [1.0, 2.0, 3.0, 4.0].map(order);
    let vane = ln(order(f64::from(machine.vanes)));
    let high: Vec<f32> = data.windows(3).map(|w| w[0] - 2.0 * w[1] + w[2]).collect();
    let outer = f64::from(machine.outer_race_order());
    vec![
        ln(rms(data)),
        ln(lines[0]) - vane,
        ln(lines[1]) - vane,
        ln(lines[2]) - vane,
        ln(lines[3]) - vane,
        ln(lines[1]) - ln(lines[0]),
        ln(rms(&high)) - vane,
        envelope_line(&high, angles.shaft.iter().map(|s| outer * s)),
        kurtosis(&high),
    ]
}

fn acoustic(data: &[f32], machine: &Machine, angles: &Angles) -> Vec<f32> {
    let rate = Sensor::Acoustic.rate_hz();
    let order = |k: u32| ln(line_amplitude(data, angles.shaft.iter().map(|s| f64::from(k) * s)));
    let room = ln(rms(&band(data, 1850.0, 60.0, rate)));
    let bands = [(700.0, 150.0), (1300.0, 500.0), (2400.0, 500.0), (3300.0, 400.0)];
    let [rub, crackle, chirp, hiss] = bands.map(|(centre, width)| band(data, centre, width, rate));
    let outer = f64::from(machine.outer_race_order());
    vec![
        ln(rms(data)),
        order(machine.fan_blades) - order(machine.vanes),
        ln(rms(&rub)) - room,
        ln(rms(&crackle)) - room,
        ln(rms(&chirp)) - room,
        ln(rms(&hiss)) - room,
        kurtosis(&crackle),
        kurtosis(&chirp),
        envelope_line(&chirp, angles.shaft.iter().map(|s| outer * s)),
        envelope_line(&rub, angles.shaft.iter().copied()),
    ]
}

fn current(data: &[f32], angles: &Angles, machine: &Machine) -> Vec<f32> {
    let both = |by: &dyn Fn(usize) -> f64| {
        let side =
            |sign: f64| line_amplitude(data, angles.line.iter().enumerate().map(|(i, l)| l + sign * by(i)));
        side(1.0) + side(-1.0)
    };
    let harmonic = |k: f64| line_amplitude(data, angles.line.iter().map(|l| k * l));
    let first = ln(harmonic(1.0));
    let pairs = f64::from(machine.pole_pairs);
    vec![
        first,
        ln(both(&|i| angles.shaft[i])) - first,
        ln(both(&|i| 2.0 * angles.shaft[i])) - first,
        ln(harmonic(3.0)) - first,
        ln(harmonic(5.0)) - first,
        ln(both(&|i| 2.0 * (angles.line[i] - pairs * angles.shaft[i]))) - first,
    ]
}

fn pressure(data: &[f32]) -> Vec<f32> {
    let rate = Sensor::Pressure.rate_hz();
    let level = mean(data).max(1e-3);
    let (trend, rest) = detrend(data);
    let rest: Vec<f32> = rest.iter().map(|x| x / level).collect();
    let slow = |hz: f64| line_amplitude(&rest, (0..rest.len()).map(|i| hz * i as f64 / rate));
    let fast: Vec<f32> = rest.windows(9).map(|w| w[4] - mean(w)).collect();
    let skewness = moment(&fast, 3) / moment(&fast, 2).powf(1.5).max(1e-12);
    let in_band = |centre: f64, width: f64| ln(rms(&band(&rest, centre, width, rate)));
    vec![
        level,
        trend / level,
        ln(slow(0.5)),
        in_band(4.5, 1.5),
        in_band(9.5, 2.0),
        in_band(35.0, 12.0),
        skewness,
    ]
}

fn flow(data: &[f32]) -> Vec<f32> {
    let rate = Sensor::Flow.rate_hz();
    let level = mean(data).max(1e-3);
    let (trend, rest) = detrend(data);
    let rest: Vec<f32> = rest.iter().map(|x| x / level).collect();
    let at = |hz: f64| line_amplitude(&rest, (0..rest.len()).map(|i| hz * i as f64 / rate));
    let high = [3.0, 3.5, 4.0, 4.5].map(at);
    let steps: Vec<f32> = rest.windows(2).map(|w| w[1] - w[0]).collect();
    let products: Vec<f32> = rest.windows(2).map(|w| w[1] * w[0]).collect();
    vec![
        level,
        trend / level,
        ln(at(0.5)),
        ln(at(1.2)),
        ln(at(2.0)),
        ln(mean(&high)),
        mean(&products) / moment(&rest, 2).max(1e-12),
        moment(&steps, 3) / moment(&steps, 2).powf(1.5).max(1e-12),
    ]
}

fn temperature(data: &[f32]) -> Vec<f32> {
    let motor: Vec<f32> = data.iter().step_by(2).copied().collect();
    let bearing: Vec<f32> = data.iter().skip(1).step_by(2).copied().collect();
    let ((motor_rise, rest), (bearing_rise, _)) = (detrend(&motor), detrend(&bearing));
    let (m, b) = (mean(&motor), mean(&bearing));
    vec![m, b, m - b, motor_rise, bearing_rise, ln(rms(&rest)), motor_rise - bearing_rise]
}

fn picture(data: &[f32]) -> Vec<f32> {
    let frames = data.len() / (SIDE * SIDE);
    let mut average = vec![0.0f32; SIDE * SIDE];
    for frame in data.chunks_exact(SIDE * SIDE) {
        average.iter_mut().zip(frame).for_each(|(a, v)| *a += v / frames as f32);
    }
    let area = |rows: std::ops::Range<usize>, columns: std::ops::Range<usize>| {
        let pixels: Vec<f32> =
            rows.flat_map(|r| average[r * SIDE + columns.start..r * SIDE + columns.end].to_vec()).collect();
        mean(&pixels)
    };
    let motor = area(13..20, 6..13);
    // A spot rises above the mean of its surroundings in the motor's inside.
    let mut spot = 0.0f32;
    for r in 12..20 {
        for c in 6..13 {
            let ring =
                (area(r - 3..r + 4, c - 3..c + 4) * 49.0 - area(r - 1..r + 2, c - 1..c + 2) * 9.0) / 40.0;
            spot = spot.max(area(r - 1..r + 2, c - 1..c + 2) - ring);
        }
    }
    vec![
        mean(&average),
        area(13..20, 5..8) - area(13..20, 11..14),
        spot,
        area(15..18, 20..23) - area(14..19, 25..29),
        area(14..19, 16..19) - motor,
        average.iter().copied().fold(0.0, f32::max),
    ]
}

/// How many lines mention each fault.
fn mentions(lines: &[String]) -> Vec<f32> {
    PHRASES
        .iter()
        .map(|(_, phrases)| {
            lines.iter().filter(|line| phrases.iter().any(|p| line.contains(p))).count() as f32
        })
        .collect()
}
