//! NumPy's `.npz`: arrays in a zip file. They may be compressed, so each is read whole into memory.

use super::npy::NpyHeader;
use super::source::zeros;
use crate::{Projections, TomoError};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use zip::ZipArchive;

type Archive = ZipArchive<BufReader<File>>;

/// The arrays of a scan, by any of these names.
const DATA: &[&str] = &["data", "projections"];
const FLAT: &[&str] = &["flat", "data_white", "white"];
const DARK: &[&str] = &["dark", "data_dark"];
const ANGLES: &[&str] = &["angles_deg", "theta"];

/// What a `.npz` file holds of a scan.
pub(super) struct Arrays {
    pub data: Projections,
    pub flat: Option<Projections>,
    pub dark: Option<Projections>,
    pub angles_deg: Option<Vec<f64>>,
}

/// Reads the arrays `data`, `flat`, `dark` and `angles_deg`, or the only array there is.
pub(super) fn read(path: &Path) -> Result<Arrays, TomoError> {
    let file = File::open(path).map_err(TomoError::io(path))?;
    let mut archive = ZipArchive::new(BufReader::new(file))
        .map_err(|e| TomoError::in_file(path, format!("this is no whole .npz file: {e}; save it again")))?;
    let mut names: Vec<String> =
        archive.file_names().filter_map(|name| Some(name.ok()?.into_owned())).collect();
    names.sort();
    let find =
        |wanted: &[&str]| names.iter().find(|name| wanted.contains(&name.trim_end_matches(".npy"))).cloned();
    let only = (names.len() == 1).then(|| names[0].clone());
    let Some(data) = find(DATA).or(only) else {
        return Err(TomoError::in_file(
            path,
            format!(
                "there is no array \"data\"; there are {names:?}: save numpy.savez(path, data=projections)"
            ),
        ));
    };
    let data = stack(&mut archive, path, &data)?;
    let flat = find(FLAT).map(|name| stack(&mut archive, path, &name)).transpose()?;
    let dark = find(DARK).map(|name| stack(&mut archive, path, &name)).transpose()?;
    let angles_deg = match find(ANGLES) {
        Some(name) => {
            let (header, bytes) = array(&mut archive, path, &name)?;
            Some(header.sample.decode_f64(header.order, &bytes))
        }
        None => None,
    };
    Ok(Arrays { data, flat, dark, angles_deg })
}

fn stack(archive: &mut Archive, path: &Path, name: &str) -> Result<Projections, TomoError> {
    let (header, bytes) = array(archive, path, name)?;
    let [views, rows, columns] =
        header.sizes().map_err(|m| TomoError::in_file(path, format!("{name}: {m}")))?;
    let mut values = zeros(&[views, rows, columns])?;
    header.sample.decode(header.order, &bytes, &mut values);
    Projections::new(views, rows, columns, values)
}

/// An array's header and the bytes of its values, as many as the header says.
fn array(archive: &mut Archive, path: &Path, name: &str) -> Result<(NpyHeader, Vec<u8>), TomoError> {
    let wrong = |m: String| TomoError::in_file(path, format!("{name}: {m}"));
    let entry = archive.by_name(name).map_err(|e| wrong(e.to_string()))?;
    let wanted = entry.size();
    let mut bytes = Vec::new();
    let room = usize::try_from(wanted).is_ok_and(|n| n <= isize::MAX as usize);
    if !room {
        return Err(wrong(format!("{wanted} bytes do not fit into memory; save the array as .npy")));
    }
    entry.take(wanted).read_to_end(&mut bytes).map_err(|e| wrong(format!("{e}; save the file again")))?;
    let header = NpyHeader::parse(&bytes).map_err(wrong)?;
    let count = header.shape.iter().try_fold(1_usize, |product, n| product.checked_mul(*n));
    let values = bytes.split_off(header.first_byte as usize);
    let size = header.sample.bytes();
    if count.and_then(|n| n.checked_mul(size)) != Some(values.len()) {
        return Err(wrong(format!(
            "{:?} values of {size} bytes do not fit the {} bytes there: it was cut short; save the file again",
            header.shape,
            values.len()
        )));
    }
    Ok((header, values))
}
