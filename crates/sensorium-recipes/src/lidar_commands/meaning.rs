//! What a command means: a category, a condition, and another object's category, each as probabilities.

use sensorium_data::street::{Condition, Manoeuvre, Query, Side};

/// Categories of road users.
pub const CATEGORIES: usize = 7;
/// Conditions, the sides and manoeuvres told apart.
const CONDITIONS: usize = 18;
/// Categories that the other object may have, and none.
const ANCHORS: usize = CATEGORIES + 1;
/// Classes of the three fields.
pub const FIELDS: [usize; 3] = [CATEGORIES, CONDITIONS, ANCHORS];
/// Numbers of a meaning.
pub const MEANING: usize = CATEGORIES + CONDITIONS + ANCHORS;

/// Probabilities of the classes of each field, one field behind the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Meaning(pub [f32; MEANING]);

impl Meaning {
    /// The meaning that the simulator gave a command, without doubt.
    pub fn of(query: &Query) -> Self {
        let anchor = query.anchor().map_or(CATEGORIES, |category| category.index());
        let mut values = [0.0; MEANING];
        values[query.category.index()] = 1.0;
        values[CATEGORIES + condition(query.condition)] = 1.0;
        values[CATEGORIES + CONDITIONS + anchor] = 1.0;
        Self(values)
    }

    /// The mean of several meanings; nothing at all of none.
    pub fn mean(all: &[Self]) -> Self {
        let mut values = [0.0; MEANING];
        for meaning in all {
            values.iter_mut().zip(meaning.0).for_each(|(sum, p)| *sum += p / all.len() as f32);
        }
        Self(values)
    }

    /// This share of each field spread evenly over its classes.
    pub fn smoothed(&self, share: f32) -> Self {
        let mut values = self.0;
        let mut from = 0;
        for classes in FIELDS {
            for value in &mut values[from..from + classes] {
                *value = (1.0 - share) * *value + share / classes as f32;
            }
            from += classes;
        }
        Self(values)
    }

    /// Probabilities of the category that is named.
    pub fn category(&self) -> &[f32] {
        &self.0[..CATEGORIES]
    }

    /// Probabilities of the other object's category.
    pub fn anchor(&self) -> &[f32] {
        &self.0[CATEGORIES + CONDITIONS..][..CATEGORIES]
    }

    /// The likeliest class of each field.
    pub fn likeliest(&self) -> [usize; 3] {
        let mut from = 0;
        FIELDS.map(|classes| {
            let field = &self.0[from..from + classes];
            from += classes;
            (0..classes).max_by(|a, b| field[*a].total_cmp(&field[*b])).unwrap_or(0)
        })
    }
}

fn condition(condition: Condition) -> usize {
    match condition {
        Condition::InPathOf(Manoeuvre::Left) => 0,
        Condition::InPathOf(Manoeuvre::Straight) => 1,
        Condition::InPathOf(Manoeuvre::Right) => 2,
        Condition::StandingAhead => 3,
        Condition::MovingAhead => 4,
        Condition::ParkedRight => 5,
        Condition::CrossingFrom(Side::Left) => 6,
        Condition::CrossingFrom(Side::Right) => 7,
        Condition::Oncoming => 8,
        Condition::StandingOn(Side::Left) => 9,
        Condition::StandingOn(Side::Right) => 10,
        Condition::Towards => 11,
        Condition::Nearest => 12,
        Condition::Farthest => 13,
        Condition::Biggest => 14,
        Condition::Behind(_) => 15,
        Condition::InFrontOf(_) => 16,
        Condition::NextTo(_) => 17,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sensorium_data::street::Category;

    #[test]
    fn a_query_and_its_fields() {
        let query = Query { category: Category::Bicycle, condition: Condition::NextTo(Category::Bus) };
        let meaning = Meaning::of(&query);
        assert_eq!(meaning.likeliest(), [4, 17, 2]);
        assert_eq!(meaning.anchor()[2], 1.0);
        let alone = Meaning::of(&Query { category: Category::Car, condition: Condition::Oncoming });
        assert_eq!(alone.likeliest(), [0, 8, 7]);
        assert!(alone.anchor().iter().all(|p| *p == 0.0));
        let both = Meaning::mean(&[meaning, alone]);
        assert_eq!((both.category()[0], both.category()[4]), (0.5, 0.5));
        for values in [both.0, meaning.smoothed(0.05).0] {
            assert!((values.iter().sum::<f32>() - 3.0).abs() < 1e-5);
        }
    }
}
