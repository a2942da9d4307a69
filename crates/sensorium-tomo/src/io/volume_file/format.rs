//! The formats in which a volume is written.

use super::super::acquisition::extension;
use crate::TomoError;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::str::FromStr;

/// A format of volumes, all of 32-bit floats but for [`VolumeFormat::PngSlices`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VolumeFormat {
    /// MetaImage in one file, `.mha`.
    Mha,
    /// MetaImage header `.mhd` with its `.raw`.
    Mhd,
    /// NIfTI-1, `.nii`.
    Nifti,
    /// NumPy array `[z, y, x]`, `.npy`.
    Npy,
    /// Plain values, `.raw`, with their header `.json`.
    Raw,
    /// A folder of TIFF files, one a slice.
    TiffStack,
    /// A folder, `.png` or not, of PNG files, one a slice, grey values within a window.
    PngSlices,
}

impl VolumeFormat {
    /// Every format with the name that [`VolumeFormat::from_str`] reads.
    pub const NAMES: [(&'static str, Self); 7] = [
        ("mha", Self::Mha),
        ("mhd", Self::Mhd),
        ("nifti", Self::Nifti),
        ("npy", Self::Npy),
        ("raw", Self::Raw),
        ("tiff-stack", Self::TiffStack),
        ("png-slices", Self::PngSlices),
    ];

    /// The format that a path means: by its extension; a name without one, or one that ends in a slash, is a folder
    /// of TIFF files.
    ///
    /// `NAME.png`, with a slash or not, means PNG slices: a folder that is called `NAME.png`, like any other folder
    /// of slices by the name that was given, with `slice_0000.png` and so on in it. It needs a window, see
    /// [`VolumeOutput::window`](super::VolumeOutput::window).
    ///
    /// # Errors
    /// [`TomoError::Request`] for an extension that no format has.
    pub fn from_path(path: &Path) -> Result<Self, TomoError> {
        let folder = path.as_os_str().as_encoded_bytes().ends_with(b"/") || path.extension().is_none();
        Ok(match extension(path).as_str() {
            "png" => Self::PngSlices,
            _ if folder => Self::TiffStack,
            "mha" => Self::Mha,
            "mhd" => Self::Mhd,
            "nii" => Self::Nifti,
            "npy" => Self::Npy,
            "raw" => Self::Raw,
            other => {
                return Err(TomoError::Request(format!(
                    "{}: volumes are not written as {other:?}; give .mha, .mhd, .nii, .npy, .raw, .png for a \
                     folder of PNG slices, or a folder's name for TIFF slices",
                    path.display()
                )));
            }
        })
    }

    /// Whether the volume becomes a folder of slices.
    pub fn is_folder(self) -> bool {
        matches!(self, Self::TiffStack | Self::PngSlices)
    }

    /// The format's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mha => "mha",
            Self::Mhd => "mhd",
            Self::Nifti => "nifti",
            Self::Npy => "npy",
            Self::Raw => "raw",
            Self::TiffStack => "tiff-stack",
            Self::PngSlices => "png-slices",
        }
    }
}

impl FromStr for VolumeFormat {
    type Err = TomoError;

    fn from_str(name: &str) -> Result<Self, TomoError> {
        let found = Self::NAMES.iter().find(|(n, _)| *n == name).map(|(_, format)| *format);
        found.ok_or_else(|| {
            let names = Self::NAMES.map(|(name, _)| name).join(", ");
            TomoError::Request(format!("the format {name:?} is not known; give one of {names}"))
        })
    }
}

/// Shades of grey in a picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GreyDepth {
    /// 256 shades.
    Eight,
    /// 65536 shades.
    #[default]
    Sixteen,
}

/// Which values become which shade: `low` and below black, `high` and above white, no number black.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GreyWindow {
    /// What is black.
    pub low: f32,
    /// What is white.
    pub high: f32,
    /// How many shades there are.
    pub depth: GreyDepth,
}

impl GreyWindow {
    /// A window of 65536 shades.
    ///
    /// # Errors
    /// [`TomoError::Request`] unless `low` is below `high`, both numbers.
    pub fn new(low: f32, high: f32) -> Result<Self, TomoError> {
        if low.is_finite() && high.is_finite() && low < high {
            return Ok(Self { low, high, depth: GreyDepth::default() });
        }
        Err(TomoError::Request(format!(
            "the window {low} to {high} is empty; the first must be below the second"
        )))
    }

    /// The same window with another number of shades.
    pub fn with_depth(self, depth: GreyDepth) -> Self {
        Self { depth, ..self }
    }

    /// The shade of a value, 0 to `most`.
    pub(super) fn shade(&self, value: f32, most: f32) -> f32 {
        let (value, low, high) = (f64::from(value), f64::from(self.low), f64::from(self.high));
        (((value - low) / (high - low)).clamp(0.0, 1.0) * f64::from(most)).round() as f32
    }
}
