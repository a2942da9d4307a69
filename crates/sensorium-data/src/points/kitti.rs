//! The object labels and calibration of KITTI, and the boxes they give in the lidar's frame.

use super::OrientedBox;
use crate::error::DataError;
use std::fs;
use std::path::Path;

/// One line of a KITTI label file. Positions are in the frame of the rectified camera: x right, y down, z ahead.
#[derive(Clone, Debug, PartialEq)]
pub struct KittiLabel {
    /// Class as written, such as `Car`, `Pedestrian`, `Cyclist`; `DontCare` marks a region without a label.
    pub kind: String,
    /// Share of the object outside the image, 0 to 1; -1 where unknown.
    pub truncation: f32,
    /// 0 fully visible, 1 partly hidden, 2 largely hidden, 3 unknown; -1 for `DontCare`.
    pub occlusion: i32,
    /// Angle of observation in radians.
    pub alpha: f32,
    /// Left, top, right, bottom in the image, in pixels.
    pub box_2d: [f32; 4],
    /// Height, width, length in metres, in the file's order.
    pub size_hwl: [f32; 3],
    /// x, y, z of the middle of the underside, in metres.
    pub location: [f32; 3],
    /// Rotation about the camera's y axis in radians.
    pub rotation_y: f32,
}

impl KittiLabel {
    /// Whether the line labels an object; `DontCare` regions have no box in space.
    pub fn is_object(&self) -> bool {
        self.kind != "DontCare"
    }
}

/// The part of a KITTI calibration file that leads from the lidar to the rectified camera.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KittiCalibration {
    /// `R0_rect`: rotation of the reference camera to the rectified camera, by rows.
    pub rectification: [[f64; 3]; 3],
    /// `Tr_velo_to_cam`: rotation and translation (metres, last column) of the lidar to the reference camera, by rows.
    pub lidar_to_camera: [[f64; 4]; 3],
    /// The inverse of the rotation of both.
    inverse: [[f64; 3]; 3],
}

impl KittiCalibration {
    /// A calibration from its two matrices; none where the rotation cannot be inverted.
    pub fn new(rectification: [[f64; 3]; 3], lidar_to_camera: [[f64; 4]; 3]) -> Option<Self> {
        let rotation = lidar_to_camera.map(|[a, b, c, _]| [a, b, c]);
        let whole = rectification
            .map(|row| [0, 1, 2].map(|column| (0..3).map(|i| row[i] * rotation[i][column]).sum::<f64>()));
        Some(Self { rectification, lidar_to_camera, inverse: invert(whole)? })
    }

    /// A point of the rectified camera's frame in the lidar's frame, in metres.
    pub fn to_lidar(&self, point: [f64; 3]) -> [f64; 3] {
        let shift = times(self.rectification, self.lidar_to_camera.map(|row| row[3]));
        times(self.inverse, [0, 1, 2].map(|i| point[i] - shift[i]))
    }

    /// The box of a label in the lidar's frame; none for `DontCare`, and where a size is not above 0.
    pub fn box_of(&self, label: &KittiLabel) -> Option<OrientedBox> {
        let [height, width, length] = label.size_hwl;
        if !label.is_object() || !label.size_hwl.iter().all(|s| *s > 0.0) {
            return None;
        }
        // The camera's y points down, and the label's position is on the ground.
        let [x, y, z] = label.location.map(f64::from);
        let centre = self.to_lidar([x, y - 0.5 * f64::from(height), z]);
        let (sin, cos) = f64::from(label.rotation_y).sin_cos();
        let heading = times(self.inverse, [cos, 0.0, -sin]);
        Some(OrientedBox {
            centre: centre.map(|v| v as f32),
            size: [length, width, height],
            yaw: heading[1].atan2(heading[0]) as f32,
        })
    }
}

fn times(matrix: [[f64; 3]; 3], vector: [f64; 3]) -> [f64; 3] {
    matrix.map(|row| row.iter().zip(vector).map(|(a, b)| a * b).sum())
}

/// The inverse by cofactors; none where the determinant is 0 or not finite.
fn invert(m: [[f64; 3]; 3]) -> Option<[[f64; 3]; 3]> {
    let cofactor = |row: usize, column: usize| {
        let (r1, r2, c1, c2) = ((row + 1) % 3, (row + 2) % 3, (column + 1) % 3, (column + 2) % 3);
        m[r1][c1] * m[r2][c2] - m[r1][c2] * m[r2][c1]
    };
    let determinant: f64 = (0..3).map(|column| m[0][column] * cofactor(0, column)).sum();
    let usable = determinant.is_finite() && determinant.abs() > 1e-9;
    usable.then(|| [0, 1, 2].map(|row| [0, 1, 2].map(|column| cofactor(column, row) / determinant)))
}

/// Reads a KITTI label file.
///
/// # Errors
/// A file that cannot be read or a line that is not 15 (or, with a score, 16) words of a label.
pub fn read_kitti_labels(path: impl AsRef<Path>) -> Result<Vec<KittiLabel>, DataError> {
    let path = path.as_ref();
    let text = fs::read_to_string(path).map_err(DataError::io(path))?;
    parse_kitti_labels(path, &text)
}

/// [`read_kitti_labels`] from text; `path` is for errors only.
///
/// # Errors
/// As there.
pub fn parse_kitti_labels(path: &Path, text: &str) -> Result<Vec<KittiLabel>, DataError> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(number, line)| label(line).map_err(|m| DataError::at_line(path, number, m))).collect()
}

fn label(line: &str) -> Result<KittiLabel, String> {
    let mut words = line.split_whitespace();
    let kind = words.next().unwrap_or_default().to_owned();
    let values = words.map(|w| finite(w).map(|v| v as f32)).collect::<Result<Vec<f32>, _>>()?;
    let Some((
        &[truncation, occlusion, alpha, left, top, right, bottom, height, width, length, x, y, z, rotation_y],
        [] | [_],
    )) = values.split_first_chunk::<14>()
    else {
        return Err(format!(
            "{} words; a label has 15: type, truncated, occluded, alpha, box (4), height width length, x y z, rotation",
            values.len() + 1
        ));
    };
    Ok(KittiLabel {
        kind,
        truncation,
        occlusion: occlusion as i32,
        alpha,
        box_2d: [left, top, right, bottom],
        size_hwl: [height, width, length],
        location: [x, y, z],
        rotation_y,
    })
}

fn finite(word: &str) -> Result<f64, String> {
    word.parse::<f64>().ok().filter(|v| v.is_finite()).ok_or_else(|| format!("`{word}` is not a number"))
}

/// Reads `R0_rect` and `Tr_velo_to_cam` of a KITTI calibration file; other lines are passed over.
///
/// # Errors
/// A file that cannot be read, one of the two missing or of the wrong length, or a rotation that cannot be inverted.
pub fn read_kitti_calibration(path: impl AsRef<Path>) -> Result<KittiCalibration, DataError> {
    let path = path.as_ref();
    let text = fs::read_to_string(path).map_err(DataError::io(path))?;
    parse_kitti_calibration(path, &text)
}

/// [`read_kitti_calibration`] from text; `path` is for errors only.
///
/// # Errors
/// As there.
pub fn parse_kitti_calibration(path: &Path, text: &str) -> Result<KittiCalibration, DataError> {
    let rectification = matrix::<9>(path, text, "R0_rect")?;
    let lidar_to_camera = matrix::<12>(path, text, "Tr_velo_to_cam")?;
    let rows = [0, 1, 2].map(|row| [0, 1, 2].map(|column| rectification[3 * row + column]));
    let wide = [0, 1, 2].map(|row| [0, 1, 2, 3].map(|column| lidar_to_camera[4 * row + column]));
    KittiCalibration::new(rows, wide).ok_or_else(|| {
        DataError::in_file(
            path,
            "R0_rect times Tr_velo_to_cam cannot be inverted; take the frame's own calibration",
        )
    })
}

/// The `N` numbers behind `name:`.
fn matrix<const N: usize>(path: &Path, text: &str, name: &str) -> Result<[f64; N], DataError> {
    let lines = (1..).zip(text.lines());
    let mut found =
        lines.filter_map(|(number, line)| Some((number, line.trim().strip_prefix(name)?.strip_prefix(':')?)));
    let (number, rest) = found.next().ok_or_else(|| {
        DataError::in_file(
            path,
            format!("no `{name}:` line; take the calibration file of KITTI's object data"),
        )
    })?;
    let values = rest.split_whitespace().map(finite).collect::<Result<Vec<f64>, _>>();
    let values = values.map_err(|message| DataError::at_line(path, number, message))?;
    values.try_into().map_err(|v: Vec<f64>| {
        DataError::at_line(path, number, format!("{name} has {} numbers, not {N}", v.len()))
    })
}

#[cfg(test)]
#[path = "kitti_tests.rs"]
mod tests;
