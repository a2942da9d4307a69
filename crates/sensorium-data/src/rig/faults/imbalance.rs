//! **What.** A rotor whose mass centre is off its axis.
//!
//! **Physics.** An unbalance m·r turns with the shaft and pulls at the bearings with `m r ω²`: a pure
//! line at 1× shaft frequency in the vibration. The same whirl makes the air gap eccentric, which
//! modulates the field once a revolution: the current gets sidebands at `f_line ± f_shaft`. The
//! operator feels the shaking in the floor.
//!
//! **What it leaves alone.** At 14 to 29 Hz the housing is far too small to radiate sound (acoustic);
//! no heat is made (temperature, thermal); the pump's mean lift is unchanged (pressure, flow).

use crate::rig::current::CurrentTerms;
use crate::rig::sensor::Sensor::{self, Current, Log, Vibration};
use crate::rig::severity::Severity;
use crate::rig::terms::Terms;
use crate::rig::vibration::VibrationTerms;

pub(super) const COUPLES: &[Sensor] = &[Vibration, Current, Log];

pub(super) fn terms(severity: &Severity) -> Terms {
    Terms {
        vibration: VibrationTerms {
            lines: [14.0 * severity.at(Vibration), 0.0, 0.0, 0.0],
            ..Default::default()
        },
        current: CurrentTerms { once: 0.5 * severity.at(Current), ..Default::default() },
        ..Default::default()
    }
}
