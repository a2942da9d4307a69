//! What the narrators of the training videos say of each action.

use super::action::Action;

/// The phrases of one action.
#[rustfmt::skip]
pub(super) fn phrases(action: Action) -> &'static [&'static str] {
    match action {
        Action::MoveRight => &[
            "moves to the right", "slides right", "shifts rightwards", "goes to the right side",
            "is pushed to the right", "drifts over to the right", "heads right", "steps to the right",
        ],
        Action::MoveLeft => &[
            "moves to the left", "slides left", "shifts leftwards", "goes to the left side",
            "is pushed to the left", "drifts over to the left", "heads left", "steps to the left",
        ],
        Action::MoveDown => &[
            "moves down", "sinks", "goes down", "slides downwards",
            "drops lower", "is lowered", "falls towards the bottom", "comes down",
        ],
        Action::MoveUp => &[
            "moves up", "rises", "goes up", "slides upwards",
            "climbs higher", "is lifted", "floats towards the top", "comes up",
        ],
        Action::Grow => &[
            "grows", "gets bigger", "becomes larger", "is getting big",
            "increases in size", "goes from small to big", "is made larger", "grows bigger and bigger",
        ],
        Action::Shrink => &[
            "shrinks", "gets smaller", "becomes small", "is getting little",
            "decreases in size", "goes from big to small", "is made smaller", "shrinks more and more",
        ],
        Action::TurnClockwise => &[
            "turns clockwise", "rotates clockwise", "spins clockwise", "is turned clockwise",
            "turns like the hands of a clock", "is rotated to the right", "spins to the right on the spot",
            "makes a clockwise turn",
        ],
        Action::TurnAnticlockwise => &[
            "turns anticlockwise", "rotates anticlockwise", "spins anticlockwise", "is turned anticlockwise",
            "turns against the hands of a clock", "is rotated to the left", "spins to the left on the spot",
            "makes an anticlockwise turn",
        ],
        Action::Open => &[
            "opens", "splits in two", "comes apart", "breaks into two halves",
            "opens up in the middle", "divides into two parts", "is split open", "is pulled apart",
        ],
        Action::Close => &[
            "closes", "joins together", "comes together", "becomes whole again",
            "closes up in the middle", "joins its two halves", "is put back together", "is pushed together",
        ],
        Action::Approach => &[
            "approaches the {other}", "goes towards the {other}", "comes near the {other}",
            "moves closer to the {other}", "gets close to the {other}", "is brought to the {other}",
            "comes up to the {other}", "goes over to meet the {other}",
        ],
        Action::Leave => &[
            "leaves the {other}", "goes away from the {other}", "moves far from the {other}",
            "moves away from the {other}", "gets away from the {other}", "is taken from the {other}",
            "backs off from the {other}", "runs from the {other}",
        ],
        Action::Appear => &[
            "appears", "fades in", "comes into view", "becomes solid",
            "shows itself slowly", "is getting clear to see", "fades back in", "becomes visible",
        ],
        Action::Fade => &[
            "disappears", "fades out", "goes out of view", "becomes transparent",
            "vanishes slowly", "is getting hard to see", "fades away", "becomes invisible",
        ],
        Action::Brighten => &[
            "brightens", "gets brighter", "becomes light", "lights up",
            "turns bright", "is lit up", "goes from dark to bright", "gets lighter",
        ],
        Action::Darken => &[
            "darkens", "gets darker", "becomes dark", "dims",
            "turns dark", "is put in shadow", "goes from bright to dark", "gets dimmer",
        ],
        Action::LeanRight => &[
            "leans to the right", "leans over right", "bends to the right", "tilts its top to the right",
            "is bent to the right", "tilts right", "leans rightwards", "bends over to the right side",
        ],
        Action::LeanLeft => &[
            "leans to the left", "leans over left", "bends to the left", "tilts its top to the left",
            "is bent to the left", "tilts left", "leans leftwards", "bends over to the left side",
        ],
        Action::CircleClockwise => &[
            "circles clockwise", "goes round in a clockwise circle", "makes a clockwise lap",
            "moves round clockwise", "runs a clockwise circle", "flies a clockwise loop",
            "is led round clockwise", "goes clockwise round and round",
        ],
        Action::CircleAnticlockwise => &[
            "circles anticlockwise", "goes round in an anticlockwise circle", "makes an anticlockwise lap",
            "moves round anticlockwise", "runs an anticlockwise circle", "flies an anticlockwise loop",
            "is led round anticlockwise", "goes anticlockwise round and round",
        ],
        Action::Widen => &[
            "widens", "gets wider", "becomes wide", "stretches sideways",
            "is stretched out", "grows in width", "spreads to both sides", "is made wider",
        ],
        Action::Narrow => &[
            "narrows", "gets narrower", "becomes thin", "squeezes sideways",
            "is squeezed in", "shrinks in width", "draws in from both sides", "is made narrower",
        ],
        Action::Hide => &[
            "hides from the bottom up", "is covered from below", "is hidden bit by bit",
            "goes behind a cover", "gets covered", "loses its lower part", "is cut off from below",
            "hides its lower part",
        ],
        Action::Reveal => &[
            "shows from the top down", "is uncovered from above", "is revealed bit by bit",
            "comes out from a cover", "gets uncovered", "gains its lower part", "is filled in to the bottom",
            "shows its lower part",
        ],
    }
}
