//! From raw counts to line integrals that a reconstruction can use.
//!
//! In the order in which they are applied, each in place on [`Projections`](crate::Projections):
//!
//! 1. [`FlatField`]: counts to line integrals by flat and dark frames; for other data [`line_integrals`] and
//!    [`line_integrals_from_counts`];
//! 2. [`find_dead_pixels`] and [`DeadPixels::repair`];
//! 3. [`remove_rings`]: stripes of the sinogram;
//! 4. [`BeamHardening`]: the polynomial correction for water;
//! 5. [`find_centre`]: where the rotation axis is, with [`shift_columns`] to move the projections by parts
//!    of a pixel;
//! 6. after the reconstruction, [`HounsfieldScale`].
//!
//! [`rectify`](crate::rectify), for tilted detectors, stands with the geometry.

mod beam_hardening;
mod centre;
mod dead_pixel;
mod flat_field;
mod hounsfield;
mod line_integral;
mod preparation;
mod ring;
mod shift;

pub use beam_hardening::{BeamHardening, Spectrum};
pub use centre::{Centre, CentreMethod, CentreSearch, find_centre};
pub use dead_pixel::{DeadPixelSearch, DeadPixels, Repaired, find_dead_pixels};
pub use flat_field::{FlatField, FlatFieldReport};
pub use hounsfield::HounsfieldScale;
pub use line_integral::{DEFAULT_FLOOR, Floored, line_integrals, line_integrals_from_counts};
pub use preparation::{Measured, Preparation};
pub use ring::{RingRemoval, remove_rings};
pub use shift::shift_columns;
