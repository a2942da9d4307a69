//! Learning counts and likeness of words from captions.

use std::collections::{BTreeMap, HashMap};

use super::caption::Words;
use super::lexicon::{Learned, Lexicon};
use super::words::objects::OBJECTS;

/// How many of the most frequent words serve as contexts.
const CONTEXTS: usize = 300;

/// Counts words and pairs, and compares the company of the nouns of each kind.
pub(crate) fn learn<'a>(captions: impl Iterator<Item = &'a str>) -> Lexicon {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    let mut pairs: BTreeMap<(String, String), u32> = BTreeMap::new();
    let mut heads: BTreeMap<String, u32> = BTreeMap::new();
    let listed = Lexicon::from(Learned::default());
    for caption in captions {
        let parsed = Words::new(caption);
        for phrase in parsed.phrases(&listed) {
            *heads
                .entry(format!("{} {}", parsed.before(phrase.start), parsed.at(phrase.head)))
                .or_default() += 1;
        }
        let words: Vec<String> = caption.split_whitespace().map(str::to_lowercase).collect();
        for pair in words.windows(2) {
            *pairs.entry((pair[0].clone(), pair[1].clone())).or_default() += 1;
        }
        for word in words {
            *counts.entry(word).or_default() += 1;
        }
    }
    let likeness = likeness(&counts, &pairs);
    let pairs =
        pairs.into_iter().filter(|(_, n)| *n > 1).map(|((a, b), n)| (format!("{a} {b}"), n)).collect();
    Lexicon::from(Learned { counts, pairs, heads, likeness })
}

/// Cosines of positive pointwise mutual information with neighbours, within each kind.
fn likeness(
    counts: &BTreeMap<String, u32>,
    pairs: &BTreeMap<(String, String), u32>,
) -> BTreeMap<String, f32> {
    let mut frequent: Vec<(&String, u32)> = counts.iter().map(|(word, n)| (word, *n)).collect();
    frequent.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    frequent.truncate(CONTEXTS);
    let contexts: HashMap<&str, usize> =
        frequent.iter().enumerate().map(|(index, (word, _))| (word.as_str(), index)).collect();
    let total = counts.values().map(|n| f64::from(*n)).sum::<f64>().max(1.0);
    let of = |word: &str| f64::from(counts.get(word).copied().unwrap_or(0)).max(1.0);

    let mut vectors: HashMap<&str, Vec<f64>> = HashMap::new();
    for ((left, right), n) in pairs {
        let strength = (f64::from(*n) * total / (of(left) * of(right))).ln().max(0.0);
        if let Some(&context) = contexts.get(right.as_str()) {
            vectors.entry(left).or_insert_with(|| vec![0.0; 2 * CONTEXTS])[context] = strength;
        }
        if let Some(&context) = contexts.get(left.as_str()) {
            vectors.entry(right).or_insert_with(|| vec![0.0; 2 * CONTEXTS])[CONTEXTS + context] = strength;
        }
    }
    let mut likeness = BTreeMap::new();
    for (_, row) in OBJECTS {
        let names: Vec<&str> = row.split_whitespace().flat_map(|entry| entry.split('/')).collect();
        for one in &names {
            for other in names.iter().filter(|other| *other != one) {
                if let (Some(a), Some(b)) = (vectors.get(one), vectors.get(other)) {
                    likeness.insert(format!("{one} {other}"), cosine(a, b));
                }
            }
        }
    }
    likeness
}

#[allow(clippy::cast_possible_truncation)]
fn cosine(a: &[f64], b: &[f64]) -> f32 {
    let dot = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
    let norm = (dot(a, a) * dot(b, b)).sqrt();
    if norm > 0.0 { (dot(a, b) / norm) as f32 } else { 0.0 }
}
