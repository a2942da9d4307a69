//! The shape of a candidate in its own frame: spreads, and extents by height.

use super::facts::Facts;

/// Numbers of a profile.
pub const PROFILE: usize = WHOLE + 6 * (EDGES.len() - 1);
/// Those of the group as a whole.
const WHOLE: usize = 14;
/// Heights over ground between which points are taken together, m.
const EDGES: [f32; 10] = [0.0, 0.35, 0.6, 0.85, 1.1, 1.35, 1.6, 1.9, 2.6, 5.0];
/// Numbers are cut at this.
const LARGEST: f32 = 6.0;

/// Numbers on points that are given along the heading and across it (m from the middle), their height over
/// ground and intensity. `view` is the direction from the sensor in the same frame.
pub fn profile(points: &[[f32; 4]], facts: &Facts, view: [f32; 2]) -> [f32; PROFILE] {
    let count = points.len().max(1) as f32;
    let mean = |value: &dyn Fn(&[f32; 4]) -> f32| points.iter().map(value).sum::<f32>() / count;
    let axis = |i: usize| {
        let middle = mean(&|p| p[i]);
        (middle, (mean(&|p| p[i] * p[i]) - middle * middle).max(0.0).sqrt())
    };
    let [along, across, height, intensity] = [axis(0), axis(1), axis(2), axis(3)];
    let top = points.iter().map(|p| p[2]).fold(0.0, f32::max);
    let bottom = points.iter().map(|p| p[2]).fold(f32::INFINITY, f32::min);
    let whole: [f32; WHOLE] = [
        along.0 / 3.0,
        across.0 / 3.0,
        height.0 / 3.0,
        along.1,
        2.0 * across.1,
        height.1,
        2.0 * intensity.0,
        4.0 * intensity.1,
        view[0],
        view[1],
        // How many points there are for the distance.
        (facts.log_points() + 2.0 * facts.distance().max(1.0).ln()) / 3.0 - 2.0,
        mean(&|p| p[0] * p[2]),
        top / 3.0,
        bottom,
    ];
    let mut profile = [0.0; PROFILE];
    profile[..WHOLE].copy_from_slice(&whole);
    for (six, edge) in profile[WHOLE..].chunks_exact_mut(6).zip(EDGES.windows(2)) {
        let slice: Vec<&[f32; 4]> = points.iter().filter(|p| p[2] >= edge[0] && p[2] < edge[1]).collect();
        if slice.is_empty() {
            continue;
        }
        let span = |i: usize| {
            slice.iter().fold((f32::INFINITY, f32::NEG_INFINITY), |(l, h), p| (l.min(p[i]), h.max(p[i])))
        };
        let ((tail, nose), (right, left)) = (span(0), span(1));
        let off = slice.iter().map(|p| p[1].abs()).sum::<f32>() / slice.len() as f32;
        six.copy_from_slice(&[
            3.0 * slice.len() as f32 / count,
            0.5 * (nose - tail),
            left - right,
            0.5 * nose,
            0.5 * tail,
            2.0 * off,
        ]);
    }
    profile.map(|value| value.clamp(-LARGEST, LARGEST))
}

#[cfg(test)]
mod tests {
    use super::super::facts::tests::crate_at;
    use super::*;

    #[test]
    fn slices_tell_the_extent_at_their_height() {
        let points = [[-1.0, 0.2, 0.1, 0.5], [1.0, -0.2, 0.2, 0.5], [0.5, 0.0, 1.7, 0.5]];
        let profile = profile(&points, &crate_at(10.0, 0.0, [0.0; 2]), [1.0, 0.0]);
        // The lowest slice: two points, 2 m long and 0.4 m wide.
        assert!((profile[14] - 2.0).abs() < 1e-5 && (profile[15] - 1.0).abs() < 1e-5);
        assert!((profile[16] - 0.4).abs() < 1e-5 && (profile[19] - 0.4).abs() < 1e-5);
        // Nothing from 0.35 to 0.6 m; a single point from 1.6 to 1.9 m.
        assert!(profile[20..26].iter().all(|v| *v == 0.0));
        assert!((profile[14 + 36] - 1.0).abs() < 1e-5 && profile[14 + 37] == 0.0);
        assert!((profile[12] - 1.7 / 3.0).abs() < 1e-5 && (profile[13] - 0.1).abs() < 1e-5);
    }
}
