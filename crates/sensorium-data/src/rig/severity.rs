//! How bad a fault is, and how much of it arrives at each sensor.

use super::random::{log_uniform, uniform};
use super::sensor::Sensor;
use rand::Rng;

/// Severity of a fault and its strength at each sensor.
///
/// Every fault has a place, and one sensor sits nearest to it: the *lead*, drawn among those that
/// the fault couples to at all. It sees the fault in full. On the way to every other sensor the
/// effect is attenuated by `10^-(isolation + path)`, where `isolation` (how well the place is
/// insulated) is common to them and `path` is each one's own. So mild faults show at the lead alone,
/// severe ones in all the sensors that physics allows.
#[derive(Clone, Debug, PartialEq)]
pub struct Severity {
    /// Overall severity, log-uniform between the configured limits (1 is the end of the machine).
    pub overall: f32,
    /// The sensor nearest to the fault.
    pub lead: Sensor,
    /// Severity as it arrives at each sensor, in stream order; 0 where the fault does not couple.
    pub strength: [f32; 8],
}

impl Severity {
    pub(super) fn draw(limits: [f32; 2], coupled: &[Sensor], rng: &mut impl Rng) -> Self {
        let overall = log_uniform(rng, limits[0], limits[1]);
        let lead =
            coupled.get(rng.random_range(0..coupled.len().max(1))).copied().unwrap_or(Sensor::Vibration);
        let isolation = uniform(rng, 0.2, 1.9);
        let mut strength = [0.0; 8];
        for sensor in coupled {
            let path = uniform(rng, 0.0, 0.5);
            let share = if *sensor == lead { 1.0 } else { 10f32.powf(-isolation - path) };
            strength[sensor.index()] = overall * share;
        }
        Self { overall, lead, strength }
    }

    /// Severity at `sensor` for effects that level off, `s / (s + 0.3)`: heat, because losses to the
    /// air grow with temperature.
    pub(super) fn levelled(&self, sensor: Sensor) -> f32 {
        self.at(sensor) / (self.at(sensor) + 0.3)
    }

    /// Severity as it arrives at `sensor`.
    pub fn at(&self, sensor: Sensor) -> f32 {
        self.strength[sensor.index()]
    }
}
