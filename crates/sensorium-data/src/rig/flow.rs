//! Flow through the meter behind the valve.
//!
//! The working point behind the water column's inertia, slow turbulence and the meter's white noise.

use super::hydraulics::balance;
use super::machine::Machine;
use super::operation::Operation;
use super::pressure::{Stick, sawtooth};
use super::random::{Draws, Purpose, log_normal, normal, uniform, waiting};
use super::sensor::Sensor;
use super::signal::Lag;
use rand::Rng;
use std::f64::consts::TAU;

/// What a fault adds, as shares of the working flow.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FlowTerms {
    /// Steady change of level.
    pub level: f32,
    /// Change of level per second.
    pub trend: f32,
    /// Depth of the steps while the filter's bypass is shut, each 0.4 to 0.9 s long.
    pub steps: f32,
    /// Amplitude of the stick-slip saw tooth, 0.35-0.6 Hz.
    pub sawtooth: f32,
    /// Amplitude of a leaking hose's whip, 1.6-2.4 Hz.
    pub whip: f32,
    /// RMS of white noise from bubbles in the meter.
    pub bubbles: f32,
}

struct Meter {
    gain: f32,
    turbulence: f32,
    noise: f32,
}

impl Meter {
    fn draw(rng: &mut impl Rng) -> Self {
        Self {
            gain: log_normal(rng, 1.0, 0.08),
            turbulence: log_normal(rng, 0.004, 0.3),
            noise: log_normal(rng, 0.003, 0.25),
        }
    }
}

pub(super) fn simulate(
    machine: &Machine,
    operation: &Operation,
    terms: &FlowTerms,
    draws: Draws,
) -> Vec<f32> {
    let rate = Sensor::Flow.rate_hz();
    let setup = &mut draws.stream(Purpose::Setup(Sensor::Flow));
    let noise = &mut draws.stream(Purpose::Noise(Sensor::Flow));
    let fault = &mut draws.stream(Purpose::Fault(Sensor::Flow));
    let sensor = Meter::draw(setup);
    let mut eddies = Lag::new(0.5, rate, 0.0);
    let mut inertia = Lag::new(0.4, rate, balance(machine, operation.load[0], operation.shaft_hz[0]).flow);

    let stick = Stick::draw(fault);
    let whip_hz = f64::from(uniform(fault, 1.6, 2.4));
    let (mut shut, mut next_step) = (true, 0.0f32);

    (0..operation.samples(rate))
        .map(|i| {
            let t = i as f64 / rate;
            let point = operation.point(t);
            let growth = operation.growth[point];
            let working =
                inertia.step(balance(machine, operation.load[point], operation.shaft_hz[point]).flow);
            let share = 1.0 + sensor.turbulence * eddies.noise(normal(noise)) + sensor.noise * normal(noise);
            let mut extra = terms.level + terms.trend * t as f32;
            extra -= terms.sawtooth * sawtooth(stick.cycles(t));
            extra += terms.whip * (TAU * whip_hz * t).sin() as f32;
            if terms.steps > 0.0 {
                if t as f32 >= next_step {
                    (shut, next_step) = (!shut, t as f32 + uniform(fault, 0.4, 0.9));
                }
                extra -= if shut { terms.steps } else { 0.0 };
            }
            if terms.bubbles > 0.0 {
                // Bubbles come in clouds: the noise is heavy-tailed.
                extra += terms.bubbles * normal(fault) * waiting(fault, 1.0).sqrt();
            }
            sensor.gain * working * (share + growth * extra)
        })
        .collect()
}
