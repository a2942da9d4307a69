//! Computed tomography: projections in, a volume out, fast on ordinary hardware.
//!
//! | module | what is in it |
//! | --- | --- |
//! | [`geometry`] | beams, detectors, angles, volumes: where everything is, and the geometry file |
//! | [`io`] | files of projections and volumes, whole or piece by piece |
//! | [`preprocess`] | flat fields, dead pixels, rings, beam hardening, the centre of rotation, Hounsfield units |
//! | [`filter`] | weights and ramp filters |
//! | [`analytic`] | filtered back-projection (FBP, FDK): in memory, slab by slab, live |
//! | [`iterative`] | SIRT, OS-SART, CGLS and total variation |
//! | [`projector`] | projection and its exact transpose |
//! | [`kernel`] | the loops underneath, for AVX-512, AVX2, NEON and plain Rust |
//! | [`gpu`] | back-projection on graphics processors |
//! | [`phantom`], [`quality`] | objects that are known exactly, noise; RMSE, PSNR, SSIM |
//! | [`viewer`], [`picture`] | a page to look at a volume, pictures of slices |
//!
//! ```
//! use sensorium_tomo::{FdkOptions, Geometry, Phantom, VolumeGrid, fdk};
//!
//! let geometry = Geometry::from_json(
//!     r#"{ "beam": "cone", "source_to_axis_mm": 1000, "source_to_detector_mm": 1536,
//!          "angles_deg": { "first": 0, "step": 3, "count": 120 },
//!          "detector": { "columns": 64, "rows": 64, "column_pitch_mm": 6.4, "row_pitch_mm": 6.4 } }"#,
//! )?;
//! let head = Phantom::shepp_logan(125.0, 0.02, Default::default());
//! let grid = VolumeGrid::centred([64; 3], [4.0; 3])?;
//! let volume = fdk(&geometry, &head.project(&geometry), grid, &FdkOptions::default())?;
//! // Somewhere in the brain, a fifth of the bone.
//! let middle = volume.slice(32)[32 * 64 + 32];
//! assert!((middle / 0.02 - 0.2).abs() < 0.05, "{middle}");
//! # Ok::<(), sensorium_tomo::TomoError>(())
//! ```
#![warn(missing_docs)]

pub mod analytic;
mod error;
pub mod filter;
pub mod geometry;
pub mod gpu;
pub mod io;
pub mod iterative;
pub mod kernel;
pub mod phantom;
pub mod picture;
pub mod preprocess;
pub mod projector;
pub mod quality;
mod stack;
pub mod viewer;

pub use analytic::{FdkOptions, fdk};
pub use error::TomoError;
pub use geometry::{Beam, Detector, DetectorShape, Distances, Geometry, Tilt, VolumeGrid, rectify};
pub use phantom::Phantom;
pub use stack::{Projections, Volume};
