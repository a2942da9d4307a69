//! **What.** A filter clogged with dirt.
//!
//! **Physics.** The filter's resistance K in `p = static + (K + …) Q²` grows as the cake thickens:
//! pressure before it creeps up and flow falls, second by second. Near its limit the spring-loaded
//! bypass flap begins to chatter at 8 to 11 Hz, in bursts (pressure); each time that it shuts for a
//! while, the flow steps down and up again (flow). The operator sees the filter's gauge in the red.
//!
//! **What it leaves alone.** Shaft power is nearly independent of the flow (current), the flap is too
//! light to shake the stand or to be heard over the fan (vibration, acoustic), and nothing warms
//! (temperature, thermal).

use crate::rig::flow::FlowTerms;
use crate::rig::pressure::PressureTerms;
use crate::rig::sensor::Sensor::{self, Flow, Log, Pressure};
use crate::rig::severity::Severity;
use crate::rig::terms::Terms;

pub(super) const COUPLES: &[Sensor] = &[Pressure, Flow, Log];

pub(super) fn terms(severity: &Severity) -> Terms {
    let (p, q) = (severity.at(Pressure), severity.at(Flow));
    Terms {
        pressure: PressureTerms { level: 0.1 * p, trend: 0.006 * p, chatter: 0.16 * p, ..Default::default() },
        flow: FlowTerms { level: -0.1 * q, trend: -0.01 * q, steps: 0.4 * q, ..Default::default() },
        ..Default::default()
    }
}
