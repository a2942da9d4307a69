//! Groups of points as candidate objects: where they are and how they move.

use crate::RecipeError;
use sensorium_data::points::{ClusterConfig, GroundConfig, cluster, remove_ground};
use sensorium_data::street::Pose;
use std::f32::consts::FRAC_PI_2;

/// Largest length, width and height of a candidate, m: houses go.
const LARGEST: [f32; 3] = [16.0, 5.0, 4.5];
/// Points a group has at least.
const FEWEST: usize = 5;
/// Gap that joins two points, m.
const GAP: f32 = 0.5;
/// Angle between two beams, rad, with a margin: far rings lie further apart than `GAP`.
const BEAMS: f32 = 0.021;
/// How far a group is looked for in the sweep before, m: at first, and from where its motion puts it.
const REACH: [f32; 2] = [1.5, 0.8];

/// A group of points in the common frame, heights over ground.
pub struct Shape {
    /// x, y, z and intensity.
    pub points: Vec<[f32; 4]>,
    /// Middle of the smallest upright box, m.
    pub middle: [f32; 3],
    /// Length, width and height of that box, m.
    pub size: [f32; 3],
    /// Direction of its length, rad, from 0 to π.
    pub yaw: f32,
    /// Mean of the points, m.
    pub mean: [f32; 2],
}

/// How a candidate moves over ground.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Motion {
    /// Velocity of the box's middle, m/s.
    pub velocity: [f32; 2],
    /// Velocity of the points' mean, m/s.
    pub drift: [f32; 2],
    /// Earlier sweeps in which it was found.
    pub found: usize,
}

/// A candidate object.
pub struct Candidate {
    /// Middle of its box, m.
    pub centre: [f32; 3],
    /// Its points and box.
    pub shape: Shape,
    /// Its motion.
    pub motion: Motion,
}

impl Shape {
    /// The smallest upright box about points, over turns of 5°; none without points.
    pub fn of(points: Vec<[f32; 4]>) -> Option<Self> {
        let count = points.len() as f32;
        if points.is_empty() {
            return None;
        }
        let (mut low, mut high) = (f32::INFINITY, f32::NEG_INFINITY);
        let mut mean = [0.0f32; 2];
        for [x, y, z, _] in &points {
            (low, high) = (low.min(*z), high.max(*z));
            mean = [mean[0] + x / count, mean[1] + y / count];
        }
        let stride = points.len().div_ceil(400);
        let mut best: Option<(f32, f32, [f32; 4])> = None;
        for turn in 0..18 {
            let yaw = (5.0 * turn as f32).to_radians();
            let (sin, cos) = yaw.sin_cos();
            let start = [f32::INFINITY, f32::NEG_INFINITY, f32::INFINITY, f32::NEG_INFINITY];
            let span = points.iter().step_by(stride).fold(start, |s, [x, y, _, _]| {
                let (u, v) = (cos * x + sin * y, cos * y - sin * x);
                [s[0].min(u), s[1].max(u), s[2].min(v), s[3].max(v)]
            });
            let area = (span[1] - span[0] + 0.1) * (span[3] - span[2] + 0.1);
            if best.is_none_or(|(least, _, _)| area < least) {
                best = Some((area, yaw, span));
            }
        }
        let (_, yaw, span) = best?;
        let (sin, cos) = yaw.sin_cos();
        let (u, v) = (0.5 * (span[0] + span[1]), 0.5 * (span[2] + span[3]));
        let (length, width) = (span[1] - span[0], span[3] - span[2]);
        let middle = [cos * u - sin * v, sin * u + cos * v, 0.5 * (low + high)];
        let yaw = if width > length { yaw + FRAC_PI_2 } else { yaw };
        let size = [length.max(width), length.min(width), high - low];
        Some(Self { points, middle, size, yaw, mean })
    }

    fn fits(&self) -> bool {
        self.size.iter().zip(LARGEST).all(|(size, most)| *size <= most)
    }
}

/// Points without the ground, heights over it, at a pose in the common frame.
///
/// # Errors
/// Those of [`remove_ground`].
pub fn above_ground(points: &[[f32; 4]], pose: Pose) -> Result<Vec<[f32; 4]>, RecipeError> {
    let xyz: Vec<[f32; 3]> = points.iter().map(|&[x, y, z, _]| [x, y, z]).collect();
    let ground = remove_ground(&xyz, &GroundConfig { tries: 60, ..GroundConfig::default() })?;
    let [a, b, c] = ground.plane;
    let lift = |&index: &usize| {
        let [x, y, z, intensity] = points[index];
        let [u, v] = pose.outward([x, y]);
        [u, v, z - (a * x + b * y + c), intensity]
    };
    Ok(ground.above.iter().map(lift).collect())
}

/// The groups of a sweep that may be road users, in the common frame.
///
/// # Errors
/// Those of the ground and of clustering.
pub fn shapes(points: &[[f32; 4]], pose: Pose) -> Result<Vec<Shape>, RecipeError> {
    let above = above_ground(points, pose)?;
    // Rings of one object that lie far apart at a distance are drawn together.
    let squeezed: Vec<[f32; 3]> =
        above.iter().map(|&[x, y, z, _]| [x, y, z * (GAP / (BEAMS * x.hypot(y)).max(GAP))]).collect();
    let config = ClusterConfig { distance: GAP, min_points: FEWEST, ..ClusterConfig::default() };
    let groups = cluster(&squeezed, &config)?;
    let members = |indices: &[usize]| indices.iter().map(|i| above[*i]).collect::<Vec<_>>();
    Ok(groups.iter().filter_map(|group| Shape::of(members(&group.indices))).filter(Shape::fits).collect())
}

/// Follows a shape back through earlier sweeps (latest first, each with its age in seconds).
pub fn follow(shape: &Shape, before: &[(f32, Vec<Shape>)]) -> Motion {
    let mut middles = vec![(0.0f32, [shape.middle[0], shape.middle[1]])];
    let mut means = vec![(0.0f32, shape.mean)];
    for (age, sweep) in before {
        let velocity = slope(&middles);
        let (last, place) = middles[middles.len() - 1];
        let step = -age - last;
        let expected = [place[0] + velocity[0] * step, place[1] + velocity[1] * step];
        let reach = REACH[usize::from(middles.len() > 1)] * (step.abs() / 0.1).max(1.0);
        let cost = |other: &Shape| {
            let distance = (other.middle[0] - expected[0]).hypot(other.middle[1] - expected[1]);
            (distance <= reach).then(|| distance + 0.5 * (other.size[0] - shape.size[0]).abs())
        };
        let nearest = sweep.iter().filter_map(|other| Some((cost(other)?, other)));
        if let Some((_, other)) = nearest.min_by(|a, b| a.0.total_cmp(&b.0)) {
            middles.push((-age, [other.middle[0], other.middle[1]]));
            means.push((-age, other.mean));
        }
    }
    Motion { velocity: slope(&middles), drift: slope(&means), found: middles.len() - 1 }
}

/// Least-squares slope of places over time; 0 for a single one.
fn slope(places: &[(f32, [f32; 2])]) -> [f32; 2] {
    let count = places.len() as f32;
    let middle = places.iter().map(|(t, _)| t).sum::<f32>() / count;
    let spread: f32 = places.iter().map(|(t, _)| (t - middle).powi(2)).sum();
    if spread <= 0.0 {
        return [0.0; 2];
    }
    [0, 1].map(|i| places.iter().map(|(t, place)| (t - middle) * place[i]).sum::<f32>() / spread)
}

impl Candidate {
    /// A candidate of which no motion is known.
    pub fn still(shape: Shape) -> Self {
        Self { centre: shape.middle, shape, motion: Motion::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(x: f32) -> Shape {
        let points = (0..40).map(|i| [x + 0.1 * (i % 20) as f32, (i / 20) as f32, 0.5, 0.2]).collect();
        Shape::of(points).unwrap()
    }

    #[test]
    fn motion_is_the_slope_of_the_places() {
        let before = [(0.1, vec![block(4.5)]), (0.2, vec![block(4.0)]), (0.3, vec![block(3.5)])];
        let motion = follow(&block(5.0), &before);
        assert_eq!(motion.found, 3);
        assert!((motion.velocity[0] - 5.0).abs() < 0.01 && motion.velocity[1].abs() < 0.01);
    }
}
