//! From a street sample to candidate objects as tokens, with what is true of them.

use super::candidate::{Candidate, Shape, follow, shapes};
use super::meaning::Meaning;
use super::token::WIDTH;
use crate::RecipeError;
use half::f16;
use sensorium_align::Sequence;
use sensorium_data::street::{self, Category, OrientedBox, Pose, Sample, Split};

/// Metres by which a true box is grown before a candidate's centre is looked for in it.
pub const MARGIN: f32 = 0.5;

/// What is kept of a sample.
pub struct Scene {
    /// The command.
    pub command: String,
    /// Tokens of the candidates.
    pub candidates: Sequence,
    /// For each candidate whether its centre lies in the referred object's box.
    pub right: Vec<bool>,
    /// For each candidate the category of the box it lies in.
    pub classes: Vec<Option<usize>>,
    /// What the command means.
    pub meaning: Meaning,
    /// The number of the command's sentence frame in its family.
    pub frame: usize,
    /// The command's family, a place in `Family::ALL`.
    pub family: usize,
    /// Chance of a rule that reads the category only.
    pub chance: f64,
    /// Whether the nearest box in the path is the referred one.
    pub heuristic: bool,
    /// Whether the reader of the truth finds the referred object.
    pub oracle: bool,
}

impl Scene {
    /// The scene of a sample that is drawn anew.
    ///
    /// # Errors
    /// Those of the ground and of clustering.
    pub fn draw(seed: u64, split: Split, index: u64) -> Result<Self, RecipeError> {
        Self::of(&street::sample(seed, split, index))
    }

    /// The scene of a sample.
    ///
    /// # Errors
    /// Those of the ground and of clustering.
    pub fn of(sample: &Sample) -> Result<Self, RecipeError> {
        let found = candidates(sample)?;
        let states = sample.states();
        let inside = |candidate: &Candidate, index: usize| {
            states.get(index).is_some_and(|state| state.bounds.contains(candidate.centre, MARGIN))
        };
        let boxes: Vec<(Category, OrientedBox)> = states.iter().map(|s| (s.category, s.bounds)).collect();
        let classes = found
            .iter()
            .map(|candidate| {
                let within = (0..states.len()).filter(|&i| inside(candidate, i));
                let apart = |i: &usize| apart(candidate, &states[*i].bounds);
                within.min_by(|a, b| apart(a).total_cmp(&apart(b))).map(|i| states[i].category.index())
            })
            .collect();
        let tokens: Vec<f32> = found.iter().flat_map(Candidate::token).collect();
        Ok(Self {
            command: sample.command.clone(),
            candidates: Sequence::new(&tokens, WIDTH),
            right: found.iter().map(|candidate| inside(candidate, sample.referent)).collect(),
            classes,
            meaning: Meaning::of(&sample.query),
            frame: sample.frame,
            family: street::Family::ALL.iter().position(|f| *f == sample.family).unwrap_or(0),
            chance: street::category_only(sample),
            heuristic: street::nearest_in_path(sample, &boxes) == Some(sample.referent),
            oracle: street::oracle(&sample.query, states, &sample.road) == Some(sample.referent),
        })
    }

    /// The tokens of the candidates, one by one.
    pub fn tokens(&self) -> impl Iterator<Item = &[f16]> {
        self.candidates.values.chunks_exact(WIDTH)
    }

    /// Whether any candidate lies in the referred object's box.
    pub fn has_candidate(&self) -> bool {
        self.right.contains(&true)
    }
}

fn apart(candidate: &Candidate, bounds: &OrientedBox) -> f32 {
    (candidate.centre[0] - bounds.centre[0]).hypot(candidate.centre[1] - bounds.centre[1])
}

/// The candidates of a sample: groups of points of the last sweep, followed back over the earlier ones.
fn candidates(sample: &Sample) -> Result<Vec<Candidate>, RecipeError> {
    let Some((last, earlier)) = sample.sweeps.split_last() else { return Ok(Vec::new()) };
    let now = shapes(&last.points, Pose::default())?;
    // Latest first, each with the seconds that it lies back.
    let mut before: Vec<(f32, Vec<Shape>)> = Vec::with_capacity(earlier.len());
    for sweep in earlier.iter().rev() {
        let back = (last.micros - sweep.micros) as f32 * 1e-6;
        before.push((back, shapes(&sweep.points, last.ego.relative(sweep.ego))?));
    }
    Ok(now
        .into_iter()
        .map(|shape| Candidate { motion: follow(&shape, &before), ..Candidate::still(shape) })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_referents_have_a_candidate() {
        let scenes: Vec<Scene> = (0..20).map(|i| Scene::draw(1, Split::Train, i).unwrap()).collect();
        let found = scenes.iter().filter(|s| s.has_candidate()).count();
        assert!(found >= 16, "{found} of 20");
        assert!(scenes.iter().all(|s| s.candidates.tokens() == s.right.len()));
    }
}
