//! What is trained: captioned pictures, and narrated videos.

use burn::tensor::{Device, Tensor, TensorData};
use rand_distr::{Distribution, StandardNormal};
use sensorium_align::sync::{CueRow, FrameRow, SyncLinks};
use sensorium_align::train::Step;
use sensorium_align::{
    JointConfig, JointNet, Links, Objective, ObjectiveConfig, Pairs, Pool, Sequence, StemKind, TowerConfig,
};
use sensorium_nn::train::Weights;
use sensorium_nn::{seed, tensors};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Pictures and captions a batch.
const PAIRS: usize = 256;
/// Segments a batch, their frames and their cues.
const SEGMENTS: usize = 16;
const FRAMES: usize = 120;
const CUES: usize = 8;
/// From frame to frame, and from cue to cue, ms.
const FRAME_MS: f32 = 80.0;
const CUE_MS: f32 = 1_200.0;
/// How long a cue is shown, ms.
const SHOWN_MS: f32 = 800.0;

/// Towers, a batch and what belongs together in it.
pub struct Case {
    /// Its name, the same for the peer.
    pub name: &'static str,
    /// Sizes of the towers.
    pub sizes: JointConfig,
    /// The batch.
    pub step: Step,
    /// Towers whose weights do not count.
    pub net: JointNet,
    /// The objective.
    pub objective: Objective,
    /// Weights of the towers, then of the objective.
    pub weights: Weights,
}

impl Case {
    /// 256 pictures of 25 cells with a caption of 12 tokens each, linear towers, InfoNCE.
    pub fn pairs(device: &Device) -> Self {
        let sizes =
            JointConfig { item: linear(1280, 512, Pool::MeanMax), text: linear(384, 512, Pool::MeanMax) };
        let pairs = Pairs { items: PAIRS, item_of_text: (0..PAIRS).map(Some).collect(), ignored: Vec::new() };
        let step = Step {
            items: features(PAIRS, 25, 1280, 1, |_| 0.0),
            texts: features(PAIRS, 12, 384, 2, |_| 0.0),
            links: Links::Pairs(pairs),
            dropout: None,
        };
        Self::new("pairs", sizes, step, &ObjectiveConfig::default(), device)
    }

    /// 16 segments of 120 frames with 8 cues of 12 tokens each, attention over real time, the synchronous
    /// loss through the kernel.
    pub fn synchronous(device: &Device) -> Self {
        let text = linear(384, 128, Pool::Mean);
        let item = TowerConfig { blocks: 2, neighbours: true, reach_ms: Some(1_200.0), ..text };
        let frames = (0..SEGMENTS * FRAMES)
            .map(|f| FrameRow { video: f / FRAMES, time_ms: FRAME_MS * (f % FRAMES) as f32 });
        let cues = (0..SEGMENTS * CUES).map(|c| {
            let start_ms = CUE_MS * (c % CUES) as f32;
            CueRow { video: c / CUES, start_ms, end_ms: start_ms + SHOWN_MS }
        });
        let step = Step {
            items: features(SEGMENTS, FRAMES, 384, 1, |t| FRAME_MS * t as f32),
            texts: features(SEGMENTS * CUES, 12, 384, 2, |_| 0.0),
            links: Links::Synchronous(SyncLinks { frames: frames.collect(), cues: cues.collect() }),
            dropout: None,
        };
        let objective = ObjectiveConfig { temperature: 0.1, ..ObjectiveConfig::default() };
        Self::new("synchronous", JointConfig { item, text }, step, &objective, device)
    }

    fn new(
        name: &'static str,
        sizes: JointConfig,
        step: Step,
        objective: &ObjectiveConfig,
        device: &Device,
    ) -> Self {
        let (net, objective) = (sizes.init(device), objective.init(sizes.text.joint, device));
        let mut weights = Weights::of(&net);
        weights.reset(0);
        let tail = Weights::of(&objective);
        weights.names.extend(tail.names);
        weights.shapes.extend(tail.shapes);
        weights.values.extend(tail.values);
        Self { name, sizes, step, net, objective, weights }
    }

    /// Whether frames and cues are bound by time.
    pub fn is_synchronous(&self) -> bool {
        matches!(self.step.links, Links::Synchronous(_))
    }

    /// Unit vectors of items (or frames) and of texts as leaves of a graph.
    pub fn leaves(&self, device: &Device) -> [Tensor<2>; 2] {
        let of_net = self.weights.names.len() - Weights::of(&self.objective).names.len();
        let head = Weights {
            names: self.weights.names[..of_net].to_vec(),
            shapes: self.weights.shapes[..of_net].to_vec(),
            values: self.weights.values[..of_net].to_vec(),
        };
        let net = head.load_unchecked(self.net.clone(), device, false);
        let items: Vec<Vec<f32>> = if self.is_synchronous() {
            self.step.items.iter().flat_map(|s| net.embed_tokens(s, device)).collect()
        } else {
            net.embed_items(&borrowed(&self.step.items), device)
        };
        let texts = net.embed_texts(&borrowed(&self.step.texts), device);
        let tracked = device.clone().autodiff();
        [items, texts].map(|rows: Vec<Vec<f32>>| {
            let shape = [rows.len(), self.sizes.text.joint];
            Tensor::from_data(TensorData::new(rows.concat(), shape), &tracked).require_grad()
        })
    }

    /// The objective, tracked.
    pub fn tracked_objective(&self, device: &Device) -> Objective {
        Weights::of(&self.objective).load_unchecked(self.objective.clone(), &device.clone().autodiff(), true)
    }

    /// Weights, features and times as a file for the peer.
    pub fn write(&self, path: &Path) {
        let weights = self.weights.shapes.iter().zip(&self.weights.values).enumerate();
        let mut all: Vec<(String, Vec<usize>, Vec<f32>)> = weights
            .map(|(i, (shape, values))| (format!("weight.{i:03}"), shape.clone(), values.clone()))
            .collect();
        for (name, sequences) in [("items", &self.step.items), ("texts", &self.step.texts)] {
            let (rows, tokens, width) = (sequences.len(), sequences[0].tokens(), sequences[0].width);
            let values = sequences.iter().flat_map(|s| s.values.iter().map(|v| v.to_f32())).collect();
            all.push((name.to_string(), vec![rows, tokens, width], values));
            let times = sequences.iter().flat_map(|s| s.time_ms.iter().copied()).collect();
            all.push((format!("{name}_ms"), vec![rows, tokens], times));
        }
        if let Links::Synchronous(links) = &self.step.links {
            let spans = links.cues.iter().flat_map(|c| [c.start_ms, c.end_ms]).collect();
            all.push(("cue_ms".to_string(), vec![links.cues.len(), 2], spans));
        }
        let list: Vec<(String, &[usize], &[f32])> =
            all.iter().map(|(name, shape, values)| (name.clone(), &shape[..], &values[..])).collect();
        tensors::write(path, &list, BTreeMap::new()).unwrap();
    }
}

fn borrowed(sequences: &[Arc<Sequence>]) -> Vec<&Sequence> {
    sequences.iter().map(Arc::as_ref).collect()
}

fn linear(width: usize, dim: usize, pool: Pool) -> TowerConfig {
    TowerConfig {
        stem: StemKind::Dense { width },
        dim,
        joint: dim,
        blocks: 0,
        heads: 4,
        neighbours: false,
        reach_ms: None,
        pool,
    }
}

/// Sequences of `tokens` times `width` normal numbers; token t is at `time_ms(t)`.
fn features(
    count: usize,
    tokens: usize,
    width: usize,
    kind: u64,
    time_ms: impl Fn(usize) -> f32,
) -> Vec<Arc<Sequence>> {
    let mut rng = seed::generator(0, &[kind]);
    (0..count)
        .map(|_| {
            let values: Vec<f32> =
                (0..tokens * width).map(|_| -> f32 { StandardNormal.sample(&mut rng) }).collect();
            Arc::new(Sequence::timed(&values, width, (0..tokens).map(&time_ms).collect()))
        })
        .collect()
}
