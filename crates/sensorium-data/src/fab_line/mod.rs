//! The built-in simulator of a semiconductor line: lithography, etch, deposition, polish and test.
//!
//! One row is one lot of 25 wafers, one lot an hour. The 200 observed variables follow a known
//! structural model: set points and surroundings; the physics of each tool (Bossung curves through
//! focus and dose, the swing curve of the resist, Arrhenius rates, ion-limited etch, Preston's law
//! with a wearing pad, Murphy's yield); drifts of each tool that nobody observes, move several of its
//! variables at once and are renewed by maintenance; and what hangs from it all harmlessly: pump
//! currents, chillers, counters in the corridor, some with bursts that trip any chart. A lot's wafers
//! are shared among the chambers of a tool. Disturbances carry over from lot to lot; readings have
//! noise, and metrology is sampled (missing values are NaN).
//!
//! A fault acts on the true value of one parameter from one lot on. Each variable has random streams
//! of its own, so that in a paired run with and without the fault whatever the fault does not reach
//! is equal bit for bit. There is no feedback from test to the tools (no run-to-run control).
//!
//! ```
//! use sensorium_data::fab_line::{FabConfig, FabLine, FabFault, FaultKind};
//!
//! let line = FabLine::new(FabConfig::default())?;
//! let normal = line.normal(50, 1);
//! assert_eq!((normal.rows.len(), normal.names.len()), (50, 200));
//! let variable = line.injectable()[0];
//! let fault = FabFault { variable, kind: FaultKind::Step, size: 6.0, onset: 10 };
//! assert!(!line.chain(variable).is_empty());
//! let faulty = line.faulty(50, &fault, 1)?;
//! assert_ne!(faulty.rows[20][variable], normal.rows[20][variable]);
//! # Ok::<(), sensorium_data::DataError>(())
//! ```

mod ambient;
mod deposition;
mod electrical;
mod etch;
mod fault;
mod lithography;
mod plan;
mod polish;
mod run;
mod structure;

#[cfg(test)]
mod tests;

pub use fault::{FabFault, FaultKind};
pub use run::{FabConfig, FabLine, FabTable, VERSION};
pub use structure::{Edge, Step};
