//! Edits that only move words: swaps of objects, of attributes, and of whole phrases.

use super::caption::{Phrase, Words};
use super::lexicon::{Lexicon, Quality};
use super::words::actions::{Frame, INSTEAD, VERBS};
use super::words::objects::Kind;
use super::words::relations::SYMMETRIC;

/// Determiners of phrases that refer back or to all, so that moving the phrase breaks the text.
const REFERRING: &[&str] = &[
    "another", "other", "each", "both", "his", "her", "its", "their", "this", "that", "these", "those", "no",
];

/// Beings in the mass, in or through which others stand, so that no one can take their place.
const COLLECTIVE: &[&str] = &["crowd", "group", "audience", "team", "family", "couple", "crowds", "groups"];

/// Heads exchanged, modifiers left in place.
pub(crate) fn objects(lexicon: &Lexicon, words: &Words) -> Vec<Vec<String>> {
    pairs(lexicon, words)
        .into_iter()
        .filter(|(a, b)| !a.compound && !b.compound && alike(a, b) && agree(words, a, b))
        .filter(|(a, b)| !skin(lexicon, words, a, b) && !skin(lexicon, words, b, a))
        .filter(|(a, b)| modifiers(words, a) != modifiers(words, b) && !same_head(lexicon, words, a, b))
        .filter(|(a, b)| !a.adjectives.is_empty() || !b.adjectives.is_empty())
        .map(|(a, b)| {
            let mut edited = words.words.clone();
            edited.swap(a.head, b.head);
            edited
        })
        .collect()
}

/// Attributes of one sort exchanged.
pub(crate) fn attributes(lexicon: &Lexicon, words: &Words) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (a, b) in pairs(lexicon, words) {
        if words.at(a.head) == words.at(b.head) && !directed(words, &a, &b) {
            continue;
        }
        for &i in &a.adjectives {
            for &j in &b.adjectives {
                let person = |phrase: &Phrase| matches!(phrase.kind, Kind::Person | Kind::Role);
                let skin = matches!(lexicon.quality(words.at(i)), Some(Quality::Colour(_)));
                if skin && (person(&a) || person(&b)) {
                    continue;
                }
                let said = |phrase: &Phrase, word: &str| modifiers(words, phrase).contains(&word);
                let twice = said(&a, words.at(j)) || said(&b, words.at(i));
                if !twice && exchangeable(lexicon, words.at(i), words.at(j)) {
                    let mut edited = words.words.clone();
                    edited.swap(i, j);
                    if words.words[i..=a.head] != edited[j..=b.head] {
                        found.push(edited);
                    }
                }
            }
        }
    }
    found
}

/// Whole phrases exchanged around a relation that does not hold both ways.
pub(crate) fn order(lexicon: &Lexicon, words: &Words) -> Vec<Vec<String>> {
    pairs(lexicon, words)
        .into_iter()
        .filter(|(a, b)| alike(a, b) && agree(words, a, b) && directed(words, a, b))
        .filter(|(a, b)| {
            !same_head(lexicon, words, a, b) || !(a.adjectives.is_empty() || b.adjectives.is_empty())
        })
        .filter(|(a, b)| words.words[a.start..=a.head] != words.words[b.start..=b.head])
        .map(|(a, b)| {
            let all = &words.words;
            let parts = [
                &all[..a.start],
                &all[b.start..=b.head],
                &all[a.head + 1..b.start],
                &all[a.start..=a.head],
                &all[b.head + 1..],
            ];
            parts.concat()
        })
        .collect()
}

/// Pairs of phrases that end where they seem to, of the same number, one after the other.
fn pairs(lexicon: &Lexicon, words: &Words) -> Vec<(Phrase, Phrase)> {
    let phrases: Vec<Phrase> = words
        .phrases(lexicon)
        .into_iter()
        .filter(|phrase| phrase.closed && phrase.kind != Kind::Part)
        .filter(|phrase| !COLLECTIVE.contains(&words.at(phrase.head)))
        .filter(|phrase| !REFERRING.contains(&words.at(phrase.start)))
        .filter(|phrase| {
            words.at(phrase.head) != "camera"
                && words.at(phrase.head + 1) != "of"
                && words.before(phrase.start) != "of"
        })
        .filter(|phrase| phrase.determined || phrase.plural || phrase.uncountable)
        .collect();
    let mut pairs = Vec::new();
    for (index, a) in phrases.iter().enumerate() {
        for b in phrases.iter().skip(index + 1).filter(|b| a.head < b.start) {
            if a.plural == b.plural && a.uncountable == b.uncountable && !same(lexicon, words, a, b) {
                pairs.push((a.clone(), b.clone()));
            }
        }
    }
    pairs
}

/// Whether two phrases say the same.
fn same(lexicon: &Lexicon, words: &Words, a: &Phrase, b: &Phrase) -> bool {
    same_head(lexicon, words, a, b) && modifiers(words, a) == modifiers(words, b)
}

/// Whether the heads of two phrases are one word or near synonyms.
fn same_head(lexicon: &Lexicon, words: &Words, a: &Phrase, b: &Phrase) -> bool {
    let entry = |phrase: &Phrase| lexicon.noun(words.at(phrase.head)).and_then(|noun| noun.entry);
    words.at(a.head) == words.at(b.head) || (entry(a).is_some() && entry(a) == entry(b))
}

/// Whether each of two objects may stand where the other does.
fn alike(a: &Phrase, b: &Phrase) -> bool {
    a.kind.animate() && b.kind.animate()
        || a.kind == b.kind && !matches!(a.kind, Kind::Land | Kind::Water | Kind::Ground)
        || a.kind.portable() && b.kind.portable() && (a.kind == Kind::Headwear) == (b.kind == Kind::Headwear)
}

/// Whether the pronouns of a caption fit two beings as well when they have changed places.
fn agree(words: &Words, a: &Phrase, b: &Phrase) -> bool {
    let sex = |phrase: &Phrase| match words.at(phrase.head) {
        "man" | "boy" | "guy" | "gentleman" => 1,
        "woman" | "girl" | "lady" => 2,
        _ => 0,
    };
    let neuter = !words.has(&["its", "it", "itself"]) || (a.kind == Kind::Animal) == (b.kind == Kind::Animal);
    let sexed = words.has(&["his", "her", "he", "she", "him", "himself", "herself"]);
    !a.kind.animate() || neuter && (!sexed || sex(a) == sex(b))
}

/// Whether the colour of a thing or animal would come to be that of a person.
fn skin(lexicon: &Lexicon, words: &Words, coloured: &Phrase, other: &Phrase) -> bool {
    let colour = |index: &usize| matches!(lexicon.quality(words.at(*index)), Some(Quality::Colour(_)));
    matches!(other.kind, Kind::Person | Kind::Role) && coloured.adjectives.iter().any(colour)
}

/// Whether what stands between two phrases relates them one way only.
fn directed(words: &Words, a: &Phrase, b: &Phrase) -> bool {
    let between = &words.words[a.head + 1..b.start];
    let resting = |word: &str| {
        let rows = INSTEAD.iter().filter(|(frame, ..)| matches!(frame, Frame::Resting | Frame::Motion));
        let bases: Vec<&str> = rows.map(|(_, base, _)| *base).collect();
        VERBS.iter().any(|(base, third, ing)| bases.contains(base) && [*base, *third, *ing].contains(&word))
    };
    let first = |offset: usize| between.get(offset).map_or("", String::as_str);
    let company = matches!(first(0), "is" | "are")
        && !first(1).ends_with("ing")
        && between.last().is_some_and(|word| word == "with");
    let repeated = [a, b].iter().any(|phrase| {
        let head = words.at(phrase.head);
        words.at(phrase.start) == "the" && words.words.iter().filter(|word| *word == head).count() > 1
    });
    if company || repeated {
        return false;
    }
    between.iter().any(|word| {
        let word = word.as_str();
        !SYMMETRIC.contains(&word)
            && !matches!(word, "is" | "are" | "down" | "together" | "close")
            && !resting(word)
    }) && !between.iter().any(|word| matches!(word.as_str(), "as" | "like"))
}

fn modifiers<'a>(words: &'a Words, phrase: &Phrase) -> Vec<&'a str> {
    phrase.adjectives.iter().map(|index| words.at(*index)).collect()
}

/// Whether two attributes are of one sort and differ.
fn exchangeable(lexicon: &Lexicon, one: &str, other: &str) -> bool {
    match (lexicon.quality(one), lexicon.quality(other)) {
        (Some(Quality::Colour(a)), Some(Quality::Colour(b)))
        | (Some(Quality::Material(a)), Some(Quality::Material(b))) => a != b,
        (Some(Quality::Contrary(a)), Some(Quality::Contrary(b))) => {
            let size = |word: &str| matches!(word, "big" | "large" | "huge" | "giant");
            a != b && !(size(one) && size(other)) && ages(one) == ages(other) && scene(one) == scene(other)
        }
        _ => false,
    }
}

fn ages(word: &str) -> bool {
    matches!(word, "young" | "old" | "older" | "younger" | "elderly" | "bald" | "blond" | "blonde")
}

/// Whether a quality is one of places and not of things.
fn scene(word: &str) -> bool {
    let places = ["grassy", "snowy", "sandy", "rocky", "snow-covered", "shallow", "deep", "crowded", "busy"];
    places.contains(&word) || matches!(word, "empty" | "steep" | "indoor" | "outdoor")
}
