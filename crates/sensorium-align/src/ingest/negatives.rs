//! Negatives that users bring, beside the captions that they deny.

use crate::edit::Negatives;
use crate::error::AlignError;
use crate::model::TextFront;
use crate::study::Captioned;
use burn::tensor::Device;
use sensorium_data::shards::CaptionedImage;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Puts false captions beside the true ones: those of a caption's own words, and those of its picture's key. Returns the
/// entries of `negatives` that belong to no item.
///
/// # Errors
/// When the tokenizer fails.
pub fn add_negatives(
    examples: &mut [Option<Captioned>],
    items: &[CaptionedImage],
    negatives: &Negatives,
    front: &TextFront,
    device: &Device,
) -> Result<Vec<String>, AlignError> {
    let mut unmatched: BTreeSet<&str> = negatives.keys().map(String::as_str).collect();
    for (example, item) in examples.iter_mut().zip(items) {
        let of = |name: &str| negatives.get(name).map_or(&[][..], Vec::as_slice);
        let by_key = of(&item.key);
        unmatched.remove(item.key.as_str());
        let mut texts: Vec<&str> = Vec::new();
        let mut counts = Vec::with_capacity(item.captions.len());
        for caption in &item.captions {
            unmatched.remove(caption.as_str());
            let found = of(caption);
            counts.push(found.len() + by_key.len());
            texts.extend(found.iter().chain(by_key).map(String::as_str));
        }
        let Some(example) = example.as_mut().filter(|_| !texts.is_empty()) else { continue };
        let mut sequences = front.sequences(&texts, device)?.into_iter().map(Arc::new);
        example.edits = counts.into_iter().map(|count| sequences.by_ref().take(count).collect()).collect();
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
            ("two".to_owned(), vec!["a red dog".to_owned(), "a dog runs a dog".to_owned()]),
            ("nowhere".to_owned(), vec!["a dog".to_owned()]),
        ]);
        let left = add_negatives(&mut examples, &items, &negatives, &front, &Device::flex()).unwrap();
        assert_eq!(left, ["nowhere"]);
        let counts = |i: usize| -> Vec<usize> {
            examples[i].iter().flat_map(|e| e.edits.iter().map(Vec::len)).collect()
        };
        assert_eq!((counts(0), counts(1)), (vec![1, 0], vec![2]));
    }
}
