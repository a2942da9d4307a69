//! The junction ahead, its lanes and the paths of the ego vehicle's manoeuvres; traffic keeps right.

use super::geometry::Pose;
use super::random::{pick, uniform};
use rand::Rng;

/// Which arms leave the ego's road.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Layout {
    /// Arms to the left and right.
    Crossroads,
    /// An arm to the left only.
    TLeft,
    /// An arm to the right only.
    TRight,
    /// No arm.
    Straight,
}

/// Where the ego vehicle goes at the junction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Manoeuvre {
    /// Into the left arm.
    Left,
    /// Along its own road.
    Straight,
    /// Into the right arm.
    Right,
}

/// The roads about the ego vehicle, in the frame of the last sweep; its own lane runs along x at y = 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Road {
    /// Which arms there are.
    pub layout: Layout,
    /// Width of a lane, m.
    pub lane: f32,
    /// Width of the strip for parking and cycles on both sides, m.
    pub strip: f32,
    /// Width of the pavement, m.
    pub pavement: f32,
    /// Distance to the centre line of the crossing road, m.
    pub junction: f32,
}

impl Road {
    pub(super) fn draw(rng: &mut impl Rng, layouts: &[Layout]) -> Self {
        Self {
            layout: pick(rng, layouts),
            lane: uniform(rng, 3.2, 3.8),
            strip: uniform(rng, 2.5, 3.1),
            pavement: uniform(rng, 2.5, 4.5),
            junction: uniform(rng, 13.0, 24.0),
        }
    }

    /// Whether there is an arm to the left.
    pub fn has_left(&self) -> bool {
        matches!(self.layout, Layout::Crossroads | Layout::TLeft)
    }

    /// Whether there is an arm to the right.
    pub fn has_right(&self) -> bool {
        matches!(self.layout, Layout::Crossroads | Layout::TRight)
    }

    /// y of the kerb on the right and on the left, m.
    pub fn edges(&self) -> (f32, f32) {
        (-0.5 * self.lane - self.strip, 1.5 * self.lane + self.strip)
    }

    /// Half the width of the crossing road, m.
    pub fn half_arm(&self) -> f32 {
        self.lane + 0.8
    }

    /// x from which the corner of the junction begins, and where it ends, m.
    pub fn mouth(&self) -> (f32, f32) {
        (self.junction - self.half_arm(), self.junction + self.half_arm())
    }

    /// Centre line of a manoeuvre, a pose every half metre from the origin on; without the arm it
    /// goes where the arm would be.
    pub fn path(&self, manoeuvre: Manoeuvre) -> Vec<Pose> {
        let (side, lane, radius) = match manoeuvre {
            Manoeuvre::Straight => return (0..100).map(|i| Pose::new(0.5 * i as f32, 0.0, 0.0)).collect(),
            Manoeuvre::Right => (-1.0, self.junction - 0.5 * self.lane, 5.0),
            Manoeuvre::Left => (1.0, self.junction + 0.5 * self.lane, 7.0),
        };
        let start = lane - radius;
        let arc = radius * std::f32::consts::FRAC_PI_2;
        let pose = |s: f32| {
            if s < start {
                Pose::new(s, 0.0, 0.0)
            } else if s < start + arc {
                Pose::new(start, 0.0, 0.0).after(s - start, 1.0, side / radius)
            } else {
                let y = radius + (s - start - arc);
                Pose::new(lane, side * y, side * std::f32::consts::FRAC_PI_2)
            }
        };
        let steps = ((start + arc + 22.0) * 2.0) as usize;
        (0..steps).map(|i| pose(0.5 * i as f32)).collect()
    }
}

/// The distance (m) from a point to a path, and the pose of the path and its arc length there.
pub(super) fn closest(path: &[Pose], x: f32, y: f32) -> (f32, Pose, f32) {
    let mut best = (f32::INFINITY, Pose::default(), 0.0);
    for (i, pose) in path.iter().enumerate() {
        let distance = (pose.x - x).hypot(pose.y - y);
        if distance < best.0 {
            best = (distance, *pose, 0.5 * i as f32);
        }
    }
    best
}
