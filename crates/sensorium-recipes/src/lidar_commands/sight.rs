//! A scene as the last network sees it: the candidates that are not clearly clutter, and how they match a meaning.

use super::category::CLASSES;
use super::facts::{FACTS, Facts};
use super::future::{FUTURE, future};
use super::meaning::{CATEGORIES, Meaning};
use super::ranks::{RANKS, ranks};
use super::scene::Scene;
use super::token::FACTS_AT;

/// Probability of clutter from which a candidate is left out.
const CLUTTER: f32 = 0.97;
/// Logarithms of probabilities are cut at this.
const LEAST: f32 = -8.0;
/// Added to a match before its logarithm is taken.
const FLOOR: f32 = 1e-3;
/// Numbers of a candidate that do not depend on the command.
const PLAIN: usize = FACTS + CLASSES + FUTURE;
/// Numbers of a candidate.
pub const NUMBERS: usize = PLAIN + 2 + RANKS;

/// The candidates of a scene that are kept.
pub struct Sight {
    /// What is known of each.
    pub facts: Vec<Facts>,
    /// For each whether it is the referent.
    pub right: Vec<bool>,
    /// Probabilities of its categories.
    shares: Vec<[f32; CATEGORIES]>,
    /// Facts, logarithms of the classes' probabilities, future.
    plain: Vec<[f32; PLAIN]>,
}

/// Probabilities that candidates are of the category that a command names.
#[derive(Clone, Debug, PartialEq)]
pub struct Matches {
    /// That of the object it refers to.
    pub named: Vec<f32>,
    /// That of the other object.
    pub anchor: Vec<f32>,
}

impl Sight {
    /// The candidates of a scene less clutter (at least one is kept), from the logarithms of the probabilities of
    /// their classes.
    pub fn of(scene: &Scene, logs: &[[f32; CLASSES]]) -> Self {
        let all: Vec<Facts> = scene.tokens().map(|token| Facts::kept(&token[FACTS_AT..])).collect();
        Self::pruned(&all, &scene.right, logs)
    }

    fn pruned(all: &[Facts], right: &[bool], logs: &[[f32; CLASSES]]) -> Self {
        let clutter = |i: usize| logs[i][CATEGORIES].exp();
        let mut kept: Vec<usize> = (0..all.len()).filter(|&i| clutter(i) < CLUTTER).collect();
        if kept.is_empty() {
            kept.extend((0..all.len()).min_by(|a, b| clutter(*a).total_cmp(&clutter(*b))));
        }
        let plain = |&i: &usize| {
            let mut numbers = [0.0; PLAIN];
            numbers[..FACTS].copy_from_slice(&all[i].0);
            for (to, log) in numbers[FACTS..].iter_mut().zip(&logs[i]) {
                *to = log.max(LEAST) / 4.0;
            }
            numbers[FACTS + CLASSES..].copy_from_slice(&future(&all[i]));
            numbers
        };
        let shares = |&i: &usize| {
            let mut shares = [0.0; CATEGORIES];
            shares.iter_mut().zip(&logs[i]).for_each(|(to, log)| *to = log.max(LEAST).exp());
            shares
        };
        Self {
            facts: kept.iter().map(|&i| all[i]).collect(),
            right: kept.iter().map(|&i| right[i]).collect(),
            shares: kept.iter().map(shares).collect(),
            plain: kept.iter().map(plain).collect(),
        }
    }

    /// How likely each candidate is of the categories that a command names.
    pub fn matches(&self, meaning: &Meaning) -> Matches {
        let with = |field: &[f32]| -> Vec<f32> {
            let one = |shares: &[f32; CATEGORIES]| shares.iter().zip(field).map(|(p, q)| p * q).sum::<f32>();
            self.shares.iter().map(one).collect()
        };
        Matches { named: with(meaning.category()), anchor: with(meaning.anchor()) }
    }

    /// All numbers of each candidate.
    pub fn numbers(&self, matches: &Matches) -> Vec<[f32; NUMBERS]> {
        let ranks = ranks(&self.facts, matches);
        let one = |i: usize| {
            let mut numbers = [0.0; NUMBERS];
            numbers[..PLAIN].copy_from_slice(&self.plain[i]);
            numbers[PLAIN] = log(matches.named[i]) / 4.0;
            numbers[PLAIN + 1] = log(matches.anchor[i]) / 4.0;
            numbers[PLAIN + 2..].copy_from_slice(&ranks[i]);
            numbers
        };
        (0..self.facts.len()).map(one).collect()
    }
}

/// Logarithm of a match, which may be zero.
pub fn log(share: f32) -> f32 {
    (share + FLOOR).ln()
}

#[cfg(test)]
pub mod tests {
    use super::super::facts::tests::crate_at;
    use super::*;
    use sensorium_data::street::{Category, Condition, Query};

    /// A car at 10 m, a bus at 20 m and clutter at 5 m; the bus is the referent.
    pub fn street() -> Sight {
        let facts = [10.0, 20.0, 5.0].map(|x| crate_at(x, 0.0, [0.0; 2]));
        let logs = [0, 2, CATEGORIES].map(|class| {
            let mut logs = [0.001f32.ln(); CLASSES];
            logs[class] = 0.993f32.ln();
            logs
        });
        Sight::pruned(&facts, &[false, true, false], &logs)
    }

    #[test]
    fn clutter_goes_and_one_candidate_stays() {
        let sight = street();
        assert_eq!(sight.right, [false, true]);
        let logs = [0.98f32, 0.99].map(|p| {
            let mut logs = [-9.0; CLASSES];
            logs[CATEGORIES] = p.ln();
            logs
        });
        let facts = [7.0, 9.0].map(|x| crate_at(x, 0.0, [0.0; 2]));
        assert_eq!(Sight::pruned(&facts, &[true, false], &logs).right, [true]);
        assert!(Sight::pruned(&[], &[], &[]).right.is_empty());
    }

    #[test]
    fn matches_weigh_categories_by_the_meaning() {
        let sight = street();
        let meaning =
            Meaning::of(&Query { category: Category::Bus, condition: Condition::Behind(Category::Car) });
        let matches = sight.matches(&meaning);
        assert!(matches.named[1] > 0.99 && matches.named[0] < 0.01, "{matches:?}");
        assert!(matches.anchor[0] > 0.99 && matches.anchor[1] < 0.01, "{matches:?}");
        let numbers = sight.numbers(&matches);
        assert!(numbers[1][PLAIN] > -0.01 && numbers[0][PLAIN] < -1.0);
        assert!((numbers[1][FACTS + 2] - 0.993f32.ln() / 4.0).abs() < 1e-5);
    }
}
