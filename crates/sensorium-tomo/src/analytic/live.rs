//! Slices of a rotating scan, while its projections come in.

use super::{FdkOptions, rows_of_slab};
use crate::filter::ViewFilter;
use crate::kernel::Backprojector;
use crate::{Geometry, TomoError, Volume, VolumeGrid};
use std::collections::VecDeque;
use std::ops::Range;
use std::time::{Duration, Instant};

/// A reconstruction that follows a scan which turns on and on.
///
/// The geometry's views are one complete turn (or half a turn of a parallel beam); projection n of the scan
/// has the angle of view n mod views. Every projection is filtered and back-projected as it comes, and the one
/// a turn ago is taken out again, so the volume always shows the latest turn. Rounding does not build up: each
/// turn, a second volume that was started afresh takes over.
pub struct LiveScan {
    filter: ViewFilter,
    geometry: Geometry,
    grid: VolumeGrid,
    /// Rows of the detector that the grid needs.
    rows: Range<usize>,
    options: FdkOptions,
    shown: Backprojector,
    fresh: Backprojector,
    /// The projections of the latest turn, the oldest first.
    kept: VecDeque<Vec<f32>>,
    received: usize,
}

/// What one projection did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiveUpdate {
    /// Projections received so far.
    pub received: usize,
    /// Whether a whole turn is in: before that the volume is incomplete.
    pub complete: bool,
    /// Filtering and back-projection.
    pub took: Duration,
}

impl LiveScan {
    /// For some slices of a scan.
    ///
    /// # Errors
    /// [`TomoError::Geometry`] when the geometry is no complete turn, no ray meets the grid, or the detector
    /// is tilted.
    pub fn new(geometry: &Geometry, grid: VolumeGrid, options: &FdkOptions) -> Result<Self, TomoError> {
        let filter = ViewFilter::new(geometry, options.window)?.extending(options.extend_truncated);
        if !filter.scan().is_complete() {
            return Err(TomoError::Geometry(
                "following a scan needs the angles of one complete turn (or half a turn of a parallel beam)"
                    .into(),
            ));
        }
        geometry.coverage(&grid)?;
        let rows = rows_of_slab(geometry, &grid);
        if rows.is_empty() {
            return Err(TomoError::Geometry("the slices lie beyond the detector's rows".into()));
        }
        let empty = || Backprojector::new(geometry, grid, options.blocks, options.isa);
        Ok(Self {
            shown: empty()?,
            fresh: empty()?,
            filter,
            geometry: geometry.clone(),
            grid,
            rows,
            options: options.clone(),
            kept: VecDeque::new(),
            received: 0,
        })
    }

    /// Takes the scan's next projection, line integrals `[row, column]`.
    ///
    /// # Errors
    /// [`TomoError::Projections`] when it has not the detector's size, or holds what is no number; the scan
    /// goes on without it being counted.
    pub fn add(&mut self, projection: &[f32]) -> Result<LiveUpdate, TomoError> {
        let began = Instant::now();
        let d = *self.geometry.detector();
        if projection.len() != d.rows * d.columns {
            return Err(TomoError::Projections(format!(
                "projection {} has {} values, the detector {} rows of {}",
                self.received,
                projection.len(),
                d.rows,
                d.columns
            )));
        }
        let view = self.received % self.geometry.views();
        let rows = self.rows.clone();
        let part = projection[rows.start * d.columns..rows.end * d.columns].to_vec();
        let filtered = self.filter.apply(&part, view, rows.clone())?;
        if self.kept.len() == self.geometry.views()
            && let Some(oldest) = self.kept.pop_front()
        {
            self.shown.add(&self.filter.apply(&oldest, view, rows)?, view, -1.0);
        }
        self.shown.add(&filtered, view, 1.0);
        self.fresh.add(&filtered, view, 1.0);
        self.kept.push_back(part);
        self.received += 1;
        if self.received.is_multiple_of(self.geometry.views()) {
            let empty = Backprojector::new(&self.geometry, self.grid, self.options.blocks, self.options.isa)?;
            self.shown = std::mem::replace(&mut self.fresh, empty);
        }
        Ok(LiveUpdate {
            received: self.received,
            complete: self.kept.len() == self.geometry.views(),
            took: began.elapsed(),
        })
    }

    /// The slices as they are now, in 1/mm.
    pub fn volume(&self) -> Volume {
        self.shown.volume()
    }
}
