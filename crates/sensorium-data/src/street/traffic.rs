//! Where road users stand and how they move.

use super::category::Category;
use super::geometry::Pose;
use super::random::{chance, pick, uniform};
use super::road::Road;
use rand::Rng;
use std::f32::consts::{FRAC_PI_2, PI};

/// A typical place and motion of a road user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Moves along the ego's lane.
    Lead,
    /// Stands in the ego's lane.
    Queue,
    /// Moves along the opposite lane.
    Oncoming,
    /// Turns out of the opposite lane into an arm.
    OncomingTurn,
    /// Stands in the right strip.
    ParkedRight,
    /// Stands in the left strip.
    ParkedLeft,
    /// Moves along the right strip with the ego.
    StripRight,
    /// Moves along the left strip against the ego.
    StripLeft,
    /// Crosses from left to right.
    FromLeft,
    /// Crosses from right to left.
    FromRight,
    /// Waits in the left arm or on the left pavement.
    WaitLeft,
    /// Waits in the right arm or on the right pavement.
    WaitRight,
    /// Crosses the left arm along the ego's road.
    AcrossLeftArm,
    /// Crosses the right arm along the ego's road.
    AcrossRightArm,
    /// Walks or rides on the right pavement.
    PavementRight,
    /// Walks or rides on the left pavement.
    PavementLeft,
}

/// Roles of motor traffic.
const MOTOR: [Role; 11] = [
    Role::Lead,
    Role::Queue,
    Role::Oncoming,
    Role::Oncoming,
    Role::OncomingTurn,
    Role::ParkedRight,
    Role::ParkedLeft,
    Role::FromLeft,
    Role::FromRight,
    Role::WaitLeft,
    Role::WaitRight,
];

/// Roles of cycles and scooters.
const LIGHT: [Role; 14] = [
    Role::Lead,
    Role::Queue,
    Role::Oncoming,
    Role::ParkedRight,
    Role::ParkedLeft,
    Role::StripRight,
    Role::StripRight,
    Role::StripLeft,
    Role::FromLeft,
    Role::FromRight,
    Role::WaitLeft,
    Role::WaitRight,
    Role::AcrossLeftArm,
    Role::AcrossRightArm,
];

/// Roles of people on foot.
const FOOT: [Role; 8] = [
    Role::FromLeft,
    Role::FromRight,
    Role::WaitLeft,
    Role::WaitRight,
    Role::AcrossLeftArm,
    Role::AcrossRightArm,
    Role::PavementRight,
    Role::PavementLeft,
];

impl Role {
    /// What a category does, each role equally likely.
    pub(super) fn draw(rng: &mut impl Rng, category: Category) -> Self {
        pick(rng, Self::of(category))
    }

    /// Whether a category takes this role.
    pub(super) fn suits(self, category: Category) -> bool {
        Self::of(category).contains(&self)
    }

    fn of(category: Category) -> &'static [Self] {
        match category {
            Category::Pedestrian => &FOOT,
            category if category.is_motor() => &MOTOR,
            _ => &LIGHT,
        }
    }

    /// Pose at the last sweep, speed (m/s) and turn rate (rad/s) of a body of this length (m); none
    /// where the road has no such place.
    pub(super) fn place(
        self,
        rng: &mut impl Rng,
        road: &Road,
        category: Category,
        length: f32,
    ) -> Option<(Pose, f32, f32)> {
        let (right, left) = road.edges();
        let (near, far) = road.mouth();
        let (low, high) = category.speeds();
        let speed = uniform(rng, low, high);
        let (wobble, sway) = (uniform(rng, -0.05, 0.05), uniform(rng, -0.3, 0.3));
        let x = 5.0 + 0.5 * length + uniform(rng, 0.0, 1.0).powf(1.3) * 32.0;
        let motor = category.is_motor();
        let strip = [right + 0.5 * road.strip, left - 0.5 * road.strip];
        let walk = uniform(rng, 0.7, road.pavement - 0.3);
        let both = if chance(rng, 0.5) { 0.0 } else { PI };
        // Nobody stands in the arm's mouth.
        let clear = (x - road.junction).abs() > road.half_arm() + 0.5 * length;
        let still = |pose| Some((pose, 0.0, 0.0));
        let moves = |pose| Some((pose, speed, 0.0));
        match self {
            Self::Lead => moves(Pose::new(x, sway, wobble)),
            Self::Queue => still(Pose::new(x, sway, wobble)),
            Self::Oncoming => moves(Pose::new(x, road.lane + sway, PI + wobble)),
            Self::OncomingTurn => {
                // Left, as it drives, is the ego's right.
                let to_right = chance(rng, 0.5);
                if (to_right && !road.has_right()) || (!to_right && !road.has_left()) {
                    return None;
                }
                let radius = if to_right { 8.0 } else { 5.5 };
                let (side, speed) = (if to_right { 1.0 } else { -1.0 }, speed.min(5.0));
                let entry = road.junction + if to_right { 6.0 } else { 7.0 };
                let progress = uniform(rng, 0.1, 1.2);
                let start = Pose::new(entry, road.lane, PI);
                let pose = start.after(progress * radius / speed, speed, side * speed / radius);
                Some((pose, speed, side * speed / radius))
            }
            Self::ParkedRight | Self::ParkedLeft => {
                let y = if self == Self::ParkedRight { strip[0] } else { strip[1] } + 0.5 * sway;
                let open = if self == Self::ParkedRight { road.has_right() } else { road.has_left() };
                let yaw = if self == Self::ParkedRight { wobble } else { both + wobble };
                (clear || !open).then_some(())?;
                still(Pose::new(x, y, yaw))
            }
            Self::StripRight => moves(Pose::new(uniform(rng, 1.0, 30.0), strip[0] + sway, wobble)),
            Self::StripLeft => moves(Pose::new(x, strip[1] + sway, PI + wobble)),
            Self::FromLeft | Self::FromRight => {
                let from_left = self == Self::FromLeft;
                let (open, side) = if from_left { (road.has_left(), 1.0) } else { (road.has_right(), -1.0) };
                let (kerb, lane) = if from_left { (left, -0.5) } else { (-right, 0.5) };
                if motor {
                    open.then_some(())?;
                    let y = uniform(rng, 2.0, kerb + 12.0);
                    return moves(Pose::new(
                        road.junction + lane * road.lane + sway,
                        side * y,
                        -side * FRAC_PI_2 + wobble,
                    ));
                }
                let y = uniform(rng, -0.5 * kerb, kerb + 1.5);
                moves(Pose::new(uniform(rng, 7.0, 36.0), side * y, -side * FRAC_PI_2 + 3.0 * wobble))
            }
            Self::WaitLeft | Self::WaitRight => {
                let at_left = self == Self::WaitLeft;
                let (open, side) = if at_left { (road.has_left(), 1.0) } else { (road.has_right(), -1.0) };
                let (kerb, lane) = if at_left { (left, -0.5) } else { (-right, 0.5) };
                if motor {
                    open.then_some(())?;
                    let y = kerb + 0.8 + 0.5 * length + uniform(rng, 0.0, 4.0);
                    return still(Pose::new(
                        road.junction + lane * road.lane + sway,
                        side * y,
                        -side * FRAC_PI_2 + wobble,
                    ));
                }
                let y = kerb + 0.5 * length + walk.min(1.5);
                let yaw = if chance(rng, 0.6) { -side * FRAC_PI_2 } else { uniform(rng, -PI, PI) };
                still(Pose::new(uniform(rng, 5.0, 36.0), side * y, yaw + wobble))
            }
            Self::AcrossLeftArm | Self::AcrossRightArm => {
                let at_left = self == Self::AcrossLeftArm;
                let open = if at_left { road.has_left() } else { road.has_right() };
                open.then_some(())?;
                let y = if at_left { left + walk.min(2.5) } else { right - walk.min(2.5) };
                moves(Pose::new(uniform(rng, near - 1.5, far + 1.5), y, both + wobble))
            }
            Self::PavementRight => moves(Pose::new(x, right - walk, both + wobble)),
            Self::PavementLeft => moves(Pose::new(x, left + walk, both + wobble)),
        }
    }
}
