//! Edits of what beings do.

use super::caption::{Phrase, Words};
use super::lexicon::Lexicon;
use super::words::actions::{ALONG, AT_REST, Frame, INSTEAD, VERBS, Verb};
use super::words::objects::Kind;

/// Other actions in place of one, in the same form and with what follows still fitting.
pub(crate) fn actions(lexicon: &Lexicon, words: &Words) -> Vec<Vec<String>> {
    let phrases = words.phrases(lexicon);
    let mut found = Vec::new();
    for index in 1..words.words.len() {
        let Some((verb, form)) = verb(words.at(index)) else { continue };
        if !is_verb(lexicon, words, &phrases, index, form) {
            continue;
        }
        let Some(frame) = frame(words, &phrases, index) else { continue };
        let rows = INSTEAD.iter().filter(|(of, base, _)| *of == frame && *base == verb.0);
        for other in rows.flat_map(|(.., others)| others.iter()) {
            let Some(other) = VERBS.iter().find(|(base, ..)| base == other) else { continue };
            let forms = [other.0, other.1, other.2];
            if !words.has(&forms) {
                found.push(words.with(index, index + 1, &[forms[form]]));
            }
        }
    }
    found
}

/// The verb that a word is a form of, and which form: 0 base, 1 third person, 2 participle.
fn verb(word: &str) -> Option<(&'static Verb, usize)> {
    VERBS.iter().find_map(|verb| {
        let form = [verb.0, verb.1, verb.2].iter().position(|form| *form == word)?;
        Some((verb, form))
    })
}

/// Whether a word is a verb where it stands, and not a noun or an adjective.
fn is_verb(lexicon: &Lexicon, words: &Words, phrases: &[Phrase], index: usize, form: usize) -> bool {
    let before = words.before(index);
    let subject = phrases.iter().find(|phrase| phrase.head + 1 == index && phrase.kind.animate());
    match form {
        0 => subject.is_some_and(|phrase| phrase.plural) || before == "to",
        1 => subject.is_some_and(|phrase| !phrase.plural) || matches!(before, "that" | "who"),
        _ => {
            subject.is_some()
                || matches!(before, "is" | "are" | "while" | "," | "and" | "not")
                || (lexicon.noun(before).is_some() && !lexicon.compound(before))
        }
    }
}

/// What follows a verb, if it is one of the frames.
fn frame(words: &Words, phrases: &[Phrase], index: usize) -> Option<Frame> {
    let next = words.at(index + 1);
    let (base, ..) = verb(words.at(index))?.0;
    if next == "at" && INSTEAD.iter().any(|(frame, of, _)| *frame == Frame::At && of == base) {
        return Some(Frame::At);
    }
    if ALONG.contains(&next) {
        return (!matches!(words.at(index + 2), "and" | "." | "")).then_some(Frame::Motion);
    }
    if next.is_empty() || AT_REST.contains(&next) {
        let rest = [words.at(index + 2), words.at(index + 3)];
        let aloft =
            rest.iter().any(|word| matches!(*word, "air" | "midair" | "mid-air" | "camera" | "front"));
        let phoning = matches!(*base, "talk" | "play") && next == "on";
        return (!aloft && !phoning).then_some(Frame::Resting);
    }
    let object = phrases.iter().find(|phrase| phrase.start == index + 1 && phrase.closed)?;
    match object.kind {
        Kind::Clothing | Kind::Headwear if *base == "wear" => Some(Frame::Wear),
        Kind::Structure | Kind::Plant | Kind::Land if *base == "climb" => Some(Frame::Climb),
        Kind::Vehicle | Kind::Board | Kind::Animal if matches!(*base, "ride" | "drive") => Some(Frame::Ride),
        Kind::Vehicle => Some(Frame::Ride),
        kind if kind.animate() => Some(Frame::Being),
        Kind::Headwear | Kind::Thing | Kind::Ball | Kind::Board | Kind::Instrument => Some(Frame::Carry),
        _ => None,
    }
}
