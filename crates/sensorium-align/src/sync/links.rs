//! Which frames and cues of a batch belong to which video, and when.

use burn::tensor::{Device, Tensor, TensorData};

/// A row of frame embeddings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FrameRow {
    /// Video of the batch.
    pub video: usize,
    /// Presentation time, ms on the video's clock.
    pub time_ms: f32,
}

/// A row of text embeddings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CueRow {
    /// Video of the batch.
    pub video: usize,
    /// Start, ms on the video's clock, corrected by what is known of the offset.
    pub start_ms: f32,
    /// End.
    pub end_ms: f32,
}

/// Frames and cues of a batch of segments.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SyncLinks {
    /// One entry a row of frame embeddings.
    pub frames: Vec<FrameRow>,
    /// One entry a row of text embeddings; further rows are edited texts, negatives only.
    pub cues: Vec<CueRow>,
}

impl SyncLinks {
    /// Time from each cue's span to each frame, 0 inside it, ms, `[frame, cue]`.
    pub(super) fn apart_ms(&self, device: &Device) -> Tensor<2> {
        self.matrix(device, |f, c| (c.start_ms - f.time_ms).max(f.time_ms - c.end_ms).max(0.0))
    }

    /// 1 where frame and cue are of one video, `[frame, cue]`.
    pub(super) fn same_video(&self, device: &Device) -> Tensor<2> {
        self.matrix(device, |f, c| f32::from(u8::from(f.video == c.video)))
    }

    /// 1 where a frame lies in a cue's span, or is the one nearest to its middle, `[frame, cue]`.
    pub(super) fn inside(&self, device: &Device) -> Tensor<2> {
        let nearest: Vec<Option<usize>> = self.cues.iter().map(|c| self.nearest(c)).collect();
        let (frames, cues) = (self.frames.len(), self.cues.len());
        let mut values = vec![0.0f32; frames * cues];
        for (f, frame) in self.frames.iter().enumerate() {
            for (c, cue) in self.cues.iter().enumerate() {
                let within =
                    frame.video == cue.video && cue.start_ms <= frame.time_ms && frame.time_ms < cue.end_ms;
                values[f * cues + c] = f32::from(u8::from(within || nearest[c] == Some(f)));
            }
        }
        Tensor::from_data(TensorData::new(values, [frames, cues]), device)
    }

    fn nearest(&self, cue: &CueRow) -> Option<usize> {
        let middle = 0.5 * (cue.start_ms + cue.end_ms);
        let own = self.frames.iter().enumerate().filter(|(_, f)| f.video == cue.video);
        own.min_by(|a, b| (a.1.time_ms - middle).abs().total_cmp(&(b.1.time_ms - middle).abs()))
            .map(|(f, _)| f)
    }

    fn matrix(&self, device: &Device, value: impl Fn(&FrameRow, &CueRow) -> f32) -> Tensor<2> {
        let values: Vec<f32> = self
            .frames
            .iter()
            .flat_map(|f| self.cues.iter().map(|c| value(f, c)).collect::<Vec<_>>())
            .collect();
        Tensor::from_data(TensorData::new(values, [self.frames.len(), self.cues.len()]), device)
    }
}
