//! A caption as words, and the noun phrases in it.

use super::lexicon::{Lexicon, Quality};
use super::words::objects::Kind;

/// A caption split at spaces, in lower case, with what is needed to write it out again.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    /// The words in lower case.
    pub words: Vec<String>,
    capital: bool,
    original: Vec<String>,
}

/// A noun phrase: a determiner, adjectives and a head.
#[derive(Debug, Clone)]
pub(crate) struct Phrase {
    /// The first word.
    pub start: usize,
    /// The head, which is the last word.
    pub head: usize,
    /// Whether a determiner stands first.
    pub determined: bool,
    /// The adjectives.
    pub adjectives: Vec<usize>,
    /// Whether a noun before the head belongs to it ("tennis ball").
    pub compound: bool,
    /// Whether the words before and after are known not to belong to the phrase.
    pub closed: bool,
    /// The kind of the head.
    pub kind: Kind,
    /// Whether the head is plural.
    pub plural: bool,
    /// Whether the head cannot be counted.
    pub uncountable: bool,
}

impl Words {
    pub(crate) fn new(caption: &str) -> Self {
        let original: Vec<String> = caption.split_whitespace().map(str::to_owned).collect();
        let capital =
            original.first().is_some_and(|word| word.chars().next().is_some_and(char::is_uppercase));
        let words = original.iter().map(|word| word.to_lowercase()).collect();
        Self { words, capital, original }
    }

    /// The word at a place, or an empty one beyond the ends.
    pub(crate) fn at(&self, index: usize) -> &str {
        self.words.get(index).map_or("", String::as_str)
    }

    /// The word before a place, or an empty one.
    pub(crate) fn before(&self, index: usize) -> &str {
        index.checked_sub(1).map_or("", |index| self.at(index))
    }

    /// Whether any of some words occurs.
    pub(crate) fn has(&self, any: &[&str]) -> bool {
        self.words.iter().any(|word| any.contains(&word.as_str()))
    }

    /// The words with `span` replaced.
    pub(crate) fn with(&self, start: usize, end: usize, instead: &[&str]) -> Vec<String> {
        let mut words = self.words.clone();
        words.splice(start..end, instead.iter().map(|word| (*word).to_owned()));
        words
    }

    /// Writes edited words as a caption: articles agree with the next word, and the first letter
    /// and names are as in the original.
    pub(crate) fn write(&self, mut words: Vec<String>) -> String {
        for index in 0..words.len().saturating_sub(1) {
            if words[index] == "a" || words[index] == "an" {
                let next = words[index + 1].as_str();
                // An article that the writer chose is kept, right or wrong.
                let kept = self.words.windows(2).any(|pair| pair[0] == words[index] && pair[1] == next);
                if !kept {
                    words[index] = article(next).to_owned();
                }
            }
        }
        let mut text = String::new();
        for (index, word) in words.iter().enumerate() {
            if index > 0 {
                text.push(' ');
            }
            let named = self
                .original
                .iter()
                .skip(1)
                .find(|original| original.to_lowercase() == *word && original.as_str() != word.as_str());
            match named {
                Some(original) => text.push_str(original),
                None if index == 0 && self.capital => {
                    let mut letters = word.chars();
                    text.extend(letters.next().into_iter().flat_map(char::to_uppercase));
                    text.push_str(letters.as_str());
                }
                None => text.push_str(word),
            }
        }
        text
    }

    /// The noun phrases, from left to right.
    pub(crate) fn phrases(&self, lexicon: &Lexicon) -> Vec<Phrase> {
        (0..self.words.len()).filter_map(|head| self.phrase(lexicon, head)).collect()
    }

    fn phrase(&self, lexicon: &Lexicon, head: usize) -> Option<Phrase> {
        let noun = lexicon.noun(self.at(head))?;
        let next = self.at(head + 1);
        // An ambiguous word is a noun that goes on the phrase only if nothing could end it here.
        if !next.is_empty() && lexicon.noun(next).is_some() && !lexicon.boundary(next) {
            return None;
        }
        let mut start = head;
        let mut compound = false;
        if lexicon.also_verb(self.at(head)) && lexicon.noun(self.before(head)).is_some() {
            return None;
        }
        while lexicon.compound(self.before(start)) || lexicon.noun(self.before(start)).is_some() {
            start -= 1;
            compound = true;
        }
        let mut adjectives = Vec::new();
        loop {
            let before = self.before(start);
            if lexicon.quality(before).is_some() {
                start -= 1;
                adjectives.insert(0, start);
            } else if matches!(before, "and" | ",") && start >= 2 && self.joined(lexicon, start) {
                start -= 1;
            } else {
                break;
            }
        }
        let determined = lexicon.determiner(self.before(start));
        if determined {
            start -= 1;
        }
        let opened = determined || start == 0 || lexicon.boundary(self.before(start));
        if lexicon.also_verb(self.at(head)) && !determined && adjectives.is_empty() {
            return None;
        }
        if determined && self.before(start) == "all" {
            start -= 1;
        }
        Some(Phrase {
            start,
            head,
            determined,
            compound,
            closed: opened && (next.is_empty() || lexicon.boundary(next)),
            kind: noun.kind,
            plural: noun.plural && !noun.uncountable,
            uncountable: noun.uncountable,
            adjectives,
        })
    }

    /// Whether two colours are joined before `start`: "black and [white dog]".
    fn joined(&self, lexicon: &Lexicon, start: usize) -> bool {
        let colour = |word: &str| matches!(lexicon.quality(word), Some(Quality::Colour(_)));
        colour(self.at(start)) && colour(self.at(start - 2))
    }
}

/// The indefinite article that goes before a word.
pub(crate) fn article(next: &str) -> &'static str {
    let silent = ["uni", "use", "one", "eu"].iter().any(|start| next.starts_with(start));
    if next.starts_with(['a', 'e', 'i', 'o', 'u']) && !silent { "an" } else { "a" }
}
