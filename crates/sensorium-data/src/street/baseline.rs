//! What simple rules and a reader of the truth get right.

use super::category::Category;
use super::geometry::OrientedBox;
use super::query::{Query, State};
use super::road::{Road, closest};
use super::sample::Sample;

/// Half the width of the corridor about a manoeuvre's path, m.
const CORRIDOR: f32 = 2.5;

/// The chance of a rule that reads the category only and picks at random among its members.
pub fn category_only(sample: &Sample) -> f64 {
    let named = sample.objects.iter().filter(|object| object.category == sample.query.category).count();
    1.0 / named.max(1) as f64
}

/// The box of the named category that comes first along the path of the manoeuvre named; if none is in
/// the corridor, the one nearest to the sensor. None without a box of that category.
///
/// `boxes` are in the frame of the last sweep. The rule is given the true category, manoeuvre and road.
pub fn nearest_in_path(sample: &Sample, boxes: &[(Category, OrientedBox)]) -> Option<usize> {
    let path = sample.road.path(sample.query.manoeuvre());
    let cost = |bounds: &OrientedBox| {
        let (distance, _, along) = closest(&path, bounds.centre[0], bounds.centre[1]);
        if distance <= CORRIDOR { along } else { 1e3 + bounds.distance() }
    };
    let named = boxes.iter().enumerate().filter(|(_, (category, _))| *category == sample.query.category);
    named.min_by(|(_, (_, a)), (_, (_, b))| cost(a).total_cmp(&cost(b))).map(|(index, _)| index)
}

/// The object that best answers the query, given true states at the last sweep; none without states.
pub fn oracle(query: &Query, states: &[State], road: &Road) -> Option<usize> {
    let score = |index: &usize| query.score(*index, states, road);
    (0..states.len()).max_by(|a, b| score(a).total_cmp(&score(b)))
}
