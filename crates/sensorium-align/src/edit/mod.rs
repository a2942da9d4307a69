//! Text edits of captions as hard negatives: same words or nearly, another meaning.

mod act;
mod caption;
mod editor;
mod family;
mod learn;
mod lexicon;
mod negate;
mod number;
mod replace;
mod swap;
mod words;

pub use editor::Editor;
pub use family::{Family, HELD_OUT, TRAINED};
