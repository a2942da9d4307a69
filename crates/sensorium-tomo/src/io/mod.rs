//! Projections and volumes in files, whole or piece by piece.
//!
//! | | projections in | projections out | volume in | volume out |
//! | --- | --- | --- | --- | --- |
//! | `.h5` (Data Exchange) | yes | | | |
//! | `.npy` | yes | yes | yes | yes |
//! | `.npz` | yes, into memory | | | |
//! | `.raw` with `.json` | yes | yes | yes | yes |
//! | `.mha` | yes | yes | yes | yes |
//! | `.mhd` | yes | | yes | yes |
//! | `.nii` | | | yes | yes |
//! | TIFF: a folder, or pages of a file | yes | | yes | a folder |
//! | `.png`: a folder of that name, of PNG slices | | | | a folder |
//! | DICOM series (feature `dicom`) | | | yes | |
//!
//! [`open_projections`] reads the header; values come when [`ProjectionSource::read`] asks for them, and only
//! those, so that a scan may be larger than the memory. A [`VolumeFile`] takes slices as they are finished.
//!
//! ```
//! use sensorium_tomo::io::{ProjectionSource, VolumeFile, VolumeOutput, open_projections, write_projections};
//! use sensorium_tomo::{Projections, VolumeGrid};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! let path = folder.path().join("scan.npy");
//! write_projections(&path, &Projections::new(4, 2, 3, vec![0.5; 24])?, None)?;
//!
//! // One row of all views, which is a slice of a parallel beam.
//! let source = open_projections(&path)?.source;
//! let mut sinogram = vec![0.0; source.views() * source.columns()];
//! source.read(0..source.views(), 1..2, &mut sinogram)?;
//!
//! let path = folder.path().join("volume.mha");
//! let grid = VolumeGrid::centred([3, 3, 2], [1.0, 1.0, 1.0])?;
//! let mut volume = VolumeFile::create(&path, grid, &VolumeOutput::for_path(&path)?)?;
//! volume.write_slices(1, &[0.0; 9])?;
//! volume.write_slices(0, &[0.0; 9])?;
//! volume.finish()?;
//! # Ok(())
//! # }
//! ```
mod acquisition;
mod data_exchange;
#[cfg(feature = "dicom")]
mod dicom;
mod mapped;
mod mha;
mod natural_order;
mod nifti;
mod npy;
mod npz;
mod projection_file;
mod raw;
mod sample;
mod source;
mod staged;
mod tiff_stack;
mod volume_file;
mod volume_read;

pub use acquisition::{Acquisition, open_projections};
pub use mha::{MetaData, MetaHeader};
pub use natural_order::natural_order;
pub use npy::NpyHeader;
pub use projection_file::write_projections;
pub use raw::RawHeader;
pub use sample::{ByteOrder, SampleType};
pub use source::ProjectionSource;
pub use staged::write_whole;
pub use volume_file::{GreyDepth, GreyWindow, VolumeFile, VolumeFormat, VolumeOutput};
pub use volume_read::{StoredVolume, VoxelSize, read_volume};
