//! Setting road users into a scene so that a command is clear, and seeing it.

use super::body::Body;
use super::category::{Category, extent};
use super::clutter;
use super::family::Family;
use super::geometry::{OrientedBox, Pose};
use super::lidar::{Lidar, Sweep};
use super::primitive::Primitive;
use super::query::{Condition, Query, State};
use super::random::{Draws, Purpose, chance, pick, uniform};
use super::road::Road;
use super::sample::{PERIOD_MICROS, REFERENT_POINTS, RIVAL_POINTS, SWEEPS};
use super::traffic::Role;
use rand::Rng;

/// One road user: what does not change over the sweeps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Object {
    /// What it is.
    pub category: Category,
    /// Pose of its box's centre at the last sweep, in that sweep's frame.
    pub pose: Pose,
    /// Length, width and height, m.
    pub size: [f32; 3],
    /// Speed over ground along its heading, m/s.
    pub speed: f32,
    /// Turn rate, rad/s.
    pub turn: f32,
}

/// A road user and its solids.
struct Actor {
    object: Object,
    parts: Vec<Primitive>,
    reflectivity: f32,
}

impl Actor {
    fn build(rng: &mut impl Rng, category: Category) -> Self {
        let parts = category.build(rng);
        let (low, high) = extent(&parts);
        let size = std::array::from_fn(|i| high[i] - low[i]);
        let object = Object { category, pose: Pose::default(), size, speed: 0.0, turn: 0.0 };
        Self { object, parts, reflectivity: uniform(rng, 0.15, 0.8) }
    }

    /// State `dt` seconds after the last sweep, in the last sweep's frame.
    fn state(&self, dt: f32) -> State {
        let Object { category, pose, size, speed, turn } = self.object;
        let pose = pose.after(dt, speed, turn);
        let (sin, cos) = pose.yaw.sin_cos();
        let bounds = OrientedBox { centre: [pose.x, pose.y, 0.5 * size[2]], size, yaw: pose.yaw };
        State { category, bounds, velocity: [speed * cos, speed * sin], turn }
    }
}

/// Everything that is there, the referred object first.
pub(super) struct Scene {
    actors: Vec<Actor>,
    clutter: Vec<Body>,
    speed: f32,
    turn: f32,
}

impl Scene {
    /// Draws a scene for a query with `same` objects of its category; none if they do not fit or the
    /// command would not be clear.
    pub(super) fn draw(
        rng: &mut impl Rng,
        road: Road,
        query: Query,
        same: usize,
        lidar: &Lidar,
    ) -> Option<Self> {
        let count = rng.random_range(4.max(same + 1)..=10);
        let mut actors: Vec<Actor> = Vec::new();
        let anchor = query.anchor();
        for slot in 0..count {
            let category = match (slot, anchor) {
                (slot, _) if slot < same => query.category,
                (slot, Some(anchor)) if slot == same => anchor,
                _ => {
                    let others: Vec<Category> = Category::ALL
                        .into_iter()
                        .filter(|&other| other != query.category && Some(other) != anchor)
                        .collect();
                    pick(rng, &others)
                }
            };
            actors.push(Actor::build(rng, category));
        }
        // The anchor is set first, then the referred object, its rivals and the rest.
        let mut order: Vec<usize> = (0..count).collect();
        if anchor.is_some() {
            order.rotate_left(same);
            order[1..].sort_unstable();
        }
        let ego = OrientedBox { centre: [-0.5, 0.0, 0.8], size: [5.0, 2.0, 1.6], yaw: 0.0 };
        let mut taken = vec![ego];
        for (step, &slot) in order.iter().enumerate() {
            let near = (slot == 0 && anchor.is_some()).then(|| actors[order[0]].object);
            let placed = (0..40).any(|_| {
                let fits = actors[slot].settle(rng, &road, query, slot == 0, near, &taken, lidar);
                if !fits || slot >= same {
                    return fits;
                }
                // Ranks need all rivals; what holds by itself can be checked at once.
                let ranked =
                    matches!(query.condition, Condition::Nearest | Condition::Farthest | Condition::Biggest);
                let states: Vec<State> = order[..=step].iter().map(|&i| actors[i].state(0.0)).collect();
                ranked || (query.score(step, &states, &road) > 0.0) == (slot == 0)
            });
            if !placed {
                return None;
            }
            taken.push(actors[slot].state(0.0).bounds);
        }
        let states: Vec<State> = actors.iter().map(|actor| actor.state(0.0)).collect();
        clear(query, &states, &road).then_some(())?;
        let (speed, turn) =
            if chance(rng, 0.35) { (0.0, 0.0) } else { (uniform(rng, 0.5, 5.0), uniform(rng, -0.06, 0.06)) };
        let clutter = clutter::draw(rng, &road, &taken);
        Some(Self { actors, clutter, speed, turn })
    }

    /// What stays the same of each road user.
    pub(super) fn objects(&self) -> Vec<Object> {
        self.actors.iter().map(|actor| actor.object).collect()
    }

    /// Truth and points of all sweeps; none if what the command speaks of is hardly seen.
    pub(super) fn observe(
        &self,
        draws: Draws,
        attempt: u64,
        lidar: &Lidar,
        query: Query,
    ) -> Option<Vec<Sweep>> {
        let mut sweeps = Vec::with_capacity(SWEEPS);
        for number in (0..SWEEPS).rev() {
            let sweep = self.sweep(&mut draws.stream(Purpose::Sweep(attempt, number)), number, lidar);
            let seen = sweep.counts.iter().zip(&sweep.truth).enumerate().all(|(i, (&points, state))| {
                points >= REFERENT_POINTS
                    || i > 0
                        && Some(state.category) != query.anchor()
                        && (state.category != query.category || points >= RIVAL_POINTS)
            });
            if number + 1 == SWEEPS && !seen {
                return None;
            }
            sweeps.push(sweep);
        }
        sweeps.reverse();
        Some(sweeps)
    }

    fn sweep(&self, rng: &mut impl Rng, number: usize, lidar: &Lidar) -> Sweep {
        let micros = number as i64 * PERIOD_MICROS;
        let dt = (micros - (SWEEPS as i64 - 1) * PERIOD_MICROS) as f32 * 1e-6;
        let ego = Pose::default().after(dt, self.speed, self.turn);
        let (sin, cos) = ego.yaw.sin_cos();
        let mut truth = Vec::new();
        let mut bodies: Vec<Body> = Vec::new();
        for (i, actor) in self.actors.iter().enumerate() {
            let mut state = actor.state(dt);
            let pose = ego.relative(state.bounds.pose());
            state.bounds.centre = [pose.x, pose.y, state.bounds.centre[2]];
            state.bounds.yaw = pose.yaw;
            let [u, v] = state.velocity;
            state.velocity = [cos * u + sin * v, cos * v - sin * u];
            truth.push(state);
            bodies.push(Body::new(pose, actor.parts.clone(), actor.reflectivity, Some(i as u16)));
        }
        bodies.extend(self.clutter.iter().map(|body| body.seen_from(ego)));
        let (points, hits) = lidar.cast(rng, &bodies);
        let mut counts = vec![0; self.actors.len()];
        hits.iter().flatten().for_each(|&hit| counts[usize::from(hit)] += 1);
        Sweep { micros, ego, points, hits, truth, counts }
    }
}

impl Actor {
    /// Draws a pose and motion; false if it does not fit in.
    #[allow(clippy::too_many_arguments)]
    fn settle(
        &mut self,
        rng: &mut impl Rng,
        road: &Road,
        query: Query,
        referred: bool,
        anchor: Option<Object>,
        taken: &[OrientedBox],
        lidar: &Lidar,
    ) -> bool {
        let Object { category, size, .. } = self.object;
        let mut roles: Vec<Role> = if referred { Family::roles(query).to_vec() } else { Vec::new() };
        roles.retain(|role| role.suits(category));
        let drawn = match anchor {
            Some(anchor) if !chance(rng, 0.3) => Some(beside(rng, query, anchor, category, size)),
            _ => {
                let role = if roles.is_empty() { Role::draw(rng, category) } else { pick(rng, &roles) };
                role.place(rng, road, category, size[0])
            }
        };
        let Some((pose, speed, turn)) = drawn else { return false };
        self.object = Object { pose, speed, turn, ..self.object };
        let bounds = self.state(0.0).bounds;
        // Where each was at the first sweep is left free only roughly: speeds in a lane differ little.
        lidar.covers(pose.x, pose.y)
            && pose.x > 1.0
            && !taken.iter().any(|other| bounds.collides(other, 0.25))
    }
}

/// A place beside, behind or before the anchor, with the anchor's motion where both may keep it.
fn beside(
    rng: &mut impl Rng,
    query: Query,
    anchor: Object,
    category: Category,
    size: [f32; 3],
) -> (Pose, f32, f32) {
    let along = 0.5 * (anchor.size[0] + size[0]) + uniform(rng, 0.8, 7.0);
    let lateral = uniform(rng, -0.8, 0.8);
    let across = 0.5 * (anchor.size[1] + size[1]) + uniform(rng, 0.5, 2.0);
    let place = match query.condition {
        Condition::Behind(_) => [-along, lateral],
        Condition::InFrontOf(_) => [along, lateral],
        _ => [uniform(rng, -0.4, 0.4) * anchor.size[0], if chance(rng, 0.5) { across } else { -across }],
    };
    let [x, y] = anchor.pose.outward(place);
    let (low, high) = category.speeds();
    let speed = if anchor.speed > 0.0 { anchor.speed.clamp(low, high) } else { 0.0 };
    (Pose::new(x, y, anchor.pose.yaw), speed, 0.0)
}

/// Whether object 0 and no other meets the query, both clearly, and no other meets what a listener might
/// take it for.
fn clear(query: Query, states: &[State], road: &Road) -> bool {
    let rivals = || (1..states.len()).filter(|&i| states[i].category == query.category);
    let mistaken = match query.condition {
        // Whichever way the anchor points.
        Condition::Behind(anchor) => Condition::InFrontOf(anchor),
        Condition::InFrontOf(anchor) => Condition::Behind(anchor),
        // One cannot well follow past a standing car, nor stop behind one that drives; nor is parked
        // told from standing at a glance.
        Condition::StandingAhead => Condition::MovingAhead,
        Condition::MovingAhead | Condition::ParkedRight => Condition::StandingAhead,
        same => same,
    };
    let other = Query { condition: mistaken, ..query };
    query.score(0, states, road) >= 1.0
        && rivals().all(|i| query.score(i, states, road) <= -1.0 && other.score(i, states, road) <= -1.0)
}
