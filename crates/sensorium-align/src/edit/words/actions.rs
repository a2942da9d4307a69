//! What beings do: verbs with the verbs that contradict them in the same frame.

/// What follows a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Frame {
    /// A way: "through", "across", "down", "into" and the like.
    Motion,
    /// A place or the end: "in", "on", "near" and the like.
    Resting,
    /// "at" and what is looked or shouted at.
    At,
    /// Something that can be held.
    Carry,
    /// A being.
    Being,
    /// A vehicle, a board or a mount.
    Ride,
    /// Clothes.
    Wear,
    /// Something high.
    Climb,
}

/// A verb: base, third person, participle.
pub(crate) type Verb = (&'static str, &'static str, &'static str);

/// The forms of every verb that is edited or put in.
pub(crate) const VERBS: &[Verb] = &[
    ("run", "runs", "running"),
    ("walk", "walks", "walking"),
    ("jump", "jumps", "jumping"),
    ("crawl", "crawls", "crawling"),
    ("leap", "leaps", "leaping"),
    ("stumble", "stumbles", "stumbling"),
    ("hop", "hops", "hopping"),
    ("fall", "falls", "falling"),
    ("sit", "sits", "sitting"),
    ("stand", "stands", "standing"),
    ("lie", "lies", "lying"),
    ("sleep", "sleeps", "sleeping"),
    ("crouch", "crouches", "crouching"),
    ("dance", "dances", "dancing"),
    ("kneel", "kneels", "kneeling"),
    ("play", "plays", "playing"),
    ("pose", "poses", "posing"),
    ("wait", "waits", "waiting"),
    ("swim", "swims", "swimming"),
    ("lay", "lays", "laying"),
    ("rest", "rests", "resting"),
    ("climb", "climbs", "climbing"),
    ("talk", "talks", "talking"),
    ("laugh", "laughs", "laughing"),
    ("splash", "splashes", "splashing"),
    ("smile", "smiles", "smiling"),
    ("hold", "holds", "holding"),
    ("carry", "carries", "carrying"),
    ("throw", "throws", "throwing"),
    ("catch", "catches", "catching"),
    ("drop", "drops", "dropping"),
    ("kick", "kicks", "kicking"),
    ("chase", "chases", "chasing"),
    ("wear", "wears", "wearing"),
    ("ride", "rides", "riding"),
    ("push", "pushes", "pushing"),
    ("pull", "pulls", "pulling"),
    ("hit", "hits", "hitting"),
    ("watch", "watches", "watching"),
    ("lead", "leads", "leading"),
    ("follow", "follows", "following"),
    ("hug", "hugs", "hugging"),
    ("paint", "paints", "painting"),
    ("eat", "eats", "eating"),
    ("bite", "bites", "biting"),
    ("look", "looks", "looking"),
    ("point", "points", "pointing"),
    ("shout", "shouts", "shouting"),
    ("wave", "waves", "waving"),
    ("bark", "barks", "barking"),
    ("stare", "stares", "staring"),
    ("fight", "fights", "fighting"),
    ("wash", "washes", "washing"),
    ("photograph", "photographs", "photographing"),
    ("pass", "passes", "passing"),
    ("drive", "drives", "driving"),
];

/// What each action may become in a frame; base forms.
pub(crate) const INSTEAD: &[(Frame, &str, &[&str])] = &[
    (Frame::Motion, "run", &["walk", "crawl"]),
    (Frame::Motion, "walk", &["run", "crawl", "jump"]),
    (Frame::Motion, "jump", &["crawl", "walk", "fall"]),
    (Frame::Motion, "leap", &["crawl", "walk", "fall"]),
    (Frame::Motion, "crawl", &["run", "jump"]),
    (Frame::Motion, "hop", &["crawl", "walk"]),
    (Frame::Motion, "fall", &["jump", "walk"]),
    (Frame::Motion, "stumble", &["run", "jump"]),
    (Frame::Resting, "sit", &["stand", "dance", "lie", "kneel", "jump"]),
    (Frame::Resting, "stand", &["sit", "lie", "sleep", "dance", "kneel"]),
    (Frame::Resting, "lie", &["stand", "sit", "jump", "dance"]),
    (Frame::Resting, "lay", &["stand", "sit", "jump", "dance"]),
    (Frame::Resting, "sleep", &["stand", "sit", "play", "dance"]),
    (Frame::Resting, "crouch", &["stand", "lie", "sleep", "jump"]),
    (Frame::Resting, "kneel", &["stand", "lie", "jump"]),
    (Frame::Resting, "dance", &["sit", "lie", "kneel", "sleep"]),
    (Frame::Resting, "play", &["sleep", "sit", "lie", "rest"]),
    (Frame::Resting, "pose", &["sleep", "run", "play", "dance"]),
    (Frame::Resting, "wait", &["dance", "sleep", "play"]),
    (Frame::Resting, "swim", &["stand", "sit", "walk"]),
    (Frame::Resting, "run", &["sit", "sleep", "lie", "stand", "rest"]),
    (Frame::Resting, "walk", &["sit", "sleep", "lie", "run", "dance"]),
    (Frame::Resting, "jump", &["sit", "sleep", "lie", "stand"]),
    (Frame::Resting, "rest", &["play", "run", "dance", "jump"]),
    (Frame::Resting, "talk", &["sleep", "dance", "fight"]),
    (Frame::Resting, "splash", &["sleep", "stand", "sit"]),
    (Frame::Resting, "climb", &["sit", "sleep", "stand"]),
    (Frame::Carry, "hold", &["throw", "drop", "kick"]),
    (Frame::Carry, "carry", &["throw", "drop", "kick"]),
    (Frame::Carry, "throw", &["catch", "hold", "carry"]),
    (Frame::Carry, "catch", &["throw", "drop", "carry"]),
    (Frame::Carry, "kick", &["hold", "carry", "throw"]),
    (Frame::Carry, "chase", &["carry", "watch", "hold"]),
    (Frame::Carry, "hit", &["hold", "throw", "catch"]),
    (Frame::Carry, "push", &["pull", "carry"]),
    (Frame::Carry, "pull", &["push", "carry"]),
    (Frame::Carry, "bite", &["chase", "drop", "watch"]),
    (Frame::Being, "hold", &["chase", "watch", "follow"]),
    (Frame::Being, "carry", &["chase", "watch", "follow"]),
    (Frame::Being, "chase", &["carry", "watch", "hug"]),
    (Frame::Being, "watch", &["chase", "push", "hug"]),
    (Frame::Being, "lead", &["follow", "chase", "carry"]),
    (Frame::Being, "walk", &["carry", "chase", "wash"]),
    (Frame::Being, "follow", &["lead", "carry"]),
    (Frame::Being, "hug", &["push", "chase", "kick"]),
    (Frame::Being, "push", &["pull", "hug", "follow"]),
    (Frame::Being, "pull", &["push", "hug", "follow"]),
    (Frame::Being, "bite", &["chase", "watch", "follow"]),
    (Frame::Ride, "ride", &["push", "wash", "watch"]),
    (Frame::Ride, "push", &["ride", "wash"]),
    (Frame::Ride, "pull", &["ride", "wash"]),
    (Frame::Ride, "drive", &["push", "wash"]),
    (Frame::Wear, "wear", &["hold", "carry", "wash"]),
    (Frame::Climb, "climb", &["paint", "photograph", "pass"]),
    (Frame::At, "look", &["bark", "point", "laugh", "shout"]),
    (Frame::At, "stare", &["point", "laugh", "shout"]),
    (Frame::At, "point", &["laugh", "shout", "wave"]),
    (Frame::At, "smile", &["shout", "point", "wave"]),
    (Frame::At, "wave", &["shout", "laugh"]),
    (Frame::At, "bark", &["look", "stare"]),
    (Frame::At, "laugh", &["look", "shout"]),
];

/// Words after which a movement goes on along its way.
pub(crate) const ALONG: &[&str] = &[
    "through", "across", "down", "up", "along", "into", "over", "toward", "towards", "past", "onto", "off",
    "around",
];

/// Words after which a resting being is at its place.
pub(crate) const AT_REST: &[&str] = &[
    "in", "on", "near", "beside", "next", "under", "outside", "behind", "inside", "by", "at", ".", "together",
];

/// Other verbs, for finding where phrases end: third person and base forms.
pub(crate) const OTHER_VERBS: &str = "has have wears wear holds hold goes go gets get makes make takes take \
    does do is are swings slides performs tries attempts prepares rolls races reaches raises drives flies \
    surfs skates skis swim climb look play plays walks walk sits stand stands jump run watches watch smile \
    kicks pushes pulls drinks eats reads kisses hugs bites shakes skateboards grinds paddles fights wrestle \
    fight race perform pose talk enjoys leans hangs covered dressed surrounded filled seated sat jumped ran \
    stood walked attached held";
