//! Fewer voxels by averaging, with the mean kept.

use crate::{TomoError, Volume, VolumeGrid};
use rayon::prelude::*;

/// The part of the voxels `first..` that a coarser voxel covers, as weights.
struct Cover {
    first: usize,
    weights: Vec<f64>,
}

/// The volume with at most `edge` voxels along each axis, over the same box; `None` when it already is.
///
/// Along an axis of n voxels, `k = ⌈n / edge⌉` voxels make one, as nearly as n is a multiple of k: the
/// box is divided into `⌈n / k⌉` equal parts and a voxel at a border counts for both sides with its
/// share, so that the mean stays as it is. Voxels that are no numbers are left out of the averages.
pub(super) fn to_edge(volume: &Volume, edge: usize) -> Result<Option<Volume>, TomoError> {
    let from = volume.grid();
    let to = from.voxels.map(|n| n.div_ceil(n.div_ceil(edge)));
    if to == from.voxels {
        return Ok(None);
    }
    let voxel_mm: [f64; 3] = std::array::from_fn(|a| from.voxel_mm[a] * from.voxels[a] as f64 / to[a] as f64);
    let grid = VolumeGrid { voxels: to, voxel_mm, centre_mm: from.centre_mm }.checked()?;
    let [x, y, z] = std::array::from_fn(|a| covers(from.voxels[a], to[a]));
    let mut values = vec![0.0; grid.len()];
    values
        .par_chunks_mut(grid.slice_len())
        .zip(z.par_iter())
        .for_each(|(slice, z)| average(volume, slice, [&x, &y], z));
    Volume::new(grid, values).map(Some)
}

fn covers(from: usize, to: usize) -> Vec<Cover> {
    let ratio = from as f64 / to as f64;
    let cover = |i: usize| {
        let (start, end) = (i as f64 * ratio, (i + 1) as f64 * ratio);
        let first = (start.floor() as usize).min(from - 1);
        let last = (end.ceil() as usize).clamp(first + 1, from);
        let weights = (first..last).map(|k| ((k + 1) as f64).min(end) - (k as f64).max(start)).collect();
        Cover { first, weights }
    };
    (0..to).map(cover).collect()
}

fn average(volume: &Volume, slice: &mut [f32], [xs, ys]: [&[Cover]; 2], z: &Cover) {
    let width = volume.grid().voxels[0];
    for (out, y) in slice.chunks_mut(xs.len()).zip(ys) {
        for (out, x) in out.iter_mut().zip(xs) {
            let (mut sum, mut total) = (0.0, 0.0);
            for (dz, wz) in z.weights.iter().enumerate() {
                let plane = volume.slice(z.first + dz);
                for (dy, wy) in y.weights.iter().enumerate() {
                    let start = (y.first + dy) * width + x.first;
                    for (value, wx) in plane[start..].iter().zip(&x.weights) {
                        if value.is_finite() {
                            sum += wx * wy * wz * f64::from(*value);
                            total += wx * wy * wz;
                        }
                    }
                }
            }
            *out = if total > 0.0 { (sum / total) as f32 } else { f32::NAN };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn volume(voxels: [usize; 3], value: impl Fn(usize) -> f32) -> Volume {
        let grid = VolumeGrid::centred(voxels, [0.5, 1.0, 2.0]).unwrap().at([1.0, 2.0, 3.0]).unwrap();
        Volume::new(grid, (0..grid.len()).map(value).collect()).unwrap()
    }

    fn mean(volume: &Volume) -> f64 {
        volume.values().iter().map(|v| f64::from(*v)).sum::<f64>() / volume.values().len() as f64
    }

    proptest! {
        #[test]
        fn the_mean_and_the_box_stay(x in 1..20usize, y in 1..20usize, z in 1..20usize, edge in 1..12usize) {
            let before = volume([x, y, z], |i| ((i * 7919) % 1013) as f32 - 400.0);
            let Some(after) = to_edge(&before, edge).unwrap() else {
                prop_assert!(x.max(y).max(z) <= edge);
                return Ok(());
            };
            prop_assert!((mean(&after) - mean(&before)).abs() < 1e-3);
            prop_assert_eq!(after.grid().centre_mm, before.grid().centre_mm);
            for axis in 0..3 {
                prop_assert!(after.grid().voxels[axis] <= edge);
                let length = |v: &Volume| v.grid().voxels[axis] as f64 * v.grid().voxel_mm[axis];
                prop_assert!((length(&after) - length(&before)).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn pairs_are_averaged() {
        let after = to_edge(&volume([4, 2, 1], |i| i as f32), 2).unwrap().unwrap();
        assert_eq!(after.grid().voxels, [2, 2, 1]);
        assert_eq!(after.values(), [0.5, 2.5, 4.5, 6.5]);
    }

    #[test]
    fn nan_is_left_out_and_stays_only_where_there_is_nothing_else() {
        let after = to_edge(&volume([4, 1, 1], |i| if i == 1 { 5.0 } else { f32::NAN }), 2).unwrap().unwrap();
        assert_eq!(after.values()[0], 5.0);
        assert!(after.values()[1].is_nan());
    }
}
