//! `ct`: reconstructing volumes from projections: speed, precision, few views, a real tooth.
//!
//! **Speed.** The 3-D Shepp-Logan head (enhanced contrast, radius 125 mm), cone beam, source to axis 1000 mm,
//! source to detector 1536 mm, detector 409.6 mm square, 256 mm cube of cubic voxels, a full turn; line
//! integrals are exact. Full FDK: cosine weights, ramp filter without window, back-projection. 256³ voxels from
//! 360 projections of 256², and 512³ from 720 of 512². The time is the best of three whole reconstructions
//! (one at 512³), from projections in memory to the volume in memory. The peer, RTK, reconstructs the same
//! projections with the same number of threads in the same run, when `SENSORIUM_PEER_PYTHON` names a Python that
//! has it (see `benches/peers`). The error is the root mean square over the voxels whose middles are inside the
//! head, against the head averaged over 3³ points a voxel. The limit is that of the kernel's own loops with
//! their columns in the nearest cache, measured in the same run.
//!
//! **Few views and noise.** The head (bone 0.05/mm) on 128³ voxels, from 128² pixels, with the noise of 10⁵
//! photons a ray at 360 views; with 60 views each gets six times as many, so that the dose is the same. FDK,
//! OS-SART and total variation; every setting (window, passes, weight) is chosen on another object, twelve
//! random ellipsoids in a shell, with other noise, for the iterative methods at 60 views. Peak signal-to-noise ratio over the inside, with the bone's
//! attenuation as the range, and the mean structural similarity of the slices; mean and range over seeds.
//!
//! **Tooth.** Real projections of a parallel beam. The centre of rotation is searched; then the projections are
//! shifted by 20 random known shifts of up to 10 pixels, and the search is asked again: the error is the
//! largest difference between what it finds and the shift. Filtered back-projection (Hann's window) and total
//! variation from 181, 60 and 30 views, as structural similarity, within the tooth, to filtered back-projection
//! of all of them. That favours the former: its noise is in the picture compared with, and at 181 views it is
//! that picture. The weight is chosen on the upper row at 60 views, the figures are the lower row's.
//! `--data-dir` names another folder with such a file, `tooth.h5`.

mod peer;
mod sparse;
mod speed;
mod tooth;

use crate::{Outcome, Progress, Recipe, RecipeError, RunOptions};
use sensorium_tomo::geometry::even_angles_deg;
use sensorium_tomo::{Beam, Detector, Distances, Geometry, VolumeGrid};
use std::time::Instant;

/// Radius of the ball that holds the head.
const RADIUS_MM: f64 = 125.0;
const CUBE_MM: f64 = 256.0;
const DETECTOR_MM: f64 = 409.6;

/// A full turn around the head, on `edge`² pixels.
fn head_scan(edge: usize, views: usize) -> Result<Geometry, RecipeError> {
    let pitch = DETECTOR_MM / edge as f64;
    let distances = Distances { source_to_axis_mm: 1000.0, source_to_detector_mm: 1536.0 };
    let angles = even_angles_deg(0.0, 360.0 / views as f64, views);
    Ok(Geometry::new(Beam::Cone(distances), Detector::flat(edge, edge, pitch, pitch), angles)?)
}

/// A cube of `edge`³ voxels around the head.
fn head_grid(edge: usize) -> Result<VolumeGrid, RecipeError> {
    Ok(VolumeGrid::centred([edge; 3], [CUBE_MM / edge as f64; 3])?)
}

/// The recipe.
pub struct Ct;

impl Recipe for Ct {
    fn name(&self) -> &'static str {
        "ct"
    }

    fn summary(&self) -> &'static str {
        "computed tomography: speed against RTK and the kernel's limit, few views, a real tooth"
    }

    fn data(&self) -> &'static [&'static str] {
        &["tooth"]
    }

    fn run(&self, options: &RunOptions, progress: &mut dyn Progress) -> Result<Outcome, RecipeError> {
        let started = Instant::now();
        // Asked for first: what is missing should be known before minutes have passed.
        let tooth = tooth::Tooth::open(&options.evaluation_dir("tooth")?)?;
        let mut outcome = Outcome::new(self.name(), options.quick, options.seed_list());
        speed::study(options, progress, &mut outcome)?;
        sparse::study(options, progress, &mut outcome)?;
        tooth::study(&tooth, options, progress, &mut outcome)?;
        outcome.seconds = started.elapsed().as_secs_f64();
        Ok(outcome)
    }
}
