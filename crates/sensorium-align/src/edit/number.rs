//! Edits of how many there are, with the agreement that follows.

use super::caption::{Phrase, Words};
use super::lexicon::Lexicon;
use super::words::actions::VERBS;
use super::words::objects::{Kind, plural};
use super::words::qualities::NUMBERS;

/// Words that refer to a number said before, so that it cannot change.
const COUNTED: &[&str] = &[
    "other", "others", "another", "each", "both", "one", "couple", "pair", "together", "all", "lone",
    "single", "alone",
];

/// Words that refer to one being said before.
const SINGULAR_PRONOUNS: &[&str] =
    &["his", "her", "its", "it", "he", "she", "him", "himself", "herself", "itself", "'s", "has"];

/// Other numbers of the same things.
pub(crate) fn numbers(lexicon: &Lexicon, words: &Words) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    if words.has(COUNTED) {
        return found;
    }
    for phrase in words.phrases(lexicon).iter().filter(|phrase| phrase.closed) {
        let first = words.at(phrase.start);
        if phrase.plural && NUMBERS.contains(&first) {
            for other in NUMBERS.iter().take(4).filter(|other| **other != first) {
                found.push(words.with(phrase.start, phrase.start + 1, &[other]));
            }
            found.extend(to_one(lexicon, words, phrase));
        } else if !phrase.plural && !phrase.uncountable && matches!(first, "a" | "an") {
            found.extend(to_two(lexicon, words, phrase));
        }
    }
    found
}

/// "two dogs run" to "a dog runs".
fn to_one(lexicon: &Lexicon, words: &Words, phrase: &Phrase) -> Option<Vec<String>> {
    if words.has(&["their", "they", "them", "themselves"]) {
        return None;
    }
    let singular = &lexicon.noun(words.at(phrase.head))?.singular;
    let mut edited = words.words.clone();
    edited[phrase.head].clone_from(singular);
    edited[phrase.start] = "a".to_owned();
    if phrase.start == 0 {
        let next = words.at(phrase.head + 1);
        if words.words.iter().skip(phrase.head + 1).any(|word| word == "and" || word == "have") {
            return None;
        }
        edit_verb(&mut edited, phrase.head + 1, next, false)?;
    } else if !after_relation(lexicon, words, phrase) {
        return None;
    }
    Some(edited)
}

/// "a dog is" to "two dogs are".
fn to_two(lexicon: &Lexicon, words: &Words, phrase: &Phrase) -> Option<Vec<String>> {
    let countable = phrase.kind.animate()
        || phrase.kind.portable()
        || matches!(phrase.kind, Kind::Vehicle | Kind::Furniture | Kind::Plant);
    let noun = lexicon.noun(words.at(phrase.head)).filter(|_| countable)?;
    if matches!(
        noun.singular.as_str(),
        "crowd" | "group" | "family" | "couple" | "team" | "audience" | "pair"
    ) {
        return None;
    }
    let mut edited = words.words.clone();
    edited[phrase.head] = plural(&noun.singular);
    edited[phrase.start] = "two".to_owned();
    if phrase.start == 0 {
        let next = words.at(phrase.head + 1);
        let finite = |word: &&String| {
            VERBS.iter().any(|(_, third, _)| word == third) || matches!(word.as_str(), "is" | "does")
        };
        let later = words.words.iter().skip(phrase.head + 2).filter(finite).count();
        if words.has(SINGULAR_PRONOUNS) || later > 0 || words.at(phrase.head + 1) == "and" {
            return None;
        }
        edit_verb(&mut edited, phrase.head + 1, next, true)?;
    } else if !after_relation(lexicon, words, phrase) {
        return None;
    }
    Some(edited)
}

/// Whether a phrase is an object, with no verb to agree with it.
fn after_relation(lexicon: &Lexicon, words: &Words, phrase: &Phrase) -> bool {
    let (before, next) = (words.before(phrase.start), words.at(phrase.head + 1));
    let governed = lexicon.boundary(before)
        && !matches!(
            before,
            "and" | "," | "." | "or" | "while" | "as" | "of" | "like" | "is" | "are" | "but"
        );
    let agrees =
        matches!(next, "is" | "are" | "has" | "have" | "and" | "that" | "who" | "which" | "was" | "'s")
            || VERBS.iter().any(|(base, third, _)| next == *base || next == *third);
    governed && !agrees
}

/// Makes the word after a subject agree, where it is a verb in the lists; `None` for an unknown word.
fn edit_verb(edited: &mut [String], index: usize, next: &str, many: bool) -> Option<()> {
    let agreed = match (next, many) {
        ("is", true) => "are",
        ("are", false) => "is",
        ("with" | "in" | "on" | "." | "near" | "at" | "", _) => next,
        _ if next.ends_with("ing") => next,
        _ => {
            let (base, third, _) =
                VERBS.iter().find(|(base, third, _)| next == if many { *third } else { *base })?;
            if many { base } else { third }
        }
    };
    if let Some(word) = edited.get_mut(index) {
        agreed.clone_into(word);
    }
    Some(())
}
