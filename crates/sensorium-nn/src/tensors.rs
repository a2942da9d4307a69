//! Named tensors in a safetensors file, written atomically, read defensively.

use crate::error::NnError;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

/// Shape and row-major values of one tensor.
pub type HostTensor = (Vec<usize>, Vec<f32>);

/// A file's header strings and tensors.
pub struct TensorFile {
    /// Free-form header entries.
    pub header: BTreeMap<String, String>,
    /// Tensors by name.
    pub tensors: BTreeMap<String, HostTensor>,
}

/// Writes 32-bit float tensors and header strings to `path`; see [`write_atomically`].
///
/// # Errors
/// Those of the file system.
pub fn write(
    path: &Path,
    list: &[(String, &[usize], &[f32])],
    header: BTreeMap<String, String>,
) -> Result<(), NnError> {
    let bytes: Vec<Vec<u8>> =
        list.iter().map(|(_, _, v)| v.iter().flat_map(|x| x.to_le_bytes()).collect()).collect();
    let views = list
        .iter()
        .zip(&bytes)
        .map(|((name, shape, _), bytes)| {
            let view = TensorView::new(Dtype::F32, shape.to_vec(), bytes);
            view.map(|v| (name.clone(), v)).map_err(|e| NnError::bundle(path, e.to_string()))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let header = header.into_iter().collect();
    let encoded =
        safetensors::serialize(views, Some(header)).map_err(|e| NnError::bundle(path, e.to_string()))?;
    write_atomically(path, &encoded)
}

/// Writes a file under a temporary name, flushes it to the disk and renames it, so that `path`
/// always holds either the old content or the new.
///
/// # Errors
/// Those of the file system (no space left, for example); the old content stays then.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), NnError> {
    let mut name = path.file_name().map(|n| n.to_os_string()).unwrap_or_default();
    name.push(".partial");
    let partial = path.with_file_name(name);
    let result = std::fs::File::create(&partial).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    let result = result.and_then(|()| std::fs::rename(&partial, path));
    if result.is_err() {
        // The failed copy is of no use; that it cannot be removed changes nothing.
        let _ = std::fs::remove_file(&partial);
    }
    result.map_err(NnError::io(path))
}

/// Reads a safetensors file of 32-bit floats.
///
/// # Errors
/// When the file cannot be read, is damaged, or holds other types.
pub fn read(path: &Path) -> Result<TensorFile, NnError> {
    let bytes = std::fs::read(path).map_err(NnError::io(path))?;
    parse(&bytes).map_err(|message| NnError::bundle(path, message))
}

/// Like [`read`], leaving out tensors of other types: published files hold counters, too.
///
/// # Errors
/// When the file cannot be read or is damaged.
pub fn read_floats(path: &Path) -> Result<TensorFile, NnError> {
    let bytes = std::fs::read(path).map_err(NnError::io(path))?;
    parse_some(&bytes, false).map_err(|message| NnError::bundle(path, message))
}

/// Reads safetensors bytes, or says what is wrong with them.
///
/// # Errors
/// A sentence on what is damaged.
pub fn parse(bytes: &[u8]) -> Result<TensorFile, String> {
    parse_some(bytes, true)
}

fn parse_some(bytes: &[u8], only_floats: bool) -> Result<TensorFile, String> {
    let damaged =
        |e: safetensors::SafeTensorError| format!("damaged weights file ({e}); copy it again or train anew");
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(damaged)?;
    let header = metadata.metadata().clone().unwrap_or_default().into_iter().collect();
    let file = SafeTensors::deserialize(bytes).map_err(damaged)?;
    let mut tensors = BTreeMap::new();
    for (name, view) in file.tensors() {
        if view.dtype() != Dtype::F32 {
            if !only_floats {
                continue;
            }
            return Err(format!("tensor {name} is {:?}; this version reads 32-bit floats", view.dtype()));
        }
        let values = view
            .data()
            .chunks_exact(4)
            .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
            .collect::<Vec<f32>>();
        if values.iter().any(|v| !v.is_finite()) {
            return Err(format!("tensor {name} holds values that are not finite; the file is damaged"));
        }
        tensors.insert(name, (view.shape().to_vec(), values));
    }
    Ok(TensorFile { header, tensors })
}
