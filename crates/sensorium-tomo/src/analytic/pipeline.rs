//! One slab: projections are read, corrected and filtered while those before them are back-projected.

use super::{Correction, FdkOptions, Tick};
use crate::filter::{FilteredViews, ViewFilter};
use crate::io::ProjectionSource;
use crate::kernel::Backprojector;
use crate::{Geometry, Projections, TomoError, Volume, VolumeGrid};
use std::ops::Range;
use std::sync::mpsc::sync_channel;

/// Batches that may wait between the two.
const WAITING: usize = 1;

pub(super) fn reconstruct(
    geometry: &Geometry,
    source: &dyn ProjectionSource,
    correction: &dyn Correction,
    grid: VolumeGrid,
    rows: Range<usize>,
    options: &FdkOptions,
    tick: Tick,
) -> Result<Volume, TomoError> {
    let filter = ViewFilter::new(geometry, options.window)?.extending(options.extend_truncated);
    if rows.is_empty() {
        // The slab lies beyond the detector's rows: nothing was measured there.
        return Ok(Volume::zeros(grid));
    }
    let mut backprojector = Backprojector::new(geometry, grid, options.blocks, options.isa)?;
    let views = geometry.views();
    let batch = options.batch.clamp(1, views);
    let all = correction.needs_all_views().then(|| read(source, correction, 0..views, &rows)).transpose()?;
    let prepare = |first: usize| -> Result<FilteredViews, TomoError> {
        let range = first..(first + batch).min(views);
        match &all {
            Some(all) => {
                let size = all.rows() * all.columns();
                filter.apply(&all.values()[range.start * size..range.end * size], first, rows.clone())
            }
            None => {
                let values = read(source, correction, range, &rows)?;
                filter.apply(values.values(), first, rows.clone())
            }
        }
    };
    let total = (grid.len() * views) as u64;
    std::thread::scope(|scope| {
        let (sender, receiver) = sync_channel(WAITING);
        scope.spawn(move || {
            for first in (0..views).step_by(batch) {
                let prepared = prepare(first);
                let failed = prepared.is_err();
                // Nobody receives any more when the reconstruction was stopped.
                if sender.send((first, prepared)).is_err() || failed {
                    break;
                }
            }
        });
        for (first, filtered) in receiver {
            let filtered = filtered?;
            backprojector.add(&filtered, first, 1.0);
            let done = (grid.len() * (first + filtered.views())) as u64;
            if !tick(done, total) {
                return Err(TomoError::Stopped);
            }
        }
        Ok(backprojector.volume())
    })
}

fn read(
    source: &dyn ProjectionSource,
    correction: &dyn Correction,
    views: Range<usize>,
    rows: &Range<usize>,
) -> Result<Projections, TomoError> {
    let mut values = vec![0.0; views.len() * rows.len() * source.columns()];
    source.read(views.clone(), rows.clone(), &mut values)?;
    let mut projections = Projections::new(views.len(), rows.len(), source.columns(), values)?;
    correction.correct(&mut projections, views, rows.clone())?;
    Ok(projections)
}
