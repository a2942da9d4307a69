//! Token features on the host, and batches of them.

use crate::tower::Dropout;
use burn::tensor::{Device, Tensor, TensorData};
use half::f16;

/// Features of one item (an image's cells, a clip's frames, a scene's clusters, a sentence's sub-words),
/// before any weight that is trained. Kept in half precision: a data set of them must fit into memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sequence {
    /// `[token, width]`, row-major.
    pub values: Vec<f16>,
    /// Numbers a token.
    pub width: usize,
    /// Time of each token's middle in ms; empty where tokens have none.
    pub time_ms: Vec<f32>,
}

impl Sequence {
    /// Features without times.
    pub fn new(values: &[f32], width: usize) -> Self {
        Self { values: values.iter().map(|v| f16::from_f32(*v)).collect(), width, time_ms: Vec::new() }
    }

    /// Features at times (ms).
    pub fn timed(values: &[f32], width: usize, time_ms: Vec<f32>) -> Self {
        Self { time_ms, ..Self::new(values, width) }
    }

    /// Number of tokens.
    pub fn tokens(&self) -> usize {
        self.values.len().checked_div(self.width).unwrap_or(0)
    }

    /// The mean of the tokens as the only one, without a time.
    pub fn averaged(&self) -> Self {
        let mut mean = vec![0.0f32; self.width];
        for token in self.values.chunks_exact(self.width.max(1)) {
            mean.iter_mut().zip(token).for_each(|(m, v)| *m += v.to_f32());
        }
        let count = self.tokens().max(1) as f32;
        mean.iter_mut().for_each(|m| *m /= count);
        Self::new(&mean, self.width)
    }

    /// A number that other features, or others at other times, would hardly have (FNV-1a over the bits).
    pub fn digest(&self) -> u64 {
        let times = self.time_ms.iter().flat_map(|t| [t.to_bits() as u16, (t.to_bits() >> 16) as u16]);
        self.values.iter().map(|v| v.to_bits()).chain(times).fold(0xcbf2_9ce4_8422_2325, |hash: u64, bits| {
            (hash ^ u64::from(bits)).wrapping_mul(0x0100_0000_01b3)
        })
    }

    /// Tokens `from..to` alone.
    pub fn slice(&self, from: usize, to: usize) -> Self {
        Self {
            values: self.values[from * self.width..to * self.width].to_vec(),
            width: self.width,
            time_ms: self.time_ms.get(from..to).map(<[f32]>::to_vec).unwrap_or_default(),
        }
    }
}

/// Sequences of one width, padded to the longest.
#[derive(Clone, Debug)]
pub struct SequenceBatch {
    /// `[item, token, width]`.
    pub values: Tensor<3>,
    /// `[item, token]`, ms.
    pub time_ms: Tensor<2>,
    /// 1 where a token is valid, `[item, token]`.
    pub mask: Tensor<2>,
    /// Masks of dropout; `None` outside training.
    pub dropout: Option<Dropout>,
}

impl SequenceBatch {
    /// Puts sequences together on `device`.
    pub fn new(sequences: &[&Sequence], device: &Device) -> Self {
        let longest = sequences.iter().map(|s| s.tokens()).max().unwrap_or(0).max(1);
        let width = sequences.iter().map(|s| s.width).max().unwrap_or(1).max(1);
        let rows = sequences.len();
        let mut values = vec![0.0f32; rows * longest * width];
        let mut time_ms = vec![0.0f32; rows * longest];
        let mut mask = vec![0.0f32; rows * longest];
        for (r, sequence) in sequences.iter().enumerate() {
            let start = r * longest * width;
            for (to, from) in values[start..].iter_mut().zip(&sequence.values) {
                *to = from.to_f32();
            }
            time_ms[r * longest..][..sequence.time_ms.len()].copy_from_slice(&sequence.time_ms);
            mask[r * longest..][..sequence.tokens()].fill(1.0);
        }
        let two = |v: Vec<f32>| Tensor::from_data(TensorData::new(v, [rows, longest]), device);
        Self {
            values: Tensor::from_data(TensorData::new(values, [rows, longest, width]), device),
            time_ms: two(time_ms),
            mask: two(mask),
            dropout: None,
        }
    }
}
