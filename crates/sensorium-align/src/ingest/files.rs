//! Which files of a folder are pictures, videos or shards.

use crate::error::AlignError;
use std::path::{Path, PathBuf};

const PICTURES: [&str; 3] = ["jpg", "jpeg", "png"];
const VIDEOS: [&str; 10] = ["mp4", "mkv", "mov", "webm", "avi", "m4v", "mpg", "mpeg", "ts", "wmv"];

/// A picture's file itself, or the pictures (`.jpg`, `.jpeg`, `.png`) of a folder and the folders in it,
/// sorted.
///
/// # Errors
/// [`AlignError::Io`] where a folder cannot be read; no picture.
pub fn picture_files(path: &Path) -> Result<Vec<PathBuf>, AlignError> {
    files(path, &PICTURES, "picture (.jpg, .jpeg, .png)")
}

/// A video's file itself, or the videos (`.mp4`, `.mkv`, `.mov`, `.webm`, …) of a folder and the folders in
/// it, sorted.
///
/// # Errors
/// [`AlignError::Io`] where a folder cannot be read; no video.
pub fn video_files(path: &Path) -> Result<Vec<PathBuf>, AlignError> {
    files(path, &VIDEOS, "video (.mp4, .mkv, .mov, .webm, …)")
}

/// Whether this is a tar archive or a folder that holds one: WebDataset shards.
pub fn has_shards(path: &Path) -> bool {
    if path.is_dir() {
        let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
        return entries.map(|e| e.path()).any(|p| has_extension(&p, &["tar"]));
    }
    has_extension(path, &["tar"])
}

fn files(path: &Path, extensions: &[&str], what: &str) -> Result<Vec<PathBuf>, AlignError> {
    if !path.is_dir() {
        std::fs::metadata(path).map_err(AlignError::io(path))?;
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    gather(path, extensions, &mut found)?;
    found.sort();
    if found.is_empty() {
        return Err(AlignError::invalid(format!(
            "{}: no {what} in this folder; give another one",
            path.display()
        )));
    }
    Ok(found)
}

fn gather(folder: &Path, extensions: &[&str], found: &mut Vec<PathBuf>) -> Result<(), AlignError> {
    for entry in std::fs::read_dir(folder).map_err(AlignError::io(folder))? {
        let entry = entry.map_err(AlignError::io(folder))?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(AlignError::io(entry.path()))?);
        // A link to a folder is not followed: it may lead back here.
        if kind.is_dir() {
            gather(&path, extensions, found)?;
        } else if has_extension(&path, extensions) {
            found.push(path);
        }
    }
    Ok(())
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    path.extension().is_some_and(|e| extensions.iter().any(|x| e.eq_ignore_ascii_case(x)))
}
