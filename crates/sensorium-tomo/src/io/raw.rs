//! Plain values with a JSON header beside them: `NAME.raw` and `NAME.json`.
//!
//! ```json
//! { "views": 360, "rows": 256, "columns": 256, "type": "uint16", "byte_order": "little", "header_bytes": 0 }
//! ```
//!
//! For a volume `slices` stands for `views`; `voxel_mm` and `centre_mm` (x, y, z) are optional.

use super::mapped::{Layout, MappedStack};
use super::sample::{ByteOrder, SampleType};
use crate::TomoError;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum TypeName {
    #[serde(rename = "float32")]
    Float32,
    #[serde(rename = "uint16")]
    Uint16,
    #[serde(rename = "int16")]
    Int16,
    #[serde(rename = "uint8")]
    Uint8,
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum OrderName {
    #[default]
    Little,
    Big,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    views: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    slices: Option<usize>,
    rows: usize,
    columns: usize,
    r#type: TypeName,
    #[serde(default)]
    byte_order: OrderName,
    #[serde(default)]
    header_bytes: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    voxel_mm: Option<[f64; 3]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    centre_mm: Option<[f64; 3]>,
}

/// What the header of a raw file says.
#[derive(Clone, Debug, PartialEq)]
pub struct RawHeader {
    /// Sizes: views (or slices), rows, columns.
    pub sizes: [usize; 3],
    /// The type of the values.
    pub sample: SampleType,
    /// The order of their bytes.
    pub order: ByteOrder,
    /// Bytes before the first value.
    pub header_bytes: u64,
    /// Edge lengths of a voxel along x, y, z, when the file is a volume.
    pub voxel_mm: Option<[f64; 3]>,
    /// Position of the volume's middle.
    pub centre_mm: Option<[f64; 3]>,
}

impl RawHeader {
    /// Reads the text of a header; it never allocates for the sizes that stand in it.
    ///
    /// # Errors
    /// What is wrong, with the line or the entry.
    pub fn parse(text: &str) -> Result<Self, String> {
        const EXAMPLE: &str = r#"a header is {"views": 360, "rows": 256, "columns": 256, "type": "uint16", "byte_order": "little"}"#;
        let entry: Entry = serde_json::from_str(text).map_err(|e| format!("{e}; {EXAMPLE}"))?;
        let planes = match (entry.views, entry.slices) {
            (Some(n), None) | (None, Some(n)) => n,
            _ => return Err(format!("give either \"views\" or, for a volume, \"slices\"; {EXAMPLE}")),
        };
        let sizes = [planes, entry.rows, entry.columns];
        if sizes.contains(&0) {
            return Err(format!("the sizes are {sizes:?}; all must be above 0"));
        }
        let sample = match entry.r#type {
            TypeName::Float32 => SampleType::F32,
            TypeName::Uint16 => SampleType::U16,
            TypeName::Int16 => SampleType::I16,
            TypeName::Uint8 => SampleType::U8,
        };
        let order = match entry.byte_order {
            OrderName::Little => ByteOrder::Little,
            OrderName::Big => ByteOrder::Big,
        };
        let header = Self {
            sizes,
            sample,
            order,
            header_bytes: entry.header_bytes,
            voxel_mm: entry.voxel_mm,
            centre_mm: entry.centre_mm,
        };
        if header.layout().bytes().and_then(|n| n.checked_add(header.header_bytes)).is_none() {
            return Err(format!("the sizes {sizes:?} are larger than any file"));
        }
        Ok(header)
    }

    pub(super) fn layout(&self) -> Layout {
        Layout {
            sizes: self.sizes,
            sample: self.sample,
            order: self.order,
            first_byte: Some(self.header_bytes),
        }
    }
}

/// The header's text for little-endian `f32` values; a volume has `voxel_mm` and `centre_mm`.
pub(super) fn header_text(sizes: [usize; 3], volume: Option<([f64; 3], [f64; 3])>) -> String {
    let entry = Entry {
        views: volume.is_none().then_some(sizes[0]),
        slices: volume.is_some().then_some(sizes[0]),
        rows: sizes[1],
        columns: sizes[2],
        r#type: TypeName::Float32,
        byte_order: OrderName::Little,
        header_bytes: 0,
        voxel_mm: volume.map(|v| v.0),
        centre_mm: volume.map(|v| v.1),
    };
    let mut text = serde_json::to_string_pretty(&entry).unwrap_or_default();
    text.push('\n');
    text
}

/// Where the header of a raw file is.
pub(super) fn header_path(raw: &Path) -> PathBuf {
    raw.with_extension("json")
}

/// Most bytes of a file that is taken for a header, many times what one has.
const MOST_HEADER_BYTES: u64 = 1 << 16;

/// That the header of a raw file which is to be written would replace nothing but such a header.
pub(super) fn check_header_name(raw: &Path) -> Result<(), TomoError> {
    let json = header_path(raw);
    if json == raw {
        return Err(TomoError::Request(format!(
            "{}: this is the name of the header of a raw file; call the raw file .raw",
            raw.display()
        )));
    }
    let size = match std::fs::metadata(&json) {
        Ok(found) => found.len(),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(TomoError::io(&json)(e)),
    };
    let is_header = json.is_file()
        && size <= MOST_HEADER_BYTES
        && std::fs::read(&json)
            .map_err(TomoError::io(&json))
            .map(|bytes| std::str::from_utf8(&bytes).is_ok_and(|text| RawHeader::parse(text).is_ok()))?;
    if is_header {
        return Ok(());
    }
    Err(TomoError::in_file(
        &json,
        format!(
            "the header of {} would replace it, and it is no such header; move it, or give the raw file another name",
            raw.display()
        ),
    ))
}

/// Opens `NAME.raw` (or its `NAME.json`).
pub(super) fn open(path: &Path) -> Result<(RawHeader, MappedStack), TomoError> {
    let (raw, json) = (path.with_extension("raw"), header_path(path));
    let text = std::fs::read_to_string(&json).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => TomoError::in_file(
            &raw,
            format!(
                "a raw file needs its header {} beside it, with views, rows, columns and type",
                json.display()
            ),
        ),
        _ => TomoError::io(&json)(e),
    })?;
    let header = RawHeader::parse(&text).map_err(|m| TomoError::in_file(&json, m))?;
    let stack = MappedStack::open(&raw, header.layout())?;
    Ok((header, stack))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let header = RawHeader::parse(&header_text([3, 2, 5], None)).unwrap();
        assert_eq!(header.sizes, [3, 2, 5]);
        assert_eq!((header.sample, header.order), (SampleType::F32, ByteOrder::Little));
        let text = header_text([3, 2, 5], Some(([1.0, 2.0, 3.0], [0.0; 3])));
        assert_eq!(RawHeader::parse(&text).unwrap().voxel_mm, Some([1.0, 2.0, 3.0]));
    }

    #[test]
    fn errors_name_the_entry() {
        let cases = [
            (r#"{"views":1,"rows":1,"columns":1,"type":"float16"}"#, "unknown variant `float16`"),
            (r#"{"views":1,"rows":1,"cols":1,"type":"uint8"}"#, "unknown field `cols`"),
            (r#"{"views":1,"slices":1,"rows":1,"columns":1,"type":"uint8"}"#, "give either \"views\" or"),
            (r#"{"views":0,"rows":1,"columns":1,"type":"uint8"}"#, "all must be above 0"),
            (r#"{"views":18446744073709551615,"rows":9,"columns":9,"type":"uint8"}"#, "larger than any file"),
        ];
        for (text, expected) in cases {
            let error = RawHeader::parse(text).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
