//! Volumes from files.

use super::acquisition::{exists, extension};
use super::source::ProjectionSource;
use super::tiff_stack::{TiffStack, tiff_files};
use super::{mha, nifti, npy, raw};
use crate::{TomoError, Volume, VolumeGrid};
use std::path::Path;

/// The formats, for whoever gave another one.
const FORMATS: &str = if cfg!(feature = "dicom") {
    ".mha, .mhd, .nii, .npy, .raw with .json, .tif, a folder of .tif files or of a DICOM series"
} else {
    ".mha, .mhd, .nii, .npy, .raw with .json, .tif or a folder of .tif files"
};

/// Where the size of the voxels comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoxelSize {
    /// The caller gave it.
    Given,
    /// It stands in the file.
    FromFile,
    /// Nobody knows it: 1 mm is assumed.
    Assumed,
}

/// A volume from a file.
#[derive(Clone, Debug)]
pub struct StoredVolume {
    /// The volume; its middle is at the origin where the file does not say otherwise.
    pub volume: Volume,
    /// Where the size of its voxels comes from.
    pub voxel_size: VoxelSize,
}

/// What a file says: values `[z, y, x]`, their number along x, y, z, and where they are.
pub(super) struct Parts {
    pub voxels: [usize; 3],
    pub voxel_mm: Option<[f64; 3]>,
    pub centre_mm: Option<[f64; 3]>,
    pub values: Vec<f32>,
}

/// Reads a volume in the format that the path says: by its extension, or a folder of TIFF or DICOM files.
///
/// `voxel_mm` overrides the size that the file has. The axes are those of the file: a volume that is turned in
/// the room (`TransformMatrix`, sform) keeps its voxels in their order and has its middle at the origin.
///
/// # Errors
/// [`TomoError::Request`] for an unknown format or too little memory, [`TomoError::Content`] for what the file
/// does not hold.
pub fn read_volume(path: &Path, voxel_mm: Option<[f64; 3]>) -> Result<StoredVolume, TomoError> {
    let parts = if path.is_dir() { read_folder(path)? } else { read_file(path)? };
    let (edges, voxel_size) = match (voxel_mm, parts.voxel_mm) {
        (Some(given), _) => (given, VoxelSize::Given),
        (None, Some(found)) => (found, VoxelSize::FromFile),
        (None, None) => ([1.0; 3], VoxelSize::Assumed),
    };
    let in_file = |e: TomoError| TomoError::in_file(path, e.to_string());
    let centre = parts.centre_mm.filter(|_| voxel_mm.is_none()).unwrap_or_default();
    let grid = VolumeGrid::centred(parts.voxels, edges).and_then(|g| g.at(centre)).map_err(in_file)?;
    Ok(StoredVolume { volume: Volume::new(grid, parts.values)?, voxel_size })
}

fn read_file(path: &Path) -> Result<Parts, TomoError> {
    exists(path)?;
    Ok(match extension(path).as_str() {
        "npy" => {
            let stack = npy::open(path)?;
            Parts::bare(&stack, stack.read_all()?)
        }
        "tif" | "tiff" => {
            let stack = TiffStack::open(path)?;
            Parts::bare(&stack, stack.read_all()?)
        }
        "raw" | "json" => {
            let (header, stack) = raw::open(path)?;
            let parts = Parts::bare(&stack, stack.read_all()?);
            Parts { voxel_mm: header.voxel_mm, centre_mm: header.centre_mm, ..parts }
        }
        "mha" | "mhd" => {
            let (header, stack) = mha::open(path)?;
            let parts = Parts::bare(&stack, stack.read_all()?);
            Parts { voxel_mm: header.spacing_mm, centre_mm: header.centre_mm(), ..parts }
        }
        "nii" => {
            let (header, stack) = nifti::open(path)?;
            let mut values = stack.read_all()?;
            if let Some((slope, inter)) = header.scale {
                values.iter_mut().for_each(|v| *v = *v * slope + inter);
            }
            let parts = Parts::bare(&stack, values);
            Parts { voxel_mm: header.voxel_mm, centre_mm: header.centre_mm, ..parts }
        }
        #[cfg(feature = "dicom")]
        "dcm" => {
            let text = "one DICOM file is one slice; give the folder that holds the series";
            return Err(TomoError::in_file(path, text));
        }
        "gz" => return Err(TomoError::in_file(path, "it is compressed; unpack it first (gunzip)")),
        other => {
            return Err(TomoError::Request(format!(
                "{}: the format {other:?} is not known for volumes; give {FORMATS}",
                path.display()
            )));
        }
    })
}

fn read_folder(path: &Path) -> Result<Parts, TomoError> {
    if !tiff_files(path)?.is_empty() {
        let stack = TiffStack::open(path)?;
        return Ok(Parts::bare(&stack, stack.read_all()?));
    }
    #[cfg(feature = "dicom")]
    if let Some(parts) = super::dicom::read_series(path)? {
        return Ok(parts);
    }
    Err(TomoError::in_file(path, format!("the folder holds no volume; give {FORMATS}")))
}

impl Parts {
    fn bare(stack: &impl ProjectionSource, values: Vec<f32>) -> Self {
        let voxels = [stack.columns(), stack.rows(), stack.views()];
        Self { voxels, voxel_mm: None, centre_mm: None, values }
    }
}
