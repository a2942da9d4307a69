//! Making one sample: a scene, a command and what the sensor sees.

use super::family::Family;
use super::lidar::{Lidar, Sweep};
use super::query::{Query, State};
use super::random::{Draws, Purpose, pick, uniform};
use super::road::Road;
use super::scene::{Object, Scene};
use rand::Rng;

/// Sweeps of one sample.
pub const SWEEPS: usize = 4;
/// Time between sweeps, µs (10 Hz).
pub const PERIOD_MICROS: i64 = 100_000;
/// Points that the referred object has at least in the last sweep.
pub const REFERENT_POINTS: u32 = 15;
/// Points that any other object of the same category has at least in the last sweep.
pub const RIVAL_POINTS: u32 = 5;
/// Shares of samples with one, two and three objects of the named category: 0.39 + 0.46/2 + 0.15/3 = 0.67.
const SAME: [f32; 3] = [0.39, 0.46, 0.15];

/// Which part of the data a sample belongs to; no two splits share a scene.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Split {
    /// For training.
    Train,
    /// For choosing settings; worded as training.
    Validation,
    /// For the final figures; worded in other sentence frames.
    Test,
}

/// A scene with a command that refers to one of its objects.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Sweeps in time order; the last one's frame is the common one.
    pub sweeps: Vec<Sweep>,
    /// The command in words.
    pub command: String,
    /// Its meaning.
    pub query: Query,
    /// Its family.
    pub family: Family,
    /// Its sentence frame: a place in [`Family::frames`] of its split.
    pub frame: usize,
    /// The object it refers to: an index into `objects` and into each sweep's `truth` and `counts`.
    pub referent: usize,
    /// The road users.
    pub objects: Vec<Object>,
    /// The roads.
    pub road: Road,
}

impl Sample {
    /// True states at the last sweep, in its frame; empty only if there are no sweeps.
    pub fn states(&self) -> &[State] {
        self.sweeps.last().map_or(&[], |sweep| &sweep.truth)
    }
}

/// The sample of a seed, split and index, the same on every call; the cost does not depend on `index`.
pub fn sample(seed: u64, split: Split, index: u64) -> Sample {
    sample_with(&Lidar::default(), seed, split, index)
}

/// As [`sample`], with another sensor; a sensor that sees too little lets no scene pass and never returns.
pub fn sample_with(lidar: &Lidar, seed: u64, split: Split, index: u64) -> Sample {
    let draws = Draws::new(seed, split, index);
    let mut plan = draws.stream(Purpose::Plan);
    let share = uniform(&mut plan, 0.0, 1.0);
    let same = 1 + usize::from(share >= SAME[0]) + usize::from(share >= SAME[0] + SAME[1]);
    let family = pick(&mut plan, &Family::ALL);
    let (query, layouts) = family.draw(&mut plan, same);
    // Each attempt draws a scene; the first that fits the plan is taken, almost always within a few dozen.
    let mut attempt = 0;
    loop {
        let mut rng = draws.stream(Purpose::Scene(attempt));
        let road = Road::draw(&mut rng, layouts);
        if let Some(scene) = Scene::draw(&mut rng, road, query, same, lidar)
            && let Some(sweeps) = scene.observe(draws, attempt, lidar, query)
        {
            let (frame, command) = family.word(&mut draws.stream(Purpose::Wording), split, query);
            let objects = scene.objects();
            return Sample { sweeps, command, query, family, frame, referent: 0, objects, road }
                .shuffled(&mut draws.stream(Purpose::Scene(u64::from(u32::MAX))));
        }
        attempt += 1;
    }
}

impl Sample {
    /// The same sample with its objects in random order, so that an index tells nothing.
    fn shuffled(mut self, rng: &mut impl Rng) -> Self {
        let count = self.objects.len();
        let mut order: Vec<usize> = (0..count).collect();
        for i in (1..count).rev() {
            order.swap(i, rng.random_range(0..=i));
        }
        let mut place = vec![0u16; count];
        for (new, &old) in order.iter().enumerate() {
            place[old] = new as u16;
        }
        self.objects = order.iter().map(|&old| self.objects[old]).collect();
        for sweep in &mut self.sweeps {
            sweep.truth = order.iter().map(|&old| sweep.truth[old]).collect();
            sweep.counts = order.iter().map(|&old| sweep.counts[old]).collect();
            sweep.hits.iter_mut().flatten().for_each(|hit| *hit = place[usize::from(*hit)]);
        }
        self.referent = usize::from(place[self.referent]);
        self
    }
}
