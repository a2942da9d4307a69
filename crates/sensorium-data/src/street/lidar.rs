//! A turning LiDAR: rays, occlusion, noise and drop-out.
//!
//! All rays of a sweep leave at its time stamp (no distortion by the ego's motion within a sweep).

use super::body::Body;
use super::geometry::Pose;
use super::random::{normal, uniform};
use rand::Rng;

/// The sensor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lidar {
    /// Number of beams, evenly spaced in elevation.
    pub beams: usize,
    /// Elevation of the highest beam, rad.
    pub top: f32,
    /// Elevation of the lowest beam, rad.
    pub bottom: f32,
    /// Number of azimuth steps over the field of view.
    pub columns: usize,
    /// Field of view in azimuth, centred on forward, rad.
    pub view: f32,
    /// Height above the ground, m.
    pub height: f32,
    /// Greatest range, m.
    pub reach: f32,
    /// Standard deviation of the range noise, m.
    pub noise: f32,
}

impl Default for Lidar {
    /// 32 beams from +3° to −25°, 720 steps over the front 240°, at 1.8 m, up to 60 m, σ = 2 cm.
    fn default() -> Self {
        Self {
            beams: 32,
            top: 3f32.to_radians(),
            bottom: (-25f32).to_radians(),
            columns: 720,
            view: 240f32.to_radians(),
            height: 1.8,
            reach: 60.0,
            noise: 0.02,
        }
    }
}

impl Lidar {
    /// Chance that a return is lost: grows with range (m) and as the surface turns away.
    pub fn dropout(&self, range: f32, cosine: f32) -> f32 {
        let far = range / self.reach;
        let turned = (1.0 - cosine).powi(4);
        (0.02 + 0.3 * far * far + 0.5 * turned * (0.3 + far)).min(1.0)
    }

    /// Whether the reach and the field of view hold a point of the ground plane (m).
    pub(super) fn covers(&self, x: f32, y: f32) -> bool {
        x.hypot(y) < self.reach && y.atan2(x).abs() < 0.5 * self.view
    }

    /// One sweep of bodies given in the sensor's own frame: points and the object each lies on.
    pub(super) fn cast(&self, rng: &mut impl Rng, bodies: &[Body]) -> (Vec<[f32; 4]>, Vec<Option<u16>>) {
        let columns = self.candidates(bodies);
        let (mut points, mut hits) = (Vec::new(), Vec::new());
        let beams: Vec<(f32, f32)> = (0..self.beams)
            .map(|beam| {
                let share = beam as f32 / (self.beams - 1).max(1) as f32;
                (self.top + share * (self.bottom - self.top)).sin_cos()
            })
            .collect();
        for (column, candidates) in columns.iter().enumerate() {
            let (sin, cos) = self.azimuth(column).sin_cos();
            for &(rise, flat) in &beams {
                let direction = [flat * cos, flat * sin, rise];
                let (mut range, mut cosine, mut reflectivity, mut object) = (f32::INFINITY, 1.0, 0.15, None);
                if rise < 0.0 {
                    (range, cosine) = (-self.height / rise, -rise);
                }
                for body in candidates.iter().map(|&i| &bodies[i as usize]) {
                    if let Some(meeting) = body.meet(direction, self.height)
                        && meeting.range < range
                    {
                        (range, cosine) = (meeting.range, meeting.cosine);
                        (reflectivity, object) = (body.reflectivity, body.object);
                    }
                }
                if range > self.reach || uniform(rng, 0.0, 1.0) < self.dropout(range, cosine) {
                    continue;
                }
                let noisy = range + self.noise * normal(rng);
                let shade = reflectivity * (0.35 + 0.65 * cosine) * (1.0 + 0.1 * normal(rng));
                points.push([
                    noisy * direction[0],
                    noisy * direction[1],
                    self.height + noisy * direction[2],
                    shade.clamp(0.0, 1.0),
                ]);
                hits.push(object);
            }
        }
        (points, hits)
    }

    fn azimuth(&self, column: usize) -> f32 {
        self.view * ((column as f32 + 0.5) / self.columns as f32 - 0.5)
    }

    /// For each column the bodies whose footprint it may cross.
    fn candidates(&self, bodies: &[Body]) -> Vec<Vec<u16>> {
        use std::f32::consts::PI;
        let mut columns = vec![Vec::new(); self.columns];
        let step = self.view / self.columns as f32;
        for (index, body) in bodies.iter().enumerate() {
            let bounds = body.bounds();
            let middle = bounds.centre[1].atan2(bounds.centre[0]);
            let inside = bounds.contains([0.0, 0.0, bounds.centre[2]], 0.05);
            let (mut low, mut high) = (0.0f32, 0.0f32);
            for [x, y] in bounds.corners() {
                let turn = super::geometry::wrap(y.atan2(x) - middle);
                (low, high) = (low.min(turn), high.max(turn));
            }
            if inside {
                (low, high) = (-PI, PI);
            }
            // Thrice, so that a body across the back is not lost.
            for offset in [-2.0 * PI, 0.0, 2.0 * PI] {
                let from = ((middle + low + offset + 0.5 * self.view) / step - 1.5).floor().max(0.0);
                let to = ((middle + high + offset + 0.5 * self.view) / step + 1.5).ceil().max(0.0);
                let end = (to as usize).min(self.columns);
                for column in columns.iter_mut().take(end).skip(from as usize) {
                    column.push(index as u16);
                }
            }
        }
        columns
    }
}

/// One turn of the sensor.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    /// Time stamp, µs.
    pub micros: i64,
    /// Pose of the sweep's own frame in the frame of the sample's last sweep.
    pub ego: Pose,
    /// `[x, y, z, intensity]` in the sweep's own frame: m, m, m, `[0, 1]`.
    pub points: Vec<[f32; 4]>,
    /// The object that each point lies on; none for ground and clutter. For tests and oracles only.
    pub hits: Vec<Option<u16>>,
    /// True state of each object, in the sweep's own frame. For training targets, tests and oracles.
    pub truth: Vec<super::query::State>,
    /// Number of points on each object.
    pub counts: Vec<u32>,
}
