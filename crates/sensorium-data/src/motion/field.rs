//! What changes in each cell from one frame to the next.

use super::flow::{flow, pyramid};
use super::plane::Plane;
use crate::Pixels;
use rayon::prelude::*;

/// Frames are stretched to this side, pixels.
const FRAME: usize = 64;
/// Cells across and down.
pub(super) const CELLS: usize = 16;
/// Numbers a cell.
pub(super) const CHANNELS: usize = 7;
/// Changes are told per this time, ms: about that between frames at 12 a second.
const UNIT_MS: f32 = 1_000.0 / 12.0;
/// Shortest time between frames that is believed, ms.
const SHORTEST_MS: f32 = 5.0;
/// Contrast that is taken for none, of 1.
const FAINT: f32 = 0.02;

/// Changes from one frame to the next in 16 × 16 cells: motion across and down (pixels of a picture of 32 × 32 in a
/// twelfth of a second), change of light and of contrast, what motion does not explain (its size, and with
/// its sign), and the contrast there is.
#[derive(Clone, Debug)]
pub struct MotionField {
    /// One plane a channel.
    pub(super) channels: [Plane; CHANNELS],
}

/// What is needed of one frame.
struct Prepared {
    levels: Vec<Plane>,
    light: Plane,
    contrast: Plane,
}

impl Prepared {
    fn new(frame: &Pixels) -> Self {
        let frame = frame.resized(FRAME, FRAME);
        let values = frame
            .rgb
            .chunks_exact(3)
            .map(|p| (0.299 * f32::from(p[0]) + 0.587 * f32::from(p[1]) + 0.114 * f32::from(p[2])) / 255.0)
            .collect();
        let levels = pyramid(Plane { side: FRAME, values });
        let half = &levels[1];
        let squares = half.with(half, |a, b| a * b).blurred(1.5);
        let contrast = squares.with(&half.blurred(1.5), |s, m| (s - m * m).max(1e-6).sqrt());
        let light = half.blurred(1.0);
        Self { light, contrast, levels }
    }
}

impl MotionField {
    /// The fields between neighbouring frames at `time_ms`: one fewer than there are frames.
    pub fn between(frames: &[Pixels], time_ms: &[f32]) -> Vec<Self> {
        let prepared: Vec<Prepared> = frames.par_iter().map(Prepared::new).collect();
        let pairs: Vec<usize> = (1..prepared.len().min(time_ms.len())).collect();
        pairs
            .par_iter()
            .map(|i| {
                let unit = (time_ms[*i] - time_ms[i - 1]).max(SHORTEST_MS) / UNIT_MS;
                Self::of(&prepared[i - 1], &prepared[*i], unit)
            })
            .collect()
    }

    fn of(one: &Prepared, next: &Prepared, unit: f32) -> Self {
        let flow = flow(&one.levels, &next.levels);
        let scaled = |plane: Plane, by: f32| {
            let values = plane.values.into_iter().map(|v| v * by).collect();
            Plane { side: plane.side, values }.halved()
        };
        let unexplained = flow.residual.with(&flow.residual, |r, _| r.abs());
        let contrast = one.contrast.with(&next.contrast, |a, b| ((b + FAINT) / (a + FAINT)).ln());
        let channels = [
            scaled(flow.across, 1.0 / unit),
            scaled(flow.down, 1.0 / unit),
            scaled(next.light.with(&one.light, |b, a| b - a), 10.0 / unit),
            scaled(contrast, 2.0 / unit),
            scaled(unexplained, 10.0),
            scaled(flow.residual, 10.0 / unit),
            scaled(one.contrast.with(&one.contrast, |c, _| (100.0 * c).ln_1p()), 0.5),
        ];
        Self { channels }
    }
}
