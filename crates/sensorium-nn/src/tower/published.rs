//! Published weights as they lie on disk.

use crate::error::NnError;
use crate::tensors::{self, TensorFile};
use std::path::{Path, PathBuf};

/// Where the weights `name` (`mobilenet-v2`, `minilm`) lie: in `root`, else in `./data`.
///
/// # Errors
/// When they are in neither, naming the command that brings them.
pub fn weights_folder(root: &Path, name: &str) -> Result<PathBuf, NnError> {
    find_weights(root, name).ok_or_else(|| {
        NnError::Invalid(format!(
            "the weights `{name}` are neither in {} nor in ./data; get them with `sensorium data get {name}`",
            root.display()
        ))
    })
}

/// Like [`weights_folder`], `None` where there are none.
pub fn find_weights(root: &Path, name: &str) -> Option<PathBuf> {
    [root.join(name), Path::new("data").join(name)]
        .into_iter()
        .find(|f| f.join("model.safetensors").is_file())
}

/// A file of published tensors, taken out one by one.
pub(super) struct Published {
    path: PathBuf,
    file: TensorFile,
}

impl Published {
    /// Reads `model.safetensors` in `folder`.
    pub(super) fn open(folder: &Path) -> Result<Self, NnError> {
        let path = folder.join("model.safetensors");
        let file = tensors::read_floats(&path)?;
        Ok(Self { path, file })
    }

    /// The tensor `name`, which must have `shape`.
    pub(super) fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, NnError> {
        match self.file.tensors.remove(name) {
            Some((found, values)) if found == shape => Ok(values),
            Some((found, _)) => Err(self.error(format!("tensor {name} has shape {found:?}, not {shape:?}"))),
            None => Err(self.error(format!("tensor {name} is missing"))),
        }
    }

    /// The weight of a dense layer, turned from `[out, in]` as published to `[in, out]`.
    pub(super) fn take_dense(
        &mut self,
        name: &str,
        input: usize,
        output: usize,
    ) -> Result<Vec<f32>, NnError> {
        let rows = self.take(name, &[output, input])?;
        Ok((0..input)
            .flat_map(|i| (0..output).map(move |o| (i, o)))
            .map(|(i, o)| rows[o * input + i])
            .collect())
    }

    fn error(&self, what: String) -> NnError {
        NnError::bundle(
            &self.path,
            format!("{what}; these are other weights than the network's: get them again"),
        )
    }
}
