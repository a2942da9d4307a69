//! The editor: it learns from captions and then edits others.

use rand::Rng;
use rand::seq::IndexedRandom;
use serde::{Deserialize, Serialize};

use super::caption::Words;
use super::family::Family;
use super::learn::learn;
use super::lexicon::Lexicon;
use super::{act, negate, number, replace, swap};

/// Makes edits of captions that change what they say and keep nearly all of their words.
///
/// The edits are those of the hard negatives of NegCLIP (Yuksekgonul et al. 2023,
/// arXiv:2210.01936) and SugarCrepe (Hsieh et al. 2023, arXiv:2306.14610), made here from
/// hand-written word lists and from counts and distributional likeness learned from captions; no
/// tagger or language model is asked. Of 100 edits of Flickr8k captions that were read by hand,
/// 94 were sound English and false where the caption is true; the rest read badly or could be true
/// as well. Sound English is not good sense: "a man dances on a bench" stands among the edits.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Editor {
    lexicon: Lexicon,
}

impl Editor {
    /// Learns from captions: plain sentences in English, words parted by spaces.
    ///
    /// No captions at all are fine: the word lists alone give edits, only with no sense of which
    /// objects and colours go well together, and no exchange of places.
    #[must_use]
    pub fn fit<'a>(captions: impl Iterator<Item = &'a str>) -> Self {
        Self { lexicon: learn(captions) }
    }

    /// All edits of one family with their weights, in a fixed order, each differing from the
    /// caption and from every one of `truths` (without regard to case).
    #[must_use]
    pub fn candidates(&self, caption: &str, family: Family, truths: &[String]) -> Vec<(String, f32)> {
        let words = Words::new(caption);
        let lexicon = &self.lexicon;
        let even = |edits: Vec<Vec<String>>| edits.into_iter().map(|edit| (edit, 1.0)).collect();
        let edits: Vec<replace::Weighted> = match family {
            Family::ObjectSwap => even(swap::objects(lexicon, &words)),
            Family::AttributeSwap => even(swap::attributes(lexicon, &words)),
            Family::Order => even(swap::order(lexicon, &words)),
            Family::ObjectReplace => replace::objects(lexicon, &words),
            Family::AttributeReplace => replace::attributes(lexicon, &words),
            Family::Relation => even(replace::relations(lexicon, &words)),
            Family::Number => even(number::numbers(lexicon, &words)),
            Family::Negation => even(negate::denials(lexicon, &words)),
            Family::Action => even(act::actions(lexicon, &words)),
        };
        let same = |one: &str, other: &str| {
            let plain = |text: &str| text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
            plain(one) == plain(other)
        };
        let mut found: Vec<(String, f32)> = Vec::new();
        for (edit, weight) in edits {
            let text = words.write(edit);
            let known = found.iter().any(|(other, _)| *other == text);
            if !known && !same(&text, caption) && !truths.iter().any(|truth| same(&text, truth)) {
                found.push((text, weight));
            }
        }
        found
    }

    /// An edit of one family; `None` where the caption offers none.
    pub fn edit<R: Rng + ?Sized>(&self, caption: &str, family: Family, rng: &mut R) -> Option<String> {
        self.edit_against(caption, family, &[], rng)
    }

    /// An edit of one family that equals none of the other true captions of the same picture.
    pub fn edit_against<R: Rng + ?Sized>(
        &self,
        caption: &str,
        family: Family,
        truths: &[String],
        rng: &mut R,
    ) -> Option<String> {
        let found = self.candidates(caption, family, truths);
        found.choose_weighted(rng, |(_, weight)| *weight).ok().map(|(text, _)| text.clone())
    }

    /// An edit of one of some families, each that applies being equally likely.
    pub fn any<R: Rng + ?Sized>(
        &self,
        caption: &str,
        families: &[Family],
        rng: &mut R,
    ) -> Option<(Family, String)> {
        self.any_against(caption, families, &[], rng)
    }

    /// As [`any`](Self::any), with an edit that equals none of the other true captions of the
    /// same picture.
    pub fn any_against<R: Rng + ?Sized>(
        &self,
        caption: &str,
        families: &[Family],
        truths: &[String],
        rng: &mut R,
    ) -> Option<(Family, String)> {
        let mut left = families.to_vec();
        while !left.is_empty() {
            let family = left.swap_remove(rng.random_range(0..left.len()));
            if let Some(text) = self.edit_against(caption, family, truths, rng) {
                return Some((family, text));
            }
        }
        None
    }
}
