//! How frames change: optical flow, light and contrast, about whatever moves.
//!
//! A [`MotionField`] tells for each cell of a grid how the picture moves and changes from one frame to the next.
//! [`motion_tokens`] puts the fields of a video into numbers that hold the place and size of what moves apart
//! from how it moves: the motion of the whole picture is taken off, and a small grid is laid over what
//! remains. What things look like is hardly in them, so that a network cannot learn appearances by heart in
//! place of actions (motion as a stream of its own: Simonyan and Zisserman 2014, arXiv:1406.2199).

mod field;
mod flow;
mod plane;
mod token;

pub use field::MotionField;
pub use token::{MOTION_WIDTH, motion_tokens};
