//! The study at the size of a demonstration.

use super::figures::study;
use super::setting::Setting;
use crate::{Outcome, Progress, RecipeError, RunOptions};

/// Simulates the rigs, trains the router and two rivals, breaks the sensors and measures: under three
/// minutes on two cores.
///
/// # Errors
/// Those of the study.
pub fn demo(options: &RunOptions, progress: &mut dyn Progress) -> Result<Outcome, RecipeError> {
    study("demo", &Setting::demo(), options, progress)
}
