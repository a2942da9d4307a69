//! Attenuation to Hounsfield units and back.

use crate::{TomoError, Volume};
use rayon::prelude::*;

/// The scale on which water is 0 HU and air −1000 HU: HU = 1000 (μ − μ_water) / (μ_water − μ_air).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HounsfieldScale {
    water_per_mm: f64,
    air_per_mm: f64,
}

impl HounsfieldScale {
    /// From the attenuation of water and air in 1/mm (air may be 0; water is about 0.02 at 70 keV).
    ///
    /// # Errors
    /// [`TomoError::Request`] when water does not attenuate more than air, air is negative or one is no number.
    pub fn new(water_per_mm: f64, air_per_mm: f64) -> Result<Self, TomoError> {
        if !(water_per_mm.is_finite() && air_per_mm >= 0.0 && water_per_mm > air_per_mm) {
            return Err(TomoError::Request(format!(
                "water attenuates {water_per_mm} / mm and air {air_per_mm} / mm; water must be above air, and air not negative"
            )));
        }
        Ok(Self { water_per_mm, air_per_mm })
    }

    /// Hounsfield units of an attenuation in 1/mm.
    pub fn hounsfield(&self, attenuation_per_mm: f64) -> f64 {
        1000.0 * (attenuation_per_mm - self.water_per_mm) / (self.water_per_mm - self.air_per_mm)
    }

    /// Attenuation in 1/mm of Hounsfield units.
    pub fn attenuation_per_mm(&self, hounsfield: f64) -> f64 {
        self.water_per_mm + hounsfield * (self.water_per_mm - self.air_per_mm) / 1000.0
    }

    /// Turns a volume's attenuation in 1/mm into Hounsfield units, in place.
    pub fn apply(&self, volume: &mut Volume) {
        volume.values_mut().par_iter_mut().for_each(|v| *v = self.hounsfield(f64::from(*v)) as f32);
    }

    /// Turns a volume's Hounsfield units into attenuation in 1/mm, in place.
    pub fn undo(&self, volume: &mut Volume) {
        volume.values_mut().par_iter_mut().for_each(|v| *v = self.attenuation_per_mm(f64::from(*v)) as f32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::VolumeGrid;
    use proptest::prelude::*;

    #[test]
    fn water_is_zero_and_air_minus_a_thousand() {
        let scale = HounsfieldScale::new(0.02, 2e-5).unwrap();
        assert_eq!(scale.hounsfield(0.02), 0.0);
        assert!((scale.hounsfield(2e-5) + 1000.0).abs() < 1e-9);
        let mut volume =
            Volume::new(VolumeGrid::centred([2, 1, 1], [1.0; 3]).unwrap(), vec![0.02, 2e-5]).unwrap();
        scale.apply(&mut volume);
        assert!(volume.values()[0].abs() < 1e-3 && (volume.values()[1] + 1000.0).abs() < 1e-3);
        scale.undo(&mut volume);
        assert!((volume.values()[0] - 0.02).abs() < 1e-8);
    }

    proptest! {
        #[test]
        fn the_two_ways_undo_each_other(hu in -1000.0f64..4000.0, water in 0.01f64..0.1, air in 0.0f64..0.001) {
            let scale = HounsfieldScale::new(water, air).unwrap();
            prop_assert!((scale.hounsfield(scale.attenuation_per_mm(hu)) - hu).abs() < 1e-8);
        }
    }

    #[test]
    fn water_below_air_is_refused() {
        for (water, air) in [(0.0, 0.0), (0.01, 0.02), (0.02, -0.1), (f64::NAN, 0.0)] {
            assert!(HounsfieldScale::new(water, air).unwrap_err().to_string().contains("above air"));
        }
    }
}
