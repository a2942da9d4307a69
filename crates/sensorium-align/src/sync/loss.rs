//! The synchronous contrastive loss.

use super::links::SyncLinks;
use crate::loss::{InfoNce, info_nce, log_sum_exp};
use crate::tower::unit;
use burn::tensor::{Tensor, TensorData};
use serde::{Deserialize, Serialize};

/// How a text finds its frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Binding {
    /// Through a kernel over the time between them, whose width is learned.
    #[default]
    Kernel,
    /// The mean of the frames in its span, as pairing of whole clips does it.
    Clip,
}

/// Loss of unit vectors `frames` `[frame, joint]` and `texts` `[cue (+ edited), joint]`, `[1]`. `scale` is
/// the inverse temperature `[1, 1]`, `width_ms` the kernel's width `[1, 1]`.
///
/// With [`Binding::Kernel`], w_fc ∝ exp(−Δt² / 2σ²) over the frames of the cue's video binds cue c to frames, Δt
/// being the time from frame f to the span of cue c. The loss is the mean over cues of
///
/// −log ( Σ_f w_fc exp s_fc / mean_f' exp s_f'c )
///
/// over all frames f' of the batch (those of the same video at other times are negatives, too), and the
/// mean over frames, weighted by how much any cue speaks of them, of
///
/// −log ( Σ_c r_fc exp s_fc / Σ_c' exp s_fc' )
///
/// with r the same kernel normalised over cues: MIL-NCE (Miech et al. 2020, arXiv:1912.06430, equation 1)
/// whose candidates are weighted by time.
pub fn synchronous_loss(
    binding: Binding,
    frames: Tensor<2>,
    texts: Tensor<2>,
    links: &SyncLinks,
    scale: Tensor<2>,
    width_ms: Tensor<2>,
) -> Tensor<1> {
    match binding {
        Binding::Kernel => by_kernel(frames, texts, links, scale, width_ms),
        Binding::Clip => by_clip(frames, texts, links, scale),
    }
}

fn by_kernel(
    frames: Tensor<2>,
    texts: Tensor<2>,
    links: &SyncLinks,
    scale: Tensor<2>,
    width_ms: Tensor<2>,
) -> Tensor<1> {
    let device = frames.device();
    let cues = links.cues.len();
    let same = links.same_video(&device);
    let logits = frames.matmul(texts.transpose()) * scale;
    let bound = logits.clone().narrow(1, 0, cues);
    let kernel = (links.apart_ms(&device) / width_ms).square().mul_scalar(-0.5);
    let every = same.ones_like();

    // Text to frames.
    let weights = kernel.clone() - log_sum_exp(kernel.clone(), same.clone(), 0);
    let near = log_sum_exp(bound.clone() + weights, same.clone(), 0);
    let count = (links.frames.len().max(1) as f32).ln();
    let all = log_sum_exp(bound.clone(), every, 0) - count;
    let text = (all - near).mean();

    // Frames to texts. A frame that no cue is near to has little to say.
    let spoken = log_sum_exp(kernel.clone(), same.clone(), 1);
    let share = kernel - spoken.clone();
    let mine = log_sum_exp(bound + share, same, 1);
    let all = log_sum_exp(logits.clone(), logits.ones_like(), 1);
    let weight = spoken.clamp_max(0.0).exp().detach();
    let frame = ((all - mine) * weight.clone()).sum() / weight.sum().clamp_min(1e-6);
    (text + frame).mul_scalar(0.5)
}

fn by_clip(frames: Tensor<2>, texts: Tensor<2>, links: &SyncLinks, scale: Tensor<2>) -> Tensor<1> {
    let device = frames.device();
    let (cues, rows) = (links.cues.len(), texts.dims()[0]);
    let inside = links.inside(&device);
    let share = inside.clone() / inside.sum_dim(0).clamp_min(1.0);
    let clips = unit(share.transpose().matmul(frames));
    let positives: Vec<f32> = (0..cues * rows).map(|i| f32::from(u8::from(i / rows == i % rows))).collect();
    let positives: Tensor<2> = Tensor::from_data(TensorData::new(positives, [cues, rows]), &device);
    info_nce(&InfoNce {
        logits: clips.matmul(texts.transpose()) * scale,
        negatives: positives.ones_like(),
        positives,
        more_texts: None,
        more_items: None,
        smoothing: 0.0,
    })
}
