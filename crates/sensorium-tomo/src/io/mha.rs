//! MetaImage: `.mha` (one file) and `.mhd` with its `.raw`, as ITK, RTK and 3D Slicer use them.
//!
//! `Offset` is the position of the first voxel's centre; x comes first, in the header and in the file.

use super::mapped::{Layout, MappedStack, map_file};
use super::sample::{ByteOrder, SampleType};
use crate::{TomoError, VolumeGrid};
use std::path::{Path, PathBuf};

/// A header is short: what is longer is no header.
const MOST_HEADER_BYTES: usize = 1 << 16;

/// Where the values are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MetaData {
    /// In the same file, behind the header of so many bytes.
    Local(usize),
    /// In another file.
    File(String),
}

/// What a MetaImage header says.
#[derive(Clone, Debug, PartialEq)]
pub struct MetaHeader {
    /// Sizes along x, y, z.
    pub voxels: [usize; 3],
    /// Distances of the voxels along x, y, z, where the header has them.
    pub spacing_mm: Option<[f64; 3]>,
    /// Position of the first voxel's centre.
    pub offset_mm: [f64; 3],
    /// Whether the axes are those of the room; other directions are not supported.
    pub upright: bool,
    /// The type of the values.
    pub sample: SampleType,
    /// The order of their bytes.
    pub order: ByteOrder,
    /// Bytes before the first value in the data file; `None`: the values end the file.
    pub header_bytes: Option<u64>,
    /// Where the values are.
    pub data: MetaData,
}

impl MetaHeader {
    /// Reads the header at the start of a file's bytes; it never allocates for the sizes that stand in it.
    ///
    /// # Errors
    /// What is wrong, and what to do.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let mut found = Found::default();
        let mut at = 0;
        let head = &bytes[..bytes.len().min(MOST_HEADER_BYTES)];
        let data = loop {
            let line = head[at..].split(|b| *b == b'\n').next().unwrap_or_default();
            if line.is_empty() && at >= head.len() {
                return Err(
                    "the header has no ElementDataFile: it was cut short, or this is no MetaImage".into()
                );
            }
            at = (at + line.len() + 1).min(head.len());
            let line =
                std::str::from_utf8(line).map_err(|_| "the header is no text: this is no MetaImage")?;
            let Some((key, value)) = line.split_once('=') else {
                if line.trim().is_empty() {
                    continue;
                }
                return Err(format!("the header's line {:?} is no \"Key = value\"", shortened(line)));
            };
            let (key, value) = (key.trim(), value.trim());
            if key == "ElementDataFile" {
                break match value {
                    "LOCAL" => MetaData::Local(at),
                    "LIST" => return Err(several()),
                    name if name.contains('%') => return Err(several()),
                    "" => return Err("ElementDataFile names no file".into()),
                    name => MetaData::File(name.to_owned()),
                };
            }
            found.take(key, value)?;
        };
        found.header(data)
    }

    fn layout(&self) -> Layout {
        let [x, y, z] = self.voxels;
        let local = match self.data {
            MetaData::Local(bytes) => bytes as u64,
            MetaData::File(_) => 0,
        };
        let first_byte = self.header_bytes.map(|n| n.saturating_add(local));
        Layout { sizes: [z, y, x], sample: self.sample, order: self.order, first_byte }
    }

    /// The volume's grid, where the header places it in the room.
    pub(super) fn centre_mm(&self) -> Option<[f64; 3]> {
        let spacing = self.spacing_mm.filter(|_| self.upright)?;
        Some(std::array::from_fn(|i| self.offset_mm[i] + 0.5 * (self.voxels[i] as f64 - 1.0) * spacing[i]))
    }
}

fn several() -> String {
    "the values are in several files; write it again as one .mha file".into()
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

#[derive(Default)]
struct Found {
    dimensions: Option<usize>,
    voxels: Option<[usize; 3]>,
    spacing: Option<[f64; 3]>,
    offset: [f64; 3],
    turned: bool,
    sample: Option<SampleType>,
    order: ByteOrder,
    header_bytes: i64,
}

impl Found {
    fn take(&mut self, key: &str, value: &str) -> Result<(), String> {
        let is_true = value.eq_ignore_ascii_case("true") || value == "1";
        match key {
            "NDims" => match value.parse() {
                Ok(3) => self.dimensions = Some(3),
                _ => {
                    return Err(format!("NDims is {}; wanted is an image of 3 dimensions", shortened(value)));
                }
            },
            "DimSize" => self.voxels = Some(three(key, value)?),
            "ElementSpacing" => self.spacing = Some(three(key, value)?),
            "ElementSize" if self.spacing.is_none() => self.spacing = Some(three(key, value)?),
            "Offset" | "Position" | "Origin" => self.offset = three(key, value)?,
            "TransformMatrix" | "Rotation" | "Orientation" => {
                let numbers: Option<Vec<f64>> = value.split_whitespace().map(|n| n.parse().ok()).collect();
                let unit = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0];
                let near =
                    |n: Vec<f64>| n.len() == 9 && n.iter().zip(unit).all(|(a, b)| (a - b).abs() < 1e-6);
                self.turned = !numbers.is_some_and(near);
            }
            "CompressedData" if is_true => {
                return Err("the values are compressed, which is not supported; write it uncompressed \
                     (SimpleITK: WriteImage(image, path, useCompression=False))"
                    .into());
            }
            "BinaryData" if !is_true => return Err("the values are text; write them binary".into()),
            "BinaryDataByteOrderMSB" | "ElementByteOrderMSB" if is_true => self.order = ByteOrder::Big,
            "ElementNumberOfChannels" if value != "1" => {
                return Err(format!("a voxel has {} channels; wanted is one", shortened(value)));
            }
            "HeaderSize" => {
                self.header_bytes = value.parse().map_err(|_| "HeaderSize is no number".to_owned())?;
            }
            "ElementType" => self.sample = Some(element_type(value)?),
            _ => {}
        }
        Ok(())
    }

    fn header(self, data: MetaData) -> Result<MetaHeader, String> {
        let missing = |key: &str| format!("the header has no {key}");
        self.dimensions.ok_or_else(|| missing("NDims"))?;
        let voxels = self.voxels.ok_or_else(|| missing("DimSize"))?;
        if voxels.contains(&0) {
            return Err(format!("DimSize is {voxels:?}; all must be above 0"));
        }
        if let Some(spacing) = self.spacing.filter(|s| !s.iter().all(|e| e.is_finite() && *e > 0.0)) {
            return Err(format!("ElementSpacing is {spacing:?}; all must be above 0"));
        }
        if !self.offset.iter().all(|o| o.is_finite()) {
            return Err(format!("Offset is {:?}; wanted are three numbers", self.offset));
        }
        let header_bytes = match self.header_bytes {
            -1 => None,
            n => Some(u64::try_from(n).map_err(|_| format!("HeaderSize is {n}; it must be -1 or more"))?),
        };
        let header = MetaHeader {
            voxels,
            spacing_mm: self.spacing,
            offset_mm: self.offset,
            upright: !self.turned,
            sample: self.sample.ok_or_else(|| missing("ElementType"))?,
            order: self.order,
            header_bytes,
            data,
        };
        match header.layout().bytes() {
            Some(_) => Ok(header),
            None => Err(format!("DimSize is {voxels:?}: larger than any file")),
        }
    }
}

fn three<T: std::str::FromStr + Copy>(key: &str, value: &str) -> Result<[T; 3], String> {
    let numbers: Option<Vec<T>> = value.split_whitespace().take(4).map(|n| n.parse().ok()).collect();
    numbers
        .and_then(|n| <[T; 3]>::try_from(n).ok())
        .ok_or_else(|| format!("{key} is {:?}; wanted are three numbers", shortened(value)))
}

fn element_type(name: &str) -> Result<SampleType, String> {
    Ok(match name {
        "MET_UCHAR" => SampleType::U8,
        "MET_CHAR" => SampleType::I8,
        "MET_USHORT" => SampleType::U16,
        "MET_SHORT" => SampleType::I16,
        "MET_UINT" => SampleType::U32,
        "MET_INT" => SampleType::I32,
        "MET_FLOAT" => SampleType::F32,
        "MET_DOUBLE" => SampleType::F64,
        other => {
            let other = shortened(other);
            return Err(format!("ElementType {other} is not supported; write it as MET_FLOAT or MET_USHORT"));
        }
    })
}

/// Opens a `.mha` or `.mhd` file.
pub(super) fn open(path: &Path) -> Result<(MetaHeader, MappedStack), TomoError> {
    let map = map_file(path)?;
    let header = MetaHeader::parse(&map).map_err(|m| TomoError::in_file(path, m))?;
    let stack = match &header.data {
        MetaData::Local(_) => MappedStack::from_map(path, map, header.layout())?,
        MetaData::File(name) => {
            MappedStack::open(&path.parent().unwrap_or(Path::new("")).join(name), header.layout())?
        }
    };
    Ok((header, stack))
}

/// The header of `f32` values; `data_file` is `LOCAL` or the name of the file that holds them.
pub(super) fn header_text(grid: &VolumeGrid, data_file: &str) -> String {
    let [x, y, z] = grid.voxels;
    let [dx, dy, dz] = grid.voxel_mm;
    let [ox, oy, oz] = [0, 1, 2].map(|axis| grid.position_mm(axis, 0.0));
    format!(
        "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\n\
         CompressedData = False\nTransformMatrix = 1 0 0 0 1 0 0 0 1\nOffset = {ox} {oy} {oz}\n\
         CenterOfRotation = 0 0 0\nElementSpacing = {dx} {dy} {dz}\nDimSize = {x} {y} {z}\n\
         ElementType = MET_FLOAT\nElementDataFile = {data_file}\n"
    )
}

/// The data file of a `.mhd` header.
pub(super) fn data_path(header: &Path) -> PathBuf {
    header.with_extension("raw")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> VolumeGrid {
        VolumeGrid::centred([4, 3, 2], [0.5, 1.0, 2.0]).unwrap().at([1.0, 0.0, -3.0]).unwrap()
    }

    #[test]
    fn what_is_written_reads_back() {
        let text = header_text(&grid(), "LOCAL");
        let header = MetaHeader::parse(text.as_bytes()).unwrap();
        assert_eq!((header.voxels, header.spacing_mm), (grid().voxels, Some(grid().voxel_mm)));
        assert_eq!(header.centre_mm(), Some(grid().centre_mm));
        assert_eq!(header.data, MetaData::Local(text.len()));
    }

    #[test]
    fn errors_name_the_entry_and_the_remedy() {
        let cases = [
            ("CompressedData = False", "CompressedData = True", "useCompression=False"),
            ("NDims = 3", "NDims = 2", "an image of 3 dimensions"),
            ("MET_FLOAT", "MET_LONG_DOUBLE", "MET_LONG_DOUBLE is not supported"),
            ("DimSize = 4 3 2", "DimSize = 4 3", "DimSize is \"4 3\""),
            ("DimSize = 4 3 2", "DimSize = 4294967295 4294967295 4294967295", "larger than any file"),
            ("ElementSpacing = 0.5", "ElementSpacing = -0.5", "must be above 0"),
            ("LOCAL", "LIST", "several files"),
            ("ElementDataFile = LOCAL\n", "", "no ElementDataFile"),
        ];
        for (from, to, expected) in cases {
            let text = header_text(&grid(), "LOCAL").replacen(from, to, 1);
            let error = MetaHeader::parse(text.as_bytes()).unwrap_err();
            assert!(error.contains(expected), "{to}: {error}");
        }
    }
}
