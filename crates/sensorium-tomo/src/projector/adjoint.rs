//! The transpose of the forward projection.

#![allow(unsafe_code)]

use super::Projector;
use crate::kernel::simd::{SLACK, Simd, dispatch, resample_add};
use rayon::prelude::*;

/// Views that are taken through a column before the next column's turn.
const VIEWS: usize = 8;

impl Projector {
    /// The transpose of [`Projector::forward`]: from projections `[view, row, column]` of some views to a
    /// volume in columns, `[y, x, z]`.
    ///
    /// # Panics
    /// When the projections are not those of the views, or a view does not exist.
    pub fn adjoint(&self, projections: &[f32], views: &[usize]) -> Vec<f32> {
        assert_eq!(projections.len(), views.len() * self.pixels(), "one projection for each view");
        // Running sums over the rows of each detector column, `[view, column, row]`.
        let stride = self.rows + 1;
        let mut sums = vec![0.0f32; views.len() * self.columns * stride];
        sums.par_chunks_mut(self.columns * stride).zip(projections.par_chunks(self.pixels())).for_each(
            |(sums, values)| {
                for (column, sums) in sums.chunks_exact_mut(stride).enumerate() {
                    let slants = &self.slants[column * self.rows..(column + 1) * self.rows];
                    let mut sum = 0.0f64;
                    for (row, slant) in slants.iter().enumerate() {
                        sum += f64::from(values[row * self.columns + column] * slant);
                        sums[row + 1] = sum as f32;
                    }
                }
            },
        );
        let [nx, _, depth] = self.grid.voxels;
        let mut volume = vec![0.0f32; self.grid.len()];
        volume.par_chunks_mut(nx * depth).enumerate().for_each_init(
            || Memory { mix: vec![0.0; stride + SLACK], faces: vec![0.0; depth + 1], lengths: Vec::new() },
            |memory, (y, line)| {
                for (block, views) in views.chunks(VIEWS).enumerate() {
                    let sums = &sums[block * VIEWS * self.columns * stride..];
                    let job = Job { projector: self, sums, stride, views, y };
                    gather_with_isa(line, &job, memory);
                }
            },
        );
        volume
    }
}

/// Some views to be gathered into the columns of one y.
struct Job<'a> {
    projector: &'a Projector,
    sums: &'a [f32],
    stride: usize,
    views: &'a [usize],
    y: usize,
}

/// Memory of one thread.
struct Memory {
    mix: Vec<f32>,
    faces: Vec<f32>,
    lengths: Vec<f32>,
}

fn gather_with_isa(line: &mut [f32], job: &Job, memory: &mut Memory) {
    dispatch!(job.projector.isa, gather(line: &mut [f32], job: &Job, memory: &mut Memory));
}

/// # Safety
/// The instruction set of `S` must be there.
#[inline(always)]
unsafe fn gather<S: Simd>(line: &mut [f32], job: &Job, memory: &mut Memory) {
    let (projector, stride) = (job.projector, job.stride);
    let (grid, rows) = (&projector.grid, projector.rows);
    let depth = grid.voxels[2];
    let y_mm = grid.position_mm(1, job.y as f64);
    let Memory { mix, faces, lengths } = memory;
    for (x, voxels) in line.chunks_exact_mut(depth).enumerate() {
        let x_mm = grid.position_mm(0, x as f64);
        for (place, view) in job.views.iter().enumerate() {
            let Some(shadow) = projector.footprints[*view].shadow(x_mm, y_mm, projector.columns, lengths)
            else {
                continue;
            };
            let top = shadow.start + depth as f64 * shadow.step;
            let from = (shadow.start.floor().max(0.0) as usize).min(rows);
            let to = (top.ceil().max(0.0) as usize).min(rows);
            if from >= to {
                continue;
            }
            let mixed = &mut mix[..to - from + 1 + SLACK];
            let column = |offset: usize| {
                let at = (place * projector.columns + shadow.first_column + offset) * stride;
                &job.sums[at + from..at + to + 1]
            };
            for (offset, length) in lengths.iter().enumerate() {
                let sums = column(offset);
                if offset == 0 {
                    mixed.iter_mut().zip(sums).for_each(|(m, s)| *m = length * s);
                } else {
                    mixed.iter_mut().zip(sums).for_each(|(m, s)| *m += length * s);
                }
            }
            faces.fill(0.0);
            // SAFETY: the set is there by this function's contract.
            unsafe {
                resample_add::<S>(faces, mixed, to - from + 1, shadow.start - from as f64, shadow.step)
            };
            for (voxel, pair) in voxels.iter_mut().zip(faces.windows(2)) {
                *voxel += pair[1] - pair[0];
            }
        }
    }
}
