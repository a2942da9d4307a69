//! From what was measured to line integrals that a reconstruction can use, batch by batch.

use super::line_integral::part_from_counts;
use super::{BeamHardening, DeadPixels, FlatField, RingRemoval, line_integrals_from_counts, remove_rings};
use crate::analytic::Correction;
use crate::{Projections, TomoError};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What the values of the projections are.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Measured {
    /// Line integrals already.
    #[default]
    LineIntegrals,
    /// Transmissions or counts; those of the open beam are the same for every pixel, 1 for transmissions.
    Counts {
        /// Counts of the open beam.
        open_beam: f32,
    },
    /// Raw counts, with frames of the open beam and of none.
    Raw(FlatField),
}

/// The corrections of a scan, in the order in which they are made: to line integrals, dead pixels, rings,
/// beam hardening.
#[derive(Debug)]
pub struct Preparation {
    /// What the values are.
    pub measured: Measured,
    /// The least transmission that is told from none.
    pub floor: f32,
    /// Dead pixels to repair; without, values that are no numbers end the reconstruction.
    pub dead_pixels: Option<DeadPixels>,
    /// Water correction.
    pub beam_hardening: Option<BeamHardening>,
    /// Removal of rings, which needs all views at once.
    pub rings: Option<RingRemoval>,
    /// Views of the whole scan.
    views: usize,
    floored: AtomicUsize,
}

impl Preparation {
    /// Nothing but the way to line integrals, for a scan of so many views.
    pub fn new(measured: Measured, floor: f32, views: usize) -> Self {
        Self {
            measured,
            floor,
            views,
            dead_pixels: None,
            beam_hardening: None,
            rings: None,
            floored: AtomicUsize::new(0),
        }
    }

    /// Values that were raised to the floor so far; those of rows that several slabs need count for each.
    pub fn floored(&self) -> usize {
        self.floored.load(Ordering::Relaxed)
    }

    /// Nothing more to do, for projections that have been through it; what was counted is kept.
    pub fn done(self) -> Self {
        Self { floored: self.floored, ..Self::new(Measured::LineIntegrals, self.floor, self.views) }
    }

    /// Starts the count of [`Preparation::floored`] again, after values that were only a sample.
    pub fn forget_floored(&self) {
        self.floored.store(0, Ordering::Relaxed);
    }

    /// Turns whole views of a sample into line integrals, and looks whether they can be what they are said to
    /// be: parts of a scan are not asked, for they may hold no light.
    ///
    /// # Errors
    /// Those of [`FlatField::apply`] and [`line_integrals_from_counts`].
    pub fn check(&self, sample: &mut Projections) -> Result<(), TomoError> {
        match &self.measured {
            Measured::LineIntegrals => {}
            Measured::Counts { open_beam } => {
                line_integrals_from_counts(sample, *open_beam, self.floor)?;
            }
            Measured::Raw(field) => {
                field.apply(sample, self.floor)?;
            }
        }
        Ok(())
    }

    fn to_line_integrals(&self, projections: &mut Projections, views: Range<usize>, rows: &Range<usize>) {
        let floored = match &self.measured {
            Measured::LineIntegrals => 0,
            Measured::Counts { open_beam } => part_from_counts(projections, *open_beam, self.floor),
            Measured::Raw(field) if *rows == (0..field.size().0) => {
                field.apply_to_part(projections, views, self.views, self.floor)
            }
            Measured::Raw(field) => {
                field.only_rows(rows.clone()).apply_to_part(projections, views, self.views, self.floor)
            }
        };
        self.floored.fetch_add(floored, Ordering::Relaxed);
    }
}

impl Correction for Preparation {
    fn correct(
        &self,
        projections: &mut Projections,
        views: Range<usize>,
        rows: Range<usize>,
    ) -> Result<(), TomoError> {
        self.to_line_integrals(projections, views, &rows);
        if let Some(dead) = &self.dead_pixels {
            dead.only_rows(rows, projections.columns())?.repair(projections)?;
        }
        if let Some(rings) = &self.rings {
            remove_rings(projections, rings)?;
        }
        if let Some(water) = &self.beam_hardening {
            water.apply(projections);
        }
        Ok(())
    }

    fn needs_all_views(&self) -> bool {
        self.rings.is_some()
    }
}
