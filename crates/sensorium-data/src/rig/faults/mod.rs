//! The faults: one file each, with its physics.
//!
//! A fault file says at which sensors the fault arrives ([`Fault::couples`]) and what it adds to
//! their equations for a given strength there ([`Fault::terms`]).

mod bearing_wear;
mod blocked_filter;
mod cavitation;
mod fan_failure;
mod imbalance;
mod leak;
mod misalignment;
mod stuck_valve;
mod winding_short;

use super::sensor::Sensor;
use super::severity::Severity;
use super::terms::Terms;

/// What can be wrong with a rig.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fault {
    /// A pit in the outer race of the drive-end bearing.
    BearingWear,
    /// A rotor whose mass centre is off its axis.
    Imbalance,
    /// Motor and pump shafts that do not meet in one line.
    Misalignment,
    /// Vapour bubbles that collapse in the impeller.
    Cavitation,
    /// Water that leaves the pipe between pump and meter.
    Leak,
    /// A filter clogged with dirt.
    BlockedFilter,
    /// A control valve whose stem sticks and slips.
    StuckValve,
    /// A short circuit between turns of the motor's winding.
    WindingShort,
    /// A broken cooling fan.
    FanFailure,
}

impl Fault {
    /// All faults, in class order (class 0 is healthy, `ALL[k]` is class `k + 1`).
    pub const ALL: [Self; 9] = [
        Self::BearingWear,
        Self::Imbalance,
        Self::Misalignment,
        Self::Cavitation,
        Self::Leak,
        Self::BlockedFilter,
        Self::StuckValve,
        Self::WindingShort,
        Self::FanFailure,
    ];

    /// Name of the class.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BearingWear => "bearing-wear",
            Self::Imbalance => "imbalance",
            Self::Misalignment => "misalignment",
            Self::Cavitation => "cavitation",
            Self::Leak => "leak",
            Self::BlockedFilter => "blocked-filter",
            Self::StuckValve => "stuck-valve",
            Self::WindingShort => "winding-short",
            Self::FanFailure => "fan-failure",
        }
    }

    /// Number of the class; 0 is healthy.
    pub const fn class(self) -> usize {
        self as usize + 1
    }

    /// The fault of a class; `None` for class 0 and beyond the last.
    pub fn of_class(class: usize) -> Option<Self> {
        class.checked_sub(1).and_then(|k| Self::ALL.get(k)).copied()
    }

    /// Sensors at which the fault arrives at all; the others stay equal bit for bit.
    pub const fn couples(self) -> &'static [Sensor] {
        match self {
            Self::BearingWear => bearing_wear::COUPLES,
            Self::Imbalance => imbalance::COUPLES,
            Self::Misalignment => misalignment::COUPLES,
            Self::Cavitation => cavitation::COUPLES,
            Self::Leak => leak::COUPLES,
            Self::BlockedFilter => blocked_filter::COUPLES,
            Self::StuckValve => stuck_valve::COUPLES,
            Self::WindingShort => winding_short::COUPLES,
            Self::FanFailure => fan_failure::COUPLES,
        }
    }

    /// What the fault adds to the sensors' equations.
    pub fn terms(self, severity: &Severity) -> Terms {
        let mut terms = match self {
            Self::BearingWear => bearing_wear::terms(severity),
            Self::Imbalance => imbalance::terms(severity),
            Self::Misalignment => misalignment::terms(severity),
            Self::Cavitation => cavitation::terms(severity),
            Self::Leak => leak::terms(severity),
            Self::BlockedFilter => blocked_filter::terms(severity),
            Self::StuckValve => stuck_valve::terms(severity),
            Self::WindingShort => winding_short::terms(severity),
            Self::FanFailure => fan_failure::terms(severity),
        };
        if severity.at(Sensor::Log) > 0.0 {
            let lead = severity.lead == Sensor::Log;
            terms.log.hint = if lead { 0.95 } else { (1.2 * severity.at(Sensor::Log)).min(0.7) };
            terms.log.fault = Some(self);
        }
        terms
    }
}
