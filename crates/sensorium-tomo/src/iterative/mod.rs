//! Iterative reconstruction on the matched pair: SIRT and OS-SART, CGLS, total variation.
//!
//! All start from a [`Problem`]: projections, a grid and, if the user likes, a volume to start from. They
//! report each iteration to a function that may stop them.

mod cgls;
mod region;
mod sirt;
mod total_variation;
mod tv_prox;

pub use cgls::{CglsOptions, cgls};
pub use region::outside_removed;
pub use sirt::{SirtOptions, sirt};
pub use total_variation::{TvOptions, total_variation};
pub use tv_prox::{Dual, denoise, total_variation_of};

use crate::kernel::Isa;
use crate::projector::{Projector, from_columns, to_columns};
use crate::{Geometry, Projections, TomoError, Volume, VolumeGrid};
use rayon::prelude::*;

/// How far an iteration has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Iteration {
    /// Counted from 1.
    pub number: usize,
    /// Of so many.
    pub of: usize,
    /// Root mean square difference of measured and computed line integrals, before this iteration.
    pub residual: f64,
}

/// Is told each iteration; `false` stops the reconstruction there.
pub type Watch<'a> = &'a mut dyn FnMut(Iteration) -> bool;

/// What is to be reconstructed, and from what.
pub struct Problem<'a> {
    projections: &'a Projections,
    projector: Projector,
    views: Vec<usize>,
    /// In columns.
    start: Vec<f32>,
}

impl<'a> Problem<'a> {
    /// Starts from zero.
    ///
    /// # Errors
    /// [`TomoError::Projections`] for sizes that are not the geometry's and for values that are no numbers;
    /// those of [`Projector::new`].
    pub fn new(
        geometry: &Geometry,
        projections: &'a Projections,
        grid: VolumeGrid,
        isa: Isa,
    ) -> Result<Self, TomoError> {
        projections.check(geometry)?;
        let projector = Projector::new(geometry, grid, isa)?;
        let views = (0..geometry.views()).collect();
        Ok(Self { projections, projector, views, start: vec![0.0; grid.len()] })
    }

    /// Starts from a volume, such as that of [`crate::fdk`].
    ///
    /// # Errors
    /// [`TomoError::Request`] when it is not on the problem's grid.
    pub fn start_from(mut self, volume: &Volume) -> Result<Self, TomoError> {
        if volume.grid() != self.projector.grid() {
            return Err(TomoError::Request("the volume to start from is on another grid".into()));
        }
        self.start = to_columns(volume.values(), volume.grid());
        Ok(self)
    }

    fn volume(&self, columns: &[f32]) -> Result<Volume, TomoError> {
        let grid = *self.projector.grid();
        Volume::new(grid, from_columns(columns, &grid))
    }

    /// Views in `count` subsets of evenly spread angles, in an order in which neighbours are far apart.
    fn subsets(&self, count: usize) -> Vec<Vec<usize>> {
        let count = count.clamp(1, self.views.len());
        // Strides by the golden section visit the subsets evenly.
        let stride = (1..=count)
            .filter(|s| greatest_common_divisor(*s, count) == 1)
            .min_by_key(|s| (*s as f64 - 0.618 * count as f64).abs().round() as usize)
            .unwrap_or(1);
        (0..count)
            .map(|i| self.views.iter().copied().skip(i * stride % count).step_by(count).collect())
            .collect()
    }

    /// The measured projections of some views.
    fn measured(&self, views: &[usize]) -> Vec<f32> {
        views.iter().flat_map(|v| self.projections.view(*v).iter().copied()).collect()
    }
}

fn greatest_common_divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    const PART: usize = 1 << 14;
    let part =
        |(a, b): (&[f32], &[f32])| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    // Collected before it is summed: the same result on any number of threads.
    let parts: Vec<f64> = a.par_chunks(PART).zip(b.par_chunks(PART)).map(part).collect();
    parts.iter().sum()
}

fn root_mean_square(values: &[f32]) -> f64 {
    (dot(values, values) / values.len().max(1) as f64).sqrt()
}

/// `into += factor · values`.
fn add_scaled(into: &mut [f32], factor: f32, values: &[f32]) {
    into.par_iter_mut().zip(values).for_each(|(i, v)| *i += factor * v);
}

/// `measured − computed`.
fn difference(measured: &[f32], computed: &[f32]) -> Vec<f32> {
    measured.par_iter().zip(computed).map(|(m, c)| m - c).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::even_angles_deg;
    use crate::{Beam, Detector};

    #[test]
    fn subsets_hold_every_view_once() {
        let detector = Detector::flat(4, 1, 1.0, 1.0);
        for views in [2, 7, 12, 31] {
            let geometry = Geometry::new(Beam::Parallel, detector, even_angles_deg(0.0, 3.0, views)).unwrap();
            let projections = Projections::zeros(&geometry);
            let grid = VolumeGrid::centred([4, 4, 1], [1.0; 3]).unwrap();
            let problem = Problem::new(&geometry, &projections, grid, Isa::Scalar).unwrap();
            for count in [1, 2, 5, 12, 100] {
                let mut seen: Vec<usize> = problem.subsets(count).concat();
                seen.sort_unstable();
                assert_eq!(seen, (0..views).collect::<Vec<_>>(), "{views} views in {count} subsets");
            }
        }
    }
}
