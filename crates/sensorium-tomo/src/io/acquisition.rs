//! A scan as it was measured: projections, flat and dark fields, angles, from whatever file holds them.

use super::source::ProjectionSource;
use super::{data_exchange, mha, npy, npz, raw, tiff_stack::TiffStack};
use crate::{Projections, TomoError};
use std::path::Path;

/// The formats, for whoever gave another one.
const FORMATS: &str =
    ".h5 (Data Exchange), .npy, .npz, .raw with .json, .mha, .mhd, .tif, or a folder of .tif files";

/// What was measured.
pub struct Acquisition {
    /// The projections.
    pub source: Box<dyn ProjectionSource>,
    /// Flat fields (beam without object), when they are in the same file.
    pub flat: Option<Projections>,
    /// Dark fields (no beam), when they are in the same file.
    pub dark: Option<Projections>,
    /// The angle of each projection, when they are in the same file.
    pub angles_deg: Option<Vec<f64>>,
}

/// Opens projections in the format that the path says: by its extension, or a folder of TIFF files.
///
/// Projections are read from the file when they are asked for (`.npz` at once, for it may be compressed).
///
/// # Errors
/// [`TomoError::Request`] for an unknown extension, [`TomoError::Content`] for what the file does not hold, and
/// [`TomoError::Projections`] when flat fields, dark fields or angles do not fit the projections.
pub fn open_projections(path: &Path) -> Result<Acquisition, TomoError> {
    let acquisition = if path.is_dir() {
        plain(TiffStack::open(path)?)
    } else {
        exists(path)?;
        match extension(path).as_str() {
            "tif" | "tiff" => plain(TiffStack::open(path)?),
            "npy" => plain(npy::open(path)?),
            "raw" | "json" => plain(raw::open(path)?.1),
            "mha" | "mhd" => plain(mha::open(path)?.1),
            "npz" => {
                let arrays = npz::read(path)?;
                Acquisition {
                    source: Box::new(arrays.data),
                    flat: arrays.flat,
                    dark: arrays.dark,
                    angles_deg: arrays.angles_deg,
                }
            }
            "h5" | "hdf5" | "hdf" | "nxs" => {
                let exchange = data_exchange::open(path)?;
                Acquisition {
                    source: Box::new(exchange.data),
                    flat: exchange.flat,
                    dark: exchange.dark,
                    angles_deg: exchange.angles_deg,
                }
            }
            other => {
                return Err(TomoError::Request(format!(
                    "{}: the format {other:?} is not known for projections; give {FORMATS}",
                    path.display()
                )));
            }
        }
    };
    acquisition.checked(path)
}

/// That a file is there, before its content is looked at.
pub(super) fn exists(path: &Path) -> Result<(), TomoError> {
    std::fs::metadata(path).map(drop).map_err(TomoError::io(path))
}

/// The extension in lower case.
pub(super) fn extension(path: &Path) -> String {
    path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase()
}

fn plain(source: impl ProjectionSource + 'static) -> Acquisition {
    Acquisition { source: Box::new(source), flat: None, dark: None, angles_deg: None }
}

impl Acquisition {
    fn checked(self, path: &Path) -> Result<Self, TomoError> {
        let wrong = |text: String| Err(TomoError::Projections(format!("{}: {text}", path.display())));
        let (rows, columns) = (self.source.rows(), self.source.columns());
        for (name, field) in [("flat", &self.flat), ("dark", &self.dark)] {
            if let Some(field) = field
                && (field.rows(), field.columns()) != (rows, columns)
            {
                return wrong(format!(
                    "the {name} fields have {} rows and {} columns, the projections {rows} and {columns}; \
                     take them with the same part of the detector",
                    field.rows(),
                    field.columns()
                ));
            }
        }
        if let Some(angles) = &self.angles_deg
            && angles.len() != self.source.views()
        {
            return wrong(format!(
                "there are {} angles for {} projections; give one angle for each",
                angles.len(),
                self.source.views()
            ));
        }
        Ok(self)
    }
}
