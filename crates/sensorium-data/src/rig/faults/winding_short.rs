//! **What.** A short circuit between turns of the motor's winding.
//!
//! **Physics.** The shorted turns carry a current of their own against the field: the field is no
//! longer balanced, saturates unevenly, and the phase current gets a third harmonic. The loss `I² R`
//! sits in one place near the drive end, so the picture shows a hot spot on the motor's shell (thermal). The charred
//! insulation opens when hot and closes when cold, like a thermostat: the winding's temperature swings
//! up and down every 4 to 6 s.
//!
//! **What it leaves alone.** The drive holds the speed, so the shaft and the pump go on as before
//! (vibration, acoustic, pressure, flow), and there is nothing to hear or see for the operator (log).

use crate::rig::current::CurrentTerms;
use crate::rig::sensor::Sensor::{self, Current, Temperature, Thermal};
use crate::rig::severity::Severity;
use crate::rig::temperature::TemperatureTerms;
use crate::rig::terms::Terms;
use crate::rig::thermal::ThermalTerms;

pub(super) const COUPLES: &[Sensor] = &[Current, Temperature, Thermal];

pub(super) fn terms(severity: &Severity) -> Terms {
    let t = severity.at(Temperature);
    Terms {
        current: CurrentTerms { third: 0.45 * severity.at(Current), ..Default::default() },
        temperature: TemperatureTerms { swing: 24.0 * t / (1.0 + 2.0 * t), ..Default::default() },
        thermal: ThermalTerms { spot: 90.0 * severity.levelled(Thermal), ..Default::default() },
        ..Default::default()
    }
}
