//! Errors of words such as speech recognition makes: another word, no word, or one too many.

use super::random::pick;
use rand::Rng;

/// Words that are easily taken for each other.
const ALIKE: [(&str, &str); 40] = [
    ("left", "lift"),
    ("right", "write"),
    ("up", "cup"),
    ("down", "town"),
    ("to", "two"),
    ("the", "a"),
    ("turns", "terns"),
    ("rises", "rices"),
    ("sinks", "thinks"),
    ("grows", "gross"),
    ("gets", "guests"),
    ("goes", "ghosts"),
    ("bigger", "digger"),
    ("smaller", "smeller"),
    ("moves", "moods"),
    ("slides", "sides"),
    ("clockwise", "clocks"),
    ("anticlockwise", "clockwise"),
    ("opens", "often"),
    ("closes", "clothes"),
    ("near", "ear"),
    ("from", "form"),
    ("fades", "phase"),
    ("appears", "appeals"),
    ("bright", "bride"),
    ("dark", "bark"),
    ("leans", "lines"),
    ("circle", "cycle"),
    ("round", "ground"),
    ("wider", "whiter"),
    ("thin", "tin"),
    ("half", "have"),
    ("halves", "has"),
    ("light", "like"),
    ("its", "is"),
    ("is", "as"),
    ("in", "and"),
    ("middle", "metal"),
    ("over", "offer"),
    ("this", "these"),
];

/// Words that slip in where there is nothing, or take the place of a word that sounds like none above.
const SLIPS: [&str; 16] = [
    "uh", "um", "the", "a", "and", "so", "like", "well", "it", "of", "there", "one", "just", "then", "in",
    "oh",
];

/// Shares of the errors: another word, a word lost; the rest are words too many.
const OTHER: f64 = 0.6;
const LOST: f64 = 0.25;

/// `text` with an error at each word with probability `rate` (0 to 1). A text does not lose its last
/// word that is left.
pub(super) fn corrupt(text: &str, rate: f64, rng: &mut impl Rng) -> String {
    let mut heard: Vec<&str> = Vec::new();
    let mut left = text.split_whitespace().count();
    for word in text.split_whitespace() {
        left -= 1;
        if rng.random::<f64>() >= rate {
            heard.push(word);
            continue;
        }
        let kind: f64 = rng.random();
        if kind < OTHER {
            heard.push(other_than(word, rng));
        } else if kind < OTHER + LOST {
            if left == 0 && heard.is_empty() {
                heard.push(word);
            }
        } else {
            heard.push(word);
            heard.push(pick(rng, &SLIPS));
        }
    }
    heard.join(" ")
}

/// A word that sounds like `word`, or one that slips in; never `word` itself.
fn other_than(word: &str, rng: &mut impl Rng) -> &'static str {
    if let Some((_, alike)) = ALIKE.iter().find(|(said, _)| *said == word) {
        return alike;
    }
    let slip = pick(rng, &SLIPS);
    if slip == word { "er" } else { slip }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn no_errors_leave_the_text_and_certain_errors_leave_no_sentence_empty() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        assert_eq!(corrupt("the pot turns left", 0.0, &mut rng), "the pot turns left");
        assert!((0..500).all(|_| !corrupt("pot turns", 1.0, &mut rng).is_empty()));
    }
}
