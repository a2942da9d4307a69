//! How much each ray counts: rays that are measured twice share one weight.
//!
//! A ray at angle β and fan angle γ is measured again, from the other end, at β + π − 2γ and −γ. Over a full
//! turn both count one half. Over a short scan of π + 2δ, δ ≥ the largest fan angle, Parker's weights go
//! smoothly from 0 to 1 so that the two always sum to 1 (D. L. Parker, "Optimal short scan convolution
//! reconstruction for fan beam CT", Med. Phys. 9, 1982; with δ for the fan's half-angle as in M. D. Silver,
//! Med. Phys. 27, 2000). With γ = 0 the same weights serve parallel beams of more than half a turn.

use super::{DetectorShape, Geometry};
use crate::TomoError;
use std::f64::consts::{FRAC_PI_4, PI, TAU};

/// What the angles cover.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scan {
    /// Whole turns, or whole half-turns of a parallel beam: every ray counts the same.
    Complete {
        /// The angles covered, in radians.
        range_rad: f64,
    },
    /// More than half a turn, less than a whole one: Parker's weights.
    Short {
        /// The first angle, in radians.
        first_rad: f64,
        /// Half of what exceeds π, in radians.
        excess_rad: f64,
    },
    /// Less than half a turn and the fan: some rays are never measured, and artefacts follow.
    Limited {
        /// The angles covered, in radians.
        range_rad: f64,
    },
}

/// The integration weight of each view in radians, and what the angles cover.
///
/// # Errors
/// [`TomoError::Geometry`] for a single view.
pub fn redundancy_weights(geometry: &Geometry) -> Result<(Scan, Vec<f64>), TomoError> {
    let mut angles: Vec<f64> = geometry.angles_deg().iter().map(|a| a.to_radians()).collect();
    if angles.len() < 2 {
        return Err(TomoError::Geometry(
            "one view is no scan; a reconstruction needs at least two angles".into(),
        ));
    }
    begin_after_the_gap(&mut angles);
    let mut order: Vec<usize> = (0..angles.len()).collect();
    order.sort_by(|a, b| angles[*a].total_cmp(&angles[*b]));
    let sorted: Vec<f64> = order.iter().map(|i| angles[*i]).collect();
    let span = sorted[sorted.len() - 1] - sorted[0];
    let step = span / (sorted.len() - 1) as f64;
    let period = if geometry.distances().is_some() { TAU } else { PI };
    let tolerance = 0.1 * step.min(0.1);

    let closed = |range: f64| {
        let turns = (range / period).round();
        turns >= 1.0 && (range - turns * period).abs() <= tolerance * turns.max(1.0)
    };
    let ends = if closed(span + step) { span + step } else { span };
    let scan = if closed(span + step) || closed(span) {
        Scan::Complete { range_rad: (ends / period).round() * period }
    } else {
        let excess_rad = 0.5 * (span + step - PI);
        let fan_rad = if geometry.distances().is_some() { fan_half_angle_rad(geometry) } else { 0.0 };
        if excess_rad + 0.5 * step < fan_rad || span + step > TAU || excess_rad <= 0.0 {
            Scan::Limited { range_rad: span + step }
        } else {
            Scan::Short { first_rad: sorted[0] - 0.5 * step, excess_rad }
        }
    };

    // Trapezoids: half of the gaps on both sides; the gap that closes a complete scan goes to its ends.
    let closing = match scan {
        Scan::Complete { range_rad } => range_rad - span,
        Scan::Short { .. } | Scan::Limited { .. } => step,
    };
    let mut weights = vec![0.0; angles.len()];
    for (place, view) in order.iter().enumerate() {
        let before = if place == 0 { closing } else { sorted[place] - sorted[place - 1] };
        let after = if place + 1 == sorted.len() { closing } else { sorted[place + 1] - sorted[place] };
        weights[*view] = 0.5 * (before + after);
    }
    Ok((scan, weights))
}

/// A scan from 300° over 0° to 160° has its angles as they come; it begins at 300° all the same. Angles before
/// the widest gap within a turn are counted a turn later when that gap is wider than the one at the ends.
fn begin_after_the_gap(angles: &mut [f64]) {
    let mut sorted = angles.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at_the_ends = TAU - (sorted[sorted.len() - 1] - sorted[0]);
    let widest = sorted.windows(2).map(|w| (w[1] - w[0], w[1])).max_by(|a, b| a.0.total_cmp(&b.0));
    if let Some((gap, next)) = widest
        && at_the_ends > 0.0
        && gap > 1.5 * at_the_ends
    {
        angles.iter_mut().filter(|a| **a < next).for_each(|a| *a += TAU);
    }
}

impl Scan {
    /// What a ray at angle β and fan angle γ counts. Over a complete scan the counts of all views sum to π.
    pub fn weight(&self, angle_rad: f64, fan_angle_rad: f64) -> f64 {
        match *self {
            Self::Complete { range_rad } => PI / range_rad,
            Self::Limited { range_rad } => (PI / range_rad).min(1.0),
            Self::Short { first_rad, excess_rad } => {
                parker((angle_rad - first_rad).rem_euclid(TAU), fan_angle_rad, excess_rad)
            }
        }
    }

    /// Whether every ray counts the same.
    pub fn is_complete(&self) -> bool {
        matches!(self, Self::Complete { .. })
    }

    /// A sentence for the user when the angles are not enough.
    pub fn warning(&self) -> Option<String> {
        match self {
            Self::Limited { range_rad } => {
                let (degrees, what) = (range_rad.to_degrees(), "expect streaks");
                Some(if *range_rad > TAU {
                    format!(
                        "the angles cover {degrees:.1} degrees, no whole number of turns: some rays count too much; {what}"
                    )
                } else {
                    format!(
                        "the angles cover {degrees:.1} degrees, less than half a turn and the fan: rays are missing; {what}"
                    )
                })
            }
            Self::Complete { .. } | Self::Short { .. } => None,
        }
    }
}

fn parker(beta: f64, gamma: f64, excess: f64) -> f64 {
    // In Parker's sense of turn the fan angle counts with the angle of view.
    let gamma = -gamma;
    let end = PI + 2.0 * excess;
    if beta <= 0.0 || beta >= end {
        0.0
    } else if beta < 2.0 * (excess - gamma) {
        (FRAC_PI_4 * beta / (excess - gamma)).sin().powi(2)
    } else if beta <= PI - 2.0 * gamma {
        1.0
    } else {
        (FRAC_PI_4 * (end - beta) / (excess + gamma)).sin().powi(2)
    }
}

fn fan_half_angle_rad(geometry: &Geometry) -> f64 {
    let last = geometry.detector().columns as f64 - 0.5;
    geometry.fan_angle_rad(-0.5).abs().max(geometry.fan_angle_rad(last).abs())
}

impl Geometry {
    /// The fan angle γ of a column; 0 for a parallel beam.
    pub fn fan_angle_rad(&self, column: f64) -> f64 {
        let Some(distances) = self.distances() else { return 0.0 };
        let ratio = self.column_mm(column) / distances.source_to_detector_mm;
        match self.detector().shape {
            DetectorShape::Flat => ratio.atan(),
            DetectorShape::Curved => ratio,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::even_angles_deg;
    use crate::{Beam, Detector, Distances};

    fn scan(angles_deg: Vec<f64>) -> (Scan, Vec<f64>) {
        let distances = Distances { source_to_axis_mm: 200.0, source_to_detector_mm: 300.0 };
        let geometry =
            Geometry::new(Beam::Fan(distances), Detector::flat(64, 1, 1.0, 1.0), angles_deg).unwrap();
        redundancy_weights(&geometry).unwrap()
    }

    #[test]
    fn a_short_scan_over_zero_is_the_scan_that_it_is() {
        let wrapped: Vec<f64> = (0..220).map(|i| f64::from((300 + i) % 360)).collect();
        let (over_zero, weights) = scan(wrapped);
        let (plain, same) = scan(even_angles_deg(300.0, 1.0, 220));
        let Scan::Short { excess_rad, .. } = over_zero else { panic!("{over_zero:?}") };
        assert!((excess_rad - 20f64.to_radians()).abs() < 1e-9, "{over_zero:?}");
        for (index, (a, b)) in weights.iter().zip(&same).enumerate() {
            assert!((a - b).abs() < 1e-9);
            let angle = (300.0 + index as f64).to_radians();
            for fan in [-0.1, 0.0, 0.1] {
                let wrapped = (300.0 + index as f64).rem_euclid(360.0).to_radians();
                assert!((over_zero.weight(wrapped, fan) - plain.weight(angle, fan)).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn conjugate_rays_of_a_short_scan_count_one_together() {
        let (short, _) = scan(even_angles_deg(0.0, 1.0, 220));
        for beta in [3.0f64, 11.0, 25.0, 38.0] {
            for fan in [-0.1f64, -0.03, 0.0, 0.08] {
                let beta = beta.to_radians();
                let (other, mirrored) = (beta + PI - 2.0 * fan, -fan);
                let sum = short.weight(beta, fan) + short.weight(other, mirrored);
                assert!((sum - 1.0).abs() < 1e-9, "{beta} {fan}: {sum}");
            }
        }
    }

    #[test]
    fn too_few_angles_and_uneven_turns_are_told() {
        let told = |count| scan(even_angles_deg(0.0, 1.0, count)).0.warning();
        assert!(told(100).unwrap().contains("cover 100.0 degrees, less than half a turn and the fan"));
        assert!(told(400).unwrap().contains("no whole number of turns"));
        assert_eq!((told(220), told(360), told(720)), (None, None, None));
    }
}
