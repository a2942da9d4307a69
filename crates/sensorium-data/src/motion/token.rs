//! Fields as tokens: what moves, where, and how, in a frame of its own.

use super::field::{CELLS, CHANNELS, MotionField};
use super::plane::Plane;
use rayon::prelude::*;

/// Cells of the grid over what moves, across and down.
const GRID: usize = 8;
/// Cells of the coarse map of contrast, across and down.
const COARSE: usize = 4;
/// Numbers on the whole.
const WHOLE: usize = 26;
/// Numbers a token.
pub const MOTION_WIDTH: usize = WHOLE + COARSE * COARSE + GRID * GRID * CHANNELS;
/// Weights over neighbouring fields, of where something moves.
const OVER_TIME: [f32; 5] = [1.0, 2.0, 3.0, 2.0, 1.0];
/// Smallest and largest half side of the grid, 1 being half a picture.
const REACH: (f32, f32) = (0.25, 1.0);

/// One token a field, [`MOTION_WIDTH`] numbers of about one: motion of the whole picture; middle, spread, size and
/// mean motion of what moves; its affine motion (growth, turn, stretch, shear); changes of light and contrast; the contrast
/// of the picture in 4 × 4 cells; and the field in 8 × 8 cells about what moves.
pub fn motion_tokens(fields: &[MotionField]) -> Vec<Vec<f32>> {
    let found: Vec<(Still, Plane)> = fields.par_iter().map(Still::new).collect();
    (0..fields.len())
        .into_par_iter()
        .map(|i| {
            let mut active = Plane::zeros(CELLS);
            let mut weights = 0.0;
            for (k, weight) in OVER_TIME.iter().enumerate() {
                let Some((_, near)) = (i + k).checked_sub(OVER_TIME.len() / 2).and_then(|j| found.get(j))
                else {
                    continue;
                };
                weights += weight;
                active = active.with(near, |a, b| a + weight * b);
            }
            active.values.iter_mut().for_each(|v| *v /= weights);
            found[i].0.token(&fields[i], active)
        })
        .collect()
}

/// A field without the motion of the whole picture.
struct Still {
    /// Motion of the whole picture, across and down.
    whole: [f32; 2],
    across: Plane,
    down: Plane,
}

/// A place from -1 to 1 of a cell's middle.
fn place(cell: usize) -> f32 {
    (cell as f32 + 0.5) / CELLS as f32 * 2.0 - 1.0
}

impl Still {
    /// The field without the motion of the whole picture, and how much each cell changes.
    fn new(field: &MotionField) -> (Self, Plane) {
        let [across, down, light, contrast, unexplained, ..] = &field.channels;
        let whole = [across.median(), down.median()];
        let less = |plane: &Plane, by: f32| plane.with(plane, |v, _| v - by);
        let (across, down) = (less(across, whole[0]), less(down, whole[1]));
        let mut active = across.with(&down, f32::hypot);
        active = active.with(light, |a, l| a + l.abs());
        active = active.with(contrast, |a, c| a + 0.7 * c.abs());
        active = active.with(unexplained, |a, r| a + 0.5 * r);
        (Self { whole, across, down }, active)
    }

    fn token(&self, field: &MotionField, mut active: Plane) -> Vec<f32> {
        let floor = active.median();
        active.values.iter_mut().for_each(|v| *v = (*v - floor).max(0.0).powf(1.5) + 1e-4);
        let mass: f32 = active.values.iter().sum();
        active.values.iter_mut().for_each(|v| *v /= mass);
        let mean = |f: &dyn Fn(usize) -> f32| {
            active.values.iter().enumerate().map(|(i, weight)| weight * f(i)).sum::<f32>()
        };
        let (column, row) = (|i: usize| place(i % CELLS), |i: usize| place(i / CELLS));
        let (x, y) = (mean(&column), mean(&row));
        let spread = [mean(&|i| (column(i) - x).powi(2)).sqrt(), mean(&|i| (row(i) - y).powi(2)).sqrt()];
        let size = (1.9 * spread[0].max(spread[1])).clamp(REACH.0, REACH.1);

        let [_, _, light, contrast, unexplained, residual, there] = &field.channels;
        let (u, v) = (mean(&|i| self.across.values[i]), mean(&|i| self.down.values[i]));
        let (right, below) = (|i: usize| (column(i) - x) / size, |i: usize| (row(i) - y) / size);
        let wide = [mean(&|i| right(i).powi(2)) + 0.02, mean(&|i| below(i).powi(2)) + 0.02];
        let affine = [
            mean(&|i| (self.across.values[i] - u) * right(i)) / wide[0],
            mean(&|i| (self.across.values[i] - u) * below(i)) / wide[1],
            mean(&|i| (self.down.values[i] - v) * right(i)) / wide[0],
            mean(&|i| (self.down.values[i] - v) * below(i)) / wide[1],
        ];
        let [a, b, c, d] = affine;
        let mut token = Vec::with_capacity(MOTION_WIDTH);
        token.extend(self.whole);
        token.extend([x, y, spread[0], spread[1], size, mass.ln(), u, v]);
        token.extend(affine);
        token.extend([a + d, c - b, a - d, b + c]);
        token.extend([light, contrast, unexplained, residual].map(|plane| mean(&|i| plane.values[i])));
        token.extend([u * x, v * y, u * y, v * x]);
        token.iter_mut().for_each(|number| *number = number.clamp(-6.0, 6.0));
        token.extend(there.halved().halved().values);

        let cells = [&self.across, &self.down, light, contrast, unexplained, residual, there];
        let at = |middle: f32, cell: usize| {
            let offset = (cell as f32 + 0.5) / GRID as f32 * 2.0 - 1.0;
            ((middle + size * offset + 1.0) * CELLS as f32 - 1.0) * 0.5
        };
        for plane in cells {
            for cell in 0..GRID * GRID {
                let value = plane.sampled_inside(at(x, cell % GRID), at(y, cell / GRID));
                token.push(value.clamp(-4.0, 4.0));
            }
        }
        token
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Pixels;

    /// A square with a pattern on it, at (x, y) and of a size, over an even ground.
    fn square(x: f32, y: f32, size: f32) -> Pixels {
        let mut rgb = Vec::new();
        for i in 0..64 * 64 {
            let (u, v) = (((i % 64) as f32 - x) / size, ((i / 64) as f32 - y) / size);
            let inside = u.abs() < 1.0 && v.abs() < 1.0;
            let value = if inside { 128.0 + 60.0 * (5.0 * u).sin() * (4.0 * v + 1.0).cos() } else { 100.0 };
            rgb.extend([value as u8; 3]);
        }
        Pixels { height: 64, width: 64, rgb }
    }

    fn tokens(frames: &[Pixels]) -> Vec<Vec<f32>> {
        let times: Vec<f32> = (0..frames.len()).map(|i| i as f32 * 83.3).collect();
        motion_tokens(&MotionField::between(frames, &times))
    }

    #[test]
    fn a_token_tells_where_something_moves_and_which_way() {
        let moving: Vec<Pixels> = (0..6).map(|i| square(20.0 + 1.5 * i as f32, 40.0, 10.0)).collect();
        let found = tokens(&moving);
        assert_eq!((found.len(), found[0].len()), (5, MOTION_WIDTH));
        let middle = &found[2];
        assert!((middle[2] - -0.27).abs() < 0.12 && (middle[3] - 0.26).abs() < 0.12, "{:?}", &middle[..10]);
        assert!(middle[8] > 0.2 && middle[9].abs() < 0.1, "{:?}", &middle[..10]);
        let growing: Vec<Pixels> = (0..6).map(|i| square(32.0, 32.0, 10.0 + 1.0 * i as f32)).collect();
        let shrinking: Vec<Pixels> = growing.iter().rev().cloned().collect();
        assert!(tokens(&growing)[2][14] > 0.1 && tokens(&shrinking)[2][14] < -0.1);
    }

    #[test]
    fn frames_that_do_not_change_or_are_missing_are_no_trouble() {
        let still = vec![square(30.0, 30.0, 9.0); 3];
        assert!(tokens(&still).iter().flatten().all(|v| v.is_finite()));
        assert!(tokens(&still[..1]).is_empty() && tokens(&[]).is_empty());
    }
}
