//! **What.** Water that leaves the pipe between pump and meter.
//!
//! **Physics.** A hole of area A loses `Q = C A √(2p/ρ)`: the pump delivers more against less
//! pressure and the meter sees less. Both changes of level drown in the differences between rigs; the
//! evidence is in the texture. The jet is turbulent: it roars in the pipe at 25 to 45 Hz (pressure)
//! and hisses in the air at 3 to 4 kHz (acoustic). The jet's thrust whips the hose at its natural
//! frequency near 2 Hz, and the loss swings with it (flow). The operator finds a puddle.
//!
//! **What it leaves alone.** The shaft (vibration, current), and all that is warm (temperature,
//! thermal).

use crate::rig::acoustic::AcousticTerms;
use crate::rig::flow::FlowTerms;
use crate::rig::pressure::PressureTerms;
use crate::rig::sensor::Sensor::{self, Acoustic, Flow, Log, Pressure};
use crate::rig::severity::Severity;
use crate::rig::terms::Terms;

pub(super) const COUPLES: &[Sensor] = &[Acoustic, Pressure, Flow, Log];

pub(super) fn terms(severity: &Severity) -> Terms {
    let (p, q) = (severity.at(Pressure), severity.at(Flow));
    Terms {
        acoustic: AcousticTerms { hiss: 1.2 * severity.at(Acoustic), ..Default::default() },
        pressure: PressureTerms { level: -0.15 * p, roar: 0.12 * p, ..Default::default() },
        flow: FlowTerms { level: -0.2 * q, whip: 0.25 * q, ..Default::default() },
        ..Default::default()
    }
}
