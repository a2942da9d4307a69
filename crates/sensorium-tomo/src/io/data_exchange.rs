//! HDF5 in the Data Exchange layout of synchrotron beamlines: `exchange/data` `[view, row, column]`, with
//! `exchange/data_white`, `exchange/data_dark` and `exchange/theta` in degrees.
//!
//! Source: F. De Carlo et al., "Scientific data exchange", J. Synchrotron Rad. 21 (2014).

use super::source::{ProjectionSource, check_request, zeros};
use crate::{Projections, TomoError};
use hdf5_reader::{Dataset, Datatype, Hdf5File, OpenOptions, SliceInfo, SliceInfoElem};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Values that are decoded at a time: a bound on the memory, 64 MiB of `f64`.
const VALUES_AT_ONCE: usize = 1 << 23;

/// More than any piece that is asked for has: a guard against damaged sizes.
const MOST_BYTES_AT_ONCE: usize = 1 << 34;

/// One array of three dimensions in an HDF5 file; hyperslabs are read from it.
pub(super) struct Hdf5Stack {
    path: PathBuf,
    data: Dataset,
    sizes: [usize; 3],
}

/// What a Data Exchange file holds.
pub(super) struct Exchange {
    pub data: Hdf5Stack,
    pub flat: Option<Projections>,
    pub dark: Option<Projections>,
    pub angles_deg: Option<Vec<f64>>,
}

/// Opens a Data Exchange file.
pub(super) fn open(path: &Path) -> Result<Exchange, TomoError> {
    let cut = |e| TomoError::in_file(path, format!("this is no whole HDF5 file: {e}; copy it again"));
    let options = OpenOptions::default().with_max_read_bytes(MOST_BYTES_AT_ONCE);
    let file = Hdf5File::open_with_options(path, options).map_err(cut)?;
    let names = dataset_names(&file).map_err(cut)?;
    let has = |name: &str| names.iter().any(|n| n == name);
    if !has("exchange/data") {
        return Err(TomoError::in_file(
            path,
            format!(
                "there is no exchange/data; the file holds {}: write the projections in the Data Exchange layout, or as .npy",
                if names.is_empty() { "no arrays".to_owned() } else { names.join(", ") }
            ),
        ));
    }
    let data = Hdf5Stack::open(&file, path, "exchange/data")?;
    let field = |name: &str| {
        has(name)
            .then(|| Hdf5Stack::open(&file, path, name).and_then(|s| Projections::from_source(&s)))
            .transpose()
    };
    let (flat, dark) = (field("exchange/data_white")?, field("exchange/data_dark")?);
    let angles_deg = if has("exchange/theta") { Some(angles(&file, path)?) } else { None };
    Ok(Exchange { data, flat, dark, angles_deg })
}

/// The arrays in the file's root and one group below, `group/name`, sorted.
fn dataset_names(file: &Hdf5File) -> Result<Vec<String>, hdf5_reader::error::Error> {
    let root = file.root_group()?;
    let (groups, mut names) = root.member_names()?;
    for group in groups {
        let inside = match root.group(&group).and_then(|g| g.member_names()) {
            Ok((_, inside)) => inside,
            Err(error) if group == "exchange" => return Err(error),
            // What else a file holds may be of a kind that is not read; it is only listed here.
            Err(_) => Vec::new(),
        };
        names.extend(inside.into_iter().map(|name| format!("{group}/{name}")));
    }
    names.sort();
    Ok(names)
}

fn wrong(path: &Path, name: &str, message: impl std::fmt::Display) -> TomoError {
    TomoError::in_file(path, format!("{name}: {message}"))
}

fn angles(file: &Hdf5File, path: &Path) -> Result<Vec<f64>, TomoError> {
    const NAME: &str = "exchange/theta";
    let data = file.dataset(NAME).map_err(|e| wrong(path, NAME, e))?;
    if data.ndim() != 1 {
        return Err(wrong(
            path,
            NAME,
            format!("it has the sizes {:?}; wanted is a list of angles", data.shape()),
        ));
    }
    let all = 0..data.shape()[0] as usize;
    slab(&data, std::slice::from_ref(&all), |v| v).map_err(|e| wrong(path, NAME, e))
}

impl Hdf5Stack {
    fn open(file: &Hdf5File, path: &Path, name: &str) -> Result<Self, TomoError> {
        let data = file.dataset(name).map_err(|e| wrong(path, name, e))?;
        let sizes: Vec<usize> = data.shape().iter().map(|n| *n as usize).collect();
        let sizes: [usize; 3] = sizes.as_slice().try_into().map_err(|_| {
            wrong(
                path,
                name,
                format!("it has {} dimensions {sizes:?}; wanted are [view, row, column]", sizes.len()),
            )
        })?;
        if sizes.contains(&0) {
            return Err(wrong(path, name, format!("it is empty: its sizes are {sizes:?}")));
        }
        let count = sizes.iter().try_fold(8_usize, |product, n| product.checked_mul(*n));
        if count.is_none() {
            return Err(wrong(
                path,
                name,
                format!("the sizes {sizes:?} are larger than any file: it is damaged"),
            ));
        }
        let stack = Self { path: path.to_owned(), data, sizes };
        // A cut file keeps its header: look whether the last value is there, and of a type that is read.
        let mut last = zeros(&[sizes[2]])?;
        stack.read(sizes[0] - 1..sizes[0], sizes[1] - 1..sizes[1], &mut last)?;
        Ok(stack)
    }

    /// Views to read at once: whole chunks, so that none is unpacked twice.
    fn views_at_once(&self, rows: usize) -> usize {
        let chunk = self.data.chunks().and_then(|c| c.first().copied()).unwrap_or(1).max(1) as usize;
        let fitting = VALUES_AT_ONCE / (rows * self.sizes[2]).max(1);
        (fitting / chunk).max(1) * chunk
    }
}

impl ProjectionSource for Hdf5Stack {
    fn sizes(&self) -> [usize; 3] {
        self.sizes
    }

    fn read(&self, views: Range<usize>, rows: Range<usize>, into: &mut [f32]) -> Result<(), TomoError> {
        check_request(self, &views, &rows, into.len())?;
        let piece = rows.len() * self.sizes[2];
        if piece == 0 {
            return Ok(());
        }
        let step = self.views_at_once(rows.len());
        let mut start = views.start;
        let mut rest = into;
        while start < views.end {
            // Up to the next border of chunks.
            let end = ((start / step + 1) * step).min(views.end);
            let (out, later) = rest.split_at_mut((end - start) * piece);
            let ranges = [start..end, rows.clone(), 0..self.sizes[2]];
            let values = slab(&self.data, &ranges, |v| v as f32)
                .map_err(|e| wrong(&self.path, self.data.name(), format!("views {start} to {end}: {e}")))?;
            if values.len() != out.len() {
                return Err(wrong(&self.path, self.data.name(), "it was cut short; copy the file again"));
            }
            out.copy_from_slice(&values);
            (rest, start) = (later, end);
        }
        Ok(())
    }
}

/// Reads a hyperslab of any numeric type.
fn slab<T>(data: &Dataset, ranges: &[Range<usize>], value: impl Fn(f64) -> T) -> Result<Vec<T>, String> {
    let selections = ranges
        .iter()
        .map(|r| SliceInfoElem::Slice { start: r.start as u64, end: r.end as u64, step: 1 })
        .collect();
    let slice = SliceInfo { selections };
    macro_rules! read {
        ($kind:ty) => {
            data.read_slice::<$kind>(&slice)
                .map(|array| array.into_iter().map(|v| value(v as f64)).collect())
                .map_err(|e| format!("{e}; the file may have been cut short: copy it again"))
        };
    }
    match data.dtype() {
        Datatype::FloatingPoint { size: 4, .. } => read!(f32),
        Datatype::FloatingPoint { size: 8, .. } => read!(f64),
        Datatype::FixedPoint { size: 1, signed: false, .. } => read!(u8),
        Datatype::FixedPoint { size: 1, signed: true, .. } => read!(i8),
        Datatype::FixedPoint { size: 2, signed: false, .. } => read!(u16),
        Datatype::FixedPoint { size: 2, signed: true, .. } => read!(i16),
        Datatype::FixedPoint { size: 4, signed: false, .. } => read!(u32),
        Datatype::FixedPoint { size: 4, signed: true, .. } => read!(i32),
        Datatype::FixedPoint { size: 8, signed: false, .. } => read!(u64),
        Datatype::FixedPoint { size: 8, signed: true, .. } => read!(i64),
        other => Err(format!("its type is {other:?}; wanted are integers, float32 or float64")),
    }
}
