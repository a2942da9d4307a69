//! A file of plain values `[plane, row, column]`, mapped into memory and decoded where it is asked for.

use super::sample::{ByteOrder, SampleType};
use super::source::{ProjectionSource, check_request, zeros};
use crate::TomoError;
use memmap2::Mmap;
use std::fs::File;
use std::ops::Range;
use std::path::Path;

/// How the values lie in a file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Layout {
    /// Sizes: planes (views or slices), rows, columns.
    pub sizes: [usize; 3],
    /// The type of a value.
    pub sample: SampleType,
    /// The order of its bytes.
    pub order: ByteOrder,
    /// Where the first value is; `None`: so that the last value ends the file.
    pub first_byte: Option<u64>,
}

impl Layout {
    /// Bytes of all values.
    pub(super) fn bytes(&self) -> Option<u64> {
        let values = self.sizes.iter().try_fold(1_u64, |product, n| product.checked_mul(*n as u64))?;
        values.checked_mul(self.sample.bytes() as u64)
    }
}

/// A stack in a file.
#[derive(Debug)]
pub(super) struct MappedStack {
    map: Mmap,
    layout: Layout,
    first_byte: usize,
}

/// Maps a file.
#[allow(unsafe_code)]
pub(super) fn map_file(path: &Path) -> Result<Mmap, TomoError> {
    let file = File::open(path).map_err(TomoError::io(path))?;
    // SAFETY: the map is only read, as bytes, for which every bit pattern is valid. Nothing here writes to
    // an input; a file that another process shortens while it is read ends this one, as it does for every
    // program that maps files.
    unsafe { Mmap::map(&file) }.map_err(TomoError::io(path))
}

impl MappedStack {
    /// Maps a file whose values lie as given.
    ///
    /// # Errors
    /// [`TomoError::Content`] when the file does not hold what the header says.
    pub(super) fn open(path: &Path, layout: Layout) -> Result<Self, TomoError> {
        Self::from_map(path, map_file(path)?, layout)
    }

    /// The same for a file that is mapped already.
    pub(super) fn from_map(path: &Path, map: Mmap, layout: Layout) -> Result<Self, TomoError> {
        let [planes, rows, columns] = layout.sizes;
        let (there, wanted) = (map.len() as u64, layout.bytes());
        let first_byte = match (layout.first_byte, wanted) {
            (Some(at), _) => Some(at),
            (None, Some(wanted)) => there.checked_sub(wanted),
            (None, None) => None,
        };
        let end = first_byte.zip(wanted).and_then(|(at, wanted)| at.checked_add(wanted));
        let fits =
            end.is_some_and(|end| if layout.first_byte.is_none() { end <= there } else { end == there });
        let (Some(first_byte), true) = (first_byte, fits) else {
            let header = layout.first_byte.unwrap_or(0);
            let wanted = wanted.and_then(|w| w.checked_add(header));
            let how = if wanted.is_none_or(|w| w > there) {
                "it was cut short, or its header is wrong"
            } else {
                "its header is wrong, or the file holds something else too"
            };
            return Err(TomoError::in_file(
                path,
                format!(
                    "{planes} x {rows} x {columns} values of {} bytes{} are {} bytes, the file has {there}: {how}",
                    layout.sample.bytes(),
                    if header > 0 { format!(" after {header} bytes") } else { String::new() },
                    wanted.map_or_else(|| "too many".to_owned(), |w| w.to_string()),
                ),
            ));
        };
        Ok(Self { map, layout, first_byte: first_byte as usize })
    }

    /// All values.
    pub(super) fn read_all(&self) -> Result<Vec<f32>, TomoError> {
        let [planes, rows, _] = self.layout.sizes;
        let mut values = zeros(&self.layout.sizes)?;
        self.read(0..planes, 0..rows, &mut values)?;
        Ok(values)
    }
}

impl ProjectionSource for MappedStack {
    fn sizes(&self) -> [usize; 3] {
        self.layout.sizes
    }

    fn read(&self, views: Range<usize>, rows: Range<usize>, into: &mut [f32]) -> Result<(), TomoError> {
        check_request(self, &views, &rows, into.len())?;
        let (all_rows, columns) = (self.rows(), self.columns());
        let piece = rows.len() * columns;
        if piece == 0 {
            return Ok(());
        }
        let size = self.layout.sample.bytes();
        for (view, out) in views.zip(into.chunks_exact_mut(piece)) {
            let start = self.first_byte + (view * all_rows + rows.start) * columns * size;
            let bytes = &self.map[start..start + piece * size];
            self.layout.sample.decode(self.layout.order, bytes, out);
        }
        Ok(())
    }
}
