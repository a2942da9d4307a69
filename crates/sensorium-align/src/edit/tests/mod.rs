//! Tests of the edits and of their balance.

mod families;
mod real;

use super::Editor;

/// A few captions to learn from, so that the places and colours of the tests are known.
pub(super) const LEARNED: &[&str] = &[
    "A brown dog and a white cat sit on the beach .",
    "Two boys run on the street .",
    "A man on a horse rides on the street .",
    "A boy in a red shirt sits on a bench near the water .",
    "A boy sits on a chair .",
    "A girl sits on a chair .",
    "A white dog runs on a bench .",
    "The black dog runs in the snow .",
];

pub(super) fn editor() -> Editor {
    Editor::fit(LEARNED.iter().copied())
}
