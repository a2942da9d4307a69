//! Where things are: relations and what contradicts them.

/// What the noun after a relation must be for a replacement to read well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Any noun phrase.
    Any,
    /// Something with room under it.
    Raised,
    /// A piece of land or ground, or water.
    Open,
    /// Land or water that rises or falls.
    Slope,
    /// A thing, vehicle, building, plant or piece of furniture.
    Solid,
    /// A stretch of water.
    Water,
    /// A being.
    Animate,
}

/// A relation, what follows it, and what may be said instead.
pub(crate) const RELATIONS: &[(&str, Place, &[&str])] = &[
    ("in front of", Place::Any, &["behind"]),
    ("on top of", Place::Any, &["next to", "beside", "at the foot of"]),
    ("out of", Place::Water, &["into"]),
    ("next to", Place::Solid, &["on top of", "behind", "in front of", "far from"]),
    ("next to", Place::Animate, &["behind", "in front of", "far from"]),
    ("next to", Place::Water, &["in", "far from"]),
    ("away from", Place::Any, &["toward"]),
    ("on", Place::Raised, &["under", "beside", "behind", "in front of"]),
    ("on", Place::Solid, &["beside", "next to", "behind"]),
    ("on", Place::Open, &["near", "far from", "away from"]),
    ("in", Place::Water, &["near", "beside", "next to"]),
    ("in", Place::Open, &["near", "far from", "outside"]),
    ("in", Place::Solid, &["beside", "behind", "in front of", "on top of"]),
    ("behind", Place::Any, &["in front of"]),
    ("under", Place::Any, &["on top of", "beside", "in front of"]),
    ("underneath", Place::Any, &["on top of", "beside"]),
    ("beneath", Place::Any, &["on top of", "beside"]),
    ("below", Place::Any, &["above"]),
    ("above", Place::Any, &["below"]),
    ("over", Place::Raised, &["under", "around", "past"]),
    ("over", Place::Solid, &["under", "around", "past"]),
    ("over", Place::Open, &["around", "beside"]),
    ("near", Place::Any, &["far from"]),
    ("near", Place::Water, &["in", "under"]),
    ("beside", Place::Solid, &["on top of", "behind", "in front of"]),
    ("beside", Place::Animate, &["behind", "in front of"]),
    ("beside", Place::Water, &["in", "far from"]),
    ("by", Place::Water, &["in", "far from"]),
    ("by", Place::Solid, &["far from"]),
    ("into", Place::Any, &["out of", "away from"]),
    ("onto", Place::Any, &["off", "over"]),
    ("off", Place::Any, &["onto", "toward"]),
    ("inside", Place::Any, &["outside", "behind"]),
    ("outside", Place::Solid, &["inside"]),
    ("through", Place::Open, &["around", "past", "away from"]),
    ("through", Place::Water, &["beside", "past", "away from"]),
    ("through", Place::Solid, &["around", "past", "over"]),
    ("across", Place::Open, &["around", "past", "away from"]),
    ("across", Place::Solid, &["under", "past", "away from"]),
    ("along", Place::Open, &["away from", "across"]),
    ("around", Place::Solid, &["toward", "away from", "over"]),
    ("around", Place::Open, &["across", "away from"]),
    ("toward", Place::Any, &["away from"]),
    ("towards", Place::Any, &["away from"]),
    ("past", Place::Any, &["toward", "into"]),
    ("up", Place::Slope, &["down"]),
    ("down", Place::Slope, &["up"]),
    ("down", Place::Open, &["across", "beside"]),
    ("against", Place::Solid, &["away from", "in front of"]),
    ("at", Place::Water, &["far from"]),
    ("at", Place::Open, &["far from"]),
];

/// Whole expressions that have a contrary of their own.
pub(crate) const EXPRESSIONS: &[(&str, &[&str])] = &[
    ("in the air", &["on the ground"]),
    ("in midair", &["on the ground"]),
    ("in mid-air", &["on the ground"]),
    ("on the ground", &["in the air"]),
    ("in the background", &["in the foreground"]),
    ("in the foreground", &["in the background"]),
    ("looking at the camera", &["looking away from the camera"]),
    ("looks at the camera", &["looks away from the camera"]),
    ("on the left", &["on the right"]),
    ("on the right", &["on the left"]),
    ("in the distance", &["in the foreground"]),
    ("upside down", &["right side up"]),
];

/// Relations of what is not in or on a thing, and which [`COMMON`] therefore contradicts.
pub(crate) const OUTSIDE: &[&str] = &[
    "in front of",
    "next to",
    "behind",
    "under",
    "underneath",
    "beneath",
    "near",
    "beside",
    "by",
    "outside",
    "around",
    "past",
    "above",
    "off",
    "against",
];

/// The commonest relations, for nouns that are seen after them.
pub(crate) const COMMON: &[&str] = &["in", "on"];

/// Relations that hold both ways, so that to swap their sides says the same.
pub(crate) const SYMMETRIC: &[&str] = &[
    "and",
    "or",
    "with",
    "near",
    "beside",
    "next",
    "to",
    "between",
    "both",
    "alongside",
    ",",
    "by",
    "while",
];

/// Solids under which or beneath which a being can be.
pub(crate) const RAISED: &[&str] = &[
    "bench",
    "table",
    "bed",
    "couch",
    "chair",
    "bridge",
    "car",
    "truck",
    "hurdle",
    "trampoline",
    "log",
    "fence",
    "desk",
    "boat",
    "ramp",
    "pole",
    "bar",
    "rail",
    "railing",
    "branch",
    "umbrella",
    "stool",
];

/// Words that rise or fall.
pub(crate) const SLOPES: &[&str] = &[
    "hill",
    "slope",
    "mountain",
    "hillside",
    "slide",
    "cliff",
    "stairs",
    "steps",
    "ramp",
    "wall",
    "tree",
    "ladder",
    "staircase",
    "mountainside",
    "rock",
    "dune",
    "escalator",
    "stairway",
    "pole",
];

/// All prepositions, for finding where phrases end.
pub(crate) const PREPOSITIONS: &str = "in on at by with without of to from into onto over under through \
    across along around near beside behind between up down off out against past toward towards above \
    below for inside outside next beneath underneath among during after before atop about alongside \
    like amidst amongst";

/// Other words before which a phrase has ended, and after which one may begin.
pub(crate) const BOUNDARIES: &str = ", . ; : ! ? and or but while as who that which when where is are was \
    were has have had can be being not then because so there whilst together outside outdoors indoors \
    nearby away 's";
