//! The actions, in pairs: the reversed frames of one member show the other.

use serde::{Deserialize, Serialize};

/// What an action changes. Each quality has two actions: its level rises in one and falls in the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Quality {
    /// Place across the picture; rises to the right.
    Across,
    /// Place up and down; rises downwards.
    Down,
    /// Size; rises as the object grows.
    Size,
    /// Angle in turns; rises clockwise, without end.
    Turn,
    /// Distance between the two halves of the object.
    Gap,
    /// Nearness to the other object in the picture.
    Nearness,
    /// How solid the object is; falls as it fades.
    Solidity,
    /// Brightness of the object.
    Light,
    /// Lean of the object about its middle; rises as its top goes to the right.
    Lean,
    /// Place on a circle, in laps; rises clockwise, without end. The object itself does not turn.
    Lap,
    /// Width of the object, its height unchanged.
    Width,
    /// How much of the object is hidden, from its bottom up.
    Cover,
}

impl Quality {
    /// All qualities, in the order of their indices.
    pub const ALL: [Self; 12] = [
        Self::Across,
        Self::Down,
        Self::Size,
        Self::Turn,
        Self::Gap,
        Self::Nearness,
        Self::Solidity,
        Self::Light,
        Self::Lean,
        Self::Lap,
        Self::Width,
        Self::Cover,
    ];

    /// Place in [`Quality::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Whether the level goes round (an angle in turns) instead of staying within 0 to 1.
    pub const fn is_cyclic(self) -> bool {
        matches!(self, Self::Turn | Self::Lap)
    }

    /// The action in which the level rises.
    pub const fn rising(self) -> Action {
        Action::ALL[2 * self as usize]
    }

    /// The action in which the level falls.
    pub const fn falling(self) -> Action {
        Action::ALL[2 * self as usize + 1]
    }
}

/// What the object does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Moves to the right.
    MoveRight,
    /// Moves to the left.
    MoveLeft,
    /// Moves down.
    MoveDown,
    /// Moves up.
    MoveUp,
    /// Becomes larger.
    Grow,
    /// Becomes smaller.
    Shrink,
    /// Turns clockwise on the spot.
    TurnClockwise,
    /// Turns anticlockwise on the spot.
    TurnAnticlockwise,
    /// Its two halves part.
    Open,
    /// Its two halves join.
    Close,
    /// Goes to the other object.
    Approach,
    /// Goes away from the other object.
    Leave,
    /// Becomes solid.
    Appear,
    /// Fades.
    Fade,
    /// Becomes brighter.
    Brighten,
    /// Becomes darker.
    Darken,
    /// Leans over to the right.
    LeanRight,
    /// Leans over to the left.
    LeanLeft,
    /// Goes round a circle clockwise.
    CircleClockwise,
    /// Goes round a circle anticlockwise.
    CircleAnticlockwise,
    /// Becomes wider.
    Widen,
    /// Becomes narrower.
    Narrow,
    /// Is hidden from the bottom up.
    Hide,
    /// Is uncovered from the top down.
    Reveal,
}

impl Action {
    /// Number of actions.
    pub const COUNT: usize = 24;

    /// All actions, in the order of their indices; the mirror pairs are neighbours.
    pub const ALL: [Self; Self::COUNT] = [
        Self::MoveRight,
        Self::MoveLeft,
        Self::MoveDown,
        Self::MoveUp,
        Self::Grow,
        Self::Shrink,
        Self::TurnClockwise,
        Self::TurnAnticlockwise,
        Self::Open,
        Self::Close,
        Self::Approach,
        Self::Leave,
        Self::Appear,
        Self::Fade,
        Self::Brighten,
        Self::Darken,
        Self::LeanRight,
        Self::LeanLeft,
        Self::CircleClockwise,
        Self::CircleAnticlockwise,
        Self::Widen,
        Self::Narrow,
        Self::Hide,
        Self::Reveal,
    ];

    /// Place in [`Action::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The action that the reversed frames show.
    pub const fn mirror(self) -> Self {
        Self::ALL[self as usize ^ 1]
    }

    /// What the action changes.
    pub const fn quality(self) -> Quality {
        Quality::ALL[self as usize / 2]
    }

    /// A short name, in snake case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MoveRight => "move_right",
            Self::MoveLeft => "move_left",
            Self::MoveDown => "move_down",
            Self::MoveUp => "move_up",
            Self::Grow => "grow",
            Self::Shrink => "shrink",
            Self::TurnClockwise => "turn_clockwise",
            Self::TurnAnticlockwise => "turn_anticlockwise",
            Self::Open => "open",
            Self::Close => "close",
            Self::Approach => "approach",
            Self::Leave => "leave",
            Self::Appear => "appear",
            Self::Fade => "fade",
            Self::Brighten => "brighten",
            Self::Darken => "darken",
            Self::LeanRight => "lean_right",
            Self::LeanLeft => "lean_left",
            Self::CircleClockwise => "circle_clockwise",
            Self::CircleAnticlockwise => "circle_anticlockwise",
            Self::Widen => "widen",
            Self::Narrow => "narrow",
            Self::Hide => "hide",
            Self::Reveal => "reveal",
        }
    }
}
