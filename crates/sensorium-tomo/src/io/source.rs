//! Where projections come from: memory, or a file of which only the wanted part is read.

use crate::{Projections, TomoError};
use std::ops::Range;

/// Projections `[view, row, column]` that are read piece by piece, so that they may exceed the memory.
///
/// Reconstruction in slabs asks for the rows that a slab needs, and for some views at a time.
pub trait ProjectionSource: Send + Sync {
    /// Numbers of views, of rows and of columns.
    fn sizes(&self) -> [usize; 3];

    /// Number of views.
    fn views(&self) -> usize {
        self.sizes()[0]
    }

    /// Rows of the detector.
    fn rows(&self) -> usize {
        self.sizes()[1]
    }

    /// Columns of the detector.
    fn columns(&self) -> usize {
        self.sizes()[2]
    }

    /// Fills `into` with `[view, row, column]` of the given views and rows, all columns.
    ///
    /// Values that are not finite are passed through: who uses them checks them.
    ///
    /// # Errors
    /// [`TomoError::Request`] for ranges outside the stack or a buffer of another size, and what the
    /// file's reader says.
    fn read(&self, views: Range<usize>, rows: Range<usize>, into: &mut [f32]) -> Result<(), TomoError>;
}

impl ProjectionSource for Projections {
    fn sizes(&self) -> [usize; 3] {
        [self.views(), self.rows(), self.columns()]
    }

    fn read(&self, views: Range<usize>, rows: Range<usize>, into: &mut [f32]) -> Result<(), TomoError> {
        check_request(self, &views, &rows, into.len())?;
        let columns = self.columns();
        let piece = rows.len() * columns;
        if piece == 0 {
            return Ok(());
        }
        for (view, out) in views.zip(into.chunks_exact_mut(piece)) {
            out.copy_from_slice(&self.view(view)[rows.start * columns..rows.end * columns]);
        }
        Ok(())
    }
}

impl Projections {
    /// Reads all of a source into memory.
    ///
    /// # Errors
    /// [`TomoError::Request`] when the memory does not suffice, and what the source says.
    pub fn from_source(source: &dyn ProjectionSource) -> Result<Self, TomoError> {
        let sizes @ [views, rows, columns] = source.sizes();
        let mut values = zeros(&sizes)?;
        source.read(0..views, 0..rows, &mut values)?;
        Self::new(views, rows, columns, values)
    }
}

/// That the ranges lie within the stack and the buffer has their size.
pub(super) fn check_request(
    source: &(impl ProjectionSource + ?Sized),
    views: &Range<usize>,
    rows: &Range<usize>,
    buffer: usize,
) -> Result<(), TomoError> {
    for (name, range, most) in [("views", views, source.views()), ("rows", rows, source.rows())] {
        if range.start > range.end || range.end > most {
            return Err(TomoError::Request(format!(
                "{name} {} to {} are not within the {most} that there are",
                range.start, range.end
            )));
        }
    }
    let wanted = views.len() * rows.len() * source.columns();
    if wanted != buffer {
        return Err(TomoError::Request(format!(
            "the buffer holds {buffer} values; {} views of {} rows and {} columns are {wanted}",
            views.len(),
            rows.len(),
            source.columns()
        )));
    }
    Ok(())
}

/// Zeros for a whole stack, or an error where the memory does not suffice.
pub(super) fn zeros(sizes: &[usize]) -> Result<Vec<f32>, TomoError> {
    let count = sizes.iter().try_fold(1_usize, |product, n| product.checked_mul(*n));
    let mut values: Vec<f32> = Vec::new();
    match count {
        Some(count) if values.try_reserve_exact(count).is_ok() => values.resize(count, 0.0),
        _ => {
            return Err(TomoError::Request(format!(
                "there is no memory for {sizes:?} values at once; work on fewer rows or slices at a time"
            )));
        }
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted() -> Projections {
        Projections::new(3, 4, 2, (0..24).map(|i| i as f32).collect()).unwrap()
    }

    #[test]
    fn a_piece_holds_the_rows_and_views_asked_for() {
        let mut piece = vec![0.0; 8];
        counted().read(1..3, 1..3, &mut piece).unwrap();
        assert_eq!(piece, [10.0, 11.0, 12.0, 13.0, 18.0, 19.0, 20.0, 21.0]);
        assert_eq!(Projections::from_source(&counted()).unwrap(), counted());
    }

    #[test]
    fn a_request_outside_the_stack_is_refused() {
        let mut piece = vec![0.0; 8];
        let error = counted().read(2..4, 0..2, &mut piece).unwrap_err().to_string();
        assert_eq!(error, "views 2 to 4 are not within the 3 that there are");
        let error = counted().read(0..1, 0..2, &mut piece).unwrap_err().to_string();
        assert!(error.contains("the buffer holds 8 values"), "{error}");
        counted().read(1..1, 0..0, &mut []).unwrap();
    }
}
