//! NumPy's `.npy`: a short header, then the values, which are mapped and not copied.
//!
//! Format: numpy.lib.format, versions 1.0 to 3.0. The header is one Python dictionary of three entries, so
//! it is read here and not by a parser of Python.

use super::mapped::{Layout, MappedStack, map_file};
use super::sample::{ByteOrder, SampleType};
use crate::TomoError;
use std::path::Path;

const MAGIC: &[u8; 6] = b"\x93NUMPY";

/// What the header of a `.npy` file says.
#[derive(Clone, Debug, PartialEq)]
pub struct NpyHeader {
    /// Sizes of the array, slowest first.
    pub shape: Vec<usize>,
    /// The type of the values.
    pub sample: SampleType,
    /// The order of their bytes.
    pub order: ByteOrder,
    /// Where the values begin.
    pub first_byte: u64,
}

impl NpyHeader {
    /// Reads the header at the start of a file's bytes.
    ///
    /// # Errors
    /// What is wrong, and how to save the array so that it can be read.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let cut = || "the header was cut short".to_owned();
        let rest =
            bytes.strip_prefix(MAGIC).ok_or("this is no .npy file: it does not begin with \\x93NUMPY")?;
        let (version, rest) = rest.split_at_checked(2).ok_or_else(cut)?;
        let (length, start) = match version[0] {
            1 => (rest.first_chunk::<2>().map(|b| u16::from_le_bytes(*b) as usize), 10),
            2 | 3 => (rest.first_chunk::<4>().map(|b| u32::from_le_bytes(*b) as usize), 12),
            other => {
                return Err(format!("version {other} of the format is not known; save it with numpy.save"));
            }
        };
        let length = length.ok_or_else(cut)?;
        let text = bytes.get(start..).and_then(|b| b.get(..length)).ok_or_else(cut)?;
        let text = std::str::from_utf8(text).map_err(|_| "the header is no text".to_owned())?;
        if entry(text, "fortran_order")?.starts_with("True") {
            return Err("the array is in Fortran order; save numpy.ascontiguousarray(array)".into());
        }
        let (sample, order) = sample_type(entry(text, "descr")?)?;
        let shape = shape(entry(text, "shape")?)?;
        Ok(Self { shape, sample, order, first_byte: (start + length) as u64 })
    }

    /// The sizes of an array of three dimensions.
    pub(super) fn sizes(&self) -> Result<[usize; 3], String> {
        let sizes: [usize; 3] = self.shape.as_slice().try_into().map_err(|_| {
            let remedy = if self.shape.len() == 2 {
                "; for a single row save array[:, None, :]"
            } else {
                ""
            };
            format!(
                "the array has {} dimensions {:?}; wanted are three: [view, row, column] or [z, y, x]{remedy}",
                self.shape.len(),
                self.shape
            )
        })?;
        if sizes.contains(&0) {
            return Err(format!("the array is empty: its sizes are {sizes:?}"));
        }
        Ok(sizes)
    }
}

/// What stands behind a key of the header's dictionary.
fn entry<'a>(text: &'a str, key: &str) -> Result<&'a str, String> {
    let at = ["'", "\""].iter().find_map(|q| text.find(&format!("{q}{key}{q}")));
    let rest = at.map(|at| text[at + key.len() + 2..].trim_start());
    let value = rest.and_then(|rest| rest.strip_prefix(':'));
    value.map(str::trim_start).ok_or_else(|| format!("the header has no {key}: {}", text.trim()))
}

fn sample_type(value: &str) -> Result<(SampleType, ByteOrder), String> {
    let quote = value.chars().next().filter(|c| matches!(c, '\'' | '"'));
    let Some(name) = quote.and_then(|q| value[1..].split(q).next()) else {
        return Err("the array's type is structured; save one field of it".into());
    };
    let (order, kind) = match name.chars().next() {
        Some('<' | '|' | '=') => (ByteOrder::Little, &name[1..]),
        Some('>') => (ByteOrder::Big, &name[1..]),
        _ => (ByteOrder::Little, name),
    };
    let sample = match kind {
        "u1" => SampleType::U8,
        "i1" => SampleType::I8,
        "u2" => SampleType::U16,
        "i2" => SampleType::I16,
        "u4" => SampleType::U32,
        "i4" => SampleType::I32,
        "u8" => SampleType::U64,
        "i8" => SampleType::I64,
        "f4" => SampleType::F32,
        "f8" => SampleType::F64,
        _ => {
            return Err(format!(
                "the array's type is {name}; wanted are integers, float32 or float64: save array.astype('float32')"
            ));
        }
    };
    Ok((sample, order))
}

fn shape(value: &str) -> Result<Vec<usize>, String> {
    let bad = || format!("the header's shape makes no sense: {value}");
    let inner = value.strip_prefix('(').and_then(|v| v.split(')').next()).ok_or_else(bad)?;
    let sizes = inner.split(',').map(str::trim).filter(|n| !n.is_empty());
    sizes.map(|n| n.trim_end_matches('L').parse().map_err(|_| bad())).collect()
}

/// Opens an array of three dimensions.
pub(super) fn open(path: &Path) -> Result<MappedStack, TomoError> {
    let map = map_file(path)?;
    let content = |message| TomoError::in_file(path, message);
    let header = NpyHeader::parse(&map).map_err(content)?;
    let layout = Layout {
        sizes: header.sizes().map_err(content)?,
        sample: header.sample,
        order: header.order,
        first_byte: Some(header.first_byte),
    };
    MappedStack::from_map(path, map, layout)
}

/// The header of a little-endian `f32` array, padded so that the values begin at a multiple of 64.
pub(super) fn header_bytes(sizes: [usize; 3]) -> Vec<u8> {
    let [a, b, c] = sizes;
    let mut text = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({a}, {b}, {c}), }}");
    while (10 + text.len() + 1) % 64 != 0 {
        text.push(' ');
    }
    text.push('\n');
    let mut bytes = MAGIC.to_vec();
    bytes.extend([1, 0]);
    bytes.extend((text.len() as u16).to_le_bytes());
    bytes.extend(text.as_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_dictionary(text: &str) -> Vec<u8> {
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((text.len() as u16).to_le_bytes());
        bytes.extend(text.as_bytes());
        bytes
    }

    #[test]
    fn what_is_written_reads_back_and_is_aligned() {
        let bytes = header_bytes([181, 2, 640]);
        assert_eq!(bytes.len() % 64, 0);
        let header = NpyHeader::parse(&bytes).unwrap();
        assert_eq!(header.sizes().unwrap(), [181, 2, 640]);
        assert_eq!((header.sample, header.first_byte), (SampleType::F32, bytes.len() as u64));
    }

    #[test]
    fn errors_say_how_to_save_the_array() {
        let cases = [
            ("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1, 1)}", "ascontiguousarray"),
            ("{'descr': '<c8', 'fortran_order': False, 'shape': (1, 1, 1)}", "astype('float32')"),
            ("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", "one field"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (1, -2, 1)}", "makes no sense"),
            ("{'fortran_order': False, 'shape': (1, 1, 1)}", "no descr"),
        ];
        for (text, expected) in cases {
            let error = NpyHeader::parse(&with_dictionary(text)).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
        let flat = "{'descr': '<f4', 'fortran_order': False, 'shape': (5, 7)}";
        let error = NpyHeader::parse(&with_dictionary(flat)).unwrap().sizes().unwrap_err();
        assert!(error.contains("2 dimensions [5, 7]") && error.contains("array[:, None, :]"), "{error}");
    }
}
