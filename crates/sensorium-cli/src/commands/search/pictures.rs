//! Pictures of shards or folders, one after the other.

use anyhow::Result;
use sensorium::align::ingest::{has_shards, picture_files};
use sensorium::data::Pixels;
use sensorium::data::shards::{Sample, ShardReader};
use std::path::Path;

/// A picture, or why there is none.
pub struct Found {
    /// Key in the shard, or path.
    pub item: String,
    /// The file that it is in.
    pub file: String,
    /// The picture, or what is wrong with it.
    pub pixels: Result<Pixels, String>,
}

/// Pictures of shards (`.tar`), of a folder, or one file.
///
/// # Errors
/// A place without pictures.
pub fn pictures(path: &Path) -> Result<Box<dyn Iterator<Item = Found>>> {
    if has_shards(path) {
        let reader = ShardReader::open([path])?;
        let shard = path.display().to_string();
        return Ok(Box::new(reader.map(move |sample| match sample {
            Ok(sample) => of_sample(&sample),
            Err(error) => Found { item: shard.clone(), file: shard.clone(), pixels: Err(error.to_string()) },
        })));
    }
    let files = picture_files(path)?;
    Ok(Box::new(files.into_iter().map(|path| {
        let name = path.display().to_string();
        Found { item: name.clone(), file: name, pixels: Pixels::read(&path).map_err(|e| e.to_string()) }
    })))
}

fn of_sample(sample: &Sample) -> Found {
    let file = sample.shard.display().to_string();
    let place = sample.shard.join(&sample.key);
    let bytes = ["jpg", "jpeg", "png"].into_iter().find_map(|e| sample.member(e));
    let pixels = match bytes {
        Some(bytes) => Pixels::decode(&place, bytes).map_err(|e| e.to_string()),
        None => Err(format!("{}: no picture (.jpg, .jpeg, .png) in this sample", place.display())),
    };
    Found { item: sample.key.clone(), file, pixels }
}
