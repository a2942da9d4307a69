//! **What.** A pit in the outer race of the drive-end bearing.
//!
//! **Physics.** Each roller that passes over the pit strikes the race. With n rollers of ratio
//! ρ = d/D cos φ the blows come at `n/2 (1 - ρ)` times the shaft frequency, a hundredth or two early
//! or late because rollers slide. A blow lasts far less than a millisecond and rings the housing's
//! resonance, so the evidence is not at the blow's own frequency but in the *envelope* of the
//! resonance's band (vibration) and of the 2-3 kHz band that the housing radiates (acoustic). The
//! broken lubricant film turns friction into heat: the bearing warms steadily at its sensor
//! (temperature) and its housing stands out in the picture (thermal).
//!
//! **What it leaves alone.** Friction of a few watts is lost in a motor of kilowatts (current), and
//! water does not feel it (pressure, flow). The operator hears nothing through the stand's hood.

use crate::rig::acoustic::AcousticTerms;
use crate::rig::sensor::Sensor::{self, Acoustic, Temperature, Thermal, Vibration};
use crate::rig::severity::Severity;
use crate::rig::temperature::TemperatureTerms;
use crate::rig::terms::Terms;
use crate::rig::thermal::ThermalTerms;
use crate::rig::vibration::VibrationTerms;

pub(super) const COUPLES: &[Sensor] = &[Vibration, Acoustic, Temperature, Thermal];

pub(super) fn terms(severity: &Severity) -> Terms {
    Terms {
        vibration: VibrationTerms { impacts: 14.0 * severity.at(Vibration), ..Default::default() },
        acoustic: AcousticTerms { chirps: 6.0 * severity.at(Acoustic), ..Default::default() },
        temperature: TemperatureTerms {
            bearing_slope: 1.2 * severity.levelled(Temperature),
            since_s: 15.0,
            ..Default::default()
        },
        thermal: ThermalTerms { bearing: 75.0 * severity.levelled(Thermal), ..Default::default() },
        ..Default::default()
    }
}
