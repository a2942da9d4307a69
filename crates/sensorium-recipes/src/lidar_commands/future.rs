//! Where a candidate will be if it keeps its velocity.

use super::facts::Facts;

/// Numbers on the future of a candidate.
pub const FUTURE: usize = 18;
/// Speed across the ego's line below which it is not said to reach it, m/s.
const SLOWEST: f32 = 0.3;
/// Seconds within which it is.
const SOON: f32 = 6.0;
/// Radii of the turns that the ego may take, m.
const RADII: [f32; 2] = [5.0, 9.0];
/// Where they begin, m ahead.
const TURN_AT: f32 = 4.0;

/// Places after one to four seconds; when and where it comes to the ego's line, and whether it is on it; how
/// near it comes to the ego, and to turns to the left and to the right, within four seconds.
pub fn future(facts: &Facts) -> [f32; FUTURE] {
    let ([x, y], [u, v]) = (facts.place(), facts.velocity());
    let mut out = [0.0; FUTURE];
    for (i, pair) in out[..8].chunks_exact_mut(2).enumerate() {
        let t = 1.0 + i as f32;
        pair.copy_from_slice(&[(x + u * t) / 20.0, (y + v * t) / 20.0]);
    }
    if v.abs() >= SLOWEST {
        let t = -y / v;
        if t > 0.0 && t < SOON {
            out[8..11].copy_from_slice(&[1.0, t / SOON, (x + u * t) / 20.0]);
        }
    }
    out[11] = if y.abs() < 1.8 { 1.0 } else { 0.0 };
    out[12] = 0.5 * (y.abs() - 1.4);
    let nearest = (-(x * u + y * v) / (u * u + v * v).max(0.1)).clamp(0.0, 4.0);
    out[13] = (x + u * nearest).hypot(y + v * nearest) / 20.0;
    let turns = [(1.0, RADII[0]), (1.0, RADII[1]), (-1.0, RADII[0]), (-1.0, RADII[1])];
    for (value, (side, radius)) in out[14..].iter_mut().zip(turns) {
        let distance = |step: u8| {
            let t = 0.5 * f32::from(step);
            to_turn(x + u * t - TURN_AT, side * (y + v * t), radius)
        };
        *value = (0..=8).map(distance).fold(15.0, f32::min) / 5.0;
    }
    out
}

/// Distance to a turn to the left from the origin (a quarter circle and the straight behind it), m.
fn to_turn(x: f32, y: f32, radius: f32) -> f32 {
    if y >= radius {
        (x - radius).abs()
    } else if x > 0.0 {
        (x.hypot(y - radius) - radius).abs()
    } else {
        x.hypot(y)
    }
}

#[cfg(test)]
mod tests {
    use super::super::facts::tests::crate_at;
    use super::*;

    #[test]
    fn what_crosses_reaches_the_line_in_time() {
        let future = future(&crate_at(10.0, 6.0, [0.0, -2.0]));
        assert_eq!(future[8], 1.0);
        assert!((future[9] - 0.5).abs() < 0.01 && (future[10] - 0.5).abs() < 0.01);
        // Two metres to the left after two seconds.
        assert!((future[3] - 0.1).abs() < 0.01);
        assert!((future[13] - 0.5).abs() < 0.01);
    }

    #[test]
    fn what_stands_stays() {
        let future = future(&crate_at(10.0, 0.0, [0.0; 2]));
        assert_eq!(future[8..11], [0.0; 3]);
        assert_eq!(future[11], 1.0);
        assert_eq!(future[..2], future[6..8]);
    }

    #[test]
    fn a_turn_is_an_arc_and_a_straight() {
        assert!(to_turn(5.0, 5.0, 5.0) < 1e-5 && to_turn(5.0, 20.0, 5.0) < 1e-5);
        assert!((to_turn(-3.0, 4.0, 5.0) - 5.0).abs() < 1e-5);
        assert!((to_turn(0.1, 10.0, 9.0) - 8.9).abs() < 1e-5);
    }
}
