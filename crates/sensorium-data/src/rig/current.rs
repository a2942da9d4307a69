//! Current of one motor phase.
//!
//! `i = I(load) · (1 + m(θ)) · Σ harmonics(ωt)`. The amplitude is the vector sum of magnetising and
//! torque current. A torque or air-gap ripple m at the shaft's angle appears as sidebands of the line
//! at `f ± f_shaft` and `f ± 2 f_shaft`; a slightly uneven rotor cage as sidebands at `(1 ± 2 slip) f`.

use super::machine::Machine;
use super::operation::Operation;
use super::random::{Draws, Purpose, log_normal, normal, uniform};
use super::sensor::Sensor;
use super::signal::PeriodicTable;
use rand::Rng;
use std::f64::consts::TAU;

/// What a fault adds, as shares of the current's amplitude.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CurrentTerms {
    /// Modulation at shaft frequency (an eccentric air gap).
    pub once: f32,
    /// Modulation at twice the shaft frequency (a misaligned coupling's torque).
    pub twice: f32,
    /// Third harmonic (an unbalanced field).
    pub third: f32,
}

struct Transformer {
    gain: f32,
    once: f32,
    twice: f32,
    cage: f32,
    third: f32,
    fifth: f32,
    seventh: f32,
    noise: f32,
}

impl Transformer {
    fn draw(rng: &mut impl Rng) -> Self {
        Self {
            gain: log_normal(rng, 1.0, 0.1),
            once: log_normal(rng, 0.006, 0.35),
            twice: log_normal(rng, 0.004, 0.35),
            cage: log_normal(rng, 0.006, 0.5),
            third: log_normal(rng, 0.008, 0.35),
            fifth: log_normal(rng, 0.03, 0.4),
            seventh: log_normal(rng, 0.02, 0.4),
            noise: log_normal(rng, 0.012, 0.3),
        }
    }
}

pub(super) fn simulate(
    machine: &Machine,
    operation: &Operation,
    terms: &CurrentTerms,
    draws: Draws,
) -> Vec<f32> {
    let rate = Sensor::Current.rate_hz();
    let setup = &mut draws.stream(Purpose::Setup(Sensor::Current));
    let noise = &mut draws.stream(Purpose::Noise(Sensor::Current));
    let sensor = Transformer::draw(setup);
    let mut phase = || uniform(setup, 0.0, 1.0);
    let line = PeriodicTable::new(&[
        (1, 1.0, 0.0),
        (3, sensor.third, phase()),
        (5, sensor.fifth, phase()),
        (7, sensor.seventh, phase()),
    ]);
    let ripple = PeriodicTable::new(&[(1, sensor.once, phase()), (2, sensor.twice, phase())]);
    let faulty_ripple = PeriodicTable::new(&[(1, terms.once, phase()), (2, terms.twice, phase())]);
    let faulty_line = PeriodicTable::new(&[(3, terms.third, phase())]);
    let pairs = f64::from(machine.pole_pairs);
    (0..operation.samples(rate))
        .map(|i| {
            let t = i as f64 / rate;
            let point = operation.point(t);
            let (turned, periods, growth) =
                (operation.shaft_at(t), operation.line_at(t), operation.growth[point]);
            let torque = operation.load[point] * (1.0 - machine.idle_share);
            let amplitude = machine.rated_current * machine.idle_share.hypot(torque);
            // The slip angle is what the rotor has lost on the field.
            let slipped = periods - pairs * turned;
            let cage = 2.0 * sensor.cage * (2.0 * TAU * slipped).cos() as f32;
            let modulation = 1.0 + ripple.at(turned) + cage + growth * faulty_ripple.at(turned);
            let wave = line.at(periods) + growth * faulty_line.at(periods);
            sensor.gain * amplitude * (modulation * wave + sensor.noise * normal(noise))
        })
        .collect()
}
