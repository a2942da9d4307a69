//! One rig: the numbers that differ from machine to machine.

use super::random::{log_normal, uniform};
use rand::Rng;

/// Geometry and hydraulics of one randomly drawn rig.
#[derive(Clone, Debug, PartialEq)]
pub struct Machine {
    /// Pole pairs of the motor (2 or 3): shaft speed is about line frequency over pole pairs.
    pub pole_pairs: u32,
    /// Shaft frequency without load in hertz (about 14 to 29).
    pub shaft_hz: f32,
    /// Share of the speed that the drive gives up at full load.
    pub droop: f32,
    /// Slip at full load: electrical frequency is `pole pairs · shaft / (1 - slip)`.
    pub rated_slip: f32,
    /// Vanes of the pump's impeller.
    pub vanes: u32,
    /// Blades of the motor's cooling fan.
    pub fan_blades: u32,
    /// Rolling elements of the drive-end bearing.
    pub rollers: u32,
    /// Ball diameter over pitch diameter, times the cosine of the contact angle.
    pub ball_ratio: f32,
    /// Motor current at full load, amplitude in ampere.
    pub rated_current: f32,
    /// Magnetising current over rated current.
    pub idle_share: f32,
    /// Shut-off head of the pump at its no-load speed, bar.
    pub head: f32,
    /// Flow at full valve opening, l/min.
    pub nominal_flow: f32,
    /// Share of the shut-off head that the pump itself loses at nominal flow.
    pub curve: f32,
    /// Static head of the system, bar.
    pub static_head: f32,
    /// Ambient temperature, °C.
    pub ambient: f32,
    /// Winding temperature rise at full load, K.
    pub motor_rise: f32,
    /// Bearing temperature rise at full load, K.
    pub bearing_rise: f32,
    /// Thermal time constant of the winding, s.
    pub motor_lag: f32,
    /// Thermal time constant of the bearing, s.
    pub bearing_lag: f32,
}

impl Machine {
    pub(super) fn draw(rng: &mut impl Rng) -> Self {
        let pole_pairs = if rng.random::<bool>() { 2 } else { 3 };
        let line_hz = uniform(rng, 42.0, 58.0);
        let head = uniform(rng, 2.5, 6.0);
        Self {
            pole_pairs,
            shaft_hz: line_hz / pole_pairs as f32,
            droop: uniform(rng, 0.005, 0.03),
            rated_slip: uniform(rng, 0.02, 0.05),
            vanes: rng.random_range(5..=7),
            fan_blades: [7, 9, 11][rng.random_range(0..3)],
            rollers: rng.random_range(7..=10),
            ball_ratio: uniform(rng, 0.18, 0.26),
            rated_current: log_normal(rng, 8.0, 0.35),
            idle_share: uniform(rng, 0.25, 0.4),
            head,
            nominal_flow: log_normal(rng, 60.0, 0.3),
            curve: uniform(rng, 0.2, 0.45),
            static_head: head * uniform(rng, 0.05, 0.25),
            ambient: uniform(rng, 8.0, 36.0),
            motor_rise: uniform(rng, 25.0, 50.0),
            bearing_rise: uniform(rng, 10.0, 25.0),
            motor_lag: uniform(rng, 250.0, 500.0),
            bearing_lag: uniform(rng, 300.0, 600.0),
        }
    }

    /// Outer-race pass frequency over shaft frequency, `rollers / 2 · (1 - d/D cos φ)`.
    pub fn outer_race_order(&self) -> f32 {
        self.rollers as f32 / 2.0 * (1.0 - self.ball_ratio)
    }
}
