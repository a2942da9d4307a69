//! **What.** A cooling fan with broken blades.
//!
//! **Physics.** The fan's tone, blades × shaft frequency, is the beat of its blades: as they go the tone
//! fades, and what is left of them rubs on the cowl once a revolution (acoustic). Without air the
//! thermal resistance from winding to ambient multiplies and the motor runs away: with C the heat
//! capacity, `dT/dt = (P_loss - P_removed) / C`, the winding climbs and takes the bearing along by
//! half (temperature). The fan end, once the coolest part of the shell, becomes the hottest (thermal).
//! The operator finds the housing hot to the touch.
//!
//! **What it leaves alone.** A plastic fan weighs nothing beside the rotor (vibration); its power is
//! lost in the motor's (current); the pump does not know it (pressure, flow).

use crate::rig::acoustic::AcousticTerms;
use crate::rig::sensor::Sensor::{self, Acoustic, Log, Temperature, Thermal};
use crate::rig::severity::Severity;
use crate::rig::temperature::TemperatureTerms;
use crate::rig::terms::Terms;
use crate::rig::thermal::ThermalTerms;

pub(super) const COUPLES: &[Sensor] = &[Acoustic, Temperature, Thermal, Log];

pub(super) fn terms(severity: &Severity) -> Terms {
    let a = severity.at(Acoustic);
    let climb = 1.3 * severity.levelled(Temperature);
    Terms {
        acoustic: AcousticTerms { fan_loss: 1.0 - (-8.0 * a).exp(), rub: 4.0 * a, ..Default::default() },
        temperature: TemperatureTerms {
            motor_slope: climb,
            bearing_slope: 0.5 * climb,
            since_s: 15.0,
            ..Default::default()
        },
        thermal: ThermalTerms { fan_end: 80.0 * severity.levelled(Thermal), ..Default::default() },
        ..Default::default()
    }
}
