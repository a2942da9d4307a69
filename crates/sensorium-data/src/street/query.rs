//! What a command says of the object it refers to, and how well an object answers to it.
//!
//! Each condition gives a score from −1 (clearly not) to 1 (clearly so), linear in between; several
//! criteria of one condition are joined by the least of them.

use super::category::Category;
use super::geometry::{OrientedBox, Pose, wrap};
use super::road::{Manoeuvre, Road, closest};
use std::f32::consts::{FRAC_PI_2, PI};

/// The true state of one object at one time stamp.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct State {
    /// What it is.
    pub category: Category,
    /// Where it is.
    pub bounds: OrientedBox,
    /// Velocity over ground in the axes of the box's frame, m/s.
    pub velocity: [f32; 2],
    /// Turn rate, rad/s.
    pub turn: f32,
}

impl State {
    /// Speed over ground, m/s.
    pub fn speed(&self) -> f32 {
        self.velocity[0].hypot(self.velocity[1])
    }

    fn course(&self) -> f32 {
        if self.speed() > 0.05 { self.velocity[1].atan2(self.velocity[0]) } else { self.bounds.yaw }
    }
}

/// A side of the road as the ego vehicle sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Positive y.
    Left,
    /// Negative y.
    Right,
}

/// How the referred object differs from others of its category.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Condition {
    /// Within four seconds it crosses or joins the path of a manoeuvre, not along it.
    InPathOf(Manoeuvre),
    /// It stands in the ego's lane ahead.
    StandingAhead,
    /// It moves along the ego's lane ahead.
    MovingAhead,
    /// It stands in the strip at the right kerb.
    ParkedRight,
    /// It crosses the ego's course, coming from this side and not past it yet.
    CrossingFrom(Side),
    /// It moves against the ego's direction.
    Oncoming,
    /// It stands on this side, within the pavement's far edge.
    StandingOn(Side),
    /// It moves towards the ego vehicle.
    Towards,
    /// Nearest of its category.
    Nearest,
    /// Farthest of its category.
    Farthest,
    /// Largest volume of its category.
    Biggest,
    /// Behind the tail of the only object of another category.
    Behind(Category),
    /// Before the nose of the only object of another category.
    InFrontOf(Category),
    /// Beside the only object of another category.
    NextTo(Category),
}

/// The meaning of a command: exactly one object of the category meets the condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Query {
    /// The category that the command names.
    pub category: Category,
    /// What tells the referred object from others of its category.
    pub condition: Condition,
}

impl Query {
    /// How well object `index` answers, −1 to 1; objects of another category score −1.
    ///
    /// `states` are those of the last sweep. An index out of range scores −1.
    pub fn score(&self, index: usize, states: &[State], road: &Road) -> f32 {
        match states.get(index) {
            Some(state) if state.category == self.category => {
                self.condition.score(index, state, states, road).clamp(-1.0, 1.0)
            }
            _ => -1.0,
        }
    }

    /// The manoeuvre that the command names or implies; straight on if none.
    pub fn manoeuvre(&self) -> Manoeuvre {
        match self.condition {
            Condition::InPathOf(manoeuvre) => manoeuvre,
            Condition::Oncoming => Manoeuvre::Left,
            _ => Manoeuvre::Straight,
        }
    }

    /// The other category that the command names.
    pub fn anchor(&self) -> Option<Category> {
        match self.condition {
            Condition::Behind(category) | Condition::InFrontOf(category) | Condition::NextTo(category) => {
                Some(category)
            }
            _ => None,
        }
    }
}

/// 1 at `yes`, −1 at `no`, linear between and beyond, cut at ±1.
fn between(value: f32, yes: f32, no: f32) -> f32 {
    (1.0 - 2.0 * (value - yes) / (no - yes)).clamp(-1.0, 1.0)
}

fn all(scores: &[f32]) -> f32 {
    scores.iter().copied().fold(1.0, f32::min)
}

/// How closely a direction keeps to another (rad): clearly within 22°, clearly not from 40°.
fn aligned(angle: f32, other: f32) -> f32 {
    between(wrap(angle - other).abs(), 22f32.to_radians(), 40f32.to_radians())
}

impl Condition {
    fn score(&self, index: usize, state: &State, states: &[State], road: &Road) -> f32 {
        let [x, y, _] = state.bounds.centre;
        let (moving, course) = (between(state.speed(), 0.6, 0.1), state.course());
        let ahead = between(x, 4.0, 1.0);
        let own_lane = between(y.abs(), 1.1, 1.8);
        match *self {
            Self::InPathOf(manoeuvre) => moving.min(conflict(state, &road.path(manoeuvre))),
            Self::StandingAhead => all(&[-moving, ahead, own_lane, aligned(course, 0.0)]),
            Self::MovingAhead => all(&[moving, ahead, own_lane, aligned(course, 0.0)]),
            Self::ParkedRight => {
                let middle = -0.5 * (road.lane + road.strip);
                all(&[-moving, ahead, between((y - middle).abs(), 0.9, 1.7)])
            }
            Self::CrossingFrom(Side::Left) => {
                all(&[moving, ahead, between(y, 0.5, -1.5), aligned(course, -FRAC_PI_2)])
            }
            Self::CrossingFrom(Side::Right) => {
                all(&[moving, ahead, between(y, -0.5, 1.5), aligned(course, FRAC_PI_2)])
            }
            Self::Oncoming => all(&[moving, ahead, aligned(course, PI)]),
            Self::StandingOn(side) => {
                let (right, left) = road.edges();
                let (out, edge) = match side {
                    Side::Left => (y - road.lane, left - road.lane),
                    Side::Right => (-y, -right),
                };
                let beyond = edge + road.pavement;
                all(&[-moving, ahead, between(out, 1.6, 0.9), between(out, beyond, beyond + 2.0)])
            }
            Self::Towards => all(&[moving, ahead, aligned(course, (-y).atan2(-x))]),
            Self::Nearest => rank(index, state, states, |s| -s.bounds.distance().ln(), 1.2),
            Self::Farthest => rank(index, state, states, |s| s.bounds.distance().ln(), 1.2),
            Self::Biggest => rank(index, state, states, |s| s.bounds.volume().ln(), 1.25),
            Self::Behind(category) => beside(state, only(states, category), |u, v, gap, _| {
                all(&[between(gap, 8.0, 12.0), between(u, -0.5, 0.5), between(v.abs(), 1.2, 2.2)])
            }),
            Self::InFrontOf(category) => beside(state, only(states, category), |u, v, gap, _| {
                all(&[between(gap, 8.0, 12.0), between(u, 0.5, -0.5), between(v.abs(), 1.2, 2.2)])
            }),
            Self::NextTo(category) => beside(state, only(states, category), |_, _, gap, clear| {
                all(&[between(gap, 0.3, 3.0), between(clear, 2.2, 4.2)])
            }),
        }
    }
}

/// Whether an object, kept at its speed and turn rate, comes to a path at an angle within four seconds.
fn conflict(state: &State, path: &[Pose]) -> f32 {
    let path = &path[path.len().min(6)..];
    let start = state.bounds.pose();
    let heading = state.course();
    let mut best = -1.0f32;
    for step in 0..=20 {
        let pose = Pose { yaw: heading, ..start }.after(0.2 * step as f32, state.speed(), state.turn);
        let (distance, at, _) = closest(path, pose.x, pose.y);
        let angle = wrap(pose.yaw - at.yaw).abs();
        let across = between(angle, 25f32.to_radians(), 12f32.to_radians());
        best = best.max(between(distance, 1.0, 2.2).min(across));
    }
    best
}

/// How an object's measure (a logarithm) compares with the greatest of its rivals, for a clear ratio.
fn rank(index: usize, state: &State, states: &[State], measure: fn(&State) -> f32, ratio: f32) -> f32 {
    let rivals = states.iter().enumerate().filter(|(i, s)| *i != index && s.category == state.category);
    let best = rivals.map(|(_, s)| measure(s)).fold(f32::NEG_INFINITY, f32::max);
    between(measure(state) - best, ratio.ln(), -ratio.ln())
}

fn only(states: &[State], category: Category) -> Option<&State> {
    let mut found = states.iter().filter(|s| s.category == category);
    found.next().filter(|_| found.next().is_none())
}

/// Scores an object by its place in an anchor's frame: u ahead, v to the left, the free distance along
/// and across (m, negative where they overlap).
fn beside(state: &State, anchor: Option<&State>, score: impl Fn(f32, f32, f32, f32) -> f32) -> f32 {
    let Some(anchor) = anchor else { return -1.0 };
    let [u, v] = anchor.bounds.pose().inward([state.bounds.centre[0], state.bounds.centre[1]]);
    let (sin, cos) = (state.bounds.yaw - anchor.bounds.yaw).sin_cos();
    let [l, w, _] = state.bounds.size;
    let along = 0.5 * (l * cos.abs() + w * sin.abs() + anchor.bounds.size[0]);
    let across = 0.5 * (l * sin.abs() + w * cos.abs() + anchor.bounds.size[1]);
    score(u, v, u.abs() - along, v.abs() - across)
}
