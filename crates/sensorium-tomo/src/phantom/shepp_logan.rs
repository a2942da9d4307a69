//! The 3-D head of Shepp and Logan.

use super::{Ellipsoid, Phantom};

/// How the ellipsoids differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Contrast {
    /// Differences that the eye sees: 0.1 to 0.2 of the skull (H. Yu, Y. Ye, G. Wang, 2006).
    #[default]
    Enhanced,
    /// The original ones: 1 % of the brain (Kak and Slaney, table 3.1 for three dimensions).
    Original,
}

/// Enhanced and original attenuation, semi-axes, centre, turn in degrees; lengths relative to the radius.
type Row = (f64, f64, [f64; 3], [f64; 3], f64);

const HEAD: [Row; 10] = [
    (1.0, 2.0, [0.69, 0.92, 0.9], [0.0, 0.0, 0.0], 0.0),
    (-0.8, -0.98, [0.6624, 0.874, 0.88], [0.0, 0.0, 0.0], 0.0),
    (-0.2, -0.02, [0.41, 0.16, 0.21], [-0.22, 0.0, -0.25], 108.0),
    (-0.2, -0.02, [0.31, 0.11, 0.22], [0.22, 0.0, -0.25], 72.0),
    (0.2, 0.02, [0.21, 0.25, 0.5], [0.0, 0.35, -0.25], 0.0),
    (0.2, 0.02, [0.046, 0.046, 0.046], [0.0, 0.1, -0.25], 0.0),
    (0.1, 0.01, [0.046, 0.023, 0.02], [-0.08, -0.65, -0.25], 0.0),
    (0.1, 0.01, [0.046, 0.023, 0.02], [0.06, -0.65, -0.25], 90.0),
    (0.2, 0.02, [0.056, 0.04, 0.1], [0.06, -0.105, 0.625], 90.0),
    (-0.2, -0.02, [0.056, 0.056, 0.1], [0.0, 0.1, 0.625], 0.0),
];

impl Phantom {
    /// The 3-D Shepp-Logan head within a ball of `radius_mm`; attenuation 1 of the table is
    /// `attenuation_per_mm`.
    ///
    /// Source: A. C. Kak, M. Slaney (1988), chapter 3.
    pub fn shepp_logan(radius_mm: f64, attenuation_per_mm: f64, contrast: Contrast) -> Self {
        let ellipsoids = HEAD.iter().map(|(enhanced, original, semi_axes, centre, turn_deg)| Ellipsoid {
            attenuation_per_mm: attenuation_per_mm
                * match contrast {
                    Contrast::Enhanced => enhanced,
                    Contrast::Original => original,
                },
            centre_mm: centre.map(|c| c * radius_mm),
            semi_axes_mm: semi_axes.map(|a| a * radius_mm),
            turn_deg: *turn_deg,
        });
        Self::new(ellipsoids.collect())
    }
}
