//! The points of a PCD file, in its three encodings.

use super::pcd_header::{Encoding, Field, Header};
use super::{PointCloud, lzf};
use crate::error::DataError;
use std::path::Path;

/// Names under which files give the strength of the echo.
const INTENSITY: [&str; 5] = ["intensity", "i", "intensities", "reflectivity", "reflectance"];

/// Reads the bytes of a PCD v0.7 file; `path` is for errors only. The fields may come in any order; of fields other
/// than x, y, z and intensity nothing is kept. Bytes after the last point are ignored, and so is `VIEWPOINT`: the
/// coordinates stay as they are in the file.
///
/// # Errors
/// A header that is not PCD v0.7 or has no x, y, z (with the line), fewer points than it says, text that is not a
/// number, damaged compression, or no finite point.
pub fn parse_pcd(path: &Path, bytes: &[u8]) -> Result<PointCloud, DataError> {
    let header = Header::parse(path, bytes)?;
    let wanted = Wanted::find(path, &header.fields)?;
    let body = bytes.get(header.first_byte..).unwrap_or_default();
    let cloud = match header.encoding {
        Encoding::Ascii => ascii(path, &header, &wanted, body)?,
        Encoding::Binary => binary(path, &header, &wanted, body)?,
        Encoding::Compressed => compressed(path, &header, &wanted, body)?,
    };
    cloud.not_empty(path)
}

/// Which fields hold x, y, z and the intensity.
struct Wanted {
    xyz: [usize; 3],
    intensity: Option<usize>,
}

impl Wanted {
    fn find(path: &Path, fields: &[Field]) -> Result<Self, DataError> {
        let place = |name: &str| fields.iter().position(|f| f.name == name);
        let mut xyz = [0; 3];
        for (at, name) in xyz.iter_mut().zip(["x", "y", "z"]) {
            *at = place(name).ok_or_else(|| {
                let names: Vec<_> = fields.iter().map(|f| f.name.as_str()).collect();
                let message = format!(
                    "FIELDS has no `{name}`; there are: {}. A cloud needs x, y and z",
                    names.join(", ")
                );
                DataError::in_file(path, message)
            })?;
        }
        Ok(Self { xyz, intensity: INTENSITY.iter().find_map(|name| place(name)) })
    }

    /// Adds the point whose fields `value` gives.
    fn push(&self, cloud: &mut PointCloud, value: impl Fn(usize) -> Option<f32>) -> Option<()> {
        let [x, y, z] = self.xyz;
        let intensity = match self.intensity {
            Some(at) => value(at)?,
            None => 0.0,
        };
        cloud.push([value(x)?, value(y)?, value(z)?], intensity);
        Some(())
    }
}

fn ascii(path: &Path, header: &Header, wanted: &Wanted, body: &[u8]) -> Result<PointCloud, DataError> {
    let mut starts = Vec::with_capacity(header.fields.len());
    let mut total = 0_usize;
    for field in &header.fields {
        starts.push(total);
        total += field.count;
    }
    let mut cloud = PointCloud::default();
    let mut read = 0;
    for (number, line) in (header.lines + 1..).zip(body.split(|b| *b == b'\n')) {
        if read == header.points {
            break;
        }
        let text = std::str::from_utf8(line)
            .map_err(|_| DataError::at_line(path, number, "not text, though the header says DATA ascii"))?;
        let words: Vec<_> = text.split_whitespace().collect();
        if words.is_empty() {
            continue;
        }
        if words.len() != total {
            let message = format!("{} values where FIELDS and COUNT say {total}", words.len());
            return Err(DataError::at_line(path, number, message));
        }
        let mut values = Vec::with_capacity(header.fields.len());
        for start in &starts {
            let word = words[*start];
            values.push(word.parse::<f32>().map_err(|_| {
                DataError::at_line(
                    path,
                    number,
                    format!("`{word}` is not a number (unknown values are written nan)"),
                )
            })?);
        }
        if wanted.push(&mut cloud, |field| values.get(field).copied()).is_some() {
            read += 1;
        }
    }
    if read < header.points {
        return Err(cut(path, format!("{read} lines of points follow"), header.points));
    }
    Ok(cloud)
}

fn binary(path: &Path, header: &Header, wanted: &Wanted, body: &[u8]) -> Result<PointCloud, DataError> {
    let stride = header.stride();
    let mut starts = Vec::with_capacity(header.fields.len());
    let mut start = 0;
    for field in &header.fields {
        starts.push(start);
        start += field.size();
    }
    let have = body.len() / stride.max(1);
    if have < header.points {
        let follows = format!("{} bytes ({have} points of {stride} bytes) follow", body.len());
        return Err(cut(path, follows, header.points));
    }
    let mut cloud = PointCloud::default();
    for point in body.chunks_exact(stride.max(1)).take(header.points) {
        let value = |field: usize| header.fields[field].number.read(point.get(starts[field]..)?);
        wanted
            .push(&mut cloud, value)
            .ok_or_else(|| cut(path, "a point ends early".to_owned(), header.points))?;
    }
    Ok(cloud)
}

/// All values of the first field come first, then all of the second, and so on, packed by LZF behind two sizes.
fn compressed(path: &Path, header: &Header, wanted: &Wanted, body: &[u8]) -> Result<PointCloud, DataError> {
    let damaged =
        |message: String| DataError::in_file(path, format!("{message}; the file is cut or damaged"));
    let (packed_size, rest) = size_and_rest(body)
        .ok_or_else(|| damaged("the sizes before the compressed points are missing".to_owned()))?;
    let (size, rest) = size_and_rest(rest)
        .ok_or_else(|| damaged("the sizes before the compressed points are missing".to_owned()))?;
    if header.stride().checked_mul(header.points) != Some(size) {
        let message =
            format!("{size} bytes unpacked are not {} points of {} bytes", header.points, header.stride());
        return Err(damaged(message));
    }
    let packed = rest.get(..packed_size).ok_or_else(|| {
        damaged(format!("{packed_size} compressed bytes are announced, {} follow", rest.len()))
    })?;
    let plain = lzf::unpack(packed, size)
        .ok_or_else(|| damaged("the compressed points cannot be unpacked".to_owned()))?;
    let mut starts = Vec::with_capacity(header.fields.len());
    let mut start = 0;
    for field in &header.fields {
        starts.push(start);
        start += field.size() * header.points;
    }
    let mut cloud = PointCloud::default();
    for point in 0..header.points {
        let value = |at: usize| {
            let field = &header.fields[at];
            field.number.read(plain.get(starts[at] + point * field.size()..)?)
        };
        wanted.push(&mut cloud, value).ok_or_else(|| damaged("a field ends early".to_owned()))?;
    }
    Ok(cloud)
}

fn size_and_rest(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (size, rest) = bytes.split_first_chunk::<4>()?;
    Some((usize::try_from(u32::from_le_bytes(*size)).ok()?, rest))
}

fn cut(path: &Path, follows: String, points: usize) -> DataError {
    let message =
        format!("the header says {points} points, but only {follows}; the file is cut: copy it again");
    DataError::in_file(path, message)
}

#[cfg(test)]
#[path = "pcd_tests.rs"]
mod tests;
