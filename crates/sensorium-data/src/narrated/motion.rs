//! How a level changes during an action, and the walk that levels take from action to action.
//!
//! The walk is reversible, so that no single frame tells an action from its mirror. A level between 0
//! and 1 steps to any other level at least [`MIN_STEP`] away, all equally likely. This is a random walk
//! on a graph with equal weights, whose stationary law is proportional to the number of levels that
//! can be reached (Levin, Peres and Wilmer, *Markov Chains and Mixing Times*, 2009, section 9.1). It
//! starts from that law; hence a step from a to b is as likely as one from b to a. Angles step by a
//! symmetric amount. Easing curves are time-reversed in half of the cases.

use super::action::{Action, Quality};
use super::random::uniform;
use rand::Rng;

/// Smallest change of a level between 0 and 1; below a half, so that every level has somewhere to go.
const MIN_STEP: f64 = 0.45;

/// How progress runs through the time of an action: an S-curve that may be skewed to early or late.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ease {
    /// Steepness of the S: 1 is a straight line.
    pub steepness: f32,
    /// Power on time: above 1, the motion starts late.
    pub skew: f32,
    /// Whether the curve is run backwards.
    pub reversed: bool,
}

impl Ease {
    /// Progress (0 to 1) at the share `time` (0 to 1) of the action.
    pub fn at(self, time: f32) -> f32 {
        let time = time.clamp(0.0, 1.0);
        if self.reversed { 1.0 - self.forward(1.0 - time) } else { self.forward(time) }
    }

    fn forward(self, time: f32) -> f32 {
        let late = time.powf(self.skew);
        let (rise, rest) = (late.powf(self.steepness), (1.0 - late).powf(self.steepness));
        rise / (rise + rest).max(1e-9)
    }

    fn draw(rng: &mut impl Rng) -> Self {
        Self {
            steepness: uniform(rng, 1.0, 2.2) as f32,
            skew: uniform(rng, 0.7f64.ln(), 1.5f64.ln()).exp() as f32,
            reversed: rng.random(),
        }
    }
}

/// The course of one level during one action.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Motion {
    /// Which level changes.
    pub quality: Quality,
    /// Level at the start: 0 to 1, or turns.
    pub from: f32,
    /// Level at the end, likewise.
    pub to: f32,
    /// How it runs between the two.
    pub ease: Ease,
}

impl Motion {
    /// The level at the share `time` (0 to 1) of the action.
    pub fn at(self, time: f32) -> f32 {
        self.from + (self.to - self.from) * self.ease.at(time)
    }

    /// The action that the motion shows.
    pub fn action(self) -> Action {
        if self.to > self.from { self.quality.rising() } else { self.quality.falling() }
    }

    /// The motion that the reversed frames show.
    pub fn reversed(self) -> Self {
        let ease = Ease { reversed: !self.ease.reversed, ..self.ease };
        Self { from: self.to, to: self.from, ease, ..self }
    }

    /// A motion of `quality` that starts at the level `from`.
    pub(super) fn draw(quality: Quality, from: f32, rng: &mut impl Rng) -> Self {
        Self { quality, from, to: next(quality, f64::from(from), rng) as f32, ease: Ease::draw(rng) }
    }
}

/// The next level after `from`.
fn next(quality: Quality, from: f64, rng: &mut impl Rng) -> f64 {
    let turn = match quality {
        Quality::Turn => Some((0.2, 0.45)),
        Quality::Lap => Some((0.75, 1.25)),
        _ => None,
    };
    if let Some((low, high)) = turn {
        let step = uniform(rng, low, high);
        return if rng.random() { from + step } else { from - step };
    }
    let below = (from - MIN_STEP).max(0.0);
    let above = (1.0 - MIN_STEP - from).max(0.0);
    let place = uniform(rng, 0.0, below + above);
    if place < below { place } else { from + MIN_STEP + (place - below) }
}

/// The level of a quality that no action of a scene changes: the object as it is in its picture. Place and
/// size have none.
pub(super) fn plain(quality: Quality) -> Option<f32> {
    match quality {
        Quality::Across | Quality::Down | Quality::Size | Quality::Lap => None,
        Quality::Turn | Quality::Gap | Quality::Nearness | Quality::Cover => Some(0.0),
        Quality::Solidity => Some(1.0),
        Quality::Light | Quality::Lean | Quality::Width => Some(0.5),
    }
}

/// A level from the walk's stationary law.
pub(super) fn rest(quality: Quality, rng: &mut impl Rng) -> f32 {
    if quality.is_cyclic() {
        return rng.random();
    }
    // One end of a uniform pair that is far enough apart: the gap is drawn by its triangular law.
    let gap = 1.0 - (1.0 - MIN_STEP) * (1.0 - rng.random::<f64>()).sqrt();
    let low = uniform(rng, 0.0, 1.0 - gap);
    if rng.random() { low as f32 } else { (low + gap) as f32 }
}
