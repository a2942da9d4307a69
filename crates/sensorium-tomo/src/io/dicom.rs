//! A DICOM series as a volume: one slice a file, uncompressed, values in the series' unit (for CT Hounsfield's).
//!
//! Slices are ordered by the z of their ImagePositionPatient; they must lie evenly and upright (axial).

use super::sample::{ByteOrder, SampleType};
use super::volume_read::Parts;
use crate::TomoError;
use dicom_object::{DefaultDicomObject, OpenFileOptions, Tag};
use std::path::{Path, PathBuf};

const SERIES: Tag = Tag(0x0020, 0x000e);
const POSITION: Tag = Tag(0x0020, 0x0032);
const ORIENTATION: Tag = Tag(0x0020, 0x0037);
const SAMPLES: Tag = Tag(0x0028, 0x0002);
const FRAMES: Tag = Tag(0x0028, 0x0008);
const ROWS: Tag = Tag(0x0028, 0x0010);
const COLUMNS: Tag = Tag(0x0028, 0x0011);
const SPACING: Tag = Tag(0x0028, 0x0030);
const BITS: Tag = Tag(0x0028, 0x0100);
const SIGNED: Tag = Tag(0x0028, 0x0103);
const INTERCEPT: Tag = Tag(0x0028, 0x1052);
const SLOPE: Tag = Tag(0x0028, 0x1053);
const PIXELS: Tag = Tag(0x7fe0, 0x0010);

/// Implicit and explicit little endian, and explicit big endian.
const PLAIN: &[&str] = &["1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"];

struct Slice {
    path: PathBuf,
    series: String,
    position: [f64; 3],
    spacing: [f64; 2],
    size: [usize; 2],
}

/// Reads the series in a folder; `None` when it holds no DICOM file.
pub(super) fn read_series(folder: &Path) -> Result<Option<Parts>, TomoError> {
    let mut slices = Vec::new();
    for path in dicom_files(folder)? {
        slices.push(slice(&path)?);
    }
    slices.sort_by(|a: &Slice, b| a.position[2].total_cmp(&b.position[2]));
    let Some(first) = slices.first() else { return Ok(None) };
    let (size, spacing) = (first.size, first.spacing);
    for other in &slices {
        if other.series != first.series {
            return Err(TomoError::in_file(
                folder,
                format!(
                    "there are several series ({} and {}); put each into a folder of its own",
                    first.series, other.series
                ),
            ));
        }
        let apart = (0..2).any(|i| (other.position[i] - first.position[i]).abs() > 1e-3);
        if other.size != size || other.spacing != spacing || apart {
            let text = format!(
                "its size, PixelSpacing or x, y position is not that of {}; leave it out",
                first.path.display()
            );
            return Err(TomoError::in_file(&other.path, text));
        }
    }
    let thickness = slice_distance(folder, &slices)?;
    let mut values = super::source::zeros(&[slices.len(), size[0], size[1]])?;
    for (slice, out) in slices.iter().zip(values.chunks_exact_mut(size[0] * size[1])) {
        pixels(&slice.path, out)?;
    }
    let voxels = [size[1], size[0], slices.len()];
    let voxel_mm = [spacing[1], spacing[0], thickness];
    let centre = |i: usize| first.position[i] + 0.5 * (voxels[i] as f64 - 1.0) * voxel_mm[i];
    Ok(Some(Parts {
        voxels,
        voxel_mm: Some(voxel_mm),
        centre_mm: Some([centre(0), centre(1), centre(2)]),
        values,
    }))
}

/// Files that begin as DICOM files do, sorted.
fn dicom_files(folder: &Path) -> Result<Vec<PathBuf>, TomoError> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(TomoError::io(folder))? {
        let path = entry.map_err(TomoError::io(folder))?.path();
        let named_dicomdir = path.file_name().is_some_and(|n| n.eq_ignore_ascii_case("DICOMDIR"));
        if path.is_file() && !named_dicomdir && begins_as_dicom(&path)? {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn begins_as_dicom(path: &Path) -> Result<bool, TomoError> {
    use std::io::Read;
    let file = std::fs::File::open(path).map_err(TomoError::io(path))?;
    let mut start = Vec::new();
    file.take(132).read_to_end(&mut start).map_err(TomoError::io(path))?;
    Ok(start.get(128..) == Some(b"DICM"))
}

fn wrong(path: &Path, message: impl std::fmt::Display) -> TomoError {
    TomoError::in_file(path, message.to_string())
}

fn numbers<const N: usize>(object: &DefaultDicomObject, tag: Tag) -> Option<[f64; N]> {
    let values = object.get(tag)?.to_multi_float64().ok()?;
    <[f64; N]>::try_from(values).ok().filter(|v| v.iter().all(|x| x.is_finite()))
}

fn whole(object: &DefaultDicomObject, tag: Tag) -> Option<usize> {
    object.get(tag)?.to_int::<usize>().ok()
}

fn slice(path: &Path) -> Result<Slice, TomoError> {
    let cut =
        |e: dicom_object::ReadError| wrong(path, format!("this is no whole DICOM file: {e}; copy it again"));
    let object = OpenFileOptions::new().read_until(PIXELS).open_file(path).map_err(cut)?;
    let syntax = object.meta().transfer_syntax().trim_end_matches('\0').trim().to_owned();
    if !PLAIN.contains(&syntax.as_str()) {
        return Err(wrong(
            path,
            format!(
                "it is compressed (transfer syntax {syntax}), which is not supported; \
                 decompress the series first, for example with `gdcmconv --raw` or `dcmdjpeg`"
            ),
        ));
    }
    if whole(&object, SAMPLES).unwrap_or(1) != 1 || whole(&object, FRAMES).unwrap_or(1) != 1 {
        return Err(wrong(path, "wanted is one grey slice a file, not colours or several frames"));
    }
    let missing = |name: &str| wrong(path, format!("{name} is missing; the slice cannot be placed"));
    if let Some(turn) = numbers::<6>(&object, ORIENTATION)
        && turn.iter().zip([1.0, 0.0, 0.0, 0.0, 1.0, 0.0]).any(|(a, b)| (a - b).abs() > 1e-3)
    {
        return Err(wrong(
            path,
            format!("ImageOrientationPatient is {turn:?}; wanted are axial slices: resample the series"),
        ));
    }
    let spacing = numbers::<2>(&object, SPACING).filter(|s| s.iter().all(|e| *e > 0.0));
    let size = whole(&object, ROWS).zip(whole(&object, COLUMNS)).filter(|(r, c)| *r > 0 && *c > 0);
    let (rows, columns) = size.ok_or_else(|| missing("Rows or Columns"))?;
    Ok(Slice {
        path: path.to_owned(),
        series: object.get(SERIES).and_then(|e| e.to_str().ok()).unwrap_or_default().trim().to_owned(),
        position: numbers(&object, POSITION).ok_or_else(|| missing("ImagePositionPatient"))?,
        spacing: spacing.ok_or_else(|| missing("PixelSpacing"))?,
        size: [rows, columns],
    })
}

fn slice_distance(folder: &Path, slices: &[Slice]) -> Result<f64, TomoError> {
    let steps: Vec<f64> = slices.windows(2).map(|w| w[1].position[2] - w[0].position[2]).collect();
    let Some(span) = slices.last().map(|s| s.position[2] - slices[0].position[2]) else { return Ok(1.0) };
    let mean = span / steps.len().max(1) as f64;
    if steps.is_empty() {
        return Err(wrong(folder, "one slice is no volume; give the folder of the whole series"));
    }
    let Some(at) = steps.iter().position(|s| (s - mean).abs() > (0.01 * mean).max(1e-3)) else {
        return Ok(mean);
    };
    Err(wrong(
        folder,
        format!(
            "the slices do not lie evenly: {} and {} are {:.3} mm apart, the others {:.3} mm on average; \
             a slice is missing or there twice",
            slices[at].path.display(),
            slices[at + 1].path.display(),
            steps[at],
            mean
        ),
    ))
}

fn pixels(path: &Path, out: &mut [f32]) -> Result<(), TomoError> {
    let object =
        dicom_object::open_file(path).map_err(|e| wrong(path, format!("{e}; copy the file again")))?;
    let sample = match (whole(&object, BITS), whole(&object, SIGNED).unwrap_or(0)) {
        (Some(8), 0) => SampleType::U8,
        (Some(8), _) => SampleType::I8,
        (Some(16), 0) => SampleType::U16,
        (Some(16), _) => SampleType::I16,
        (Some(32), 0) => SampleType::U32,
        (Some(32), _) => SampleType::I32,
        (bits, _) => return Err(wrong(path, format!("BitsAllocated is {bits:?}; wanted are 8, 16 or 32"))),
    };
    let bytes = object.get(PIXELS).and_then(|e| e.to_bytes().ok()).unwrap_or_default();
    let wanted = out.len() * sample.bytes();
    // An odd number of bytes is padded with one more.
    if bytes.len() < wanted {
        return Err(wrong(
            path,
            format!("{wanted} bytes of pixels are wanted, {} are there; copy the file again", bytes.len()),
        ));
    }
    // The reader has brought words to this machine's order.
    let order = if cfg!(target_endian = "big") { ByteOrder::Big } else { ByteOrder::Little };
    sample.decode(order, &bytes[..wanted], out);
    let scale = numbers::<1>(&object, SLOPE).map_or(1.0, |s| s[0]);
    let shift = numbers::<1>(&object, INTERCEPT).map_or(0.0, |s| s[0]);
    out.iter_mut().for_each(|v| *v = (f64::from(*v) * scale + shift) as f32);
    Ok(())
}
