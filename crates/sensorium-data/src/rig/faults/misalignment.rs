//! **What.** Motor and pump shafts that do not meet in one line.
//!
//! **Physics.** A coupling that joins two shafts at an angle flexes twice a revolution, as a Cardan
//! joint does: the torque ripples at 2× shaft frequency and the bearings feel 2×, and because the
//! flexing is not a pure cosine also 3× and 4× (vibration). The torque ripple modulates the current:
//! sidebands at `f_line ± 2 f_shaft`. The flexing rubber heats: the coupling glows in the picture.
//!
//! **What it leaves alone.** The lines are too low to be heard (acoustic), the coupling has no
//! temperature sensor (temperature), the pump's mean speed is held by the drive (pressure, flow), and
//! the guard hides the coupling from the operator (log).

use crate::rig::current::CurrentTerms;
use crate::rig::sensor::Sensor::{self, Current, Thermal, Vibration};
use crate::rig::severity::Severity;
use crate::rig::terms::Terms;
use crate::rig::thermal::ThermalTerms;
use crate::rig::vibration::VibrationTerms;

pub(super) const COUPLES: &[Sensor] = &[Vibration, Current, Thermal];

pub(super) fn terms(severity: &Severity) -> Terms {
    let v = severity.at(Vibration);
    Terms {
        vibration: VibrationTerms { lines: [0.0, 8.0 * v, 2.5 * v, 3.0 * v], ..Default::default() },
        current: CurrentTerms { twice: 0.5 * severity.at(Current), ..Default::default() },
        thermal: ThermalTerms { coupling: 75.0 * severity.levelled(Thermal), ..Default::default() },
        ..Default::default()
    }
}
