//! A candidate as one row of numbers: points in its own frame, facts, and the profile of its shape.

use super::candidate::Candidate;
use super::facts::{FACTS, Facts};
use super::profile::{PROFILE, profile};

/// Points a token has room for.
pub const POINTS: usize = 48;
/// Where the facts begin: behind the points and whether each is there.
pub const FACTS_AT: usize = 5 * POINTS;
/// Numbers of the facts and the profile.
pub const WHOLE: usize = FACTS + PROFILE;
/// Numbers a token.
pub const WIDTH: usize = FACTS_AT + WHOLE;

impl Candidate {
    /// Points (along the heading, across it, height less 1 m, twice the intensity), presence, facts, profile.
    pub fn token(&self) -> Vec<f32> {
        let facts = Facts::of(self);
        let [cos, sin] = facing(&facts);
        let turned = |x: f32, y: f32| [cos * x + sin * y, cos * y - sin * x];
        let count = self.shape.points.len();
        let kept = count.min(POINTS);
        let points: Vec<[f32; 4]> = (0..kept)
            .map(|i| {
                let [x, y, z, intensity] = self.shape.points[i * count / kept];
                let [u, v] = turned(x - self.centre[0], y - self.centre[1]);
                [u, v, z, intensity]
            })
            .collect();
        let [east, north] = facts.bearing();
        let mut token = Vec::with_capacity(WIDTH);
        token.extend(points.iter().flat_map(|[u, v, z, intensity]| [*u, *v, z - 1.0, 2.0 * intensity]));
        token.resize(4 * POINTS, 0.0);
        token.extend((0..POINTS).map(|i| if i < kept { 1.0 } else { 0.0 }));
        token.extend(facts.0);
        token.extend(profile(&points, &facts, turned(east, north)));
        token
    }
}

/// The heading; of what stands, turned so that it points away from the sensor.
fn facing(facts: &Facts) -> [f32; 2] {
    let ([cos, sin], [east, north]) = (facts.heading(), facts.bearing());
    if !facts.moves() && cos * east + sin * north < 0.0 { [-cos, -sin] } else { [cos, sin] }
}

#[cfg(test)]
mod tests {
    use super::super::candidate::{Motion, Shape};
    use super::*;

    #[test]
    fn points_lie_along_the_course() {
        // A row of points along y that moves along y: in its own frame it lies along u.
        let points = (0..20).map(|i| [8.0, 0.1 * i as f32, 0.5, 0.3]).collect();
        let motion = Motion { velocity: [0.0, 3.0], drift: [0.0, 3.0], found: 3 };
        let candidate = Candidate { motion, ..Candidate::still(Shape::of(points).unwrap()) };
        let token = candidate.token();
        assert_eq!(token.len(), WIDTH);
        assert!((token[0] + 0.95).abs() < 0.02 && token[1].abs() < 0.02, "{:?}", &token[..4]);
        assert!((token[2] + 0.5).abs() < 1e-5 && (token[3] - 0.6).abs() < 1e-5);
        assert_eq!(token[4 * POINTS..FACTS_AT].iter().sum::<f32>(), 20.0);
    }
}
