//! Forward projection.

#![allow(unsafe_code)]

use super::Projector;
use crate::kernel::simd::{SLACK, Simd, dispatch, resample_add};
use rayon::prelude::*;

/// Views that share one pass over the volume.
const VIEWS: usize = 4;

impl Projector {
    /// Line integrals of a volume in columns, `[y, x, z]`, for some views: `[view, row, column]`.
    ///
    /// # Panics
    /// When the volume has not the grid's size, or a view does not exist.
    pub fn forward(&self, volume: &[f32], views: &[usize]) -> Vec<f32> {
        let depth = self.grid.voxels[2];
        assert_eq!(volume.len(), self.grid.len(), "the volume has the grid's size");
        // Running sums of each column: how much lies below each face.
        // What vector loads read behind a column is the next one; only the last needs room.
        let (count, stride) = (self.grid.slice_len(), depth + 1);
        let mut sums = vec![0.0f32; count * stride + SLACK];
        sums[..count * stride].par_chunks_mut(stride).zip(volume.par_chunks(depth)).for_each(
            |(sums, column)| {
                let mut sum = 0.0f64;
                for (face, value) in sums[1..=depth].iter_mut().zip(column) {
                    sum += f64::from(*value);
                    *face = sum as f32;
                }
            },
        );
        let mut out = vec![0.0f32; views.len() * self.pixels()];
        out.par_chunks_mut(VIEWS * self.pixels()).zip(views.par_chunks(VIEWS)).for_each_init(
            || Memory::new(self),
            |memory, (out, views)| {
                for shadow in &mut memory.shadows {
                    shadow.fill(0.0);
                }
                cast_with_isa(self, &sums, stride, views, memory);
                for (out, shadow) in out.chunks_mut(self.pixels()).zip(&memory.shadows) {
                    self.finish_view(shadow, out);
                }
            },
        );
        out
    }

    /// From `[column, row]` to `[row, column]`, with the slant of each ray.
    fn finish_view(&self, shadow: &[f32], out: &mut [f32]) {
        for (column, (values, slants)) in
            shadow.chunks_exact(self.rows).zip(self.slants.chunks_exact(self.rows)).enumerate()
        {
            for (row, (value, slant)) in values.iter().zip(slants).enumerate() {
                out[row * self.columns + column] = value * slant;
            }
        }
    }
}

/// Memory of one thread.
struct Memory {
    /// Projections of some views, `[column, row]`.
    shadows: Vec<Vec<f32>>,
    /// Running sums at the edges of the pixels of a column.
    edges: Vec<f32>,
    lengths: Vec<f32>,
}

impl Memory {
    fn new(projector: &Projector) -> Self {
        Self {
            shadows: vec![vec![0.0; projector.pixels()]; VIEWS],
            edges: vec![0.0; projector.rows + 1],
            lengths: Vec::new(),
        }
    }
}

fn cast_with_isa(projector: &Projector, sums: &[f32], stride: usize, views: &[usize], memory: &mut Memory) {
    dispatch!(
        projector.isa,
        cast(projector: &Projector, sums: &[f32], stride: usize, views: &[usize], memory: &mut Memory)
    );
}

/// # Safety
/// The instruction set of `S` must be there.
#[inline(always)]
unsafe fn cast<S: Simd>(
    projector: &Projector,
    sums: &[f32],
    stride: usize,
    views: &[usize],
    memory: &mut Memory,
) {
    let (grid, rows) = (&projector.grid, projector.rows);
    let faces = grid.voxels[2] + 1;
    let Memory { shadows, edges, lengths } = memory;
    for index in 0..grid.slice_len() {
        let sums = &sums[index * stride..];
        // Nothing in the column, nothing to cast.
        if sums[..faces].iter().all(|s| *s == 0.0) {
            continue;
        }
        let x_mm = grid.position_mm(0, (index % grid.voxels[0]) as f64);
        let y_mm = grid.position_mm(1, (index / grid.voxels[0]) as f64);
        for (view, shadows) in views.iter().zip(shadows.iter_mut()) {
            let Some(shadow) = projector.footprints[*view].shadow(x_mm, y_mm, projector.columns, lengths)
            else {
                continue;
            };
            // Pixels that the column's faces reach.
            let top = shadow.start + (faces - 1) as f64 * shadow.step;
            let from = (shadow.start.floor().max(0.0) as usize).min(rows);
            let to = (top.ceil().max(0.0) as usize).min(rows);
            if from >= to {
                continue;
            }
            let edges = &mut edges[..to - from + 1];
            edges.fill(0.0);
            let per_step = shadow.step.recip();
            // SAFETY: the set is there by this function's contract.
            unsafe {
                resample_add::<S>(edges, sums, faces, (from as f64 - shadow.start) * per_step, per_step)
            };
            let step = shadow.step as f32;
            for pixel in 0..to - from {
                edges[pixel] = step * (edges[pixel + 1] - edges[pixel]);
            }
            for (offset, length) in lengths.iter().enumerate() {
                let first = (shadow.first_column + offset) * rows;
                for (value, edge) in shadows[first + from..first + to].iter_mut().zip(edges.iter()) {
                    *value += length * edge;
                }
            }
        }
    }
}
