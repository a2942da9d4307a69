//! A volume in a file, written slab by slab under `NAME.partial`, named when it is whole.
//!
//! What is finished stands in `NAME.partial.json`, so that a run that was stopped can go on: a slice counts as
//! finished once it is on the disk. The list is removed before the data that it speaks of is given up, and a list
//! without data counts for nothing, so that no stop makes a later run trust what is not there.

mod folder;
mod format;
mod progress;

pub use format::{GreyDepth, GreyWindow, VolumeFormat};

use super::staged::{StagedFile, check_folder, rename, write_whole};
use super::{mha, nifti, npy, raw};
use crate::{TomoError, VolumeGrid};
use folder::SliceFolder;
use progress::Progress;
use std::path::{Path, PathBuf};

/// How a volume is written.
#[derive(Clone, Debug, PartialEq)]
pub struct VolumeOutput {
    /// The format.
    pub format: VolumeFormat,
    /// Which values become which shade; for [`VolumeFormat::PngSlices`] only, which needs it.
    pub window: Option<GreyWindow>,
    /// What else the volume depends on (geometry, method, settings): a run goes on only where this is the same.
    pub fingerprint: String,
    /// Whether a file of this name may be replaced, once the new one is whole. Folders never are.
    pub replace: bool,
}

impl VolumeOutput {
    /// The format that a path means, nothing replaced.
    ///
    /// # Errors
    /// Those of [`VolumeFormat::from_path`].
    pub fn for_path(path: &Path) -> Result<Self, TomoError> {
        Ok(Self::new(VolumeFormat::from_path(path)?))
    }

    /// A format, nothing replaced.
    pub fn new(format: VolumeFormat) -> Self {
        Self { format, window: None, fingerprint: String::new(), replace: false }
    }
}

/// A volume that is being written.
pub struct VolumeFile {
    path: PathBuf,
    partial: PathBuf,
    replace: bool,
    grid: VolumeGrid,
    progress: Progress,
    finished: Vec<bool>,
    output: Output,
}

enum Output {
    File(StagedFile),
    Folder(SliceFolder),
}

impl VolumeFile {
    /// Begins a volume; what an earlier run left under `NAME.partial` is given up.
    ///
    /// # Errors
    /// [`TomoError::Content`] when the name is taken or the disk has no room, [`TomoError::Request`] for what the
    /// format cannot hold.
    pub fn create(path: &Path, grid: VolumeGrid, output: &VolumeOutput) -> Result<Self, TomoError> {
        Self::begin(path, grid, output, false)
    }

    /// Goes on with a volume that an earlier run left; [`VolumeFile::finished`] says what is there.
    ///
    /// # Errors
    /// [`TomoError::Content`] when it was begun with another grid, format or fingerprint, or is not there.
    pub fn reopen(path: &Path, grid: VolumeGrid, output: &VolumeOutput) -> Result<Self, TomoError> {
        Self::begin(path, grid, output, true)
    }

    /// Whether an earlier run left a part of this volume.
    pub fn is_begun(path: &Path) -> bool {
        let partial = partial_path(path);
        partial.exists() && Progress::path(&partial).exists()
    }

    fn begin(path: &Path, grid: VolumeGrid, output: &VolumeOutput, go_on: bool) -> Result<Self, TomoError> {
        let grid = grid.checked()?;
        // Without the slash that may end a folder's name.
        let path = path.components().as_path();
        check_window(output)?;
        check_folder(path)?;
        check_names(path, output)?;
        let partial = partial_path(path);
        let mut progress = Progress {
            fingerprint: output.fingerprint.clone(),
            format: output.format,
            window: output.window,
            grid,
            finished: Vec::new(),
        };
        if go_on && !Self::is_begun(path) {
            let text = format!(
                "there is no {} with its {} to go on with; start over",
                partial.display(),
                Progress::path(&partial).display()
            );
            return Err(TomoError::in_file(path, text));
        }
        let mut finished =
            if go_on { Progress::read(&partial, &progress)? } else { vec![false; grid.voxels[2]] };
        let opened = if output.format.is_folder() {
            if !go_on {
                fresh_folder(&partial)?;
            }
            let folder = SliceFolder::new(&partial, grid.voxels, output.window)?;
            finished.iter_mut().enumerate().for_each(|(slice, done)| *done &= folder.holds(slice));
            Output::Folder(folder)
        } else {
            let (header, values) = (header(&grid, output.format)?, grid.len() as u64);
            Output::File(if go_on {
                StagedFile::reopen(&partial, &header, values)?
            } else {
                StagedFile::create_after(&partial, &header, values, || Progress::forget(&partial))?
            })
        };
        if !go_on {
            progress.write(&partial, &finished)?;
        }
        Ok(Self {
            path: path.to_owned(),
            partial,
            replace: output.replace,
            grid,
            progress,
            finished,
            output: opened,
        })
    }

    /// Which slices are finished.
    pub fn finished(&self) -> &[bool] {
        &self.finished
    }

    /// Writes whole slices `[z, y, x]` from the `first` on, to the disk, and notes them as finished.
    ///
    /// # Errors
    /// [`TomoError::Request`] for slices that are not in the volume, and what the disk says.
    pub fn write_slices(&mut self, first: usize, values: &[f32]) -> Result<(), TomoError> {
        let size = self.grid.slice_len();
        let count = values.len() / size;
        if count == 0
            || !values.len().is_multiple_of(size)
            || first.saturating_add(count) > self.grid.voxels[2]
        {
            return Err(TomoError::Request(format!(
                "{} values from slice {first} on are no slices of {size} voxels among the {} of the volume",
                values.len(),
                self.grid.voxels[2]
            )));
        }
        match &mut self.output {
            Output::File(file) => {
                let start = (first * size) as u64;
                file.write(start, values)?;
                file.sync(start, values.len())?;
            }
            Output::Folder(folder) => {
                for (i, slice) in values.chunks_exact(size).enumerate() {
                    folder.write(first + i, slice)?;
                }
            }
        }
        self.finished[first..first + count].fill(true);
        self.progress.write(&self.partial, &self.finished)
    }

    /// Gives the whole volume its name.
    ///
    /// # Errors
    /// [`TomoError::Request`] when slices are missing; the part that is there stays, to go on with.
    pub fn finish(self) -> Result<PathBuf, TomoError> {
        if let Some(missing) = self.finished.iter().position(|done| !done) {
            let count = self.finished.iter().filter(|done| !**done).count();
            return Err(TomoError::Request(format!(
                "{}: {count} slices are not written, the first is {missing}",
                self.path.display()
            )));
        }
        let output = VolumeOutput { replace: self.replace, ..VolumeOutput::new(self.progress.format) };
        check_names(&self.path, &output)?;
        match (self.output, self.progress.format) {
            (Output::Folder(_), _) => rename(&self.partial, &self.path)?,
            (Output::File(file), VolumeFormat::Mhd) => {
                let data = mha::data_path(&self.path);
                let name = data.file_name().unwrap_or_default().to_string_lossy().into_owned();
                file.finish(&data)?;
                write_whole(&self.path, mha::header_text(&self.grid, &name).as_bytes())?;
            }
            (Output::File(file), VolumeFormat::Raw) => {
                let [x, y, z] = self.grid.voxels;
                let text = raw::header_text([z, y, x], Some((self.grid.voxel_mm, self.grid.centre_mm)));
                write_whole(&raw::header_path(&self.path), text.as_bytes())?;
                file.finish(&self.path)?;
            }
            (Output::File(file), _) => file.finish(&self.path)?,
        }
        // Should it stay, it is a list without data.
        Progress::forget(&self.partial)?;
        Ok(self.path)
    }
}

fn partial_path(path: &Path) -> PathBuf {
    let mut name = path.components().as_path().as_os_str().to_owned();
    name.push(".partial");
    name.into()
}

/// What stands before the values, in the same file.
fn header(grid: &VolumeGrid, format: VolumeFormat) -> Result<Vec<u8>, TomoError> {
    let [x, y, z] = grid.voxels;
    Ok(match format {
        VolumeFormat::Mha => mha::header_text(grid, "LOCAL").into_bytes(),
        VolumeFormat::Nifti => nifti::header_bytes(grid).map_err(TomoError::Request)?,
        VolumeFormat::Npy => npy::header_bytes([z, y, x]),
        VolumeFormat::Mhd | VolumeFormat::Raw | VolumeFormat::TiffStack | VolumeFormat::PngSlices => {
            Vec::new()
        }
    })
}

fn check_window(output: &VolumeOutput) -> Result<(), TomoError> {
    match (output.format, output.window) {
        (VolumeFormat::PngSlices, Some(window)) => GreyWindow::new(window.low, window.high).map(drop),
        (VolumeFormat::PngSlices, None) => Err(TomoError::Request(
            "PNG slices need a window: which value is black and which is white; give both, or write TIFF slices".into(),
        )),
        (_, Some(_)) => Err(TomoError::Request("a window is for PNG slices only; leave it out".into())),
        (_, None) => Ok(()),
    }
}

/// That the final names are free, or may be replaced.
fn check_names(path: &Path, output: &VolumeOutput) -> Result<(), TomoError> {
    let beside = match output.format {
        VolumeFormat::Mhd => Some(mha::data_path(path)),
        VolumeFormat::Raw => Some(raw::header_path(path)),
        _ => None,
    };
    if output.format == VolumeFormat::Raw {
        raw::check_header_name(path)?;
    }
    for name in [path].into_iter().chain(beside.as_deref()) {
        if name.is_dir() {
            return Err(TomoError::in_file(name, "a folder has this name; remove it or give another name"));
        }
        if name.exists() && output.format.is_folder() {
            return Err(TomoError::in_file(
                name,
                "a file has this name, which a folder of slices is to have; remove it or give another name",
            ));
        }
        if name.exists() && !output.replace {
            return Err(TomoError::in_file(
                name,
                "it exists already; give another name, or ask to replace it",
            ));
        }
    }
    Ok(())
}

/// An empty folder, where an earlier run may have left slices; only those are removed.
fn fresh_folder(partial: &Path) -> Result<(), TomoError> {
    let earlier = if partial.exists() { slices_in(partial)? } else { Vec::new() };
    Progress::forget(partial)?;
    std::fs::create_dir_all(partial).map_err(TomoError::io(partial))?;
    for path in earlier {
        std::fs::remove_file(&path).map_err(TomoError::io(&path))?;
    }
    Ok(())
}

/// The slices of an earlier run, when there is nothing else.
fn slices_in(partial: &Path) -> Result<Vec<PathBuf>, TomoError> {
    let mut slices = Vec::new();
    for entry in std::fs::read_dir(partial).map_err(TomoError::io(partial))? {
        let path = entry.map_err(TomoError::io(partial))?.path();
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        if !(name.starts_with("slice_") && (name.ends_with(".tif") || name.ends_with(".png"))) {
            return Err(TomoError::in_file(
                &path,
                "this is no slice of an earlier run; remove it or give another name",
            ));
        }
        slices.push(path);
    }
    Ok(slices)
}
