//! **What.** Vapour bubbles that form in the impeller's eye and collapse on its vanes.
//!
//! **Physics.** Where the suction pressure falls below the vapour pressure bubbles form; carried into
//! higher pressure they collapse in microseconds. Each collapse is a tiny blow at a random instant:
//! broadband turbulence above 400 Hz that swells with each passing vane (vibration) and a crackle like
//! gravel around 1 to 2 kHz (acoustic). Now and then the eye fills with vapour and the lift breaks
//! down for some hundredths of a second: dips of the pressure. Bubbles that survive into the meter
//! make its reading jump from sample to sample (flow).
//!
//! **What it leaves alone.** The mean shaft power hardly changes (current), nothing warms
//! (temperature, thermal), and the operator stands at the motor, not at the suction pipe (log).

use crate::rig::acoustic::AcousticTerms;
use crate::rig::flow::FlowTerms;
use crate::rig::pressure::PressureTerms;
use crate::rig::sensor::Sensor::{self, Acoustic, Flow, Pressure, Vibration};
use crate::rig::severity::Severity;
use crate::rig::terms::Terms;
use crate::rig::vibration::VibrationTerms;

pub(super) const COUPLES: &[Sensor] = &[Vibration, Acoustic, Pressure, Flow];

pub(super) fn terms(severity: &Severity) -> Terms {
    Terms {
        vibration: VibrationTerms { turbulence: 7.0 * severity.at(Vibration), ..Default::default() },
        acoustic: AcousticTerms { crackle: 5.0 * severity.at(Acoustic), ..Default::default() },
        pressure: PressureTerms { dips: 0.25 * severity.at(Pressure), ..Default::default() },
        flow: FlowTerms { bubbles: 0.25 * severity.at(Flow), ..Default::default() },
        ..Default::default()
    }
}
