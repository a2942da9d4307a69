//! Pictures with their captions.

use super::loose::loose_samples;
use super::problem::{ShardProblem, Trouble};
use super::reader::{ShardReader, tar_files};
use super::sample::Sample;
use crate::error::DataError;
use std::borrow::Cow;
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
    /// The pictures, in the order of the shards (of loose files: by key).
    pub items: Vec<CaptionedImage>,
    /// Members and samples that were left out, each with its place: the samples that lack
    /// a picture or captions first, then the damage to the shards.
    pub problems: Vec<ShardProblem>,
    /// Empty captions that were dropped: blank lines between two captions or before the first.
    pub empty_captions: u64,
    /// Caption files that are not UTF-8; the bad bytes were replaced by U+FFFD.
    pub invalid_utf8: u64,
}

/// Reads pictures (`.jpg`, `.jpeg`, `.png`, `.webp`) and their captions (`.txt`, one a line) from a
/// shard, a folder of shards, or a folder without shards that has the files themselves. All of it is
/// held in memory.
///
/// # Errors
///
/// As [`ShardReader::open`], and when there is no picture with a caption or a file cannot be read.
pub fn read_captions(path: &Path) -> Result<CaptionSet, DataError> {
    let mut set = CaptionSet::default();
    if path.is_dir() && tar_files(path)?.is_empty() {
        let extensions = [&IMAGES[..], &["txt"]].concat();
        set.take_all(loose_samples(path, &extensions)?)?;
    } else {
        let mut reader = ShardReader::open([path])?;
        set.take_all(reader.by_ref())?;
        set.problems.append(&mut reader.into_problems());
    }
    if set.items.is_empty() {
        let message =
            "no sample has both a picture (.jpg, .jpeg, .png, .webp) and captions (.txt, one a line)";
        return Err(DataError::in_file(path, message));
    }
    Ok(set)
}

impl CaptionSet {
    fn take_all(
        &mut self,
        samples: impl Iterator<Item = Result<Sample, DataError>>,
    ) -> Result<(), DataError> {
        for sample in samples {
            self.take(sample?);
        }
        Ok(())
    }

    /// Takes a sample's picture and captions, or notes what it lacks.
    fn take(&mut self, mut sample: Sample) {
        let text = sample.member("txt").map(String::from_utf8_lossy);
        self.invalid_utf8 += u64::from(matches!(text, Some(Cow::Owned(_))));
        let (captions, empty) = text.map(|text| captions(&text)).unwrap_or_default();
        self.empty_captions += empty;
        let picture = IMAGES.iter().find_map(|image| {
            sample.members.iter().position(|(extension, bytes)| extension == image && !bytes.is_empty())
        });
        let trouble = match picture {
            Some(_) if captions.is_empty() => Trouble::NoCaption,
            None => Trouble::NoImage,
            Some(at) => {
                let (_, image_bytes) = sample.members.swap_remove(at);
                self.items.push(CaptionedImage { key: sample.key, image_bytes, captions });
                return;
            }
        };
        let (shard, member) = (sample.shard, Some(sample.key));
        self.problems.push(ShardProblem { shard, offset: sample.offset, member, trouble });
    }
}

/// The captions of a text, and how many empty ones were dropped. Blank lines at the end are none.
fn captions(text: &str) -> (Vec<String>, u64) {
    let text = text.trim_start_matches('\u{feff}').trim_end();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let captions: Vec<String> = lines.iter().filter(|l| !l.is_empty()).map(|l| (*l).to_owned()).collect();
    let empty = (lines.len() - captions.len()) as u64;
    (captions, empty)
}
