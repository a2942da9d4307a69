//! What the narrators of the test videos say of each action; the first phrase is the canonical prompt.

use super::action::Action;

/// The phrases of one action.
#[rustfmt::skip]
pub(super) fn phrases(action: Action) -> &'static [&'static str] {
    match action {
        Action::MoveRight => &[
            "travels right", "glides over to the right hand side", "wanders towards the right", "passes rightward",
        ],
        Action::MoveLeft => &[
            "travels left", "glides over to the left hand side", "wanders towards the left", "passes leftward",
        ],
        Action::MoveDown => &[
            "descends", "travels downward", "glides to the lower edge", "dips lower down",
        ],
        Action::MoveUp => &[
            "ascends", "travels upward", "glides to the upper edge", "soars higher up",
        ],
        Action::Grow => &[
            "expands", "swells to a bigger size", "enlarges", "inflates until it is large",
        ],
        Action::Shrink => &[
            "contracts", "dwindles to a smaller size", "diminishes", "deflates until it is small",
        ],
        Action::TurnClockwise => &[
            "revolves clockwise", "twists clockwise", "swivels round clockwise", "pivots in the clockwise direction",
        ],
        Action::TurnAnticlockwise => &[
            "revolves anticlockwise", "twists anticlockwise", "swivels round anticlockwise",
            "pivots in the anticlockwise direction",
        ],
        Action::Open => &[
            "separates into two halves", "parts in the middle", "cracks open", "falls apart in two pieces",
        ],
        Action::Close => &[
            "unites its two halves", "shuts in the middle", "snaps closed", "merges into one piece",
        ],
        Action::Approach => &[
            "nears the {other}", "travels towards the {other}", "draws closer to the {other}",
            "advances up to the {other}",
        ],
        Action::Leave => &[
            "departs from the {other}", "travels away from the {other}", "withdraws far from the {other}",
            "retreats from the {other}",
        ],
        Action::Appear => &[
            "materialises", "emerges into view", "turns opaque", "grows visible",
        ],
        Action::Fade => &[
            "dissolves", "melts out of view", "turns see through", "grows invisible",
        ],
        Action::Brighten => &[
            "shines brighter", "glows up", "lightens", "grows bright",
        ],
        Action::Darken => &[
            "blackens", "grows dark", "loses its light", "fades into shadow",
        ],
        Action::LeanRight => &[
            "slants to the right", "tips over to the right", "inclines right", "sways rightward with its top",
        ],
        Action::LeanLeft => &[
            "slants to the left", "tips over to the left", "inclines left", "sways leftward with its top",
        ],
        Action::CircleClockwise => &[
            "orbits clockwise", "loops round clockwise", "travels along a clockwise circle",
            "performs a clockwise round",
        ],
        Action::CircleAnticlockwise => &[
            "orbits anticlockwise", "loops round anticlockwise", "travels along an anticlockwise circle",
            "performs an anticlockwise round",
        ],
        Action::Widen => &[
            "broadens", "fattens out to the sides", "expands in width", "flattens out wide",
        ],
        Action::Narrow => &[
            "slims down", "contracts in width", "thins from the sides", "tapers into a narrow shape",
        ],
        Action::Hide => &[
            "vanishes from the bottom upwards", "conceals its lower half", "sinks behind a cover",
            "disappears from below",
        ],
        Action::Reveal => &[
            "reappears from the top downwards", "reveals its lower half", "emerges from a cover",
            "unveils itself to the bottom",
        ],
    }
}
