//! What all commands share: the global options, made real.

use crate::arguments::Global;
use crate::failure::usage;
use crate::progress::Bar;
use anyhow::{Context, Result};
use sensorium::nn::Model;
use sensorium::{Device, device, load_model};
use std::path::Path;

/// The global options, made real.
pub struct Session {
    /// Results are one JSON object.
    pub json: bool,
    /// Nothing but errors on standard error.
    pub quiet: bool,
    /// Fixes everything random.
    pub seed: u64,
    /// Where tensors live.
    pub device: Device,
    /// Its name.
    pub device_name: String,
    /// Worker threads.
    pub threads: usize,
}

impl Session {
    /// Opens the device and starts the threads. A command that has no tensors opens the device itself.
    ///
    /// # Errors
    /// No such device; threads that cannot be started.
    pub fn new(global: &Global, has_tensors: bool) -> Result<Self> {
        let name = if has_tensors { &global.device } else { "cpu" };
        let device = device(name).map_err(|e| usage(e.to_string()))?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = global.threads.map_or(cores, |n| usize::from(n.get()));
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build_global()
            .context("cannot start the worker threads")?;
        let device_name = global.device.clone();
        Ok(Self { json: global.json, quiet: global.quiet, seed: global.seed, device, device_name, threads })
    }

    /// A line for people.
    pub fn say(&self, text: impl AsRef<str>) {
        if !self.quiet {
            eprintln!("{}", text.as_ref());
        }
    }

    /// A line that people must see even when they asked for quiet.
    pub fn warn(&self, text: impl AsRef<str>) {
        eprintln!("warning: {}", text.as_ref());
    }

    /// A progress bar of so many steps.
    pub fn bar(&self, name: &str, total: u64) -> Bar {
        Bar::new(name, Some(total), self.quiet)
    }

    /// A count of steps, where their number is not known.
    pub fn counter(&self, name: &str) -> Bar {
        Bar::new(name, None, self.quiet)
    }

    /// Loads a bundle.
    ///
    /// # Errors
    /// Those of [`load_model`].
    pub fn load_model(&self, folder: &Path) -> Result<Box<dyn Model>> {
        Ok(load_model(folder, &self.device)?)
    }
}
