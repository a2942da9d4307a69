//! How the rig is run: load, speed, slip and fault growth over one recording, on a 100 Hz grid.

use super::machine::Machine;
use super::random::{normal, uniform};
use super::signal::Lag;
use rand::Rng;

/// Points of the grid per second.
pub(super) const GRID_HZ: f64 = 100.0;

/// The course of one recording, one entry every 10 ms and one beyond the end.
///
/// `load` is the brake's torque over its rated torque and opens the control valve along with it.
/// `shaft = shaft₀ (1 - droop · load)`, `slip = rated slip · load`,
/// `line = pole pairs · shaft / (1 - slip)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// Load in `[0.2, 1]`.
    pub load: Vec<f32>,
    /// Shaft frequency in hertz.
    pub shaft_hz: Vec<f32>,
    /// Slip of the motor.
    pub slip: Vec<f32>,
    /// How far the fault has come: 0 before its onset, 1 a second after it.
    pub growth: Vec<f32>,
    /// Shaft revolutions since the start.
    shaft: Vec<f64>,
    /// Electrical periods since the start.
    line: Vec<f64>,
}

impl Operation {
    pub(super) fn draw(machine: &Machine, seconds: f64, onset_s: Option<f64>, rng: &mut impl Rng) -> Self {
        let points = (seconds * GRID_HZ).ceil() as usize + 2;
        let load = draw_load(points, seconds as f32, rng);
        let mut wander = Lag::new(3.0, GRID_HZ, 0.0);
        let shaft_hz: Vec<f32> = load
            .iter()
            .map(|u| {
                let drift = 1.0 + 2e-4 * wander.noise(normal(rng));
                machine.shaft_hz * (1.0 - machine.droop * u) * drift
            })
            .collect();
        let slip: Vec<f32> = load.iter().map(|u| machine.rated_slip * u).collect();
        let mut revolutions = f64::from(uniform(rng, 0.0, 1.0));
        let mut periods = f64::from(uniform(rng, 0.0, 1.0));
        let (mut shaft, mut line) = (Vec::with_capacity(points), Vec::with_capacity(points));
        for (hz, slip) in shaft_hz.iter().zip(&slip) {
            shaft.push(revolutions);
            line.push(periods);
            revolutions += f64::from(*hz) / GRID_HZ;
            periods += f64::from(*hz) * f64::from(machine.pole_pairs) / (1.0 - f64::from(*slip)) / GRID_HZ;
        }
        let growth = (0..points)
            .map(|i| match onset_s {
                None => 1.0,
                Some(onset) => (i as f64 / GRID_HZ - onset).clamp(0.0, 1.0) as f32,
            })
            .collect();
        Self { load, shaft_hz, slip, growth, shaft, line }
    }

    /// Samples of a stream of `rate_hz` that fit.
    pub(super) fn samples(&self, rate_hz: f64) -> usize {
        ((self.load.len() - 2) as f64 / GRID_HZ * rate_hz).round() as usize
    }

    /// Value of a grid course at `seconds`, by linear interpolation.
    fn read(course: &[f64], seconds: f64) -> f64 {
        let x = (seconds * GRID_HZ).max(0.0);
        let i = (x as usize).min(course.len().saturating_sub(2));
        course[i] + (x - i as f64) * (course[i + 1] - course[i])
    }

    /// Shaft revolutions at `seconds` since the start.
    #[inline]
    pub fn shaft_at(&self, seconds: f64) -> f64 {
        Self::read(&self.shaft, seconds)
    }

    /// Electrical periods at `seconds` since the start.
    #[inline]
    pub fn line_at(&self, seconds: f64) -> f64 {
        Self::read(&self.line, seconds)
    }

    /// Position on the grid at `seconds`.
    #[inline]
    pub(super) fn point(&self, seconds: f64) -> usize {
        ((seconds * GRID_HZ) as usize).min(self.load.len() - 1)
    }
}

/// A level, up to three steps or ramps, and a little restlessness.
fn draw_load(points: usize, seconds: f32, rng: &mut impl Rng) -> Vec<f32> {
    let base = uniform(rng, 0.35, 0.9);
    let count = rng.random_range(0..=3);
    let events: Vec<[f32; 3]> = (0..count)
        .map(|_| {
            let ramp_s = if rng.random::<bool>() { 0.2 } else { uniform(rng, 1.0, 6.0) };
            [uniform(rng, 0.0, seconds), ramp_s, uniform(rng, -0.25, 0.25)]
        })
        .collect();
    let mut wander = Lag::new(2.0, GRID_HZ, 0.0);
    (0..points)
        .map(|i| {
            let t = i as f32 / GRID_HZ as f32;
            let moved: f32 = events.iter().map(|[at, ramp, by]| by * ((t - at) / ramp).clamp(0.0, 1.0)).sum();
            (base + moved + 0.01 * wander.noise(normal(rng))).clamp(0.2, 1.0)
        })
        .collect()
}
