//! The lexicon: the hand-written lists as look-up tables, and what captions teach about the words.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::words::actions::{OTHER_VERBS, VERBS};
use super::words::objects::{ALSO_VERBS, GENERAL, IRREGULAR, Kind, OBJECTS, ONLY_PLURAL, plural};
use super::words::qualities::{COLOURS, COMPOUND, CONTRARIES, DETERMINERS, MATERIALS, OTHER_ADJECTIVES};
use super::words::relations::{BOUNDARIES, PREPOSITIONS};

/// What is known of one noun form.
#[derive(Debug, Clone)]
pub(crate) struct Noun {
    pub kind: Kind,
    pub singular: String,
    pub plural: bool,
    /// Singular and plural are one word, as with "snow".
    pub uncountable: bool,
    /// The entry of the exchange lists it stands in; none for general words.
    pub entry: Option<usize>,
}

/// What a word is in an attribute list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quality {
    Colour(usize),
    Material(usize),
    Contrary(usize),
    Other,
}

/// Words with their classes, counts and company.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(from = "Learned", into = "Learned")]
pub(crate) struct Lexicon {
    nouns: HashMap<String, Noun>,
    entries: Vec<(Kind, Vec<String>)>,
    qualities: HashMap<String, Quality>,
    determiners: HashSet<&'static str>,
    boundaries: HashSet<&'static str>,
    compound: HashSet<&'static str>,
    also_verbs: HashSet<&'static str>,
    learned: Learned,
}

/// What is learned from captions.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Learned {
    /// How often each word occurs.
    pub counts: BTreeMap<String, u32>,
    /// How often one word follows another; pairs seen at least twice, joined by a space.
    pub pairs: BTreeMap<String, u32>,
    /// How often a noun headed a phrase right after a word ("on" before "the sandy beach"); joined by a space.
    pub heads: BTreeMap<String, u32>,
    /// How alike the contexts of two nouns of one kind are, from 0 to 1; joined by a space.
    pub likeness: BTreeMap<String, f32>,
}

impl From<Learned> for Lexicon {
    fn from(learned: Learned) -> Self {
        let mut lexicon = Self {
            nouns: HashMap::new(),
            entries: Vec::new(),
            qualities: HashMap::new(),
            determiners: DETERMINERS.split_whitespace().collect(),
            boundaries: HashSet::new(),
            compound: COMPOUND.split_whitespace().collect(),
            also_verbs: ALSO_VERBS.iter().copied().collect(),
            learned,
        };
        lexicon.list_nouns();
        lexicon.list_qualities();
        lexicon.list_boundaries();
        lexicon
    }
}

impl From<Lexicon> for Learned {
    fn from(lexicon: Lexicon) -> Self {
        lexicon.learned
    }
}

impl Lexicon {
    fn list_nouns(&mut self) {
        for (kind, row) in OBJECTS {
            for entry in row.split_whitespace() {
                let names: Vec<String> = entry.split('/').map(str::to_owned).collect();
                for name in &names {
                    self.add_noun(*kind, name, Some(self.entries.len()));
                }
                self.entries.push((*kind, names));
            }
        }
        for (kind, row) in GENERAL {
            for name in row.split_whitespace() {
                self.add_noun(*kind, name, None);
            }
        }
    }

    fn add_noun(&mut self, kind: Kind, name: &str, entry: Option<usize>) {
        let many = plural(name);
        let only_plural = ONLY_PLURAL.contains(&name);
        let uncountable = many == name && IRREGULAR.iter().any(|(one, two)| one == two && *one == name);
        let noun = |plural: bool| Noun { kind, singular: name.to_owned(), plural, uncountable, entry };
        self.nouns.entry(name.to_owned()).or_insert_with(|| noun(only_plural));
        self.nouns.entry(many).or_insert_with(|| noun(true));
    }

    fn list_qualities(&mut self) {
        let mut add = |word: &str, quality| {
            self.qualities.entry(word.to_owned()).or_insert(quality);
        };
        for (index, entry) in COLOURS.split_whitespace().enumerate() {
            entry.split('/').for_each(|word| add(word, Quality::Colour(index)));
        }
        for (index, entry) in MATERIALS.split_whitespace().enumerate() {
            entry.split('/').for_each(|word| add(word, Quality::Material(index)));
        }
        for (index, (word, _)) in CONTRARIES.iter().enumerate() {
            add(word, Quality::Contrary(index));
        }
        OTHER_ADJECTIVES.split_whitespace().for_each(|word| add(word, Quality::Other));
    }

    fn list_boundaries(&mut self) {
        let lists = [PREPOSITIONS, BOUNDARIES, OTHER_VERBS];
        self.boundaries.extend(lists.iter().flat_map(|list| list.split_whitespace()));
        for (base, third, participle) in VERBS {
            self.boundaries.extend([*base, *third, *participle]);
        }
    }

    /// What is known of a word as a noun.
    pub(crate) fn noun(&self, word: &str) -> Option<&Noun> {
        self.nouns.get(word)
    }

    /// What a word is as an adjective.
    pub(crate) fn quality(&self, word: &str) -> Option<Quality> {
        self.qualities.get(word).copied()
    }

    /// Whether a word opens a noun phrase.
    pub(crate) fn determiner(&self, word: &str) -> bool {
        self.determiners.contains(word)
    }

    /// Whether a word is a noun that only qualifies the next noun, as "tennis" in "tennis ball".
    pub(crate) fn compound(&self, word: &str) -> bool {
        self.compound.contains(word)
    }

    /// Whether a noun could be a verb as well.
    pub(crate) fn also_verb(&self, word: &str) -> bool {
        self.also_verbs.contains(word)
    }

    /// Whether no noun phrase goes on over a word.
    pub(crate) fn boundary(&self, word: &str) -> bool {
        self.boundaries.contains(word)
            || (word.len() > 4 && word.ends_with("ing") && !self.nouns.contains_key(word))
    }

    /// The entries of a kind: their index and the names of each.
    pub(crate) fn entries(&self, kind: Kind) -> impl Iterator<Item = (usize, &[String])> {
        let all = self.entries.iter().enumerate();
        all.filter(move |(_, (of, _))| *of == kind).map(|(index, (_, names))| (index, names.as_slice()))
    }

    /// How often a word was seen.
    pub(crate) fn count(&self, word: &str) -> u32 {
        self.learned.counts.get(word).copied().unwrap_or(0)
    }

    /// How often one word was seen to follow another, if more than once.
    pub(crate) fn pair(&self, first: &str, second: &str) -> u32 {
        self.learned.pairs.get(&format!("{first} {second}")).copied().unwrap_or(0)
    }

    /// How often a noun headed a phrase right after a word.
    pub(crate) fn pair_to_head(&self, before: &str, head: &str) -> u32 {
        self.learned.heads.get(&format!("{before} {head}")).copied().unwrap_or(0)
    }

    /// How alike the contexts of two nouns are; a small value where nothing is known.
    pub(crate) fn likeness(&self, one: &str, other: &str) -> f32 {
        self.learned.likeness.get(&format!("{one} {other}")).copied().unwrap_or(0.01)
    }
}
