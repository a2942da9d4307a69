//! Objects whose projections are known exactly, and the noise of counted photons.

mod ellipsoid;
mod noise;
mod shepp_logan;

pub use ellipsoid::Ellipsoid;
pub use noise::add_noise;
pub use shepp_logan::Contrast;

use crate::{Geometry, Projections, Volume, VolumeGrid};
use ellipsoid::{Body, Side};
use rayon::prelude::*;

/// A sum of ellipsoids.
#[derive(Clone, Debug, PartialEq)]
pub struct Phantom {
    ellipsoids: Vec<Ellipsoid>,
    bodies: Vec<Body>,
}

impl Phantom {
    /// A sum of ellipsoids; the first is the outer surface of what is looked at.
    pub fn new(ellipsoids: Vec<Ellipsoid>) -> Self {
        let bodies = ellipsoids.iter().map(Body::new).collect();
        Self { ellipsoids, bodies }
    }

    /// What it is made of.
    pub fn ellipsoids(&self) -> &[Ellipsoid] {
        &self.ellipsoids
    }

    /// Attenuation at a point, in 1/mm.
    pub fn attenuation_per_mm(&self, point_mm: [f64; 3]) -> f64 {
        self.bodies.iter().filter(|b| b.contains(point_mm)).map(Body::attenuation_per_mm).sum()
    }

    /// Exact line integrals through the middles of the pixels, those of a tilted detector included.
    pub fn project(&self, geometry: &Geometry) -> Projections {
        let mut projections = Projections::zeros(geometry);
        let (rows, columns) = (projections.rows(), projections.columns());
        projections.values_mut().par_chunks_mut(columns).enumerate().for_each(|(index, row)| {
            let view = index / rows;
            for (column, value) in row.iter_mut().enumerate() {
                let line = geometry.line(view, (index % rows) as f64, column as f64);
                *value = self.bodies.iter().map(|b| b.line_integral(&line)).sum::<f64>() as f32;
            }
        });
        projections
    }

    /// The phantom on a grid: each voxel the mean of `samples`³ points.
    pub fn sample(&self, grid: VolumeGrid, samples: usize) -> Volume {
        let mut volume = Volume::zeros(grid);
        let [nx, ny, _] = grid.voxels;
        let samples = samples.max(1);
        let share = 1.0 / samples.pow(3) as f64;
        let part = |i: usize| (i as f64 + 0.5) / samples as f64 - 0.5;
        let half_diagonal_mm = 0.5 * grid.voxel_mm.iter().map(|e| e * e).sum::<f64>().sqrt();
        volume.values_mut().par_chunks_mut(nx).enumerate().for_each(|(index, line)| {
            let place = |x: f64, y: f64, z: f64| {
                [grid.position_mm(0, x), grid.position_mm(1, y), grid.position_mm(2, z)]
            };
            let (y, z) = ((index % ny) as f64, (index / ny) as f64);
            for (x, value) in line.iter_mut().enumerate() {
                let x = x as f64;
                let share_inside = |body: &Body| match body.side(place(x, y, z), half_diagonal_mm) {
                    Side::Inside => 1.0,
                    Side::Outside => 0.0,
                    Side::Near => {
                        let inside = (0..samples.pow(3)).filter(|i| {
                            let (dx, dy, dz) = (i % samples, i / samples % samples, i / (samples * samples));
                            body.contains(place(x + part(dx), y + part(dy), z + part(dz)))
                        });
                        share * inside.count() as f64
                    }
                };
                let sum: f64 = self.bodies.iter().map(|b| b.attenuation_per_mm() * share_inside(b)).sum();
                *value = sum as f32;
            }
        });
        volume
    }

    /// Which voxels' middles lie within the first ellipsoid.
    pub fn inside(&self, grid: &VolumeGrid) -> Vec<bool> {
        let [nx, ny, _] = grid.voxels;
        let inside = |i: usize| {
            let (x, y, z) = (i % nx, i / nx % ny, i / (nx * ny));
            let point =
                [grid.position_mm(0, x as f64), grid.position_mm(1, y as f64), grid.position_mm(2, z as f64)];
            self.bodies.first().is_some_and(|b| b.contains(point))
        };
        (0..grid.len()).into_par_iter().map(inside).collect()
    }
}
