//! Writes PCD v0.7.

use super::PointCloud;
use crate::error::DataError;
use std::fs;
use std::path::Path;

/// The cloud as a PCD v0.7 file: `DATA binary`, float32 fields x, y, z and intensity. `dropped` is not written.
pub fn to_pcd(cloud: &PointCloud) -> Vec<u8> {
    let points = cloud.len();
    let mut bytes = format!(
        "# .PCD v0.7 - Point Cloud Data file format\nVERSION 0.7\nFIELDS x y z intensity\nSIZE 4 4 4 4\n\
         TYPE F F F F\nCOUNT 1 1 1 1\nWIDTH {points}\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS {points}\n\
         DATA binary\n"
    )
    .into_bytes();
    bytes.reserve(16 * points);
    let intensities = cloud.intensity.iter().copied().chain(std::iter::repeat(0.0));
    for ([x, y, z], intensity) in cloud.xyz.iter().zip(intensities) {
        for value in [*x, *y, *z, intensity] {
            bytes.extend_from_slice(&value.to_le_bytes());
        }
    }
    bytes
}

/// Writes [`to_pcd`] to a file.
///
/// # Errors
/// A file that cannot be written.
pub fn write_pcd(path: impl AsRef<Path>, cloud: &PointCloud) -> Result<(), DataError> {
    let path = path.as_ref();
    fs::write(path, to_pcd(cloud)).map_err(DataError::io(path))
}
