//! From windows to examples: the front ends of all streams, fitted together.

use super::grid::slots_for;
use super::{
    AudioFrontend, Frontend, ImageFrontend, Normaliser, SeriesFrontend, StreamFeatures, TableFrontend,
    TextFrontend,
};
use crate::error::NnError;
use crate::example::{Example, StreamExample};
use crate::seed;
use rand::Rng;
use rayon::prelude::*;
use sensorium_data::{DataError, Failure, Modality, RecordingSource, Samples, Schema, StreamSpec, Window};
use serde::{Deserialize, Serialize};

/// How examples are made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PipelineConfig {
    /// Pictures of an image stream that are looked at in a window.
    pub frames: usize,
    /// Text tokens in a window.
    pub text_tokens: usize,
    /// Sub-words learned from the training text.
    pub vocabulary: usize,
    /// Failures of which each training stream gets one broken copy, of a random severity.
    pub failures: Vec<Failure>,
    /// Range that the severity is drawn from.
    pub severity: (f32, f32),
}

impl Default for PipelineConfig {
    fn default() -> Self {
        Self {
            frames: 2,
            text_tokens: 24,
            vocabulary: 400,
            failures: vec![Failure::Noise, Failure::Frozen, Failure::Drift, Failure::Delay],
            severity: (0.5, 4.0),
        }
    }
}

/// The fitted front ends and normalisers of a schema's streams.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pipeline {
    /// One front end a stream.
    pub frontends: Vec<Frontend>,
    pub(super) normalisers: Vec<Normaliser>,
    pub(super) config: PipelineConfig,
}

impl Pipeline {
    /// Fits vocabulary and normalisation on the windows of `indices` (the training recordings) and
    /// returns those windows as examples, broken copies included.
    ///
    /// # Errors
    /// Those of loading; a modality without a front end here (video, points); no window at all.
    pub fn fit(
        source: &dyn RecordingSource,
        indices: &[usize],
        config: &PipelineConfig,
        seed: u64,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<(Self, Vec<Example>), NnError> {
        let schema = source.schema();
        let entries = text_entries(source, indices)?;
        let frontends = schema
            .streams
            .iter()
            .zip(&entries)
            .map(|(spec, entries)| frontend(spec, entries, schema, config))
            .collect::<Result<Vec<_>, _>>()?;
        let normalisers = frontends.iter().map(|_| Normaliser::identity()).collect();
        let mut pipeline = Self { frontends, normalisers, config: config.clone() };
        let mut examples = pipeline.examples(source, indices, true, seed, progress)?;
        if examples.is_empty() {
            return Err(NnError::Invalid(format!(
                "no training window: the {} training recordings are all shorter than the window of {} ms",
                indices.len(),
                schema.window.length_ms
            )));
        }
        pipeline.normalisers = (0..pipeline.frontends.len())
            .into_par_iter()
            .map(|s| {
                let clean = examples.iter().filter_map(|e| e.streams[s].clean.as_ref());
                match &pipeline.frontends[s] {
                    Frontend::Text(_) => Normaliser::identity(),
                    Frontend::Image(_) => Normaliser::fit(pipeline.frontends[s].positions(), true, clean),
                    other => Normaliser::fit(other.positions(), false, clean),
                }
            })
            .collect();
        examples.par_iter_mut().for_each(|example| {
            for (stream, normaliser) in example.streams.iter_mut().zip(&pipeline.normalisers) {
                let broken = stream.broken.iter_mut().filter_map(|b| b.as_mut());
                stream.clean.iter_mut().chain(broken).for_each(|f| normaliser.apply(f));
            }
        });
        Ok((pipeline, examples))
    }

    /// All windows of the recordings `indices` as examples, in order. With `broken`, each stream has
    /// one copy for each failure of the configuration, its severity drawn from
    /// hash(seed, recording, window, stream, failure).
    ///
    /// # Errors
    /// Those of loading.
    pub fn examples(
        &self,
        source: &dyn RecordingSource,
        indices: &[usize],
        broken: bool,
        seed: u64,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<Example>, NnError> {
        let rule = source.schema().window;
        let lists = indices
            .par_iter()
            .map(|index| {
                let recording = source.load(*index)?;
                let windows = recording.windows(rule.length_micros(), rule.stride_micros());
                let examples = windows
                    .enumerate()
                    .map(|(w, window)| {
                        let mut example = self.example(&window);
                        if broken {
                            self.break_streams(&window, &mut example, seed, *index, w);
                        }
                        example
                    })
                    .collect();
                progress(1);
                Ok(examples)
            })
            .collect::<Result<Vec<Vec<Example>>, DataError>>()?;
        Ok(lists.into_iter().flatten().collect())
    }

    /// One window as an example.
    pub fn example(&self, window: &Window) -> Example {
        let streams = (0..self.frontends.len())
            .map(|s| StreamExample { clean: self.stream(window, s), broken: Vec::new() })
            .collect();
        Example {
            recording: window.recording.clone(),
            group: window.group.clone(),
            span: window.span,
            streams,
            target: window.target.clone(),
        }
    }

    fn stream(&self, window: &Window, s: usize) -> Option<StreamFeatures> {
        let mut features = self.frontends[s].features(window, s)?;
        self.normalisers[s].apply(&mut features);
        Some(features)
    }

    fn break_streams(&self, window: &Window, example: &mut Example, seed: u64, index: usize, w: usize) {
        for s in 0..self.frontends.len() {
            for (f, failure) in self.config.failures.iter().enumerate() {
                let mut rng = seed::generator(seed, &[3, index as u64, w as u64, s as u64, f as u64]);
                let severity = rng.random_range(self.config.severity.0..=self.config.severity.1);
                let mut copy = window.clone_frame();
                copy.streams[s] = window.streams[s].clone();
                failure.apply(&mut copy, s, severity, &mut rng);
                example.streams[s].broken.push(self.stream(&copy, s));
            }
        }
    }
}

/// The text entries of each stream in the training recordings (empty lists for other modalities).
fn text_entries(source: &dyn RecordingSource, indices: &[usize]) -> Result<Vec<Vec<String>>, NnError> {
    let streams = &source.schema().streams;
    let mut entries = vec![Vec::new(); streams.len()];
    if streams.iter().all(|s| s.modality != Modality::Text) {
        return Ok(entries);
    }
    let lists = indices
        .par_iter()
        .map(|i| {
            let recording = source.load(*i)?;
            let texts = recording.streams.into_iter().map(|s| match s.map(|s| s.samples) {
                Some(Samples::Text(entries)) => entries,
                _ => Vec::new(),
            });
            Ok(texts.collect())
        })
        .collect::<Result<Vec<Vec<Vec<String>>>, DataError>>()?;
    for list in lists {
        for (all, here) in entries.iter_mut().zip(list) {
            all.extend(here);
        }
    }
    Ok(entries)
}

/// The front end that a stream calls for; `entries` are the training text of a text stream.
pub(super) fn frontend(
    spec: &StreamSpec,
    entries: &[String],
    schema: &Schema,
    config: &PipelineConfig,
) -> Result<Frontend, NnError> {
    let slots = slots_for(spec.rate, schema.window.length_micros());
    let channels = spec.channels.len().max(1);
    Ok(match spec.modality {
        Modality::Series => Frontend::Series(SeriesFrontend { channels, slots }),
        Modality::Audio => {
            let rate = spec
                .rate
                .ok_or_else(|| NnError::Invalid(format!("stream {}: audio needs a rate_hz", spec.name)))?;
            Frontend::Audio(AudioFrontend::new(rate.get(), slots))
        }
        Modality::Image => {
            let [height, width] = spec.size.ok_or_else(|| {
                NnError::Invalid(format!("stream {}: images need a size = [height, width]", spec.name))
            })?;
            let frames = match spec.rate {
                Some(_) => config.frames.min(slots).max(1),
                None => 1,
            };
            Frontend::Image(ImageFrontend { frames, channels, height, width })
        }
        Modality::Text => {
            let entries = entries.iter().map(String::as_str);
            Frontend::Text(TextFrontend::fit(config.text_tokens.max(1), config.vocabulary, entries)?)
        }
        Modality::Table => Frontend::Table(TableFrontend { channels }),
        other @ (Modality::Video | Modality::Points) => {
            return Err(NnError::Invalid(format!(
                "stream {}: there is no encoder for {other} in this version; leave the stream out of dataset.toml",
                spec.name
            )));
        }
    })
}
