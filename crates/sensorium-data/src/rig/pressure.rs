//! Discharge pressure.
//!
//! The working point, turbulence (red noise), the pipe's water-hammer mode at 3 to 6 Hz which
//! turbulence and load steps keep ringing, pulsation once a revolution, and white sensor noise.

use super::hydraulics::balance;
use super::machine::Machine;
use super::operation::Operation;
use super::random::{Draws, Purpose, log_normal, normal, uniform, waiting};
use super::sensor::Sensor;
use super::signal::{Lag, PeriodicTable, Resonator};
use rand::Rng;

/// What a fault adds, as shares of the working pressure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PressureTerms {
    /// Steady change of level.
    pub level: f32,
    /// Change of level per second.
    pub trend: f32,
    /// Amplitude of the bypass flap's chatter, 8-11 Hz, in bursts.
    pub chatter: f32,
    /// Amplitude of the stick-slip saw tooth, 0.35-0.6 Hz.
    pub sawtooth: f32,
    /// RMS of a jet's roar, 25-45 Hz.
    pub roar: f32,
    /// Mean depth of the dips when vapour fills the impeller's eye, about five a second.
    pub dips: f32,
}

struct Transducer {
    gain: f32,
    turbulence: f32,
    hammer: f32,
    hammer_hz: f32,
    pulsation: f32,
    noise: f32,
}

impl Transducer {
    fn draw(rng: &mut impl Rng) -> Self {
        Self {
            gain: log_normal(rng, 1.0, 0.05),
            turbulence: log_normal(rng, 0.003, 0.3),
            hammer: log_normal(rng, 0.002, 0.3),
            hammer_hz: uniform(rng, 3.0, 6.0),
            pulsation: log_normal(rng, 0.0015, 0.3),
            noise: log_normal(rng, 0.0015, 0.25),
        }
    }
}

/// A saw tooth: creeps up while the stem sticks, falls back when it slips.
pub(super) fn sawtooth(cycles: f64) -> f32 {
    let x = (cycles - cycles.floor()) as f32;
    if x < 0.85 { 2.0 * x / 0.85 - 1.0 } else { 1.0 - 2.0 * (x - 0.85) / 0.15 }
}

pub(super) fn simulate(
    machine: &Machine,
    operation: &Operation,
    terms: &PressureTerms,
    draws: Draws,
) -> Vec<f32> {
    let rate = Sensor::Pressure.rate_hz();
    let setup = &mut draws.stream(Purpose::Setup(Sensor::Pressure));
    let noise = &mut draws.stream(Purpose::Noise(Sensor::Pressure));
    let fault = &mut draws.stream(Purpose::Fault(Sensor::Pressure));
    let sensor = Transducer::draw(setup);
    let pulsation = PeriodicTable::new(&[(1, sensor.pulsation, uniform(setup, 0.0, 1.0))]);
    let mut eddies = Lag::new(0.08, rate, 0.0);
    let mut hammer = Resonator::for_noise(f64::from(sensor.hammer_hz), 0.6, rate);
    let first = balance(machine, operation.load[0], operation.shaft_hz[0]);
    let mut inertia = Lag::new(0.15, rate, first.pressure);

    let stick = Stick::draw(fault);
    let flap_hz = f64::from(uniform(fault, 8.0, 11.0));
    let mut flap = Lag::new(0.25, rate, 0.0);
    let mut jet = Resonator::for_noise(35.0, 14.0, rate);
    let (mut dip, mut next_dip) = (Lag::new(0.04, rate, 0.0), 0.0f32);

    (0..operation.samples(rate))
        .map(|i| {
            let t = i as f64 / rate;
            let point = operation.point(t);
            let growth = operation.growth[point];
            let working =
                inertia.step(balance(machine, operation.load[point], operation.shaft_hz[point]).pressure);
            let mut share = 1.0 + sensor.turbulence * eddies.noise(normal(noise));
            share += sensor.hammer * hammer.step(normal(noise));
            share += pulsation.at(operation.shaft_at(t)) + sensor.noise * normal(noise);
            let mut extra = terms.level + terms.trend * t as f32;
            extra += terms.sawtooth * sawtooth(stick.cycles(t));
            if terms.chatter > 0.0 {
                let open = (0.8 + 0.5 * flap.noise(normal(fault))).max(0.0);
                extra += terms.chatter * open * (std::f64::consts::TAU * flap_hz * t).sin() as f32;
            }
            if terms.roar > 0.0 {
                extra += terms.roar * jet.step(normal(fault));
            }
            if terms.dips > 0.0 {
                let mut blow = 0.0;
                if t as f32 >= next_dip {
                    next_dip = t as f32 + waiting(fault, 5.0);
                    blow = (0.5 + waiting(fault, 2.0)).min(2.5);
                }
                // The lag spreads an impulse over its time constant: four samples of it.
                extra -= terms.dips * dip.step(4.5 * blow);
            }
            sensor.gain * working * (share + growth * extra)
        })
        .collect()
}

/// The rhythm of stick and slip.
pub(super) struct Stick {
    hz: f64,
    start: f64,
}

impl Stick {
    pub(super) fn draw(rng: &mut impl Rng) -> Self {
        Self { hz: f64::from(uniform(rng, 0.35, 0.6)), start: f64::from(uniform(rng, 0.0, 1.0)) }
    }

    pub(super) fn cycles(&self, seconds: f64) -> f64 {
        self.start + self.hz * seconds
    }
}
