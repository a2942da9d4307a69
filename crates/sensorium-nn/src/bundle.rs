//! A saved model: a folder with `model.toml`, `pipeline.json` and `weights.safetensors`.

use crate::error::NnError;
use crate::frontend::Pipeline;
use crate::tensors::{self, TensorFile, write_atomically};
use crate::train::Weights;
use sensorium_data::{Schema, StreamSpec};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;

/// Version of the bundle format that this crate writes.
pub const FORMAT: u32 = 1;

/// What `model.toml` says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelCard {
    /// Version of the format.
    pub format: u32,
    /// Which network this is; the facade knows the kinds.
    pub kind: String,
    /// Version of Sensorium that wrote the bundle.
    pub sensorium: String,
    /// SHA-256 of `pipeline.json`, filled in by [`save`].
    #[serde(default)]
    pub pipeline_sha256: String,
    /// SHA-256 of `weights.safetensors`, filled in by [`save`].
    #[serde(default)]
    pub weights_sha256: String,
    /// How the model was made.
    pub training: Provenance,
    /// Sizes of the network, read by its kind.
    pub network: toml::Table,
    /// Temperature, thresholds and the like, read by its kind.
    pub calibration: toml::Table,
    /// Streams, task and window.
    pub schema: Schema,
}

/// How a model was made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// The data set's name.
    pub data: String,
    /// Seed.
    pub seed: u64,
    /// Threads.
    pub threads: usize,
    /// Training windows.
    pub windows: usize,
    /// Epoch whose weights these are.
    pub epoch: u64,
    /// Its validation score.
    pub score: f64,
    /// Seconds of training.
    pub seconds: f64,
}

impl ModelCard {
    /// Checks that `schema` has the streams, task and window that the model was made for.
    ///
    /// # Errors
    /// Names the first difference and the remedy.
    pub fn check_schema(&self, schema: &Schema) -> Result<(), NnError> {
        let ours = &self.schema;
        let names = |s: &Schema| s.streams.iter().map(|x| x.name.clone()).collect::<Vec<_>>().join(", ");
        if ours.streams.len() != schema.streams.len()
            || ours.streams.iter().zip(&schema.streams).any(|(a, b)| a.name != b.name)
        {
            return Err(NnError::Invalid(format!(
                "the model was made for the streams [{}], the data have [{}]; use the dataset.toml it was trained with, or train anew",
                names(ours),
                names(schema)
            )));
        }
        for (a, b) in ours.streams.iter().zip(&schema.streams) {
            if let Some(what) = difference(a, b) {
                return Err(NnError::Invalid(format!(
                    "stream {}: the data differ from what the model was made for in {what}; use the dataset.toml it was trained with, or train anew",
                    a.name
                )));
            }
        }
        if ours.window.length_ms != schema.window.length_ms {
            return Err(NnError::Invalid(format!(
                "the model was made for windows of {} ms, the data are cut into {} ms",
                ours.window.length_ms, schema.window.length_ms
            )));
        }
        if ours.task != schema.task {
            return Err(NnError::Invalid(
                "the model was made for another task or other classes than the data describe; use the dataset.toml it was trained with, or train anew".into(),
            ));
        }
        Ok(())
    }
}

fn difference(a: &StreamSpec, b: &StreamSpec) -> Option<String> {
    if a.modality != b.modality {
        Some(format!("modality ({} for {})", b.modality, a.modality))
    } else if a.channels.len() != b.channels.len() {
        Some(format!("number of channels ({} for {})", b.channels.len(), a.channels.len()))
    } else if a.rate != b.rate {
        Some("rate_hz".into())
    } else if a.size != b.size {
        Some("image size".into())
    } else {
        None
    }
}

/// A bundle as read from disk.
pub struct Bundle {
    /// `model.toml`.
    pub card: ModelCard,
    /// `pipeline.json`.
    pub pipeline: Pipeline,
    /// `weights.safetensors`.
    pub tensors: TensorFile,
}

const WEIGHTS: &str = "weights.safetensors";
const PIPELINE: &str = "pipeline.json";
const CARD: &str = "model.toml";

/// Writes a bundle; `model.toml` last, so that a folder with a card is complete.
///
/// # Errors
/// Those of the file system.
pub fn save(
    folder: &Path,
    card: &ModelCard,
    pipeline: &Pipeline,
    weights: &Weights,
    extra: &[(String, Vec<usize>, Vec<f32>)],
) -> Result<(), NnError> {
    std::fs::create_dir_all(folder).map_err(NnError::io(folder))?;
    let mut list: Vec<(String, &[usize], &[f32])> = weights
        .names
        .iter()
        .zip(&weights.shapes)
        .zip(&weights.values)
        .map(|((n, s), v)| (n.clone(), s.as_slice(), v.as_slice()))
        .collect();
    list.extend(extra.iter().map(|(n, s, v)| (n.clone(), s.as_slice(), v.as_slice())));
    tensors::write(&folder.join(WEIGHTS), &list, BTreeMap::new())?;
    let written = std::fs::read(folder.join(WEIGHTS)).map_err(NnError::io(folder.join(WEIGHTS)))?;
    let pipeline = serde_json::to_vec(pipeline).map_err(|e| NnError::bundle(folder, e.to_string()))?;
    write_atomically(&folder.join(PIPELINE), &pipeline)?;
    let card =
        ModelCard { weights_sha256: digest(&written), pipeline_sha256: digest(&pipeline), ..card.clone() };
    let text = toml::to_string(&card).map_err(|e| NnError::bundle(folder, e.to_string()))?;
    write_atomically(&folder.join(CARD), seal(&text).as_bytes())
}

/// Reads a bundle and checks versions and checksums, and that its parts fit one another.
///
/// # Errors
/// When a file is missing, damaged or edited, or comes from a newer version.
pub fn load(folder: &Path) -> Result<Bundle, NnError> {
    let card = load_card(folder)?;
    let read = |name: &str, expected: &str| {
        let path = folder.join(name);
        let bytes = std::fs::read(&path).map_err(NnError::io(&path))?;
        if digest(&bytes) != expected {
            return Err(NnError::bundle(
                path,
                "checksum differs from model.toml: the file is damaged or from another model; copy the bundle again or train anew",
            ));
        }
        Ok(bytes)
    };
    let weights = read(WEIGHTS, &card.weights_sha256)?;
    let tensors = tensors::parse(&weights).map_err(|m| NnError::bundle(folder.join(WEIGHTS), m))?;
    let pipeline = read(PIPELINE, &card.pipeline_sha256)?;
    let pipeline = Pipeline::parse(&pipeline, &card.schema)
        .map_err(|message| NnError::bundle(folder.join(PIPELINE), message))?;
    Ok(Bundle { card, pipeline, tensors })
}

/// Reads `model.toml` alone.
///
/// # Errors
/// When it is missing or damaged, or comes from a newer version.
pub fn load_card(folder: &Path) -> Result<ModelCard, NnError> {
    let path = folder.join(CARD);
    if !path.exists() {
        return Err(NnError::bundle(
            folder,
            "no model here (model.toml is missing); give the folder that `train --out` wrote",
        ));
    }
    let bytes = std::fs::read(&path).map_err(NnError::io(&path))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| NnError::bundle(&path, "not a model card: not text; copy the bundle again"))?;
    let card = parse_card(&text).map_err(|message| NnError::bundle(&path, message))?;
    if !is_sealed(&text) {
        return Err(NnError::bundle(
            path,
            "checksum in the last line differs: the file is damaged or was edited; copy the bundle again or train anew",
        ));
    }
    Ok(card)
}

/// Parses `model.toml`, or says what is wrong with it.
///
/// # Errors
/// A sentence: newer format, or not a card at all.
pub fn parse_card(text: &str) -> Result<ModelCard, String> {
    #[derive(Deserialize)]
    struct Version {
        format: u32,
    }
    let version: Version = toml::from_str(text).map_err(|e| format!("not a model card: {e}"))?;
    if version.format > FORMAT {
        return Err(format!(
            "bundle format {} is newer than this version understands ({FORMAT}); update Sensorium",
            version.format
        ));
    }
    toml::from_str(text).map_err(|e| format!("damaged model card: {e}"))
}

const SEAL: &str = "# sha256: ";

/// A card's text with its own checksum in a last line.
pub fn seal(text: &str) -> String {
    format!("{text}{SEAL}{}\n", digest(text.as_bytes()))
}

/// Whether the last line is the checksum of the lines before it.
pub fn is_sealed(text: &str) -> bool {
    text.rfind(SEAL).is_some_and(|at| text == seal(&text[..at]))
}

/// SHA-256 in hexadecimal.
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

impl Bundle {
    /// The weights under `names` with `shapes`, in that order.
    ///
    /// # Errors
    /// When one is missing or has another shape.
    pub fn weights(&mut self, like: &Weights, folder: &Path) -> Result<Weights, NnError> {
        let mut values = Vec::with_capacity(like.names.len());
        for (name, shape) in like.names.iter().zip(&like.shapes) {
            match self.tensors.tensors.remove(name) {
                Some((found, v)) if &found == shape => values.push(v),
                Some((found, _)) => {
                    return Err(NnError::bundle(
                        folder.join(WEIGHTS),
                        format!("tensor {name} has shape {found:?}, the network needs {shape:?}"),
                    ));
                }
                None => {
                    return Err(NnError::bundle(folder.join(WEIGHTS), format!("tensor {name} is missing")));
                }
            }
        }
        Ok(Weights { values, ..like.clone() })
    }
}
