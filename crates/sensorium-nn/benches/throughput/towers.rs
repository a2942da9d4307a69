//! The pretrained towers and batches for them.

use burn::tensor::{Device, Int, Tensor, TensorData};
use sensorium_nn::tower::{MiniLm, MiniLmConfig, MobileNetV2, find_weights};
use std::path::PathBuf;

/// Both towers, and where their published weights lie: without them weights are random, which costs the same.
pub struct Towers {
    pictures: MobileNetV2,
    sentences: MiniLm,
    /// Folder of MobileNetV2's weights.
    pub pictures_folder: Option<PathBuf>,
    /// Folder of MiniLM's weights.
    pub sentences_folder: Option<PathBuf>,
}

impl Towers {
    /// The towers, with the weights that are there.
    pub fn load(device: &Device) -> Self {
        let (pictures_folder, sentences_folder) = (folder("mobilenet-v2"), folder("minilm"));
        let pictures = match &pictures_folder {
            Some(folder) => MobileNetV2::load(folder, device).unwrap(),
            None => MobileNetV2::new(device),
        };
        let sentences = match &sentences_folder {
            Some(folder) => MiniLm::load(folder, device).unwrap(),
            None => MiniLmConfig::default().init(device),
        };
        Self { pictures, sentences, pictures_folder, sentences_folder }
    }

    /// What a tower makes of a batch.
    pub fn run(&self, batch: &Input) -> Vec<f32> {
        match batch {
            Input::Pictures(x) => self.pictures.features(x.clone()).try_into_vec_as::<f32>().unwrap(),
            Input::Sentences(ids, mask) => {
                self.sentences.forward(ids.clone(), mask.clone()).try_into_vec_as::<f32>().unwrap()
            }
        }
    }
}

/// Where `sensorium data get` has put the weights `name`, as a full path.
fn folder(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("SENSORIUM_DATA").map_or_else(|| PathBuf::from("../../data"), PathBuf::from);
    let found = find_weights(&root, name).or_else(|| find_weights(&PathBuf::from("../../data"), name));
    if found.is_none() {
        println!("{name}: random weights (sensorium data get {name})");
    }
    found.and_then(|f| f.canonicalize().ok())
}

/// A batch; the peer makes the same.
// A few of them: their size does not matter.
#[allow(clippy::large_enum_variant)]
pub enum Input {
    /// `[batch, 3, side, side]`.
    Pictures(Tensor<4>),
    /// Numbers of sub-words and their mask, `[batch, token]`.
    Sentences(Tensor<2, Int>, Tensor<2>),
}

impl Input {
    /// Pictures of that side in pixels.
    pub fn pictures(batch: usize, side: usize, device: &Device) -> Self {
        let values: Vec<f32> =
            (0..batch * 3 * side * side).map(|i| (0.013 * i as f64).sin() as f32).collect();
        Self::Pictures(Tensor::from_data(TensorData::new(values, [batch, 3, side, side]), device))
    }

    /// Sentences of that many sub-words.
    pub fn sentences(batch: usize, tokens: usize, device: &Device) -> Self {
        let ids: Vec<i64> = (0..batch * tokens).map(|i| 1000 + (i * 7919 % 20_000) as i64).collect();
        let ids = Tensor::<2, Int>::from_data(TensorData::new(ids, [batch, tokens]), device);
        Self::Sentences(ids, Tensor::ones([batch, tokens], device))
    }
}
