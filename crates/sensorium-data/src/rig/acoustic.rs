//! Sound pressure a metre from the stand.
//!
//! Tones of the cooling fan (blade pass), the pump (vane pass), the air gap (twice the line
//! frequency) and of some other machine in the hall, over room noise that falls with frequency.

use super::machine::Machine;
use super::operation::Operation;
use super::random::{Draws, Purpose, log_normal, log_uniform, normal, uniform, waiting};
use super::sensor::Sensor;
use super::signal::{Crossings, Lag, PeriodicTable, Resonator};
use rand::Rng;
use std::f64::consts::TAU;

/// What a fault adds, in Pa before the microphone's gain.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AcousticTerms {
    /// Peak of the 2-3 kHz chirp at each pass of a roller over a pit.
    pub chirps: f32,
    /// Peak of the crackle of collapsing bubbles, 1-1.8 kHz, at random times.
    pub crackle: f32,
    /// RMS of the hiss of a jet, around 3.3 kHz.
    pub hiss: f32,
    /// Share of the fan's blade-pass tone that is gone, in `[0, 1]`.
    pub fan_loss: f32,
    /// Peak of the rub of a broken fan, once a revolution, 500-800 Hz.
    pub rub: f32,
}

struct Microphone {
    gain: f32,
    fan: f32,
    vane: f32,
    hum: f32,
    room: f32,
    floor: f32,
    other: f32,
    other_hz: f32,
}

impl Microphone {
    fn draw(rng: &mut impl Rng) -> Self {
        Self {
            gain: log_normal(rng, 1.0, 0.4),
            fan: log_normal(rng, 0.2, 0.25),
            vane: log_normal(rng, 0.08, 0.4),
            hum: log_normal(rng, 0.06, 0.4),
            room: log_normal(rng, 0.08, 0.3),
            floor: log_normal(rng, 0.02, 0.2),
            other: log_normal(rng, 0.02, 0.6),
            other_hz: log_uniform(rng, 300.0, 1500.0),
        }
    }
}

pub(super) fn simulate(
    machine: &Machine,
    operation: &Operation,
    terms: &AcousticTerms,
    draws: Draws,
) -> Vec<f32> {
    let rate = Sensor::Acoustic.rate_hz();
    let setup = &mut draws.stream(Purpose::Setup(Sensor::Acoustic));
    let noise = &mut draws.stream(Purpose::Noise(Sensor::Acoustic));
    let fault = &mut draws.stream(Purpose::Fault(Sensor::Acoustic));
    let sensor = Microphone::draw(setup);
    let mut phase = || uniform(setup, 0.0, 1.0);
    let blades = machine.fan_blades;
    let fan = PeriodicTable::new(&[(blades, sensor.fan, phase()), (2 * blades, 0.5 * sensor.fan, phase())]);
    let pump = PeriodicTable::new(&[(machine.vanes, sensor.vane, phase())]);
    let hum = PeriodicTable::new(&[(2, sensor.hum, phase())]);
    let other = PeriodicTable::new(&[(1, sensor.other, phase())]);
    let mut room = Lag::new(0.0008, rate, 0.0);

    let order = f64::from(machine.outer_race_order());
    let start = operation.shaft_at(0.0);
    let mut passes = Crossings::new(start * order);
    let mut chirp = Resonator::for_impacts(f64::from(uniform(fault, 2100.0, 2700.0)), 0.0015, rate);
    let mut bubble = Resonator::for_impacts(f64::from(uniform(fault, 1000.0, 1600.0)), 0.0008, rate);
    let mut next_bubble = 0.0f32;
    let mut jet = Resonator::for_noise(3300.0, 500.0, rate);
    let mut scrape = Resonator::for_noise(f64::from(uniform(fault, 550.0, 800.0)), 200.0, rate);

    (0..operation.samples(rate))
        .map(|i| {
            let t = i as f64 / rate;
            let point = operation.point(t);
            let (turned, load, growth) =
                (operation.shaft_at(t), operation.load[point], operation.growth[point]);
            let mut p = (1.0 - growth * terms.fan_loss) * fan.at(turned);
            p += (0.5 + 0.5 * load) * (pump.at(turned) + hum.at(operation.line_at(t)));
            p += other.at(t * f64::from(sensor.other_hz));
            let white = normal(noise);
            p += sensor.room * room.noise(white) + sensor.floor * white;
            let mut extra = 0.0;
            if terms.chirps > 0.0 {
                let hit = passes.passed(turned * order, || 0.02 * normal(fault));
                let blow = if hit { (1.0 + 0.2 * normal(fault)).max(0.2) } else { 0.0 };
                extra += terms.chirps * chirp.step(blow);
            }
            if terms.crackle > 0.0 {
                let mut blow = 0.0;
                if t as f32 >= next_bubble {
                    next_bubble = t as f32 + waiting(fault, 180.0);
                    blow = waiting(fault, 1.0).min(4.0);
                }
                extra += terms.crackle * bubble.step(blow);
            }
            if terms.hiss > 0.0 {
                extra += terms.hiss * jet.step(normal(fault));
            }
            if terms.rub > 0.0 {
                // The blade touches the cowl during an eighth of each turn.
                let touch = (TAU * turned).cos().max(0.0).powi(8) as f32;
                extra += terms.rub * touch * scrape.step(normal(fault));
            }
            sensor.gain * (p + growth * extra)
        })
        .collect()
}
