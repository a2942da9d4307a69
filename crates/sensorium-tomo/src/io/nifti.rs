//! NIfTI-1 in one file, `.nii`: a header of 348 bytes, four bytes for extensions, the values.
//!
//! NIfTI's x points to the patient's right and its y to the front, the other way round than in DICOM and ITK,
//! whose directions the volumes here have. So the sform negates both: a volume written as `.nii` and as `.mha`
//! lies at the same place in 3D Slicer and SimpleITK.
//!
//! Source: R. W. Cox et al., nifti1.h (2003).

use super::mapped::{Layout, MappedStack, map_file};
use super::sample::{ByteOrder, SampleType};
use crate::{TomoError, VolumeGrid};
use std::path::Path;

const HEADER_BYTES: usize = 348;
/// Where the values begin: the header and an empty list of extensions.
const FIRST_BYTE: usize = 352;
const MILLIMETRES: u8 = 2;
const SCANNER: i16 = 1;

/// What a NIfTI-1 header says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NiftiHeader {
    pub voxels: [usize; 3],
    pub voxel_mm: Option<[f64; 3]>,
    pub centre_mm: Option<[f64; 3]>,
    /// The factor and the summand that turn stored values into real ones.
    pub scale: Option<(f32, f32)>,
    layout: Layout,
}

struct Fields<'a> {
    bytes: &'a [u8],
    order: ByteOrder,
}

impl Fields<'_> {
    fn at<const N: usize>(&self, at: usize) -> [u8; N] {
        self.bytes.get(at..).and_then(|b| b.first_chunk::<N>()).copied().unwrap_or([0; N])
    }

    fn short(&self, at: usize) -> i16 {
        match self.order {
            ByteOrder::Little => i16::from_le_bytes(self.at(at)),
            ByteOrder::Big => i16::from_be_bytes(self.at(at)),
        }
    }

    fn float(&self, at: usize) -> f32 {
        match self.order {
            ByteOrder::Little => f32::from_le_bytes(self.at(at)),
            ByteOrder::Big => f32::from_be_bytes(self.at(at)),
        }
    }

    fn four(&self, at: usize) -> [f64; 4] {
        std::array::from_fn(|i| f64::from(self.float(at + 4 * i)))
    }
}

impl NiftiHeader {
    /// Reads the header at the start of a file's bytes.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        if bytes.len() < HEADER_BYTES {
            return Err(format!(
                "a NIfTI header has {HEADER_BYTES} bytes, the file {}: it was cut short",
                bytes.len()
            ));
        }
        let order = match bytes.first_chunk::<4>().map(|b| (i32::from_le_bytes(*b), i32::from_be_bytes(*b))) {
            Some((348, _)) => ByteOrder::Little,
            Some((_, 348)) => ByteOrder::Big,
            _ => return Err("this is no NIfTI-1 file; convert it, for example with nibabel".into()),
        };
        if &bytes[344..348] != b"n+1\0" {
            return Err("header and values are in two files; write it as one .nii file".into());
        }
        let f = Fields { bytes, order };
        let rank = f.short(40);
        let sizes: Vec<i16> = (1..=7).map(|i| f.short(40 + 2 * i)).collect();
        let extra = (3..usize::try_from(rank).unwrap_or(0).min(7)).any(|i| sizes[i] > 1);
        if rank < 3 || extra || sizes[..3].iter().any(|n| *n < 1) {
            return Err(format!(
                "the image has {rank} dimensions {sizes:?}; wanted are three, each above 0: write one volume"
            ));
        }
        let voxels = [0, 1, 2].map(|i| sizes[i] as usize);
        let sample = match f.short(70) {
            2 => SampleType::U8,
            4 => SampleType::I16,
            8 => SampleType::I32,
            16 => SampleType::F32,
            64 => SampleType::F64,
            256 => SampleType::I8,
            512 => SampleType::U16,
            768 => SampleType::U32,
            other => return Err(format!("datatype {other} is not supported; write it as float32")),
        };
        let start = f.float(108);
        if !(start >= HEADER_BYTES as f32 && start < 1e9) {
            return Err(format!("vox_offset is {start}; it must be {FIRST_BYTE} or more"));
        }
        let unit = match f.bytes[123] & 7 {
            1 => 1000.0,
            3 => 0.001,
            _ => 1.0,
        };
        let edges: [f64; 3] = std::array::from_fn(|i| f64::from(f.float(80 + 4 * i)) * unit);
        let voxel_mm = edges.iter().all(|e| e.is_finite() && *e > 0.0).then_some(edges);
        let (slope, inter) = (f.float(112), f.float(116));
        let scaled = slope != 0.0 && slope.is_finite() && inter.is_finite() && (slope, inter) != (1.0, 0.0);
        Ok(Self {
            voxels,
            voxel_mm,
            centre_mm: voxel_mm.and_then(|edges| centre(&f, voxels, edges, unit)),
            scale: scaled.then_some((slope, inter)),
            layout: Layout {
                sizes: [voxels[2], voxels[1], voxels[0]],
                sample,
                order,
                first_byte: Some(start as u64),
            },
        })
    }
}

/// The middle of the volume, when the sform has the axes that are written here.
fn centre(f: &Fields, voxels: [usize; 3], edges: [f64; 3], unit: f64) -> Option<[f64; 3]> {
    if f.short(254) <= 0 {
        return None;
    }
    let rows: [[f64; 4]; 3] = std::array::from_fn(|i| f.four(280 + 16 * i).map(|v| v * unit));
    let signs = [-1.0, -1.0, 1.0];
    let same = (0..3).all(|i| {
        (0..3).all(|j| {
            let wanted = if i == j { signs[i] * edges[i] } else { 0.0 };
            (rows[i][j] - wanted).abs() <= 1e-4 * edges[i]
        })
    });
    let middle = |i: usize| signs[i] * rows[i][3] + 0.5 * (voxels[i] as f64 - 1.0) * edges[i];
    same.then(|| std::array::from_fn(middle)).filter(|c: &[f64; 3]| c.iter().all(|v| v.is_finite()))
}

/// Opens a `.nii` file.
pub(super) fn open(path: &Path) -> Result<(NiftiHeader, MappedStack), TomoError> {
    let map = map_file(path)?;
    let header = NiftiHeader::parse(&map).map_err(|m| TomoError::in_file(path, m))?;
    let stack = MappedStack::from_map(path, map, header.layout)?;
    Ok((header, stack))
}

/// The first 352 bytes of a file of `f32` values.
///
/// # Errors
/// What is too large for NIfTI-1.
pub(super) fn header_bytes(grid: &VolumeGrid) -> Result<Vec<u8>, String> {
    if let Some(most) = grid.voxels.iter().find(|n| i16::try_from(**n).is_err()) {
        return Err(format!("NIfTI-1 has at most 32767 voxels along an axis, not {most}; write a .mha file"));
    }
    let mut bytes = vec![0; FIRST_BYTE];
    let mut put = |at: usize, value: &[u8]| bytes[at..at + value.len()].copy_from_slice(value);
    put(0, &(HEADER_BYTES as i32).to_le_bytes());
    let sizes = [3, grid.voxels[0], grid.voxels[1], grid.voxels[2], 1, 1, 1, 1];
    for (i, n) in sizes.iter().enumerate() {
        put(40 + 2 * i, &(*n as i16).to_le_bytes());
    }
    put(70, &16_i16.to_le_bytes());
    put(72, &32_i16.to_le_bytes());
    for (i, edge) in [1.0].iter().chain(&grid.voxel_mm).enumerate() {
        put(76 + 4 * i, &(*edge as f32).to_le_bytes());
    }
    put(108, &(FIRST_BYTE as f32).to_le_bytes());
    put(112, &1_f32.to_le_bytes());
    put(123, &[MILLIMETRES]);
    put(148, b"sensorium");
    put(254, &SCANNER.to_le_bytes());
    for (axis, sign) in [-1.0, -1.0, 1.0].into_iter().enumerate() {
        put(280 + 20 * axis, &((sign * grid.voxel_mm[axis]) as f32).to_le_bytes());
        put(292 + 16 * axis, &((sign * grid.position_mm(axis, 0.0)) as f32).to_le_bytes());
    }
    put(344, b"n+1\0");
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let grid = VolumeGrid::centred([4, 3, 2], [0.5, 1.0, 2.0]).unwrap().at([1.0, 0.25, -3.0]).unwrap();
        let header = NiftiHeader::parse(&header_bytes(&grid).unwrap()).unwrap();
        assert_eq!((header.voxels, header.voxel_mm), (grid.voxels, Some(grid.voxel_mm)));
        assert_eq!((header.centre_mm, header.scale), (Some(grid.centre_mm), None));
    }

    #[test]
    fn errors_say_what_to_do() {
        let grid = VolumeGrid::centred([40_000, 1, 1], [1.0; 3]).unwrap();
        assert!(header_bytes(&grid).unwrap_err().contains("write a .mha file"));
        let mut bytes = header_bytes(&VolumeGrid::centred([2, 2, 2], [1.0; 3]).unwrap()).unwrap();
        assert!(NiftiHeader::parse(&bytes[..200]).unwrap_err().contains("cut short"));
        bytes[40] = 2;
        assert!(NiftiHeader::parse(&bytes).unwrap_err().contains("2 dimensions"));
        bytes[0] = 0;
        assert!(NiftiHeader::parse(&bytes).unwrap_err().contains("no NIfTI-1 file"));
    }
}
