//! The bundle: a folder with `model.toml`, `weights.safetensors` and `text.json`. It holds the pretrained
//! towers, too, and needs nothing beside it.

use super::JointModel;
use super::card::{AlignCard, CARD, FORMAT, KIND};
use super::text::{TextFront, TextKind, Vocabulary};
use super::vision::Vision;
use crate::error::AlignError;
use burn::module::Module;
use burn::tensor::Device;
use sensorium_nn::NnError;
use sensorium_nn::bundle::{digest, is_sealed, seal};
use sensorium_nn::tensors::{self, TensorFile, write_atomically};
use sensorium_nn::tower::{MiniLmConfig, MobileNetV2, Sentences, WordPieces};
use sensorium_nn::train::Weights;
use std::collections::BTreeMap;
use std::path::Path;

const WEIGHTS: &str = "weights.safetensors";
const TEXT: &str = "text.json";

impl JointModel {
    /// Writes the bundle folder; `model.toml` last, so that a folder with a card is complete.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn save(&self, folder: &Path) -> Result<(), AlignError> {
        std::fs::create_dir_all(folder).map_err(NnError::io(folder))?;
        let mut groups = vec![("net", Weights::of(&self.net))];
        if let Some(vision) = &self.vision {
            groups.push(("vision", Weights::of(&vision.tower)));
        }
        let text = match &self.text {
            TextFront::MiniLm(sentences) => {
                groups.push(("text", Weights::of(&sentences.tower)));
                sentences.pieces.to_bytes()?
            }
            TextFront::Words(vocabulary) => {
                serde_json::to_vec(vocabulary).map_err(|e| NnError::bundle(folder, e.to_string()))?
            }
        };
        let list: Vec<(String, &[usize], &[f32])> = groups
            .iter()
            .flat_map(|(group, w)| {
                w.names
                    .iter()
                    .zip(&w.shapes)
                    .zip(&w.values)
                    .map(move |((n, s), v)| (format!("{group}.{n}"), s.as_slice(), v.as_slice()))
            })
            .collect();
        let path = folder.join(WEIGHTS);
        tensors::write(&path, &list, BTreeMap::new())?;
        let written = std::fs::read(&path).map_err(NnError::io(&path))?;
        write_atomically(&folder.join(TEXT), &text)?;
        let card =
            AlignCard { weights_sha256: digest(&written), text_sha256: digest(&text), ..self.card.clone() };
        let card = toml::to_string(&card).map_err(|e| NnError::bundle(folder, e.to_string()))?;
        Ok(write_atomically(&folder.join(CARD), seal(&card).as_bytes())?)
    }

    /// Reads a bundle.
    ///
    /// # Errors
    /// When a file is missing, damaged or edited, comes from a newer version, or is a model of another kind.
    pub fn load(folder: &Path, device: &Device) -> Result<Self, AlignError> {
        let card = load_card(folder)?;
        let read = |name: &str, expected: &str| {
            let path = folder.join(name);
            let bytes = std::fs::read(&path).map_err(NnError::io(&path))?;
            if digest(&bytes) == expected {
                return Ok(bytes);
            }
            Err(NnError::bundle(
                path,
                "checksum differs from model.toml: the file is damaged or from another model; copy the bundle again or train anew",
            ))
        };
        let weights = read(WEIGHTS, &card.weights_sha256)?;
        let mut file = tensors::parse(&weights).map_err(|m| NnError::bundle(folder.join(WEIGHTS), m))?;
        let text = read(TEXT, &card.text_sha256)?;
        let damaged = |message: String| NnError::bundle(folder.join(TEXT), message);
        let text = match card.text {
            TextKind::Minilm => {
                let pieces = WordPieces::parse(&text, card.longest_text).map_err(damaged)?;
                let tower = take(&mut file, "text", MiniLmConfig::default().init(device), folder, device)?;
                TextFront::MiniLm(Box::new(Sentences { pieces, tower }))
            }
            TextKind::Words => {
                let vocabulary: Vocabulary =
                    serde_json::from_slice(&text).map_err(|e| damaged(e.to_string()))?;
                TextFront::Words(vocabulary.indexed())
            }
        };
        let vision = match card.vision {
            Some(kind) => {
                let tower = take(&mut file, "vision", MobileNetV2::new(device), folder, device)?;
                Some(Vision { kind, tower })
            }
            None => None,
        };
        let net = take(&mut file, "net", card.network.init(device), folder, device)?;
        Ok(Self::new(card, vision, text, net, device))
    }

    /// A digest of the weights, that tells vectors of one model from those of another.
    pub fn digest(&self) -> String {
        let weights = Weights::of(&self.net);
        let mut bytes: Vec<u8> = weights.names.join("\n").into_bytes();
        bytes.extend(weights.values.iter().flatten().flat_map(|v| v.to_le_bytes()));
        digest(&bytes)
    }
}

fn load_card(folder: &Path) -> Result<AlignCard, NnError> {
    let path = folder.join(CARD);
    let text = std::fs::read_to_string(&path).map_err(|_| {
        NnError::bundle(
            folder,
            "no model here (model.toml cannot be read); give the folder that `train align --out` wrote",
        )
    })?;
    let table: toml::Table =
        toml::from_str(&text).map_err(|e| NnError::bundle(&path, format!("not a model card: {e}")))?;
    let kind = table.get("kind").and_then(toml::Value::as_str).unwrap_or("nothing");
    if kind != KIND {
        return Err(NnError::bundle(
            path,
            format!("this is a model of kind {kind}, not of kind {KIND}; give one that `train align` wrote"),
        ));
    }
    let format = table.get("format").and_then(toml::Value::as_integer).unwrap_or(0);
    if format > i64::from(FORMAT) {
        return Err(NnError::bundle(
            path,
            format!(
                "bundle format {format} is newer than this version understands ({FORMAT}); update Sensorium"
            ),
        ));
    }
    if !is_sealed(&text) {
        return Err(NnError::bundle(
            path,
            "checksum in the last line differs: the file is damaged or was edited; copy the bundle again or train anew",
        ));
    }
    toml::from_str(&text).map_err(|e| NnError::bundle(path, format!("damaged model card: {e}")))
}

fn take<M: Module>(
    file: &mut TensorFile,
    group: &str,
    module: M,
    folder: &Path,
    device: &Device,
) -> Result<M, NnError> {
    let like = Weights::of(&module);
    let mut values = Vec::with_capacity(like.names.len());
    for (name, shape) in like.names.iter().zip(&like.shapes) {
        let key = format!("{group}.{name}");
        match file.tensors.remove(&key) {
            Some((found, v)) if &found == shape => values.push(v),
            Some((found, _)) => {
                return Err(NnError::bundle(
                    folder.join(WEIGHTS),
                    format!("tensor {key} has shape {found:?}, the network needs {shape:?}"),
                ));
            }
            None => return Err(NnError::bundle(folder.join(WEIGHTS), format!("tensor {key} is missing"))),
        }
    }
    Weights { values, ..like }.load(module, device, false)
}
