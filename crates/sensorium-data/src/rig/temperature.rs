//! Temperatures of the motor winding and of the drive-end bearing.
//!
//! Two lumped nodes, `τ dT/dt = ambient + rise(load) - T`, started at the balance for the load of the
//! minutes before. The winding's rise follows the square of the load, the bearing's is nearly linear.

use super::machine::Machine;
use super::operation::Operation;
use super::random::{Draws, Purpose, log_normal, normal, uniform};
use super::sensor::Sensor;
use std::f32::consts::TAU;

/// What a fault adds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TemperatureTerms {
    /// Rate at which the winding heats beyond its load, K/s.
    pub motor_slope: f32,
    /// Rate at which the bearing heats beyond its load, K/s.
    pub bearing_slope: f32,
    /// How long both have been heating when the recording starts, s.
    pub since_s: f32,
    /// Amplitude of the winding's swing as a short opens when hot and closes when cold, K.
    pub swing: f32,
}

/// `[time, 2]`: motor, bearing.
pub(super) fn simulate(
    machine: &Machine,
    operation: &Operation,
    terms: &TemperatureTerms,
    draws: Draws,
) -> Vec<f32> {
    let rate = Sensor::Temperature.rate_hz();
    let setup = &mut draws.stream(Purpose::Setup(Sensor::Temperature));
    let noise = &mut draws.stream(Purpose::Noise(Sensor::Temperature));
    let fault = &mut draws.stream(Purpose::Fault(Sensor::Temperature));
    let sensor_noise = [log_normal(setup, 0.07, 0.25), log_normal(setup, 0.07, 0.25)];
    let offset = [uniform(setup, -1.5, 1.5), uniform(setup, -1.5, 1.5)];
    let before = (operation.load[0] + uniform(setup, -0.15, 0.15)).clamp(0.2, 1.0);
    let rises = |load: f32| {
        [machine.motor_rise * (0.3 + 0.7 * load * load), machine.bearing_rise * (0.6 + 0.4 * load)]
    };
    let lags = [machine.motor_lag, machine.bearing_lag];
    let slopes = [terms.motor_slope, terms.bearing_slope];
    let mut nodes = rises(before).map(|rise| machine.ambient + rise);
    let period_s = uniform(fault, 4.0, 6.5);
    let start = uniform(fault, 0.0, 1.0);
    let mut data = Vec::new();
    for i in 0..operation.samples(rate) {
        let t = i as f32 / rate as f32;
        let point = operation.point(f64::from(t));
        let growth = operation.growth[point];
        let target = rises(operation.load[point]).map(|rise| machine.ambient + rise);
        for k in 0..2 {
            nodes[k] += (target[k] - nodes[k]) / lags[k];
            let mut extra = slopes[k] * (terms.since_s + t);
            if k == 0 {
                extra += terms.swing * (1.0 + (TAU * (start + t / period_s)).sin());
            }
            data.push(nodes[k] + offset[k] + sensor_noise[k] * normal(noise) + growth * extra);
        }
    }
    data
}
