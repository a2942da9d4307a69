//! **What.** A control valve whose stem sticks and slips.
//!
//! **Physics.** Static friction at the stem exceeds sliding friction. The positioner winds up until
//! the stem breaks loose, overshoots and sticks again: a limit cycle of one turn in 1.7 to 3 s whose
//! shape is a saw tooth, slow creep and quick fall, in the pressure and, the other way up, in the flow.
//! The operator notes that the position indicator does not follow.
//!
//! **What it leaves alone.** Shaft and motor (vibration, current), heat (temperature, thermal), and
//! what can be heard (acoustic): the cycle lies far below 20 Hz.

use crate::rig::flow::FlowTerms;
use crate::rig::pressure::PressureTerms;
use crate::rig::sensor::Sensor::{self, Flow, Log, Pressure};
use crate::rig::severity::Severity;
use crate::rig::terms::Terms;

pub(super) const COUPLES: &[Sensor] = &[Pressure, Flow, Log];

pub(super) fn terms(severity: &Severity) -> Terms {
    Terms {
        pressure: PressureTerms { sawtooth: 0.2 * severity.at(Pressure), ..Default::default() },
        flow: FlowTerms { sawtooth: 0.35 * severity.at(Flow), ..Default::default() },
        ..Default::default()
    }
}
