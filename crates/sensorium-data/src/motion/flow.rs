//! Optical flow between two frames, coarse to fine.

use super::plane::Plane;

/// Standard deviation of the window over which motion is taken to be one, pixels.
const WINDOW: f32 = 1.5;
/// Added to the squares of the slopes: where there are none, there is no motion.
const STIFFNESS: f32 = 2e-4;
/// Halvings of the coarsest level.
const COARSEST: usize = 2;
/// Halvings of the level at which flow is told.
const FINEST: usize = 1;
/// Warps a level.
const TURNS: usize = 2;

/// Displacement of each pixel from one frame to the next, at half the frames' side.
pub(super) struct Flow {
    /// Across, pixels of this level.
    pub(super) across: Plane,
    /// Down.
    pub(super) down: Plane,
    /// What is left between the next frame, warped back, and this one.
    pub(super) residual: Plane,
}

/// A frame at each level, the frame itself first.
pub(super) fn pyramid(frame: Plane) -> Vec<Plane> {
    let mut levels = vec![frame];
    for level in 0..COARSEST {
        let next = levels[level].blurred(0.7).halved();
        levels.push(next);
    }
    levels
}

/// Flow from `one` to `next` (levels of both), by least squares over a Gaussian window in a pyramid (Lucas and
/// Kanade 1981; Bouguet 2001, Pyramidal implementation of the Lucas Kanade feature tracker), with a ridge.
pub(super) fn flow(one: &[Plane], next: &[Plane]) -> Flow {
    let mut across = Plane::zeros(one[COARSEST].side);
    let mut down = across.clone();
    for level in (FINEST..=COARSEST).rev() {
        if level < COARSEST {
            (across, down) = (twice(&across), twice(&down));
        }
        for _ in 0..TURNS {
            let (du, dv) = step(&one[level], &warped(&next[level], &across, &down));
            across = across.with(&du, |a, b| a + b.clamp(-1.0, 1.0));
            down = down.with(&dv, |a, b| a + b.clamp(-1.0, 1.0));
        }
    }
    let residual = warped(&next[FINEST], &across, &down).with(&one[FINEST], |a, b| a - b);
    Flow { across, down, residual }
}

fn twice(plane: &Plane) -> Plane {
    let mut doubled = plane.doubled();
    doubled.values.iter_mut().for_each(|v| *v *= 2.0);
    doubled
}

/// The plane seen at places moved by the flow.
fn warped(plane: &Plane, across: &Plane, down: &Plane) -> Plane {
    let side = plane.side;
    let at =
        |i: usize| plane.sampled((i % side) as f32 + across.values[i], (i / side) as f32 + down.values[i]);
    Plane { side, values: (0..side * side).map(at).collect() }
}

/// One step of least squares: the displacement from `a` to `b`.
fn step(a: &Plane, b: &Plane) -> (Plane, Plane) {
    let (dx, dy) = a.with(b, |a, b| 0.5 * (a + b)).slopes();
    let dt = b.with(a, |b, a| b - a);
    let mean = |one: &Plane, other: &Plane| one.with(other, |a, b| a * b).blurred(WINDOW);
    let (xx, xy, yy) = (mean(&dx, &dx), mean(&dx, &dy), mean(&dy, &dy));
    let (xt, yt) = (mean(&dx, &dt), mean(&dy, &dt));
    let mut moved = (Plane::zeros(a.side), Plane::zeros(a.side));
    for i in 0..a.values.len() {
        let (xx, xy, yy) = (xx.values[i] + STIFFNESS, xy.values[i], yy.values[i] + STIFFNESS);
        let (xt, yt) = (xt.values[i], yt.values[i]);
        let determinant = xx * yy - xy * xy;
        moved.0.values[i] = -(yy * xt - xy * yt) / determinant;
        moved.1.values[i] = -(xx * yt - xy * xt) / determinant;
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texture(dx: f32, dy: f32) -> Plane {
        let at = |i: usize| {
            let (x, y) = ((i % 64) as f32 - dx, (i / 64) as f32 - dy);
            0.5 + 0.2 * (0.31 * x + 0.12 * y).sin() + 0.2 * (0.26 * y - 0.17 * x).cos()
        };
        Plane { side: 64, values: (0..64 * 64).map(at).collect() }
    }

    #[test]
    fn a_shift_is_found_in_the_middle_of_the_picture() {
        let found = flow(&pyramid(texture(0.0, 0.0)), &pyramid(texture(3.0, -1.6)));
        for y in 10..22 {
            for x in 10..22 {
                let at = y * 32 + x;
                assert!((found.across.values[at] - 1.5).abs() < 0.15, "{}", found.across.values[at]);
                assert!((found.down.values[at] + 0.8).abs() < 0.15, "{}", found.down.values[at]);
                assert!(found.residual.values[at].abs() < 0.02);
            }
        }
    }
}
