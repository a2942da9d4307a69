//! Families of commands: what they say, of which categories, and their sentence frames.
//!
//! Slots: `{x}` the object, `{y}` the other object, `{go}` a manoeuvre, `{side}` left or right, `{rel}` a
//! superlative or a relation. Frames of training and test are disjoint.

use super::category::Category;
use super::frames;
use super::nouns;
use super::query::{Condition, Query, Side};
use super::random::{chance, pick};
use super::road::{Layout, Manoeuvre};
use super::sample::Split;
use super::traffic::Role;
use rand::Rng;

/// A kind of command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// "Turn right, give way to the e-bike."
    GiveWay,
    /// "Stop behind the bus."
    StopBehind,
    /// "Overtake the parked truck on the left."
    OvertakeParked,
    /// "Wait for the pedestrian crossing from the left."
    WaitCrossing,
    /// "Follow the car ahead."
    Follow,
    /// "Let the oncoming car pass, then turn left."
    LetOncomingPass,
    /// "Pull over next to the scooter on the right."
    PullOver,
    /// "Watch the bicycle that is coming towards us."
    Towards,
    /// "Look out for the farthest bus."
    Extreme,
    /// "Keep away from the car behind the truck."
    Relation,
}

use Category::{Bicycle, Bus, Car, EBike, Scooter, Truck};

impl Family {
    /// All families.
    pub const ALL: [Self; 10] = [
        Self::GiveWay,
        Self::StopBehind,
        Self::OvertakeParked,
        Self::WaitCrossing,
        Self::Follow,
        Self::LetOncomingPass,
        Self::PullOver,
        Self::Towards,
        Self::Extreme,
        Self::Relation,
    ];

    /// Sentence frames of a split; validation has those of training.
    pub fn frames(self, split: Split) -> &'static [&'static str] {
        let (train, test) = frames::of(self);
        if split == Split::Test { test } else { train }
    }

    /// Categories that a command of the family may name.
    pub fn categories(self) -> &'static [Category] {
        match self {
            Self::OvertakeParked => &[Car, Truck, Bus],
            Self::StopBehind | Self::Follow | Self::LetOncomingPass => {
                &[Car, Truck, Bus, EBike, Bicycle, Scooter]
            }
            _ => &Category::ALL,
        }
    }

    /// A random meaning when `same` objects of the category are in the scene, and layouts that suit it.
    pub(super) fn draw(self, rng: &mut impl Rng, same: usize) -> (Query, &'static [Layout]) {
        use Layout::{Crossroads, Straight, TLeft, TRight};
        let any: &[Layout] = &[Crossroads, TLeft, TRight, Straight];
        let mut category = pick(rng, self.categories());
        let side = pick(rng, &[Side::Left, Side::Right]);
        let mut layouts = any;
        let condition = match self {
            Self::GiveWay => {
                let go =
                    pick(rng, &[Manoeuvre::Left, Manoeuvre::Right, Manoeuvre::Right, Manoeuvre::Straight]);
                layouts = match go {
                    Manoeuvre::Left => &[Crossroads, TLeft],
                    Manoeuvre::Right => &[Crossroads, TRight],
                    Manoeuvre::Straight => &[Crossroads, TLeft, TRight],
                };
                Condition::InPathOf(go)
            }
            Self::StopBehind => Condition::StandingAhead,
            Self::OvertakeParked => Condition::ParkedRight,
            Self::WaitCrossing => {
                if category.is_motor() {
                    layouts = if side == Side::Left { &[Crossroads, TLeft] } else { &[Crossroads, TRight] };
                }
                Condition::CrossingFrom(side)
            }
            Self::Follow => Condition::MovingAhead,
            Self::LetOncomingPass => {
                layouts = &[Crossroads, TLeft];
                Condition::Oncoming
            }
            Self::PullOver => Condition::StandingOn(side),
            Self::Towards => Condition::Towards,
            Self::Extreme => {
                let choice = pick(rng, &[Condition::Nearest, Condition::Farthest, Condition::Biggest]);
                // Only motor vehicles differ enough in size; one alone is not the biggest of many.
                if choice == Condition::Biggest && same > 1 {
                    category = pick(rng, &[Car, Truck, Bus]);
                    choice
                } else if chance(rng, 0.5) {
                    Condition::Nearest
                } else {
                    Condition::Farthest
                }
            }
            Self::Relation => {
                let mut anchor = pick(rng, &[Car, Truck, Bus]);
                while anchor == category {
                    anchor = pick(rng, &[Car, Truck, Bus]);
                }
                let all =
                    [Condition::Behind(anchor), Condition::InFrontOf(anchor), Condition::NextTo(anchor)];
                pick(rng, &all)
            }
        };
        (Query { category, condition }, layouts)
    }

    /// Roles in which the referred object is likely to meet the condition.
    pub(super) fn roles(query: Query) -> &'static [Role] {
        match query.condition {
            Condition::InPathOf(Manoeuvre::Right) => {
                &[Role::StripRight, Role::AcrossRightArm, Role::FromLeft, Role::OncomingTurn]
            }
            Condition::InPathOf(Manoeuvre::Left) => {
                &[Role::Oncoming, Role::AcrossLeftArm, Role::FromRight, Role::StripLeft, Role::OncomingTurn]
            }
            Condition::InPathOf(Manoeuvre::Straight) => {
                &[Role::FromLeft, Role::FromRight, Role::OncomingTurn]
            }
            Condition::StandingAhead => &[Role::Queue],
            Condition::MovingAhead => &[Role::Lead],
            Condition::ParkedRight => &[Role::ParkedRight],
            Condition::CrossingFrom(Side::Left) => &[Role::FromLeft],
            Condition::CrossingFrom(Side::Right) => &[Role::FromRight],
            Condition::Oncoming => &[Role::Oncoming, Role::StripLeft],
            Condition::StandingOn(Side::Left) => &[Role::ParkedLeft, Role::WaitLeft],
            Condition::StandingOn(Side::Right) => &[Role::ParkedRight, Role::WaitRight],
            Condition::Towards => &[
                Role::Oncoming,
                Role::StripLeft,
                Role::PavementLeft,
                Role::PavementRight,
                Role::AcrossLeftArm,
                Role::AcrossRightArm,
                Role::FromLeft,
            ],
            _ => &[],
        }
    }

    /// The number of a sentence frame and the command in its words.
    pub(super) fn word(self, rng: &mut impl Rng, split: Split, query: Query) -> (usize, String) {
        let test = split == Split::Test;
        let mut fill = |(train, other): nouns::Words| pick(rng, if test { other } else { train });
        let x = fill(nouns::nouns(query.category));
        let y = query.anchor().map_or("", |anchor| fill(nouns::nouns(anchor)));
        let go = fill(nouns::going(query.manoeuvre()));
        let rel = fill(nouns::relation(query.condition));
        let side = match query.condition {
            Condition::CrossingFrom(side) | Condition::StandingOn(side) => nouns::side(side),
            _ => "",
        };
        let article = |noun: &str| if noun.starts_with(['a', 'e']) { "an" } else { "a" };
        let frames = self.frames(split);
        let frame = rng.random_range(0..frames.len());
        let command = frames[frame]
            .replace(" a {x}", &format!(" {} {x}", article(x)))
            .replace(" a {y}", &format!(" {} {y}", article(y)))
            .replace("{x}", x)
            .replace("{y}", y)
            .replace("{go}", go)
            .replace("{rel}", rel)
            .replace("{side}", side);
        (frame, command)
    }
}
