//! Parts the ground from what stands on it.
//!
//! A plane is found by trying triples of points (RANSAC) and fitted to the points near it. A road is no plane at a
//! distance, so the lowest points of each cell of a grid then correct it, as far as they are near the plane.

use crate::error::DataError;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::HashMap;

/// How to find the ground.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroundConfig {
    /// Seed of the draws; the same seed gives the same ground.
    pub seed: u64,
    /// Triples of points to try.
    pub tries: usize,
    /// Height in metres above the ground below which a point belongs to it.
    pub thickness: f32,
    /// Steepest plane, as rise over run.
    pub steepest: f32,
    /// Side of a cell of the grid, in metres.
    pub cell: f32,
    /// How far in metres the ground in a cell may lie above or below the plane; 0 for the plane alone.
    pub bend: f32,
}

impl Default for GroundConfig {
    fn default() -> Self {
        Self { seed: 0, tries: 200, thickness: 0.2, steepest: 0.15, cell: 2.0, bend: 0.4 }
    }
}

/// A cloud's ground and the rest of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ground {
    /// `[a, b, c]` of the plane z = a·x + b·y + c, in metres.
    pub plane: [f32; 3],
    /// Indices of the points of the ground and below, ascending.
    pub ground: Vec<usize>,
    /// Indices of the other points, ascending.
    pub above: Vec<usize>,
}

/// At most so many points, evenly taken, judge a plane.
const JUDGES: usize = 4096;

/// Finds the ground of `points` (x, y, z in metres, z up). Fewer than three points, or none that could be a plane, are
/// all above the ground.
///
/// # Errors
/// A cell or thickness that is not above 0, or a bend or slope below 0.
pub fn remove_ground(points: &[[f32; 3]], config: &GroundConfig) -> Result<Ground, DataError> {
    let above_zero = |v: f32| v.is_finite() && v > 0.0;
    let not_below = |v: f32| v.is_finite() && v >= 0.0;
    if !(above_zero(config.cell)
        && above_zero(config.thickness)
        && not_below(config.bend)
        && not_below(config.steepest))
    {
        return Err(DataError::Invalid(
            "ground: cell and thickness must be above 0 m, bend and steepest not below 0".to_owned(),
        ));
    }
    let Some(plane) = find_plane(points, config) else {
        return Ok(Ground { above: (0..points.len()).collect(), ..Ground::default() });
    };
    let heights: Vec<f32> = points.iter().map(|p| height(plane, *p)).collect();
    let bends = bends(points, &heights, config);
    let mut found = Ground { plane: plane.map(|v| v as f32), ..Ground::default() };
    for (index, (point, height)) in points.iter().zip(heights).enumerate() {
        let bend = bends.get(&cell(*point, config.cell)).copied().unwrap_or(0.0);
        if height - bend <= config.thickness { found.ground.push(index) } else { found.above.push(index) }
    }
    Ok(found)
}

/// Height of a point above the plane, in metres.
fn height([a, b, c]: [f64; 3], [x, y, z]: [f32; 3]) -> f32 {
    (f64::from(z) - a * f64::from(x) - b * f64::from(y) - c) as f32
}

fn find_plane(points: &[[f32; 3]], config: &GroundConfig) -> Option<[f64; 3]> {
    let finite: Vec<[f32; 3]> = points.iter().copied().filter(|p| p.iter().all(|v| v.is_finite())).collect();
    if finite.len() < 3 {
        return None;
    }
    let judges: Vec<_> = finite.iter().step_by(finite.len().div_ceil(JUDGES)).copied().collect();
    let near = |plane: [f64; 3]| judges.iter().filter(move |p| height(plane, **p).abs() <= config.thickness);
    let mut random = ChaCha8Rng::seed_from_u64(config.seed);
    let mut best: Option<(usize, [f64; 3])> = None;
    for _ in 0..config.tries {
        let three = [(); 3].map(|()| judges[random.random_range(0..judges.len())]);
        let Some(plane) = fit(three.iter()).filter(|p| is_flat(*p, config)) else { continue };
        let count = near(plane).count();
        if best.is_none_or(|(most, _)| count > most) {
            best = Some((count, plane));
        }
    }
    let (_, mut plane) = best?;
    for _ in 0..3 {
        match fit(near(plane)).filter(|p| is_flat(*p, config)) {
            Some(better) => plane = better,
            None => break,
        }
    }
    Some(plane)
}

fn is_flat([a, b, _]: [f64; 3], config: &GroundConfig) -> bool {
    a.hypot(b) <= f64::from(config.steepest)
}

/// The plane with the least squared heights; none where the points lie on a line.
fn fit<'a>(points: impl Iterator<Item = &'a [f32; 3]>) -> Option<[f64; 3]> {
    let points: Vec<[f64; 3]> = points.map(|p| p.map(f64::from)).collect();
    let count = points.len() as f64;
    let mean = [0, 1, 2].map(|i| points.iter().map(|p| p[i]).sum::<f64>() / count);
    let moment = |i: usize, j: usize| points.iter().map(|p| (p[i] - mean[i]) * (p[j] - mean[j])).sum::<f64>();
    let (xx, xy, yy, xz, yz) = (moment(0, 0), moment(0, 1), moment(1, 1), moment(0, 2), moment(1, 2));
    let determinant = xx * yy - xy * xy;
    if !(determinant.is_finite() && determinant > 1e-6 * xx.max(yy).powi(2)) {
        return None;
    }
    let a = (xz * yy - yz * xy) / determinant;
    let b = (yz * xx - xz * xy) / determinant;
    let plane = [a, b, mean[2] - a * mean[0] - b * mean[1]];
    plane.iter().all(|v| v.is_finite()).then_some(plane)
}

fn cell([x, y, _]: [f32; 3], side: f32) -> (i32, i32) {
    // Saturates for points a long way off, which share a cell.
    ((x / side).floor() as i32, (y / side).floor() as i32)
}

/// How far the ground of each cell lies above the plane: its lowest point that is no stray from below, where that is
/// near enough to the plane to be ground.
fn bends(points: &[[f32; 3]], heights: &[f32], config: &GroundConfig) -> HashMap<(i32, i32), f32> {
    let mut lowest: HashMap<(i32, i32), f32> = HashMap::new();
    if config.bend > 0.0 {
        for (point, height) in points.iter().zip(heights) {
            if height.abs() <= config.bend {
                let least = lowest.entry(cell(*point, config.cell)).or_insert(*height);
                *least = least.min(*height);
            }
        }
    }
    lowest
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A road of 40 m by 20 m that rises by `slope`, and a box of 2 m above it.
    fn street(slope: f32) -> (Vec<[f32; 3]>, usize) {
        let mut points = Vec::new();
        for i in 0..80 {
            for j in 0..40 {
                let (x, y) = (0.5 * i as f32, 0.5 * j as f32 - 10.0);
                points.push([x, y, slope * x - 1.7 + 0.02 * ((i * 7 + j * 3) % 5) as f32]);
            }
        }
        let road = points.len();
        for i in 0..200 {
            points.push([12.0 + 0.01 * i as f32, 3.0, slope * 12.0 - 1.2 + 0.009 * i as f32]);
        }
        (points, road)
    }

    #[test]
    fn what_stands_on_a_sloping_road_is_parted_from_it() {
        for slope in [0.0, 0.06] {
            let (points, road) = street(slope);
            let found = remove_ground(&points, &GroundConfig::default()).unwrap();
            assert_eq!(found.above, (road..points.len()).collect::<Vec<_>>(), "slope {slope}");
            assert_eq!(found.ground.len(), road);
            assert!((found.plane[0] - slope).abs() < 0.01, "{:?}", found.plane);
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_ground() {
        let (points, _) = street(0.03);
        let config = GroundConfig { seed: 7, ..GroundConfig::default() };
        assert_eq!(remove_ground(&points, &config).unwrap(), remove_ground(&points, &config).unwrap());
    }

    #[test]
    fn a_wall_is_no_ground() {
        let wall: Vec<_> = (0..400).map(|i| [10.0, 0.1 * (i % 20) as f32, 0.1 * (i / 20) as f32]).collect();
        assert_eq!(remove_ground(&wall, &GroundConfig::default()).unwrap().above.len(), 400);
    }

    #[test]
    fn points_that_are_not_finite_do_not_stop_it() {
        let points = [[f32::NAN; 3], [1e38; 3], [0.0; 3]];
        let found = remove_ground(&points, &GroundConfig::default()).unwrap();
        assert_eq!(found.ground.len() + found.above.len(), 3);
    }

    #[test]
    fn a_cell_without_a_side_is_refused() {
        let config = GroundConfig { cell: 0.0, ..GroundConfig::default() };
        assert!(remove_ground(&[], &config).unwrap_err().to_string().contains("cell"));
    }
}
