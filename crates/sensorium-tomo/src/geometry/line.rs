//! The straight lines that the pixels measure.

use super::rectify::directions;
use super::{Beam, DetectorShape, Geometry};

/// A line in space: a point and a unit direction, in mm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// A point on it: the source, or for parallel rays the pixel.
    pub origin_mm: [f64; 3],
    /// Unit vector along the ray.
    pub direction: [f64; 3],
}

impl Geometry {
    /// The line that a pixel measures, at a fractional row and column; tilt is taken into account.
    pub fn line(&self, view: usize, row: f64, column: f64) -> Line {
        let (sin, cos) = self.angles_deg()[view].to_radians().sin_cos();
        // In the frame of the view: along e_u, along w, along z.
        let [u, w, v] = self.pixel_mm(row, column);
        let to_space = |u: f64, w: f64, z: f64| [u * cos - w * sin, u * sin + w * cos, z];
        let (from, to) = match self.beam() {
            Beam::Parallel => ([u, w - 1.0, v], [u, w, v]),
            Beam::Fan(d) => ([0.0, -d.source_to_axis_mm, v], [u, w, v]),
            Beam::Cone(d) => {
                let z = self.source_z_mm(view);
                ([0.0, -d.source_to_axis_mm, z], [u, w, v + z])
            }
        };
        let along = [to[0] - from[0], to[1] - from[1], to[2] - from[2]];
        let length = along.iter().map(|c| c * c).sum::<f64>().sqrt();
        let direction = to_space(along[0] / length, along[1] / length, along[2] / length);
        Line { origin_mm: to_space(from[0], from[1], from[2]), direction }
    }

    /// Position of a pixel in the frame of its view: along e_u, along w from the axis, along e_v from the
    /// central ray.
    fn pixel_mm(&self, row: f64, column: f64) -> [f64; 3] {
        let (mut u, mut v, mut deeper) = (self.column_mm(column), self.row_mm(row), 0.0);
        let detector = self.detector();
        if !detector.tilt.is_none() {
            let (along_u, along_v) = directions(detector.tilt);
            let from_middle = [u - detector.column_offset_mm, v - detector.row_offset_mm];
            let moved = |axis: usize| from_middle[0] * along_u[axis] + from_middle[1] * along_v[axis];
            (u, v, deeper) =
                (detector.column_offset_mm + moved(0), detector.row_offset_mm + moved(1), moved(2));
        }
        let Some(d) = self.distances() else { return [u, deeper, v] };
        let behind = d.source_to_detector_mm - d.source_to_axis_mm;
        match detector.shape {
            DetectorShape::Flat => [u, behind + deeper, v],
            DetectorShape::Curved => {
                let (sin, cos) = (u / d.source_to_detector_mm).sin_cos();
                [d.source_to_detector_mm * sin, d.source_to_detector_mm * cos - d.source_to_axis_mm, v]
            }
        }
    }
}
