//! One candidate as seen from another.

use super::facts::Facts;

/// Numbers of a pair.
pub const PAIRS: usize = 13;

/// Candidate `a` in the frame of `b`, whose probabilities of being the named object and the other one are
/// `named` and `anchor`.
pub fn pair(a: &Facts, b: &Facts, named: f32, anchor: f32) -> [f32; PAIRS] {
    let ([ax, ay], [bx, by]) = (a.place(), b.place());
    let [cos, sin] = b.heading();
    let (dx, dy) = (ax - bx, ay - by);
    let (along, across) = (dx * cos + dy * sin, dy * cos - dx * sin);
    let ([a_length, a_width, _], [b_length, b_width, _]) = (a.size(), b.size());
    let (gap, clear) = (along.abs() - 0.5 * (a_length + b_length), across.abs() - 0.5 * (a_width + b_width));
    let apart = dx.hypot(dy);
    let cut = |value: f32| value.clamp(-3.0, 3.0);
    [
        cut(along / 8.0),
        cut(across / 3.0),
        cut(gap / 4.0),
        cut(clear / 2.0),
        (-apart / 3.0).exp(),
        (-apart / 10.0).exp(),
        (0.2 * (a.distance() - b.distance())).clamp(-2.0, 2.0),
        if along > 0.0 { 1.0 } else { 0.0 },
        cut(dx / 10.0),
        cut(dy / 10.0),
        anchor,
        named,
        anchor * (-apart / 6.0).exp(),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::facts::tests::crate_at;
    use super::*;

    #[test]
    fn ahead_and_beside_follow_the_heading_of_the_other() {
        let (a, still) = (crate_at(10.0, 0.0, [0.0; 2]), crate_at(10.0, 8.0, [0.0; 2]));
        let beside = pair(&a, &still, 0.0, 1.0);
        assert!(beside[0].abs() < 0.02 && (beside[1] + 8.0 / 3.0).abs() < 0.02, "{beside:?}");
        // The same place, seen from something that drives towards it.
        let coming = crate_at(10.0, 8.0, [0.0, -3.0]);
        let ahead = pair(&a, &coming, 0.0, 1.0);
        assert!((ahead[0] - 1.0).abs() < 0.02 && ahead[1].abs() < 0.02 && ahead[7] == 1.0, "{ahead:?}");
        assert_eq!(ahead[10..12], [1.0, 0.0]);
        assert!((ahead[12] - (-8.0f32 / 6.0).exp()).abs() < 0.01);
    }
}
