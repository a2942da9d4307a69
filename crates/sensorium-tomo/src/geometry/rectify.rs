//! From a tilted detector to the ideal one.

use super::{Beam, Detector, Geometry, Tilt};
use crate::{Projections, TomoError};
use rayon::prelude::*;

/// Where a ray meets the tilted detector: columns to mix with their weights, rows alike.
struct Place {
    columns: [u32; 4],
    rows: [u32; 4],
    column_weights: [f32; 4],
    row_weights: [f32; 4],
}

/// Resamples the projections of a tilted flat detector onto the ideal, untilted one of the same pitch, size and
/// offsets, in the geometry's own order of turns:
///
/// The ideal detector's middle is M = (u₀, v₀, D) along (e_u, e_v, w), u₀ and v₀ being its offsets and D the
/// distance from the source (any, for parallel beams). About M, and about the fixed directions of the ideal
/// detector, it is turned first by `in_plane_deg` (e_u towards e_v), then by `about_columns_deg` (about e_u:
/// e_v towards w), then by `about_rows_deg` (about e_v: e_u towards w). So the plane's directions are
/// `R_v R_u R_w e_u` and `R_v R_u R_w e_v`. (Counted the other way round, about the detector's own turned
/// directions, that is: about its rows, about its columns, in its plane.)
///
/// The ray through each ideal pixel is followed to the tilted plane and its value taken there by bicubic
/// (Catmull-Rom) interpolation, unchanged, since a line integral belongs to its ray. Rays that pass beyond the
/// tilted detector get the value at its edge: zeros would be an edge that the filter makes bright. The returned
/// geometry has no tilt; without a tilt both are returned as they are.
///
/// # Errors
/// [`TomoError::Projections`] when sizes differ or values are not finite; [`TomoError::Geometry`] for a fan beam
/// with `about_columns_deg` or `about_rows_deg`, whose rows would no longer be slices, or a detector that rays
/// do not meet.
pub fn rectify(geometry: &Geometry, projections: &Projections) -> Result<(Geometry, Projections), TomoError> {
    let detector = geometry.detector();
    let tilt = detector.tilt;
    if tilt.is_none() {
        return Ok((geometry.clone(), projections.clone()));
    }
    projections.check(geometry)?;
    if matches!(geometry.beam(), Beam::Fan(_))
        && (tilt.about_columns_deg != 0.0 || tilt.about_rows_deg != 0.0)
    {
        return Err(TomoError::Geometry(
            "the rows of a fan beam are slices only while the detector faces the source; \
             set tilt.about_columns_deg and tilt.about_rows_deg to 0, or describe the scan as a cone beam"
                .into(),
        ));
    }
    let places = places(geometry)?;
    let (size, columns) = (detector.rows * detector.columns, detector.columns);
    let mut values = vec![0.0f32; projections.values().len()];
    values.par_chunks_mut(size).zip(projections.values().par_chunks(size)).for_each(|(ideal, tilted)| {
        for (value, place) in ideal.iter_mut().zip(&places) {
            *value = place.value(tilted, columns);
        }
    });
    let ideal = geometry.clone().with_detector(Detector { tilt: Tilt::default(), ..*detector })?;
    Ok((ideal, Projections::new(projections.views(), detector.rows, columns, values)?))
}

impl Place {
    fn value(&self, tilted: &[f32], columns: usize) -> f32 {
        let of_row = |row: u32| -> f32 {
            let first = row as usize * columns;
            self.columns.iter().zip(&self.column_weights).map(|(c, w)| w * tilted[first + *c as usize]).sum()
        };
        self.rows.iter().zip(&self.row_weights).map(|(row, w)| w * of_row(*row)).sum()
    }
}

/// For each ideal pixel `[row, column]` its place on the tilted detector.
fn places(geometry: &Geometry) -> Result<Vec<Place>, TomoError> {
    let d = *geometry.detector();
    let (along_u, along_v) = directions(d.tilt);
    let normal = cross(along_u, along_v);
    let distance = geometry.distances().map(|s| s.source_to_detector_mm);
    let middle = [d.column_offset_mm, d.row_offset_mm, distance.unwrap_or(0.0)];
    let place = |i: usize| {
        let ideal = [geometry.column_mm((i % d.columns) as f64), geometry.row_mm((i / d.columns) as f64)];
        // Rows of a fan keep their heights, so there, as in a parallel beam, the plane itself is turned.
        let met = match (geometry.beam(), distance) {
            (Beam::Cone(_), Some(distance)) => {
                let ray = [ideal[0], ideal[1], distance];
                let part = dot(middle, normal) / dot(ray, normal);
                if !(part.is_finite() && part > 0.0) {
                    return Err(TomoError::Geometry(
                        "the tilt turns the detector out of the beam; check tilt and the offsets".into(),
                    ));
                }
                ray.map(|x| x * part)
            }
            _ => {
                let flat = [ideal[0] - middle[0], ideal[1] - middle[1]];
                let depth = -(flat[0] * normal[0] + flat[1] * normal[1]) / normal[2];
                [ideal[0], ideal[1], middle[2] + depth]
            }
        };
        let from = [met[0] - middle[0], met[1] - middle[1], met[2] - middle[2]];
        let column = dot(from, along_u) / d.column_pitch_mm + 0.5 * (d.columns as f64 - 1.0);
        let row = dot(from, along_v) / d.row_pitch_mm + 0.5 * (d.rows as f64 - 1.0);
        let (columns, column_weights) = cubic(column, d.columns);
        let (rows, row_weights) = cubic(row, d.rows);
        Ok(Place { columns, rows, column_weights, row_weights })
    };
    (0..d.rows * d.columns).into_par_iter().map(place).collect()
}

/// The tilted detector's directions along (e_u, e_v, w).
pub(crate) fn directions(tilt: Tilt) -> ([f64; 3], [f64; 3]) {
    let turn = |[u, v, w]: [f64; 3]| {
        let (sin, cos) = tilt.in_plane_deg.to_radians().sin_cos();
        let (u, v) = (u * cos - v * sin, u * sin + v * cos);
        let (sin, cos) = tilt.about_columns_deg.to_radians().sin_cos();
        let (v, w) = (v * cos - w * sin, v * sin + w * cos);
        let (sin, cos) = tilt.about_rows_deg.to_radians().sin_cos();
        [u * cos - w * sin, v, u * sin + w * cos]
    };
    (turn([1.0, 0.0, 0.0]), turn([0.0, 1.0, 0.0]))
}

/// Pixels and weights around a place; beyond the ends the last pixel continues.
fn cubic(place: f64, count: usize) -> ([u32; 4], [f32; 4]) {
    let last = count as f64 - 1.0;
    let place = place.clamp(0.0, last);
    let whole = place.floor();
    let at = [-1.0, 0.0, 1.0, 2.0].map(|k: f64| (whole + k).clamp(0.0, last) as u32);
    (at, catmull_rom(place - whole).map(|w| w as f32))
}

/// Weights of the four samples around a place, 0 ≤ `part` < 1 after the second (E. Catmull, R. Rom, 1974).
pub(crate) fn catmull_rom(part: f64) -> [f64; 4] {
    let (one, two, three) = (part, part * part, part * part * part);
    [
        0.5 * (-three + 2.0 * two - one),
        0.5 * (3.0 * three - 5.0 * two + 2.0),
        0.5 * (-3.0 * three + 4.0 * two + one),
        0.5 * (three - two),
    ]
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DetectorShape;
    use crate::geometry::{Distances, even_angles_deg};

    const CONE: Beam = Beam::Cone(Distances { source_to_axis_mm: 300.0, source_to_detector_mm: 500.0 });
    const SPHERES: [([f64; 3], f64); 4] =
        [([0.0, 0.0, 0.0], 22.0), ([9.0, -5.0, 6.0], 8.0), ([-8.0, 4.0, -9.0], 6.0), ([3.0, 10.0, 8.0], 5.0)];

    fn scan(beam: Beam, tilt: Tilt) -> Geometry {
        let detector = Detector {
            shape: DetectorShape::Flat,
            columns: 128,
            rows: 120,
            column_pitch_mm: 0.8,
            row_pitch_mm: 0.85,
            column_offset_mm: 3.0,
            row_offset_mm: -2.0,
            tilt,
        };
        Geometry::new(beam, detector, even_angles_deg(0.0, 70.0, 3)).unwrap()
    }

    /// Exact line integrals to the positions of the detector's pixels in space: turned one by one as the
    /// documentation says, by Rodrigues' formula, and not by the matrices above.
    fn measured(geometry: &Geometry) -> Projections {
        let d = *geometry.detector();
        let turns = [
            ([0.0, 0.0, 1.0], d.tilt.in_plane_deg),
            ([1.0, 0.0, 0.0], d.tilt.about_columns_deg),
            ([0.0, 1.0, 0.0], -d.tilt.about_rows_deg),
        ];
        let mut p = Projections::zeros(geometry);
        let distances = geometry.distances();
        for view in 0..geometry.views() {
            let (sin, cos) = geometry.angles_deg()[view].to_radians().sin_cos();
            let space = |[u, v, w]: [f64; 3]| [u * cos - w * sin, u * sin + w * cos, v];
            for i in 0..d.rows * d.columns {
                let (u, v) =
                    (geometry.column_mm((i % d.columns) as f64), geometry.row_mm((i / d.columns) as f64));
                let mut from = [u - d.column_offset_mm, v - d.row_offset_mm, 0.0];
                for (axis, degrees) in turns {
                    let (s, c) = f64::to_radians(degrees).sin_cos();
                    let (x, along) = (cross(axis, from), dot(axis, from) * (1.0 - c));
                    from = [0, 1, 2].map(|k| from[k] * c + x[k] * s + axis[k] * along);
                }
                let pixel = [from[0] + d.column_offset_mm, from[1] + d.row_offset_mm, from[2]];
                let (start, end) = match distances {
                    None => (space([pixel[0], pixel[1], -500.0]), space([pixel[0], pixel[1], 500.0])),
                    Some(s) => {
                        let behind = s.source_to_detector_mm - s.source_to_axis_mm;
                        (
                            space([0.0, 0.0, -s.source_to_axis_mm]),
                            space([pixel[0], pixel[1], pixel[2] + behind]),
                        )
                    }
                };
                p.values_mut()[view * d.rows * d.columns + i] = through_spheres(start, end);
            }
        }
        p
    }

    fn through_spheres(start: [f64; 3], end: [f64; 3]) -> f32 {
        let way = [0, 1, 2].map(|k| end[k] - start[k]);
        let length = dot(way, way).sqrt();
        let chord = |(middle, radius): &([f64; 3], f64)| {
            let from = [0, 1, 2].map(|k| middle[k] - start[k]);
            let off = cross(way, from).map(|x| x / length);
            // A soft edge: (1 − r² / R²)² integrates to 16/15 R h⁵, which has no kink.
            let h = (1.0 - dot(off, off) / (radius * radius)).max(0.0).sqrt();
            16.0 / 15.0 * radius * h.powi(5)
        };
        SPHERES.iter().map(chord).sum::<f64>() as f32
    }

    fn relative_rmse(a: &Projections, b: &Projections) -> f64 {
        let sum = |f: &dyn Fn(f64, f64) -> f64| -> f64 {
            a.values().iter().zip(b.values()).map(|(x, y)| f(f64::from(*x), f64::from(*y))).sum()
        };
        (sum(&|x, y| (x - y).powi(2)) / sum(&|_, y| y * y)).sqrt()
    }

    #[test]
    fn rectified_projections_are_those_of_the_ideal_detector_to_half_a_percent() {
        let tilts =
            [(4.0, 0.0, 0.0), (0.0, 6.0, 0.0), (0.0, 0.0, -7.0), (3.0, -5.0, 6.0), (-8.0, 10.0, 12.0)];
        for beam in [CONE, Beam::Parallel] {
            let ideal = measured(&scan(beam, Tilt::default()));
            for (in_plane_deg, about_columns_deg, about_rows_deg) in tilts {
                let tilt = Tilt { in_plane_deg, about_columns_deg, about_rows_deg };
                let tilted = measured(&scan(beam, tilt));
                let (geometry, rectified) = rectify(&scan(beam, tilt), &tilted).unwrap();
                assert_eq!(geometry, scan(beam, Tilt::default()));
                let (before, after) = (relative_rmse(&tilted, &ideal), relative_rmse(&rectified, &ideal));
                println!("{beam:?} {tilt:?}: relative RMSE {before:.4} -> {after:.5}");
                assert!(after < 0.005 && after < 0.2 * before, "{tilt:?}: {before} -> {after}");
            }
        }
    }

    #[test]
    fn an_untilted_detector_is_returned_bit_for_bit() {
        let geometry = scan(CONE, Tilt::default());
        let mut p = measured(&geometry);
        p.values_mut()[7] = f32::NAN;
        let (same, unchanged) = rectify(&geometry, &p).unwrap();
        assert_eq!(same, geometry);
        let bits = |p: &Projections| p.values().iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&unchanged), bits(&p));
    }

    #[test]
    fn a_fan_is_turned_in_its_plane_only() {
        let fan = Beam::Fan(Distances { source_to_axis_mm: 300.0, source_to_detector_mm: 500.0 });
        for (tilt, right) in [
            (Tilt { in_plane_deg: 2.0, ..Tilt::default() }, true),
            (Tilt { about_columns_deg: 1.0, ..Tilt::default() }, false),
            (Tilt { about_rows_deg: 1.0, ..Tilt::default() }, false),
        ] {
            let geometry = scan(fan, tilt);
            let result = rectify(&geometry, &Projections::zeros(&geometry));
            assert_eq!(result.is_ok(), right, "{tilt:?}");
        }
    }

    #[test]
    fn rays_beyond_the_detector_get_the_value_of_its_edge() {
        let geometry = scan(CONE, Tilt { in_plane_deg: 20.0, ..Tilt::default() });
        let mut p = Projections::zeros(&geometry);
        p.values_mut().fill(3.0);
        let (_, rectified) = rectify(&geometry, &p).unwrap();
        assert!(rectified.values().iter().all(|v| (v - 3.0).abs() < 1e-5));
    }
}
