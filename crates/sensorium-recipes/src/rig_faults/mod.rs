//! `rig-faults`: which of ten conditions a pump stand is in, from eight modalities of which some are
//! broken or missing.
//!
//! Protocol. Data: the built-in rig, every recording another randomised machine, split by machine
//! 60/20/20. Windows of 4 s. Every fusion has the same encoders, sizes, examples, modality dropout,
//! degradation, optimizer, number of epochs and choice of the best epoch (on validation machines,
//! mean of clean and degraded macro-F1). The front ends and the router were designed on the machines
//! of seed 0, test machines included; figures to quote come from another seed (README: seed 1), whose
//! machines nothing was chosen on.
//!
//! - *clean*: macro-F1 over the ten classes.
//! - *degraded*: the plain mean of macro-F1 over 46 scenarios: each of the eight modalities failing in
//!   each of five ways (missing, noise, frozen, drift, delay; severity drawn per window from 0.5 to
//!   4), and k = 1..6 random modalities missing in every window. The ratio is to the better of the two
//!   fixed-weight fusions (uniform, learned constant).
//! - *upper bound per k*: fresh models that are told which modalities are left: trained on that subset
//!   alone, tested on that subset alone, beside the router on the same subsets.
//! - *informative weight*: over the windows in which paired runs show the fault in exactly one modality
//!   (largest |d'| > 1), the median weight that the router gives that modality.
//! - *faithfulness*: Spearman correlation, over windows and modalities, of a modality's weight with the
//!   rise of the loss when that modality is left out.
//!
//! A faultless model bounds the ratio by one over the fixed weights' figure; the recipe prints that, and
//! what the specialists' figures would make of it. Ten minutes in full on two cores.
//!
//! Intervals are 95 % bootstrap intervals over test machines (cluster bootstrap); with several seeds
//! the figures are means over seeds and the spread of the seeds is printed beside.

mod bound;
mod contest;
mod demo;
mod figures;
mod pictures;
mod scenario;
mod setting;
mod weights;

pub use demo::demo;
pub use setting::Setting;

use crate::{Outcome, Progress, Recipe, RecipeError, RunOptions};

/// The recipe.
pub struct RigFaults;

impl Recipe for RigFaults {
    fn name(&self) -> &'static str {
        "rig-faults"
    }

    fn summary(&self) -> &'static str {
        "ten conditions of a pump stand from eight modalities, with sensors broken or missing"
    }

    fn data(&self) -> &'static [&'static str] {
        &[]
    }

    fn run(&self, options: &RunOptions, progress: &mut dyn Progress) -> Result<Outcome, RecipeError> {
        if options.data_dir.is_some() || options.model.is_some() {
            return Err(RecipeError::Other(
                "rig-faults is simulated and compares freshly trained models: it takes neither --data-dir nor --model"
                    .into(),
            ));
        }
        let setting = if options.quick { Setting::quick() } else { Setting::full() };
        figures::study(self.name(), &setting, options, progress)
    }
}
