//! Edits that put one object, attribute or relation in place of another.

use super::caption::{Phrase, Words};
use super::lexicon::{Lexicon, Quality};
use super::words::objects::{Kind, plural};
use super::words::qualities::{COLOURS, CONTRARIES, MATERIALS};
use super::words::relations::{COMMON, EXPRESSIONS, OUTSIDE, Place, RAISED, RELATIONS, SLOPES};

/// An edit and how fitting it is.
pub(crate) type Weighted = (Vec<String>, f32);

/// Another object of the same kind, likelier the more alike the company the two words keep.
pub(crate) fn objects(lexicon: &Lexicon, words: &Words) -> Vec<Weighted> {
    let mut found = Vec::new();
    for phrase in words.phrases(lexicon).iter().filter(|phrase| phrase.closed && !phrase.compound) {
        let head = words.at(phrase.head);
        let Some(noun) = lexicon.noun(head) else { continue };
        let Some(entry) = noun.entry else { continue };
        for (_, names) in lexicon.entries(phrase.kind).filter(|(other, _)| *other != entry) {
            let Some(name) = names.iter().rev().max_by_key(|name| lexicon.count(name)) else { continue };
            let form = if phrase.plural { plural(name) } else { name.clone() };
            if words.has(&[&form, name]) || !suits(lexicon, words, phrase, &noun.singular, &form) {
                continue;
            }
            let weight = lexicon.likeness(&noun.singular, name).max(0.01).powi(2);
            found.push((words.with(phrase.head, phrase.head + 1, &[&form]), weight));
        }
    }
    found
}

/// Whether a replacement goes with the words around it.
fn suits(lexicon: &Lexicon, words: &Words, phrase: &Phrase, old: &str, form: &str) -> bool {
    match phrase.kind {
        Kind::Person => {
            let man = |word: &str| matches!(word, "man" | "men" | "boy" | "boys" | "guy" | "gentleman");
            let old_enough = |word: &str| matches!(word, "man" | "men" | "woman" | "women");
            let pronoun = words.has(&["his", "her", "he", "she", "him", "himself", "herself"]);
            let aged = phrase.adjectives.iter().any(|index| {
                matches!(
                    words.at(*index),
                    "little" | "young" | "small" | "old" | "older" | "elderly" | "bald"
                )
            });
            let adult = !matches!(old, "boy" | "girl");
            (!pronoun || man(old) == man(form)) && (!aged || adult == old_enough(form))
        }
        Kind::Land | Kind::Water | Kind::Structure | Kind::Furniture | Kind::Ground | Kind::Plant => {
            lexicon.pair_to_head(words.before(phrase.start), form) > 1
        }
        Kind::Role | Kind::Animal => true,
        _ => lexicon.pair_to_head(words.before(phrase.start), form) > 0 || phrase.start == 0,
    }
}

/// Another colour, material, size or state.
pub(crate) fn attributes(lexicon: &Lexicon, words: &Words) -> Vec<Weighted> {
    let mut found = Vec::new();
    for index in 0..words.words.len() {
        let (word, next) = (words.at(index), words.at(index + 1));
        match lexicon.quality(word) {
            Some(Quality::Colour(entry)) => {
                let joined = next == "and" && colour(lexicon, words.at(index + 2));
                let of_person = words.before(index) == "in" && (next.is_empty() || lexicon.boundary(next));
                if (lexicon.boundary(next) || next.is_empty()) && !joined && !of_person
                    || matches!(next, "retriever" | "haired" | "man" | "woman" | "men" | "women" | "people")
                    || matches!(
                        next,
                        "belt" | "water" | "sky" | "flag" | "house" | "juice" | "person" | "hair"
                    )
                {
                    continue;
                }
                let head = head_after(lexicon, words, index);
                let animal = lexicon.noun(head).is_some_and(|noun| noun.kind.animate());
                for (other, names) in COLOURS.split_whitespace().enumerate() {
                    let name = names.split('/').next().unwrap_or(names);
                    let seen = lexicon.pair(name, head);
                    let fits = !animal || matches!(name, "black" | "white" | "brown" | "gray");
                    let said = words.words.windows(2).any(|pair| pair[0] == name && pair[1] == head);
                    if other != entry && fits && !said && !near(lexicon, words, index, other) {
                        found.push((words.with(index, index + 1, &[name]), 0.3 + count(seen)));
                    }
                }
            }
            Some(Quality::Material(entry)) if lexicon.noun(head_after(lexicon, words, index)).is_some() => {
                let head = head_after(lexicon, words, index);
                for (other, names) in MATERIALS.split_whitespace().enumerate() {
                    let name = names.split('/').max_by_key(|name| lexicon.pair(name, head)).unwrap_or(names);
                    let seen = lexicon.pair(name, head);
                    if other != entry && (seen > 0 || matches!(name, "wooden" | "metal")) {
                        found.push((words.with(index, index + 1, &[name]), 0.3 + count(seen)));
                    }
                }
            }
            _ => {}
        }
    }
    found.extend(contraries(lexicon, words));
    found
}

/// A quality replaced by what contradicts it.
fn contraries(lexicon: &Lexicon, words: &Words) -> Vec<Weighted> {
    let mut found = Vec::new();
    for phrase in words.phrases(lexicon) {
        let child = matches!(
            words.at(phrase.head),
            "boy"
                | "girl"
                | "child"
                | "kid"
                | "baby"
                | "toddler"
                | "boys"
                | "girls"
                | "children"
                | "kids"
                | "puppy"
        );
        for &index in &phrase.adjectives {
            let word = words.at(index);
            let Some(Quality::Contrary(entry)) = lexicon.quality(word) else { continue };
            let size = matches!(word, "small" | "tiny" | "young" | "short" | "younger" | "older");
            let Some((_, others)) = CONTRARIES.get(entry).filter(|_| !(child && size)) else { continue };
            if words.before(index) == "year" || lexicon.compound(words.at(index + 1)) {
                continue;
            }
            for other in others.iter().filter(|other| {
                let little = matches!(**other, "small" | "tiny") && words.has(&["little", "small", "tiny"]);
                !words.has(&[other]) && !little
            }) {
                found.push((
                    words.with(index, index + 1, &[other]),
                    1.0 + count(lexicon.pair(other, words.at(index + 1))),
                ));
            }
        }
    }
    found
}

/// Another relation between what stands before it and the phrase after it.
pub(crate) fn relations(lexicon: &Lexicon, words: &Words) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let matches = |text: &str, index: usize| {
        let parts: Vec<&str> = text.split(' ').collect();
        let there = parts.iter().enumerate().all(|(offset, part)| words.at(index + offset) == *part);
        there.then_some(index + parts.len())
    };
    let phrases = words.phrases(lexicon);
    for index in 0..words.words.len() {
        for (text, others) in EXPRESSIONS {
            if let Some(end) = matches(text, index).filter(|_| words.before(index) != "up") {
                found.extend(others.iter().map(|other| replaced(words, index, end, other)));
            }
        }
        let before = words.before(index);
        let longest = RELATIONS.iter().filter(|(text, ..)| matches(text, index).is_some());
        let longest = longest.map(|(text, ..)| text.len()).max();
        for (text, place, others) in RELATIONS.iter().filter(|(text, ..)| Some(text.len()) == longest) {
            let Some(end) = matches(text, index) else { continue };
            let Some(phrase) = phrases.iter().find(|phrase| phrase.start == end && phrase.closed) else {
                continue;
            };
            let passive =
                *text == "by" && (before.ends_with("ed") || before.ends_with('n') || before == "hit");
            let part = matches!(
                before,
                "of" | "out" | "next" | "up" | "down" | "right" | "set" | "dressed" | "talking"
            );
            let counted = phrase.determined || phrase.plural || phrase.uncountable;
            if !passive && !part && counted && fits(*place, words.at(phrase.head), phrase.kind) {
                found.extend(others.iter().map(|other| replaced(words, index, end, other)));
                let head = words.at(phrase.head);
                let common = COMMON
                    .iter()
                    .filter(|other| OUTSIDE.contains(text) && lexicon.pair_to_head(other, head) > 2);
                let close = !phrase.kind.animate() && phrase.kind != Kind::Ground;
                let common = common.filter(|other| close && !(**other == "in" && SLOPES.contains(&head)));
                found.extend(common.map(|other| replaced(words, index, end, other)));
            }
        }
    }
    found
}

fn replaced(words: &Words, start: usize, end: usize, other: &str) -> Vec<String> {
    let parts: Vec<&str> = other.split(' ').collect();
    words.with(start, end, &parts)
}

/// Whether a noun is the sort of place that a relation asks for.
fn fits(place: Place, head: &str, kind: Kind) -> bool {
    let singular = head.strip_suffix('s').unwrap_or(head);
    let solid = matches!(kind, Kind::Vehicle | Kind::Furniture | Kind::Structure | Kind::Plant | Kind::Board);
    if matches!(head, "leash" | "rope" | "camera" | "leaves" | "hay" | "stage" | "edge" | "side" | "top") {
        return false;
    }
    match place {
        Place::Any => !matches!(kind, Kind::Part | Kind::Clothing | Kind::Sport | Kind::Food),
        Place::Raised => RAISED.contains(&head) || RAISED.contains(&singular),
        Place::Open => matches!(kind, Kind::Land | Kind::Ground),
        Place::Slope => SLOPES.contains(&head),
        Place::Solid => solid,
        Place::Water => kind == Kind::Water,
        Place::Animate => kind.animate(),
    }
}

/// The noun that an adjective belongs to: the next word that is no adjective.
fn head_after<'a>(lexicon: &Lexicon, words: &'a Words, index: usize) -> &'a str {
    let rest = words.words.iter().skip(index + 1);
    rest.map(String::as_str)
        .find(|word| lexicon.quality(word).is_none() && !matches!(*word, "and" | ","))
        .unwrap_or("")
}

fn colour(lexicon: &Lexicon, word: &str) -> bool {
    matches!(lexicon.quality(word), Some(Quality::Colour(_)))
}

/// Whether a colour stands within two words already.
fn near(lexicon: &Lexicon, words: &Words, index: usize, entry: usize) -> bool {
    (index.saturating_sub(2)..=index + 2)
        .any(|place| place != index && lexicon.quality(words.at(place)) == Some(Quality::Colour(entry)))
}

#[allow(clippy::cast_precision_loss)]
fn count(seen: u32) -> f32 {
    (seen as f32).sqrt()
}
