//! The `.bin` files of KITTI: float32 x, y, z, reflectance, little-endian, without a header.

use super::PointCloud;
use crate::error::DataError;
use std::path::Path;

/// Bytes of one point.
const POINT: usize = 16;

/// Reads the bytes of a KITTI `.bin` file; `path` is for errors only. Points with a coordinate that is not a finite
/// number are left out and counted.
///
/// # Errors
/// A size that is not a multiple of 16 bytes, or no finite point.
pub fn parse_velodyne(path: &Path, bytes: &[u8]) -> Result<PointCloud, DataError> {
    if !bytes.len().is_multiple_of(POINT) {
        let message = format!(
            "{} bytes are not a whole number of points of {POINT} bytes (float32 x y z reflectance); \
             the file is cut or of another format",
            bytes.len()
        );
        return Err(DataError::in_file(path, message));
    }
    let mut cloud = PointCloud::default();
    let (points, _) = bytes.as_chunks::<POINT>();
    for point in points {
        let (values, _) = point.as_chunks::<4>();
        let [x, y, z, reflectance] = [0, 1, 2, 3].map(|i| f32::from_le_bytes(values[i]));
        cloud.push([x, y, z], reflectance);
    }
    cloud.not_empty(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(values: &[f32]) -> Vec<u8> {
        values.iter().flat_map(|v| v.to_le_bytes()).collect()
    }

    fn parse(bytes: &[u8]) -> Result<PointCloud, DataError> {
        parse_velodyne(Path::new("000000.bin"), bytes)
    }

    #[test]
    fn points_that_are_not_finite_are_counted() {
        let cloud = parse(&bytes(&[1.0, 2.0, 3.0, 0.5, f32::NAN, 0.0, 0.0, 0.1])).unwrap();
        assert_eq!(cloud, PointCloud { xyz: vec![[1.0, 2.0, 3.0]], intensity: vec![0.5], dropped: 1 });
    }

    #[test]
    fn a_cut_file_is_refused() {
        let message = parse(&[0; 17]).unwrap_err().to_string();
        assert!(message.contains("000000.bin") && message.contains("17 bytes"), "{message}");
    }

    #[test]
    fn a_cloud_without_a_finite_point_is_refused() {
        assert!(parse(&bytes(&[f32::NAN; 4])).unwrap_err().to_string().contains("none of the 1 points"));
        assert!(parse(&[]).unwrap_err().to_string().contains("no points"));
    }
}
