//! A body: solids that stand somewhere and reflect.

use super::category::extent;
use super::geometry::{OrientedBox, Pose};
use super::primitive::{Meeting, Primitive, Ray, block};

/// Some solids with a common pose.
#[derive(Clone, Debug)]
pub(super) struct Body {
    /// Pose of the solids' frame.
    pub pose: Pose,
    parts: Vec<Primitive>,
    low: [f32; 3],
    high: [f32; 3],
    /// Share of the light that comes back from a surface met head on, `[0, 1]`.
    pub reflectivity: f32,
    /// Index of the object it belongs to; none for clutter.
    pub object: Option<u16>,
}

impl Body {
    pub(super) fn new(pose: Pose, parts: Vec<Primitive>, reflectivity: f32, object: Option<u16>) -> Self {
        let (low, high) = extent(&parts);
        Self { pose, parts, low, high, reflectivity, object }
    }

    /// The same body at another pose.
    pub(super) fn at(&self, pose: Pose) -> Self {
        Self { pose, ..self.clone() }
    }

    /// The box about the body in the frame that its pose is given in.
    pub(super) fn bounds(&self) -> OrientedBox {
        let middle: [f32; 3] = std::array::from_fn(|i| 0.5 * (self.low[i] + self.high[i]));
        let [x, y] = self.pose.outward([middle[0], middle[1]]);
        OrientedBox {
            centre: [x, y, middle[2]],
            size: std::array::from_fn(|i| self.high[i] - self.low[i]),
            yaw: self.pose.yaw,
        }
    }

    /// Where a ray from the origin of the outer frame, at height `height`, first meets the body.
    pub(super) fn meet(&self, direction: [f32; 3], height: f32) -> Option<Meeting> {
        let origin = self.pose.inward([0.0, 0.0]);
        let (sin, cos) = self.pose.yaw.sin_cos();
        let [x, y, z] = direction;
        let ray = Ray {
            origin: [origin[0], origin[1], height],
            direction: [cos * x + sin * y, cos * y - sin * x, z],
        };
        let centre = std::array::from_fn(|i| 0.5 * (self.low[i] + self.high[i]));
        let half = std::array::from_fn(|i| 0.5 * (self.high[i] - self.low[i]) + 1e-3);
        block(&ray, centre, half)?;
        let mut best: Option<Meeting> = None;
        for meeting in self.parts.iter().filter_map(|part| part.meet(&ray)) {
            if best.is_none_or(|b| meeting.range < b.range) {
                best = Some(meeting);
            }
        }
        best
    }
}
