//! End-to-end studies with fixed protocols, and the report.
//!
//! A [`Recipe`] is one study: its data, its protocol, its baselines and its targets. It returns an
//! [`Outcome`], whose [`Figure`]s print as a table, as flat JSON, and as a [`report`] page.
//!
//! ```
//! use sensorium_recipes::{Figure, Outcome, Target};
//!
//! let mut outcome = Outcome::new("example", true, vec![0]);
//! outcome.figures.push(Figure::new("macro_f1", "macro-F1", 0.97).target(Target::at_least(0.96)));
//! assert!(outcome.to_text().contains("1 of 1 targets reached"));
//! assert_eq!(outcome.to_json()["macro_f1"], 0.97);
//! ```
#![warn(missing_docs)]

pub mod ct;
pub mod discovery;
pub mod error;
pub mod fab_line;
pub mod figure;
pub mod flickr8k;
pub mod lathe;
pub mod lidar_commands;
pub mod microservices;
pub mod narrated_actions;
mod number;
pub mod outcome;
pub mod process;
pub mod progress;
pub mod recipe;
pub mod report;
pub mod report_timeline;
pub mod rig_faults;
pub mod skab;
pub mod table;
pub mod target;
pub mod tep_faults;

pub use error::RecipeError;
pub use figure::Figure;
pub use outcome::Outcome;
pub use progress::{Progress, Silent};
pub use recipe::{Recipe, RunOptions, find, registry};
pub use table::Table;
pub use target::{Comparison, Target, Verdict};
