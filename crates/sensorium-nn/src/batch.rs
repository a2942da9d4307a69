//! Examples as tensors.

use crate::example::{Example, View};
use crate::frontend::{Frontend, StreamFeatures};
use burn::tensor::{Device, Tensor, TensorData};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use sensorium_data::Target;

/// The features of one stream over a batch.
#[derive(Clone, Debug)]
pub struct StreamBatch {
    /// Features, `[batch, token, width]`; sub-word ids for text.
    pub values: Tensor<3>,
    /// Start of each token in ms, `[batch, token]`.
    pub start_ms: Tensor<2>,
    /// End of each token in ms, `[batch, token]`.
    pub end_ms: Tensor<2>,
    /// 1 where a token is valid, `[batch, token]`.
    pub mask: Tensor<2>,
    /// Quality of the stream, `[batch, 1]`.
    pub quality: Tensor<2>,
}

impl StreamBatch {
    /// Adds white noise of the given spread to the features; that of row `i` comes from
    /// `generator(i)`.
    pub fn jitter(&mut self, spread: f32, generator: impl Fn(usize) -> ChaCha8Rng) {
        let [size, tokens, width] = self.values.dims();
        let mut noise = Vec::with_capacity(size * tokens * width);
        for i in 0..size {
            let mut rng = generator(i);
            noise.extend((0..tokens * width).map(|_| {
                let value: f32 = StandardNormal.sample(&mut rng);
                spread * value
            }));
        }
        let noise = TensorData::new(noise, [size, tokens, width]);
        self.values = self.values.clone() + Tensor::from_data(noise, &self.values.device());
    }
}

/// A batch of examples.
#[derive(Clone, Debug)]
pub struct Batch {
    /// One entry a stream.
    pub streams: Vec<StreamBatch>,
    /// 1 where the model may look, `[batch, stream]`.
    pub present: Tensor<2>,
    /// 1 where features are there although the model may not look (training only), `[batch, stream]`.
    pub hidden: Tensor<2>,
    /// Quality of each stream in `[0, 1]`, `[batch, stream]`.
    pub quality: Tensor<2>,
    /// Age of each stream's newest sample in window lengths, `[batch, stream]`.
    pub staleness: Tensor<2>,
    /// What is to be learned, one entry an example.
    pub targets: Vec<Target>,
}

impl Batch {
    /// Number of examples.
    pub fn size(&self) -> usize {
        self.targets.len()
    }

    /// Puts examples together, stream `s` of example `i` as `view(i, s)` says.
    pub fn new(
        frontends: &[Frontend],
        examples: &[&Example],
        view: impl Fn(usize, usize) -> View,
        device: &Device,
    ) -> Self {
        let (size, streams) = (examples.len(), frontends.len());
        let mut present = vec![0.0f32; size * streams];
        let mut hidden = present.clone();
        let mut quality = present.clone();
        let mut staleness = vec![1.0f32; size * streams];
        let batches = (0..streams)
            .map(|s| {
                let (tokens, width) = (frontends[s].tokens(), frontends[s].width());
                let mut values = vec![0.0f32; size * tokens * width];
                let mut start_ms = vec![0.0f32; size * tokens];
                let mut end_ms = start_ms.clone();
                let mut mask = start_ms.clone();
                let mut stream_quality = vec![0.0f32; size];
                for (i, example) in examples.iter().enumerate() {
                    let (features, seen): (Option<&StreamFeatures>, bool) = match view(i, s) {
                        View::Clean => (example.streams[s].clean.as_ref(), true),
                        View::Broken(f) => (example.streams[s].broken.get(f).and_then(Option::as_ref), true),
                        View::Hidden => (example.streams[s].clean.as_ref(), false),
                    };
                    let Some(features) = features else { continue };
                    values[i * tokens * width..(i + 1) * tokens * width].copy_from_slice(&features.values);
                    start_ms[i * tokens..(i + 1) * tokens].copy_from_slice(&features.start_ms);
                    end_ms[i * tokens..(i + 1) * tokens].copy_from_slice(&features.end_ms);
                    for (m, valid) in mask[i * tokens..(i + 1) * tokens].iter_mut().zip(&features.mask) {
                        *m = f32::from(u8::from(*valid));
                    }
                    let at = i * streams + s;
                    if seen {
                        present[at] = 1.0;
                        quality[at] = features.quality;
                        staleness[at] = features.staleness;
                    } else {
                        hidden[at] = 1.0;
                    }
                    stream_quality[i] = features.quality;
                }
                let two =
                    |v: Vec<f32>, n: usize| Tensor::<2>::from_data(TensorData::new(v, [size, n]), device);
                StreamBatch {
                    values: Tensor::from_data(TensorData::new(values, [size, tokens, width]), device),
                    start_ms: two(start_ms, tokens),
                    end_ms: two(end_ms, tokens),
                    mask: two(mask, tokens),
                    quality: two(stream_quality, 1),
                }
            })
            .collect();
        let two = |v: Vec<f32>| Tensor::<2>::from_data(TensorData::new(v, [size, streams]), device);
        Self {
            streams: batches,
            present: two(present),
            hidden: two(hidden),
            quality: two(quality),
            staleness: two(staleness),
            targets: examples.iter().map(|e| e.target.clone()).collect(),
        }
    }
}
