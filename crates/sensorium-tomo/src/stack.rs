//! Projections and volumes in memory.

use crate::{Geometry, TomoError, VolumeGrid};
use std::fmt;

/// Projections `[view, row, column]`.
#[derive(Clone, PartialEq)]
pub struct Projections {
    views: usize,
    rows: usize,
    columns: usize,
    values: Vec<f32>,
}

impl Projections {
    /// Takes values in the order `[view, row, column]`.
    ///
    /// # Errors
    /// [`TomoError::Projections`] when their number is not the product of the sizes, or a size is 0.
    pub fn new(views: usize, rows: usize, columns: usize, values: Vec<f32>) -> Result<Self, TomoError> {
        let wanted = views.checked_mul(rows).and_then(|n| n.checked_mul(columns));
        if wanted != Some(values.len()) || values.is_empty() {
            return Err(TomoError::Projections(format!(
                "{} values are not {views} views of {rows} rows and {columns} columns",
                values.len()
            )));
        }
        Ok(Self { views, rows, columns, values })
    }

    /// Zeros of a geometry's size.
    pub fn zeros(geometry: &Geometry) -> Self {
        let d = geometry.detector();
        let (views, rows, columns) = (geometry.views(), d.rows, d.columns);
        Self { views, rows, columns, values: vec![0.0; views * rows * columns] }
    }

    /// Number of views.
    pub fn views(&self) -> usize {
        self.views
    }

    /// Rows of the detector.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Columns of the detector.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// All values, `[view, row, column]`.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// All values, to change.
    pub fn values_mut(&mut self) -> &mut [f32] {
        &mut self.values
    }

    /// The values themselves.
    pub fn into_values(self) -> Vec<f32> {
        self.values
    }

    /// One projection, `[row, column]`.
    pub fn view(&self, view: usize) -> &[f32] {
        let size = self.rows * self.columns;
        &self.values[view * size..(view + 1) * size]
    }

    /// Some of the views, in the order given.
    pub fn select(&self, views: &[usize]) -> Self {
        let values = views.iter().flat_map(|v| self.view(*v).iter().copied()).collect();
        Self { views: views.len(), values, ..*self }
    }

    /// Some neighbouring rows of every view.
    ///
    /// # Errors
    /// [`TomoError::Projections`] when they are none, or not within the rows there are.
    pub fn only_rows(&self, rows: std::ops::Range<usize>) -> Result<Self, TomoError> {
        if rows.is_empty() || rows.end > self.rows {
            return Err(TomoError::Projections(format!(
                "rows {rows:?} are not within the {} there are",
                self.rows
            )));
        }
        let part = |view: usize| &self.view(view)[rows.start * self.columns..rows.end * self.columns];
        let values = (0..self.views).flat_map(|view| part(view).iter().copied()).collect();
        Ok(Self { rows: rows.len(), values, ..*self })
    }

    /// The sinogram of a row, `[view, column]`.
    pub fn sinogram(&self, row: usize) -> Vec<f32> {
        let at = |view: usize| &self.view(view)[row * self.columns..(row + 1) * self.columns];
        (0..self.views).flat_map(|view| at(view).iter().copied()).collect()
    }

    /// That the sizes are the geometry's and every value is a number.
    ///
    /// # Errors
    /// [`TomoError::Projections`], naming the first place that is wrong.
    pub fn check(&self, geometry: &Geometry) -> Result<(), TomoError> {
        check_sizes(geometry, self.views, self.rows, self.columns)?;
        check_finite(&self.values, 0, 0..self.rows, self.columns)
    }
}

/// That a stack has the geometry's sizes.
pub(crate) fn check_sizes(g: &Geometry, views: usize, rows: usize, columns: usize) -> Result<(), TomoError> {
    let d = g.detector();
    if (rows, columns) != (d.rows, d.columns) {
        return Err(TomoError::Projections(format!(
            "they have {rows} rows and {columns} columns, the geometry's detector {} rows and {} columns; \
             correct the detector in the geometry file",
            d.rows, d.columns
        )));
    }
    if views != g.views() {
        let what =
            if views > g.views() { "angles are missing" } else { "there are more angles than projections" };
        return Err(TomoError::Projections(format!(
            "there are {views} of them and {} angles: {what}; give one angle for each projection",
            g.views()
        )));
    }
    Ok(())
}

/// That every value is a number; `first_view` and `rows` say which they are.
pub(crate) fn check_finite(
    values: &[f32],
    first_view: usize,
    rows: std::ops::Range<usize>,
    columns: usize,
) -> Result<(), TomoError> {
    let Some(at) = values.iter().position(|v| !v.is_finite()) else { return Ok(()) };
    let bad = values.iter().filter(|v| !v.is_finite()).count();
    Err(TomoError::Projections(format!(
        "{bad} values are not finite, the first at view {}, row {}, column {}; repair dead pixels first (--repair)",
        first_view + at / (rows.len() * columns),
        rows.start + at / columns % rows.len(),
        at % columns
    )))
}

/// Sizes only: the values are too many to read.
impl fmt::Debug for Projections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Projections({} views, {} rows, {} columns)", self.views, self.rows, self.columns)
    }
}

/// A volume on its grid, values `[z, y, x]`.
#[derive(Clone, PartialEq)]
pub struct Volume {
    grid: VolumeGrid,
    values: Vec<f32>,
}

impl Volume {
    /// Takes values in the order `[z, y, x]`.
    ///
    /// # Errors
    /// [`TomoError::Request`] when their number is not the grid's.
    pub fn new(grid: VolumeGrid, values: Vec<f32>) -> Result<Self, TomoError> {
        if values.len() != grid.len() {
            return Err(TomoError::Request(format!(
                "{} values are not the {} x {} x {} voxels of the volume",
                values.len(),
                grid.voxels[0],
                grid.voxels[1],
                grid.voxels[2]
            )));
        }
        Ok(Self { grid, values })
    }

    /// Zeros.
    pub fn zeros(grid: VolumeGrid) -> Self {
        Self { grid, values: vec![0.0; grid.len()] }
    }

    /// Where the voxels are.
    pub fn grid(&self) -> &VolumeGrid {
        &self.grid
    }

    /// All values, `[z, y, x]`.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// All values, to change.
    pub fn values_mut(&mut self) -> &mut [f32] {
        &mut self.values
    }

    /// The values themselves.
    pub fn into_values(self) -> Vec<f32> {
        self.values
    }

    /// One slice across the axis, `[y, x]`.
    pub fn slice(&self, z: usize) -> &[f32] {
        &self.values[z * self.grid.slice_len()..(z + 1) * self.grid.slice_len()]
    }
}

/// The grid only: the values are too many to read.
impl fmt::Debug for Volume {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Volume({:?})", self.grid)
    }
}
