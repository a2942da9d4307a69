//! Projections into a file, some views at a time.

use super::acquisition::extension;
use super::source::{ProjectionSource, zeros};
use super::staged::{StagedFile, write_whole};
use super::{mha, npy, raw};
use crate::{TomoError, VolumeGrid};
use std::path::{Path, PathBuf};

/// Values that are held at a time, 64 MiB.
const VALUES_AT_ONCE: usize = 1 << 24;

/// Writes projections as `.npy`, `.mha`, or `.raw` with its `.json`, in place of a file of that name.
///
/// A `.json` beside a `.raw` is replaced only where it is the header of a raw file.
///
/// `pitch_mm`, the distance of neighbouring columns and rows, stands in the header of `.mha` (1 mm otherwise).
///
/// # Errors
/// [`TomoError::Request`] for another extension, [`TomoError::Content`] when the disk has no room or the
/// header would replace another file, and what the source says; a file of the name appears only when it is whole.
pub fn write_projections(
    path: &Path,
    source: &dyn ProjectionSource,
    pitch_mm: Option<[f64; 2]>,
) -> Result<(), TomoError> {
    let sizes = [source.views(), source.rows(), source.columns()];
    let kind = extension(path);
    let header = match kind.as_str() {
        "npy" => npy::header_bytes(sizes),
        "raw" => {
            raw::check_header_name(path)?;
            Vec::new()
        }
        "mha" => {
            let [across, up] = pitch_mm.unwrap_or([1.0; 2]);
            let grid = VolumeGrid::centred([sizes[2], sizes[1], sizes[0]], [across, up, 1.0])?;
            mha::header_text(&grid, "LOCAL").into_bytes()
        }
        other => {
            return Err(TomoError::Request(format!(
                "{}: projections are not written as {other:?}; give .npy, .mha or .raw",
                path.display()
            )));
        }
    };
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let values = sizes.iter().map(|n| *n as u64).product();
    let mut file = StagedFile::create(&partial, &header, values)?;
    match fill(&mut file, source) {
        Ok(()) => {
            if kind == "raw" {
                write_whole(&raw::header_path(path), raw::header_text(sizes, None).as_bytes())?;
            }
            file.finish(path)
        }
        Err(error) => {
            drop(file);
            // The first error is the one to tell; should the file stay, the next run empties it.
            let _ = std::fs::remove_file(&partial);
            Err(error)
        }
    }
}

fn fill(file: &mut StagedFile, source: &dyn ProjectionSource) -> Result<(), TomoError> {
    let size = source.rows() * source.columns();
    let at_once = (VALUES_AT_ONCE / size).clamp(1, source.views());
    let mut buffer = zeros(&[at_once, size])?;
    for first in (0..source.views()).step_by(at_once) {
        let count = at_once.min(source.views() - first);
        let piece = &mut buffer[..count * size];
        source.read(first..first + count, 0..source.rows(), piece)?;
        file.write((first * size) as u64, piece)?;
    }
    Ok(())
}
