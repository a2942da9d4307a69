//! Words for categories, manoeuvres, ranks and places; some of a test's words are not in training.

use super::category::Category;
use super::query::{Condition, Side};
use super::road::Manoeuvre;

/// The words that fill one slot: those of training and those of the test.
pub(super) type Words = (&'static [&'static str], &'static [&'static str]);

/// Nouns of a category.
pub(super) fn nouns(category: Category) -> Words {
    match category {
        Category::Car => (&["car", "car", "sedan", "automobile"], &["car", "sedan", "motor car"]),
        Category::Truck => (&["truck", "truck", "lorry", "box truck"], &["truck", "lorry", "delivery truck"]),
        Category::Bus => (&["bus", "bus", "city bus", "coach"], &["bus", "coach", "public bus"]),
        Category::EBike => {
            (&["e-bike", "electric bike", "electric bicycle"], &["e-bike", "electric bike", "battery bike"])
        }
        Category::Bicycle => (&["bicycle", "bike", "cyclist", "push bike"], &["bicycle", "cyclist", "cycle"]),
        Category::Pedestrian => {
            (&["pedestrian", "person", "person on foot", "passer-by"], &["pedestrian", "person", "walker"])
        }
        Category::Scooter => (
            &["scooter", "kick scooter", "scooter rider", "push scooter"],
            &["scooter", "kick scooter", "stand-up scooter"],
        ),
    }
}

/// Imperatives for a manoeuvre.
pub(super) fn going(manoeuvre: Manoeuvre) -> Words {
    match manoeuvre {
        Manoeuvre::Left => (&["turn left", "go left", "take the left turn"], &["turn left", "head left"]),
        Manoeuvre::Straight => (
            &["go straight on", "keep straight on", "drive straight ahead"],
            &["go straight on", "continue straight"],
        ),
        Manoeuvre::Right => {
            (&["turn right", "go right", "take the right turn"], &["turn right", "head right"])
        }
    }
}

/// The word for a side.
pub(super) fn side(side: Side) -> &'static str {
    match side {
        Side::Left => "left",
        Side::Right => "right",
    }
}

/// Superlatives and relations.
pub(super) fn relation(condition: Condition) -> Words {
    match condition {
        Condition::Nearest => (&["nearest", "closest"], &["nearest", "closest"]),
        Condition::Farthest => (&["farthest", "furthest", "most distant"], &["farthest", "most distant"]),
        Condition::Biggest => (&["biggest", "largest"], &["biggest", "largest"]),
        Condition::Behind(_) => {
            (&["behind", "right behind", "at the rear of"], &["behind", "directly behind"])
        }
        Condition::InFrontOf(_) => (&["in front of", "just ahead of"], &["in front of", "ahead of"]),
        Condition::NextTo(_) => (&["next to", "beside", "alongside"], &["next to", "by the side of"]),
        _ => (&[""], &[""]),
    }
}
