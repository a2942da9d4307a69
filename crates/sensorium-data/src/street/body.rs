//! A body: solids that stand somewhere and reflect.

use super::category::extent;
use super::geometry::{OrientedBox, Pose};
use super::primitive::{Meeting, Primitive, Ray, block};

/// Some solids with a common pose.
#[derive(Clone, Debug)]
pub(super) struct Body {
    /// Pose of the solids' frame.
    pose: Pose,
    /// Sine and cosine of the heading.
    turn: (f32, f32),
    /// The outer frame's origin in the solids' frame, m.
    origin: [f32; 2],
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
        Self {
            pose,
            turn: pose.yaw.sin_cos(),
            origin: pose.inward([0.0, 0.0]),
            parts,
            low,
            high,
            reflectivity,
            object,
        }
    }

    /// The same body seen from a pose that is given in its outer frame.
    pub(super) fn seen_from(&self, ego: Pose) -> Self {
        Self::new(ego.relative(self.pose), self.parts.clone(), self.reflectivity, self.object)
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
        let (sin, cos) = self.turn;
        let [x, y, z] = direction;
        let ray = Ray {
            origin: [self.origin[0], self.origin[1], height],
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
