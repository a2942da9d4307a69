//! Pictures and captions as token features, computed once.

use crate::{Progress, RecipeError};
use rayon::prelude::*;
use sensorium_align::Sequence;
use sensorium_align::model::{TextFront, TextKind, Vision};
use sensorium_align::study::Captioned;
use sensorium_data::Pixels;
use sensorium_data::shards::{CaptionSet, CaptionedImage, read_captions};
use sensorium_nn::Device;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Pictures that are decoded before their features are taken.
const AT_ONCE: usize = 128;

/// The shards of a folder whose names begin with `part` (`train-`, `dev-`).
///
/// # Errors
/// No such shard; those of reading.
pub(super) fn read_part(folder: &Path, part: &str) -> Result<CaptionSet, RecipeError> {
    let mut shards: Vec<PathBuf> = std::fs::read_dir(folder)
        .map_err(|e| RecipeError::Other(format!("{}: {e}", folder.display())))?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "tar"))
        .filter(|path| path.file_name().is_some_and(|n| n.to_string_lossy().starts_with(part)))
        .collect();
    shards.sort();
    let mut all = CaptionSet::default();
    for shard in &shards {
        let set = read_captions(shard)?;
        all.items.extend(set.items);
        all.problems.extend(set.problems);
    }
    if all.items.is_empty() {
        return Err(RecipeError::Other(format!(
            "{}: no shard {part}*.tar with pictures and captions",
            folder.display()
        )));
    }
    Ok(all)
}

/// Token features of every picture, and of its mirror image where asked for.
pub(super) fn picture_features(
    items: &[CaptionedImage],
    vision: &Vision,
    mirror: bool,
    stage: &str,
    progress: &mut dyn Progress,
) -> Result<Vec<Vec<Arc<Sequence>>>, RecipeError> {
    let device = Device::flex();
    let mut all = Vec::with_capacity(items.len());
    progress.stage(stage, Some(items.len() as u64));
    for part in items.chunks(AT_ONCE) {
        let decoded = part
            .par_iter()
            .map(|item| Pixels::decode(Path::new(&item.key), &item.image_bytes))
            .collect::<Result<Vec<_>, _>>()?;
        let plain = vision.pictures(&decoded, &device);
        let mirrored = if mirror {
            let turned: Vec<Pixels> = decoded.iter().map(Pixels::mirrored).collect();
            vision.pictures(&turned, &device)
        } else {
            Vec::new()
        };
        let mut mirrored = mirrored.into_iter();
        for view in plain {
            all.push(std::iter::once(view).chain(mirrored.next()).map(Arc::new).collect());
        }
        progress.advance(part.len() as u64);
    }
    Ok(all)
}

/// Features of many texts: the mean of the token vectors, or the numbers of the words.
pub(super) fn text_features(
    texts: &[&str],
    front: &TextFront,
    stage: &str,
    progress: &mut dyn Progress,
) -> Result<Vec<Arc<Sequence>>, RecipeError> {
    let mut all = Vec::with_capacity(texts.len());
    progress.stage(stage, Some(texts.len() as u64));
    for part in texts.chunks(1024) {
        let found = front.sequences(part, &Device::flex())?;
        let averaged = front.kind() == TextKind::Minilm;
        all.extend(found.into_iter().map(|s| Arc::new(if averaged { s.averaged() } else { s })));
        progress.advance(part.len() as u64);
    }
    Ok(all)
}

/// Pictures with the features of their captions.
pub(super) fn captioned(
    items: &[CaptionedImage],
    views: &[Vec<Arc<Sequence>>],
    front: &TextFront,
    stage: &str,
    progress: &mut dyn Progress,
) -> Result<Vec<Captioned>, RecipeError> {
    let texts: Vec<&str> = items.iter().flat_map(|i| i.captions.iter().map(String::as_str)).collect();
    let mut features = text_features(&texts, front, stage, progress)?.into_iter();
    Ok(items
        .iter()
        .zip(views)
        .map(|(item, views)| Captioned {
            views: views.clone(),
            captions: features.by_ref().take(item.captions.len()).collect(),
            edits: Vec::new(),
        })
        .collect())
}
