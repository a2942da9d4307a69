//! Text edits of captions as hard negatives: same words or nearly, another meaning.

mod act;
mod balance;
mod caption;
mod editor;
mod family;
mod learn;
mod lexicon;
mod negate;
mod negatives;
mod number;
mod plausibility;
mod replace;
mod swap;
#[cfg(test)]
mod tests;
mod words;

pub use balance::{Pair, swap_test};
pub use editor::Editor;
pub use family::{Family, HELD_OUT, TRAINED};
pub use negatives::{Negatives, NegativesError, read_negatives, same_words};
pub use plausibility::{Ngrams, Plausibility};
