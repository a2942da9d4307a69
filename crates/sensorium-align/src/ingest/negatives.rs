//! Negatives that users bring, beside the captions that they deny.

use crate::edit::{Negatives, same_words};
use crate::error::AlignError;
use crate::model::{TextFront, TextKind};
use crate::sequence::Sequence;
use crate::study::Captioned;
use burn::tensor::Device;
use sensorium_data::shards::CaptionedImage;
use sensorium_nn::NnError;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Texts that are embedded together.
const PART: usize = 256;

/// Puts false captions beside the true ones: those of a caption's own words, and those of its picture's key. Left
/// out are those that are true of the picture after all (one of its captions) and, where language is a bag of
/// words, those of the caption's own words. Returns the entries of `negatives` that belong to no item.
///
/// # Errors
/// When the tokenizer fails; [`NnError::Interrupted`] after `stop`.
pub fn add_negatives(
    examples: &mut [Option<Captioned>],
    items: &[CaptionedImage],
    negatives: &Negatives,
    front: &TextFront,
    device: &Device,
    stop: &AtomicBool,
) -> Result<Vec<String>, AlignError> {
    let mut unmatched: BTreeSet<&str> = negatives.keys().map(String::as_str).collect();
    let of = |name: &str| negatives.get(name).map_or(&[][..], Vec::as_slice);
    let bag = front.kind() == TextKind::Words;
    let mut wanted: Vec<Vec<Vec<&str>>> = Vec::with_capacity(items.len());
    for item in items {
        unmatched.remove(item.key.as_str());
        let beside = |caption: &String| -> Vec<&str> {
            let all = of(caption).iter().chain(of(&item.key));
            let false_ones = all.filter(|text| !item.captions.contains(text));
            false_ones.filter(|text| !bag || !same_words(caption, text)).map(String::as_str).collect()
        };
        wanted.push(item.captions.iter().map(beside).collect());
        item.captions.iter().for_each(|caption| {
            unmatched.remove(caption.as_str());
        });
    }
    let distinct: BTreeSet<&str> = wanted.iter().flatten().flatten().copied().collect();
    let distinct: Vec<&str> = distinct.into_iter().collect();
    let mut known: BTreeMap<&str, Arc<Sequence>> = BTreeMap::new();
    for part in distinct.chunks(PART) {
        if stop.load(Ordering::Relaxed) {
            return Err(NnError::Interrupted.into());
        }
        let found = front.sequences(part, device)?;
        known.extend(part.iter().copied().zip(found.into_iter().map(Arc::new)));
    }
    for (example, wanted) in examples.iter_mut().zip(wanted) {
        let Some(example) = example else { continue };
        let sequences = |texts: Vec<&str>| texts.iter().filter_map(|t| known.get(t).cloned()).collect();
        example.edits = wanted.into_iter().map(sequences).collect();
    }
    Ok(unmatched.into_iter().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Vocabulary;

    #[test]
    fn negatives_go_to_their_captions_by_words_or_key() {
        let front = TextFront::Words(Vocabulary::fit(["a red dog", "a blue dog runs"].into_iter(), 1, 8));
        let item = |key: &str, captions: &[&str]| CaptionedImage {
            key: key.into(),
            captions: captions.iter().map(|c| (*c).to_owned()).collect(),
            image_bytes: Vec::new(),
        };
        let items = [item("one", &["a red dog", "a dog"]), item("two", &["a dog runs"])];
        let captions =
            |n: usize| Some(Captioned { captions: vec![Arc::default(); n], ..Captioned::default() });
        let mut examples = [captions(2), captions(1)];
        let negatives = Negatives::from([
            ("a red dog".to_owned(), vec!["a blue dog".to_owned()]),
            // The second is true, the third has the words of the caption.
            (
                "two".to_owned(),
                ["a red dog", "a dog runs", "runs a dog", "a blue dog"].map(str::to_owned).to_vec(),
            ),
            ("nowhere".to_owned(), vec!["a dog".to_owned()]),
        ]);
        let left = add_negatives(
            &mut examples,
            &items,
            &negatives,
            &front,
            &Device::flex(),
            &AtomicBool::new(false),
        )
        .unwrap();
        assert_eq!(left, ["nowhere"]);
        let counts = |i: usize| -> Vec<usize> {
            examples[i].iter().flat_map(|e| e.edits.iter().map(Vec::len)).collect()
        };
        assert_eq!((counts(0), counts(1)), (vec![1, 0], vec![2]));
    }
}
