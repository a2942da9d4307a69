//! What is known of a candidate as a whole, as numbers of about one, and read back in metres and seconds.

use super::candidate::{Candidate, Motion};
use half::f16;
use std::f32::consts::TAU;

/// Numbers of a candidate.
pub const FACTS: usize = PLAIN + 4 * WAVES.len();
/// Those of them that are not waves.
const PLAIN: usize = 22;
/// Wavelengths (m) at which places are written, so that attention can compare them.
const WAVES: [f32; 3] = [6.0, 16.0, 48.0];
/// Speed above which a candidate is said to move, m/s.
const MOVING: f32 = 0.45;

/// Place, size, direction and motion of a candidate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Facts(pub [f32; FACTS]);

impl Facts {
    /// The facts of a candidate.
    pub fn of(candidate: &Candidate) -> Self {
        let [x, y, z] = candidate.centre;
        let distance = x.hypot(y).max(0.1);
        let Motion { velocity: [u, v], drift, found } = candidate.motion;
        let speed = u.hypot(v);
        let moving = if speed > MOVING { 1.0 } else { 0.0 };
        let course = if speed > MOVING { [u / speed, v / speed] } else { [0.0; 2] };
        let [length, width, height] = candidate.shape.size;
        let (sin, cos) = (2.0 * candidate.shape.yaw).sin_cos();
        let plain: [f32; PLAIN] = [
            x / 20.0,
            y / 20.0,
            distance / 20.0,
            y / distance,
            x / distance,
            length / 5.0,
            width / 2.5,
            height / 3.0,
            (z + 0.5 * height) / 3.0,
            (candidate.shape.points.len() as f32).ln() / 5.0,
            cos,
            sin,
            u / 5.0,
            v / 5.0,
            speed / 5.0,
            moving,
            drift[0] / 5.0,
            drift[1] / 5.0,
            found as f32 / 3.0,
            (u * x + v * y) / (5.0 * distance),
            course[0],
            course[1],
        ];
        let mut facts = [0.0; FACTS];
        facts[..PLAIN].copy_from_slice(&plain);
        for (four, wave) in facts[PLAIN..].chunks_exact_mut(4).zip(WAVES) {
            let (east, north) = (TAU * x / wave, TAU * y / wave);
            four.copy_from_slice(&[east.sin(), east.cos(), north.sin(), north.cos()]);
        }
        Self(facts)
    }

    /// Facts that were kept in half precision; what is missing is zero.
    pub fn kept(values: &[f16]) -> Self {
        let mut facts = [0.0; FACTS];
        facts.iter_mut().zip(values).for_each(|(to, from)| *to = from.to_f32());
        Self(facts)
    }

    /// Middle of the box, m.
    pub fn place(&self) -> [f32; 2] {
        [20.0 * self.0[0], 20.0 * self.0[1]]
    }

    /// Distance from the sensor, m.
    pub fn distance(&self) -> f32 {
        20.0 * self.0[2]
    }

    /// Direction from the sensor, cosine and sine.
    pub fn bearing(&self) -> [f32; 2] {
        [self.0[4], self.0[3]]
    }

    /// Length, width and height of the box, m.
    pub fn size(&self) -> [f32; 3] {
        [5.0 * self.0[5], 2.5 * self.0[6], 3.0 * self.0[7]]
    }

    /// Logarithm of the number of points.
    pub fn log_points(&self) -> f32 {
        5.0 * self.0[9]
    }

    /// Whether it moves.
    pub fn moves(&self) -> bool {
        self.0[15] > 0.5
    }

    /// Velocity over ground, m/s; zero of what does not move.
    pub fn velocity(&self) -> [f32; 2] {
        if self.moves() { [5.0 * self.0[12], 5.0 * self.0[13]] } else { [0.0; 2] }
    }

    /// Cosine and sine of the course of what moves, and of the box's length (turned forward) of what does not.
    pub fn heading(&self) -> [f32; 2] {
        if self.moves() {
            return [self.0[20], self.0[21]];
        }
        let (sin, cos) = (0.5 * self.0[11].atan2(self.0[10])).sin_cos();
        [cos, sin]
    }
}

#[cfg(test)]
pub mod tests {
    use super::super::candidate::{Candidate, Motion, Shape};
    use super::*;

    /// Facts of a box of 4 × 2 m at a place that moves with a velocity.
    pub fn crate_at(x: f32, y: f32, velocity: [f32; 2]) -> Facts {
        let points = (0..60).map(|i| [x - 2.0 + 0.2 * (i % 21) as f32, y - 1.0 + (i / 21) as f32, 0.5, 0.2]);
        let shape = Shape::of(points.collect()).unwrap();
        let motion = Motion { velocity, drift: velocity, found: 3 };
        Facts::of(&Candidate { motion, ..Candidate::still(shape) })
    }

    #[test]
    fn facts_read_back_what_was_written() {
        let facts = crate_at(12.0, -3.0, [0.0, 2.0]);
        let [x, y] = facts.place();
        assert!((x - 12.0).abs() < 0.05 && (y + 3.0).abs() < 0.05, "{x} {y}");
        let [length, width, _] = facts.size();
        assert!((length - 4.0).abs() < 0.05 && (width - 2.0).abs() < 0.05, "{length} {width}");
        assert!((facts.velocity()[1] - 2.0).abs() < 1e-5);
        assert!(facts.heading()[1] > 0.999);
        let still = crate_at(12.0, -3.0, [0.0; 2]);
        assert_eq!(still.velocity(), [0.0; 2]);
        assert!(still.heading()[0] > 0.999, "{:?}", still.heading());
    }
}
