//! From pixels to token features.

use crate::sequence::Sequence;
use burn::tensor::{Device, Tensor};
use rayon::prelude::*;
use sensorium_data::Pixels;
use sensorium_data::motion::{MOTION_WIDTH, MotionField, motion_tokens};
use sensorium_nn::tower::{MobileNetV2, imagenet_normalised};
use serde::{Deserialize, Serialize};

/// Which tokens are made of pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "tokens")]
pub enum VisionKind {
    /// One token a cell of a picture, 1,280 numbers each.
    Cells {
        /// Pictures are stretched to this side, pixels.
        side: usize,
    },
    /// One token a picture: the mean of its cells at each side, and the mean of those, 1,280 numbers.
    Pooled {
        /// Pictures are stretched to these sides, pixels.
        sides: [usize; 2],
    },
    /// One token a frame of a video: the channels of all cells after the first blocks of the tower, so that
    /// a token says where things are; and, with `motion`, how the picture changes until the next frame.
    Frames {
        /// Frames are stretched to this side, pixels.
        side: usize,
        /// Blocks of the tower; 0 for no channels of it.
        blocks: usize,
        /// Whether tokens hold motion ([`sensorium_data::motion`]), after the channels.
        #[serde(default)]
        motion: bool,
    },
}

/// MobileNetV2 and what is taken from it.
#[derive(Clone, Debug)]
pub struct Vision {
    /// Which tokens.
    pub kind: VisionKind,
    /// The tower.
    pub tower: MobileNetV2,
}

/// Pictures that go through the tower together.
const BATCH: usize = 8;

impl Vision {
    /// Side of the pictures in pixels, of the largest where there are several.
    pub fn side(&self) -> usize {
        match self.kind {
            VisionKind::Cells { side } | VisionKind::Frames { side, .. } => side,
            VisionKind::Pooled { sides } => sides[0].max(sides[1]),
        }
    }

    /// The picture no larger than it is looked at: stretched to [`Vision::side`] if any of its sides is longer.
    /// What comes of it afterwards is the same.
    pub fn reduced(&self, picture: &Pixels) -> Pixels {
        let side = self.side();
        if picture.height > side || picture.width > side {
            picture.resized(side, side)
        } else {
            picture.clone()
        }
    }

    /// Token features of each picture, batches side by side on the threads there are.
    pub fn pictures(&self, pictures: &[Pixels], device: &Device) -> Vec<Sequence> {
        let VisionKind::Pooled { sides } = self.kind else { return self.cells(pictures, device) };
        pictures
            .par_chunks(BATCH)
            .flat_map_iter(|part| {
                let part: Vec<Pixels> = part.iter().map(|p| self.reduced(p)).collect();
                let [one, other] = sides.map(|side| self.mean_cells(&part, side, device));
                let mean = (one + other).mul_scalar(0.5);
                let width = mean.dims()[1].max(1);
                let values = mean.try_into_vec_as::<f32>().unwrap_or_default();
                values.chunks_exact(width).map(|v| Sequence::new(v, width)).collect::<Vec<_>>()
            })
            .collect()
    }

    /// Mean of the cells of each picture at `side`, `[picture, 1280]`.
    fn mean_cells(&self, pictures: &[Pixels], side: usize, device: &Device) -> Tensor<2> {
        let stretched: Vec<Pixels> = pictures.iter().map(|p| p.resized(side, side)).collect();
        let tokens = self.tower.tokens(imagenet_normalised(&stretched.iter().collect::<Vec<_>>(), device));
        tokens.mean_dim(1).squeeze_dim::<2>(1)
    }

    /// One token a cell.
    fn cells(&self, pictures: &[Pixels], device: &Device) -> Vec<Sequence> {
        let side = self.side();
        pictures
            .par_chunks(BATCH)
            .flat_map_iter(|part| {
                let part: Vec<Pixels> = part.iter().map(|p| p.resized(side, side)).collect();
                let tokens = self.tower.tokens(imagenet_normalised(&part.iter().collect::<Vec<_>>(), device));
                let [count, cells, width] = tokens.dims();
                let values = tokens.try_into_vec_as::<f32>().unwrap_or_default();
                debug_assert_eq!(values.len(), count * cells * width);
                values
                    .chunks_exact((cells * width).max(1))
                    .map(|v| Sequence::new(v, width))
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    /// One token a frame, its time in the middle between the frame and the next; `time_ms` is when each frame begins.
    pub fn frames(&self, frames: &[Pixels], time_ms: &[f32], device: &Device) -> Sequence {
        let (blocks, motion) = match self.kind {
            VisionKind::Frames { blocks, motion, .. } => (blocks, motion),
            VisionKind::Cells { .. } | VisionKind::Pooled { .. } => (MobileNetV2::BLOCKS, false),
        };
        let mut rows =
            if blocks == 0 { vec![Vec::new(); frames.len()] } else { self.channels(frames, blocks, device) };
        if motion {
            let moved = motion_tokens(&MotionField::between(frames, time_ms));
            // The last frame has no next one: it goes on as before.
            let last = moved.last().cloned().unwrap_or_else(|| vec![0.0; MOTION_WIDTH]);
            for (row, motion) in rows.iter_mut().zip(moved.into_iter().chain([last])) {
                row.extend(motion);
            }
        }
        let width = rows.first().map_or(1, Vec::len);
        Sequence::timed(&rows.concat(), width, middles(time_ms))
    }

    /// The channels of all cells of each frame after the first `blocks` of the tower.
    fn channels(&self, frames: &[Pixels], blocks: usize, device: &Device) -> Vec<Vec<f32>> {
        let side = self.side();
        frames
            .par_chunks(4 * BATCH)
            .flat_map_iter(|part| {
                let part: Vec<Pixels> = part.iter().map(|p| p.resized(side, side)).collect();
                let pictures = imagenet_normalised(&part.iter().collect::<Vec<_>>(), device);
                let grid: Tensor<4> = self.tower.early_features(pictures, blocks);
                let [_, channels, rows, columns] = grid.dims();
                let values = grid.try_into_vec_as::<f32>().unwrap_or_default();
                let width = (channels * rows * columns).max(1);
                values.chunks_exact(width).map(<[f32]>::to_vec).collect::<Vec<_>>()
            })
            .collect()
    }
}

/// The middle of the time that each frame is shown for; the last as long as the one before.
fn middles(time_ms: &[f32]) -> Vec<f32> {
    let last = time_ms.windows(2).last().map_or(0.0, |pair| pair[1] - pair[0]);
    let halves = time_ms.windows(2).map(|pair| 0.5 * (pair[1] - pair[0])).chain([0.5 * last]);
    time_ms.iter().zip(halves).map(|(time, half)| time + half).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_stand_in_the_middle_of_their_frames() {
        assert_eq!(middles(&[0.0, 40.0, 100.0]), [20.0, 70.0, 130.0]);
        assert_eq!(middles(&[7.0]), [7.0]);
        assert!(middles(&[]).is_empty());
    }
}
