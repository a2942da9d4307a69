//! Pictures with their captions.

use super::problem::{ShardProblem, Trouble};
use super::reader::ShardReader;
use crate::error::DataError;
use std::path::Path;

/// Extensions of pictures, in the order in which they are looked for.
const IMAGES: [&str; 4] = ["jpg", "jpeg", "png", "webp"];

/// A picture and what is said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaptionedImage {
    /// The sample's key.
    pub key: String,
    /// The picture's file, not decoded.
    pub image_bytes: Vec<u8>,
    /// The captions, at least one, none empty.
    pub captions: Vec<String>,
}

/// Captioned pictures, and what was left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaptionSet {
    /// The pictures, in the order of the shards.
    pub items: Vec<CaptionedImage>,
    /// Members and samples that were left out, each with its place.
    pub problems: Vec<ShardProblem>,
    /// Empty captions that were dropped: blank lines between two captions or before the first.
    pub empty_captions: u64,
    /// Caption files that are not UTF-8; the bad bytes were replaced by U+FFFD.
    pub invalid_utf8: u64,
}

/// Reads pictures (`.jpg`, `.jpeg`, `.png`, `.webp`) and their captions (`.txt`, one a line) from a
/// shard or a folder of shards. All of it is held in memory.
///
/// # Errors
///
/// As [`ShardReader::open`], and when there is no picture with a caption or a shard cannot be read to
/// its end.
pub fn read_captions(path: &Path) -> Result<CaptionSet, DataError> {
    let mut reader = ShardReader::open([path])?;
    let mut set = CaptionSet::default();
    let mut unusable = Vec::new();
    for sample in reader.by_ref() {
        let sample = sample?;
        let text = sample.member("txt").map(String::from_utf8_lossy);
        set.invalid_utf8 += u64::from(text.as_ref().is_some_and(|t| matches!(t, std::borrow::Cow::Owned(_))));
        let (captions, empty) = text.map(|text| captions(&text)).unwrap_or_default();
        set.empty_captions += empty;
        let at = IMAGES.iter().find_map(|image| {
            sample.members.iter().position(|(extension, bytes)| extension == image && !bytes.is_empty())
        });
        let trouble = match at {
            Some(_) if captions.is_empty() => Trouble::NoCaption,
            None => Trouble::NoImage,
            Some(at) => {
                let mut members = sample.members;
                let (_, image_bytes) = members.swap_remove(at);
                set.items.push(CaptionedImage { key: sample.key, image_bytes, captions });
                continue;
            }
        };
        let (shard, member) = (sample.shard, Some(sample.key));
        unusable.push(ShardProblem { shard, offset: sample.offset, member, trouble });
    }
    set.problems = reader.into_problems();
    set.problems.append(&mut unusable);
    if set.items.is_empty() {
        let message =
            "no sample has both a picture (.jpg, .jpeg, .png, .webp) and captions (.txt, one a line)";
        return Err(DataError::in_file(path, message));
    }
    Ok(set)
}

/// The captions of a text, and how many empty ones were dropped. Blank lines at the end are none.
fn captions(text: &str) -> (Vec<String>, u64) {
    let text = text.trim_start_matches('\u{feff}').trim_end();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let captions: Vec<String> = lines.iter().filter(|l| !l.is_empty()).map(|l| (*l).to_owned()).collect();
    let empty = (lines.len() - captions.len()) as u64;
    (captions, empty)
}
