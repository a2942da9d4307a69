//! Poses in the plane and oriented boxes.

/// A position and heading in the ground plane.
///
/// The ego frame has x forward, y left and z up; the origin is on the ground below the sensor.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pose {
    /// Forward, m.
    pub x: f32,
    /// Left, m.
    pub y: f32,
    /// Heading, rad, counter-clockwise from x.
    pub yaw: f32,
}

impl Pose {
    /// A pose from its three numbers (m, m, rad).
    pub fn new(x: f32, y: f32, yaw: f32) -> Self {
        Self { x, y, yaw }
    }

    /// A point given in this pose's frame, in the outer frame (m).
    pub fn outward(self, [x, y]: [f32; 2]) -> [f32; 2] {
        let (sin, cos) = self.yaw.sin_cos();
        [self.x + cos * x - sin * y, self.y + sin * x + cos * y]
    }

    /// A point given in the outer frame, in this pose's frame (m).
    pub fn inward(self, [x, y]: [f32; 2]) -> [f32; 2] {
        let (sin, cos) = self.yaw.sin_cos();
        let (x, y) = (x - self.x, y - self.y);
        [cos * x + sin * y, cos * y - sin * x]
    }

    /// A pose given in the outer frame, in this pose's frame.
    pub fn relative(self, other: Pose) -> Pose {
        let [x, y] = self.inward([other.x, other.y]);
        Pose { x, y, yaw: wrap(other.yaw - self.yaw) }
    }

    /// A point (m) of a sweep taken at this pose, moved into the frame the pose is given in.
    pub fn lift(self, [x, y, z]: [f32; 3]) -> [f32; 3] {
        let [x, y] = self.outward([x, y]);
        [x, y, z]
    }

    /// The pose after `dt` seconds at a constant speed (m/s) and turn rate (rad/s); `dt` may be negative.
    pub fn after(self, dt: f32, speed: f32, turn: f32) -> Pose {
        // The chord of the arc lies half way between the two headings.
        let half = 0.5 * turn * dt;
        let chord = speed * dt * if half.abs() > 1e-4 { half.sin() / half } else { 1.0 };
        let (sin, cos) = (self.yaw + half).sin_cos();
        Pose { x: self.x + chord * cos, y: self.y + chord * sin, yaw: wrap(self.yaw + 2.0 * half) }
    }
}

/// A box that stands upright and is turned about the vertical.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OrientedBox {
    /// Centre `[x, y, z]`, m.
    pub centre: [f32; 3],
    /// Length, width and height, m.
    pub size: [f32; 3],
    /// Heading, rad, counter-clockwise from x.
    pub yaw: f32,
}

impl OrientedBox {
    /// Whether a point (m) lies in the box grown by `margin` metres on every side.
    pub fn contains(&self, [x, y, z]: [f32; 3], margin: f32) -> bool {
        let [u, v] = self.pose().inward([x, y]);
        let inside = |d: f32, size: f32| d.abs() <= 0.5 * size + margin;
        inside(u, self.size[0]) && inside(v, self.size[1]) && inside(z - self.centre[2], self.size[2])
    }

    /// Position and heading of the centre.
    pub fn pose(&self) -> Pose {
        Pose::new(self.centre[0], self.centre[1], self.yaw)
    }

    /// Volume, m³.
    pub fn volume(&self) -> f32 {
        self.size.iter().product()
    }

    /// Distance of the centre from the sensor in the ground plane, m.
    pub fn distance(&self) -> f32 {
        self.centre[0].hypot(self.centre[1])
    }

    /// The corners of the footprint, m.
    pub(super) fn corners(&self) -> [[f32; 2]; 4] {
        let [l, w] = [0.5 * self.size[0], 0.5 * self.size[1]];
        [[l, w], [l, -w], [-l, -w], [-l, w]].map(|corner| self.pose().outward(corner))
    }

    /// Whether two footprints come closer than `gap` metres (separating axes, the gap counted on each).
    pub(super) fn collides(&self, other: &OrientedBox, gap: f32) -> bool {
        let apart = |a: &OrientedBox, b: &OrientedBox| {
            let corners = b.corners().map(|corner| a.pose().inward(corner));
            (0..2).any(|axis| {
                let limit = 0.5 * a.size[axis] + gap;
                corners.iter().all(|c| c[axis] > limit) || corners.iter().all(|c| c[axis] < -limit)
            })
        };
        !apart(self, other) && !apart(other, self)
    }
}

/// An angle in `(−π, π]`.
pub(super) fn wrap(angle: f32) -> f32 {
    use std::f32::consts::PI;
    if angle > PI {
        angle - 2.0 * PI
    } else if angle <= -PI {
        angle + 2.0 * PI
    } else {
        angle
    }
}
