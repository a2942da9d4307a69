//! Root causes: what changed, and how much of an outcome's deviation it explains.

mod mechanism_change;

pub use mechanism_change::{Change, ChangedMechanism, MechanismChange, Mechanisms};
