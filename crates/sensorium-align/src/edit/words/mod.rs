//! Hand-written word lists: what things are called, how they look, where they are, what they do.
//!
//! The lists are our own and fit plain descriptions of everyday photographs. Words of one entry
//! joined by `/` mean nearly the same, so that one is never a meaning-changing edit of the other.

pub(crate) mod actions;
pub(crate) mod objects;
pub(crate) mod qualities;
pub(crate) mod relations;
