//! Edits that deny or remove something.

use super::caption::Words;
use super::lexicon::Lexicon;
use super::words::actions::VERBS;
use super::words::objects::Kind;

/// Denials of what is done, worn, held or had.
pub(crate) fn denials(lexicon: &Lexicon, words: &Words) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    if words.has(&["not", "no", "n't", "without"]) {
        found.extend(affirmations(words));
        return found;
    }
    let phrases = words.phrases(lexicon);
    for phrase in &phrases {
        let before = words.before(phrase.start);
        let first = words.at(phrase.start);
        let had = matches!(
            phrase.kind,
            Kind::Clothing
                | Kind::Headwear
                | Kind::Thing
                | Kind::Ball
                | Kind::Board
                | Kind::Animal
                | Kind::Vehicle
        ) || words.at(phrase.head) == "hair"
            || words.at(phrase.head) == "beard";
        let verb = words.before(phrase.start.saturating_sub(1));
        let indefinite = matches!(first, "a" | "an") || !phrase.determined;
        if before == "with" && phrase.closed && had && indefinite && !verb.ends_with("ed") {
            found.push(words.with(phrase.start - 1, phrase.start, &["without"]));
        }
    }
    for index in 1..words.words.len() {
        let (before, word) = (words.before(index), words.at(index));
        let verb = VERBS.iter().find(|(base, third, ing)| [*base, *third, *ing].contains(&word));
        let after = |plural: bool| {
            phrases.iter().any(|phrase| {
                phrase.head + 1 == index
                    && phrase.kind.animate()
                    && phrase.plural == plural
                    && phrase.start == 0
            })
        };
        let participle = word.ends_with("ing") && word.len() > 4 && lexicon.noun(word).is_none();
        let borne = matches!(word, "wearing" | "holding" | "carrying") && lexicon.noun(before).is_some();
        if borne || matches!(before, "is" | "are") && participle {
            found.push(words.with(index, index, &["not"]));
        } else if let Some((base, third, _)) = verb {
            if word == *third && after(false) {
                found.push(words.with(index, index + 1, &["does", "not", base]));
            } else if word == *base && after(true) {
                found.push(words.with(index, index, &["do", "not"]));
            }
        }
    }
    found
}

/// "without" to "with", and "not" left out of "is not".
fn affirmations(words: &Words) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for index in 1..words.words.len() {
        match words.at(index) {
            "without" => found.push(words.with(index, index + 1, &["with"])),
            "not" if matches!(words.before(index), "is" | "are") => {
                found.push(words.with(index, index + 1, &[]));
            }
            _ => {}
        }
    }
    found
}
