//! A point cloud in memory, and how it comes from a file.

use super::{parse_pcd, parse_velodyne};
use crate::error::DataError;
use std::fs;
use std::path::Path;

/// The points of one sweep. Every point is finite.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PointCloud {
    /// x (ahead), y (left), z (up) of each point, in metres.
    pub xyz: Vec<[f32; 3]>,
    /// Intensity (or reflectance) of each point, in the file's own units; as long as `xyz`. 0 where the file has no
    /// intensity or it is not a finite number.
    pub intensity: Vec<f32>,
    /// Points that the file has but that were left out, because a coordinate is not a finite number.
    pub dropped: usize,
}

impl PointCloud {
    /// Number of points.
    pub fn len(&self) -> usize {
        self.xyz.len()
    }

    /// Whether there is no point.
    pub fn is_empty(&self) -> bool {
        self.xyz.is_empty()
    }

    /// The points at `indices`, in that order; indices beyond the end are passed over. `dropped` is 0.
    #[must_use]
    pub fn select(&self, indices: &[usize]) -> Self {
        let within = || indices.iter().filter(|i| **i < self.len().min(self.intensity.len()));
        Self {
            xyz: within().map(|i| self.xyz[*i]).collect(),
            intensity: within().map(|i| self.intensity[*i]).collect(),
            dropped: 0,
        }
    }

    /// Adds a point, or counts it as dropped.
    pub(super) fn push(&mut self, xyz: [f32; 3], intensity: f32) {
        if xyz.iter().all(|v| v.is_finite()) {
            self.xyz.push(xyz);
            self.intensity.push(if intensity.is_finite() { intensity } else { 0.0 });
        } else {
            self.dropped += 1;
        }
    }

    /// The cloud, unless it has no point.
    pub(super) fn not_empty(self, path: &Path) -> Result<Self, DataError> {
        if self.is_empty() {
            let message = match self.dropped {
                0 => "the file has no points; record the sweep again or leave the file out".to_owned(),
                n => format!(
                    "none of the {n} points has finite coordinates; record the sweep again or leave the file out"
                ),
            };
            return Err(DataError::in_file(path, message));
        }
        Ok(self)
    }
}

/// Reads a cloud from a `.pcd` file (PCD v0.7: ascii, binary or binary_compressed) or a `.bin` file of KITTI.
///
/// # Errors
/// A file that cannot be read, another ending, a header or data that are not what they should be, or no finite point.
pub fn read_points(path: impl AsRef<Path>) -> Result<PointCloud, DataError> {
    let path = path.as_ref();
    let ending = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    let parse = match ending.as_str() {
        "pcd" => parse_pcd,
        "bin" => parse_velodyne,
        _ => {
            let message = "point clouds are read from .pcd and .bin (KITTI) files; convert it to one of them";
            return Err(DataError::in_file(path, message));
        }
    };
    let bytes = fs::read(path).map_err(DataError::io(path))?;
    parse(path, &bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_ending_is_answered_with_the_known_ones() {
        let message = read_points("cloud.las").unwrap_err().to_string();
        assert!(message.contains("cloud.las") && message.contains(".pcd"), "{message}");
    }

    #[test]
    fn an_intensity_that_is_not_a_number_keeps_its_point() {
        let mut cloud = PointCloud::default();
        cloud.push([1.0, 2.0, 3.0], f32::NAN);
        cloud.push([1.0, f32::INFINITY, 3.0], 1.0);
        assert_eq!((cloud.len(), cloud.dropped, cloud.intensity[0]), (1, 1, 0.0));
    }

    #[test]
    fn selecting_passes_over_indices_beyond_the_end() {
        let cloud = PointCloud { xyz: vec![[1.0; 3], [2.0; 3]], intensity: vec![0.1, 0.2], dropped: 3 };
        let chosen = cloud.select(&[1, 7]);
        assert_eq!(chosen, PointCloud { xyz: vec![[2.0; 3]], intensity: vec![0.2], dropped: 0 });
    }
}
