//! Sensors that fail while a model is measured.

use anyhow::Result;
use rand::seq::SliceRandom;
use sensorium::data::{Failure, LoaderConfig, RecordingSource, Window, load_windows};
use sensorium::nn::frontend::Pipeline;
use sensorium::nn::{Example, Model, Prediction, View, seed};

/// Which streams fail together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// These.
    Named(Vec<usize>),
    /// So many of those that are there, drawn anew for each window.
    Random(usize),
}

/// How the sensors fail.
#[derive(Clone, Copy, Debug)]
pub struct Trouble<'a> {
    /// The kinds of failure; each stream has one broken copy for each.
    pub failures: &'a [Failure],
    /// How badly; see [`Failure`].
    pub severity: f32,
    /// Fixes noise and choices.
    pub seed: u64,
}

/// One way of failing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Degraded {
    /// Position among the trouble's failures.
    pub failure: usize,
    /// Which streams.
    pub choice: Choice,
}

/// All windows of the recordings as examples, with the broken copies of every stream.
///
/// # Errors
/// Those of loading.
pub fn examples(
    pipeline: &Pipeline,
    source: &dyn RecordingSource,
    indices: &[usize],
    trouble: &Trouble,
    threads: usize,
    progress: &(dyn Fn(&str) + Sync),
) -> Result<Vec<Example>> {
    let config = LoaderConfig { threads, ..LoaderConfig::default() };
    let make = |window: Window| {
        progress(&window.recording);
        example(pipeline, &window, trouble)
    };
    Ok(load_windows(source, indices, &config, make)?)
}

fn example(pipeline: &Pipeline, window: &Window, trouble: &Trouble) -> Example {
    let mut example = pipeline.example(window);
    for (s, stream) in example.streams.iter_mut().enumerate() {
        for failure in trouble.failures {
            let path = [
                7,
                seed::of_name(&window.recording),
                window.span.start.as_micros() as u64,
                s as u64,
                *failure as u64,
            ];
            let mut rng = seed::generator(trouble.seed, &path);
            let mut copy = window.clone_frame();
            copy.streams[s] = window.streams[s].clone();
            failure.apply(&mut copy, s, trouble.severity, &mut rng);
            stream.broken.push(pipeline.example(&copy).streams.swap_remove(s).clean);
        }
    }
    example
}

impl Degraded {
    /// The answers when sensors fail in this way.
    ///
    /// # Errors
    /// Those of the model.
    pub fn predict(&self, model: &dyn Model, examples: &[&Example], seed: u64) -> Result<Vec<Prediction>> {
        let fails: Vec<Vec<usize>> = examples.iter().map(|e| self.streams(e, seed)).collect();
        let view = |i: usize, s: usize| {
            if fails[i].contains(&s) { View::Broken(self.failure) } else { View::Clean }
        };
        Ok(model.predict(examples, &view)?)
    }

    /// The streams that fail in a window; of random ones, one that is there is left.
    fn streams(&self, example: &Example, seed: u64) -> Vec<usize> {
        match &self.choice {
            Choice::Named(streams) => streams.clone(),
            Choice::Random(count) => {
                let mut there: Vec<usize> =
                    (0..example.streams.len()).filter(|s| example.streams[*s].clean.is_some()).collect();
                let path = [8, seed::of_name(&example.recording), example.span.start.as_micros() as u64];
                there.shuffle(&mut seed::generator(seed, &path));
                there.truncate((*count).min(there.len().saturating_sub(1)));
                there
            }
        }
    }
}
