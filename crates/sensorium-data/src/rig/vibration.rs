//! Acceleration at the drive-end bearing housing.
//!
//! `a = gain · (shaft lines + vane pass + magnetic hum + flow noise + fault)`: residual imbalance at
//! 1×, residual misalignment at 2× to 4× shaft frequency, the impeller's vanes passing the cutwater,
//! the air gap's pull at twice the line frequency, and flow noise coloured by a structural resonance.

use super::machine::Machine;
use super::operation::Operation;
use super::random::{Draws, Purpose, log_normal, normal, uniform};
use super::sensor::Sensor;
use super::signal::{Crossings, Lag, PeriodicTable, Resonator};
use rand::Rng;

/// What a fault adds, in m/s² before the sensor's gain.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VibrationTerms {
    /// Amplitudes of lines at 1×, 2×, 3× and 4× shaft frequency.
    pub lines: [f32; 4],
    /// Peak of the ringing after each pass of a roller over a pit in the outer race.
    pub impacts: f32,
    /// RMS of turbulence above 400 Hz, modulated by the vane pass.
    pub turbulence: f32,
}

struct Accelerometer {
    gain: f32,
    lines: [f32; 4],
    vane: f32,
    hum: f32,
    floor: f32,
    flow_noise: f32,
    resonance_hz: f32,
    bandwidth_hz: f32,
}

impl Accelerometer {
    fn draw(rng: &mut impl Rng) -> Self {
        Self {
            gain: log_normal(rng, 1.0, 0.4),
            lines: [
                log_normal(rng, 0.25, 0.35),
                log_normal(rng, 0.12, 0.35),
                log_normal(rng, 0.06, 0.35),
                log_normal(rng, 0.05, 0.35),
            ],
            vane: log_normal(rng, 0.2, 0.4),
            hum: log_normal(rng, 0.1, 0.4),
            floor: log_normal(rng, 0.1, 0.2),
            flow_noise: log_normal(rng, 0.12, 0.3),
            resonance_hz: uniform(rng, 550.0, 800.0),
            bandwidth_hz: uniform(rng, 60.0, 140.0),
        }
    }
}

pub(super) fn simulate(
    machine: &Machine,
    operation: &Operation,
    terms: &VibrationTerms,
    draws: Draws,
) -> Vec<f32> {
    let rate = Sensor::Vibration.rate_hz();
    let setup = &mut draws.stream(Purpose::Setup(Sensor::Vibration));
    let noise = &mut draws.stream(Purpose::Noise(Sensor::Vibration));
    let fault = &mut draws.stream(Purpose::Fault(Sensor::Vibration));
    let sensor = Accelerometer::draw(setup);
    let mut phase = || uniform(setup, 0.0, 1.0);
    let shaft = PeriodicTable::new(&[
        (1, sensor.lines[0], phase()),
        (2, sensor.lines[1], phase()),
        (3, sensor.lines[2], phase()),
        (4, sensor.lines[3], phase()),
        (machine.vanes, sensor.vane, phase()),
        (2 * machine.vanes, 0.3 * sensor.vane, phase()),
    ]);
    let hum = PeriodicTable::new(&[(2, sensor.hum, phase())]);
    let [l1, l2, l3, l4] = terms.lines;
    let faulty =
        PeriodicTable::new(&[(1, l1, phase()), (2, l2, phase()), (3, l3, phase()), (4, l4, phase())]);
    let mut structure =
        Resonator::for_noise(f64::from(sensor.resonance_hz), f64::from(sensor.bandwidth_hz), rate);
    let mut ringing = Resonator::for_impacts(f64::from(sensor.resonance_hz), 0.004, rate);
    let order = f64::from(machine.outer_race_order());
    let mut passes = Crossings::new(operation.shaft_at(0.0) * order);
    let (mut high, mut bursts) = (Resonator::for_noise(700.0, 350.0, rate), Lag::new(0.05, rate, 0.0));
    let vane = f64::from(machine.vanes);
    (0..operation.samples(rate))
        .map(|i| {
            let t = i as f64 / rate;
            let point = operation.point(t);
            let (turned, load) = (operation.shaft_at(t), operation.load[point]);
            let mut a = (0.6 + 0.4 * load) * shaft.at(turned) + hum.at(operation.line_at(t));
            a += sensor.floor * normal(noise);
            a += sensor.flow_noise * (0.5 + 0.5 * load) * structure.step(normal(noise));
            let growth = operation.growth[point];
            let mut extra = faulty.at(turned);
            if terms.impacts > 0.0 {
                let hit = passes.passed(turned * order, || 0.02 * normal(fault));
                let blow = if hit { (1.0 + 0.2 * normal(fault)).max(0.2) } else { 0.0 };
                extra += terms.impacts * ringing.step(blow);
            }
            if terms.turbulence > 0.0 {
                let burst = (0.7 + 0.5 * bursts.noise(normal(fault))).max(0.1);
                let passing = 1.0 + 0.5 * (std::f64::consts::TAU * turned * vane).sin() as f32;
                extra += terms.turbulence * burst * passing * high.step(normal(fault));
            }
            sensor.gain * (a + growth * extra)
        })
        .collect()
}
