//! Ellipsoids, whose line integrals are known in closed form.

use crate::geometry::Line;

/// An ellipsoid of constant attenuation, added to what is there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ellipsoid {
    /// Attenuation that it adds, in 1/mm.
    pub attenuation_per_mm: f64,
    /// Its middle.
    pub centre_mm: [f64; 3],
    /// Half-lengths along its own axes.
    pub semi_axes_mm: [f64; 3],
    /// Turn about z, anticlockwise.
    pub turn_deg: f64,
}

/// An ellipsoid made ready for many questions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Body {
    attenuation_per_mm: f64,
    centre_mm: [f64; 3],
    inverse_axes: [f64; 3],
    shortest_axis_mm: f64,
    sin: f64,
    cos: f64,
}

/// Where a point is, as to the surface of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Inside,
    Outside,
    /// Nearer to the surface than the margin asked for.
    Near,
}

impl Ellipsoid {
    /// Whether a point is within.
    pub fn contains(&self, point_mm: [f64; 3]) -> bool {
        Body::new(self).contains(point_mm)
    }

    /// Attenuation along a line: its length inside times [`Ellipsoid::attenuation_per_mm`].
    pub fn line_integral(&self, line: &Line) -> f64 {
        Body::new(self).line_integral(line)
    }
}

impl Body {
    pub(crate) fn new(ellipsoid: &Ellipsoid) -> Self {
        let (sin, cos) = ellipsoid.turn_deg.to_radians().sin_cos();
        Self {
            attenuation_per_mm: ellipsoid.attenuation_per_mm,
            centre_mm: ellipsoid.centre_mm,
            inverse_axes: ellipsoid.semi_axes_mm.map(f64::recip),
            shortest_axis_mm: ellipsoid.semi_axes_mm.iter().copied().fold(f64::INFINITY, f64::min),
            sin,
            cos,
        }
    }

    pub(crate) fn attenuation_per_mm(&self) -> f64 {
        self.attenuation_per_mm
    }

    pub(crate) fn contains(&self, point_mm: [f64; 3]) -> bool {
        let own = self.scaled(std::array::from_fn(|i| point_mm[i] - self.centre_mm[i]));
        dot(own, own) <= 1.0
    }

    /// On which side of the surface a ball of radius `margin_mm` lies.
    pub(crate) fn side(&self, point_mm: [f64; 3], margin_mm: f64) -> Side {
        let own = self.scaled(std::array::from_fn(|i| point_mm[i] - self.centre_mm[i]));
        let (radius, margin) = (dot(own, own).sqrt(), margin_mm / self.shortest_axis_mm);
        if radius + margin <= 1.0 {
            Side::Inside
        } else if radius - margin > 1.0 {
            Side::Outside
        } else {
            Side::Near
        }
    }

    pub(crate) fn line_integral(&self, line: &Line) -> f64 {
        let from = self.scaled(std::array::from_fn(|i| line.origin_mm[i] - self.centre_mm[i]));
        let along = self.scaled(line.direction);
        // |from + s along|² = 1; the length inside is the distance of the two solutions.
        let (a, half_b, c) = (dot(along, along), dot(from, along), dot(from, from) - 1.0);
        let discriminant = half_b * half_b - a * c;
        if discriminant <= 0.0 { 0.0 } else { self.attenuation_per_mm * 2.0 * discriminant.sqrt() / a }
    }

    /// A vector in the frame where the body is the unit ball.
    fn scaled(&self, v: [f64; 3]) -> [f64; 3] {
        let turned = [v[0] * self.cos + v[1] * self.sin, v[1] * self.cos - v[0] * self.sin, v[2]];
        std::array::from_fn(|i| turned[i] * self.inverse_axes[i])
    }
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_integral_through_the_middle_is_the_diameter_times_the_attenuation() {
        let ball = Ellipsoid {
            attenuation_per_mm: 0.02,
            centre_mm: [3.0, -2.0, 1.0],
            semi_axes_mm: [10.0, 5.0, 4.0],
            turn_deg: 90.0,
        };
        // Turned by 90 degrees, the long axis lies along y.
        let line = Line { origin_mm: [3.0, -100.0, 1.0], direction: [0.0, 1.0, 0.0] };
        assert!((ball.line_integral(&line) - 0.02 * 20.0).abs() < 1e-12);
        assert!(ball.contains([3.0, 7.9, 1.0]) && !ball.contains([3.0, 8.1, 1.0]));
        let beside = Line { origin_mm: [9.0, -100.0, 1.0], ..line };
        assert_eq!(ball.line_integral(&beside), 0.0);
    }
}
