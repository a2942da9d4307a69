//! Where recordings come from: a `dataset.toml`, or the rig.

use crate::failure::usage;
use anyhow::Result;
use sensorium::data::DataError;
use sensorium::data::rig::RigConfig;
use sensorium::data::{Dataset, Recording, RecordingSource, Schema, Split, Target, Task};
use sensorium::nn::ModelCard;
use std::path::{Path, PathBuf};

/// `--data`: the word `rig`, or a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DataName {
    /// The built-in simulator.
    Rig,
    /// A `dataset.toml`, or the folder that holds it.
    Path(PathBuf),
    /// Standard input.
    Input,
}

impl From<std::ffi::OsString> for DataName {
    fn from(text: std::ffi::OsString) -> Self {
        match text.to_str() {
            Some("rig") => Self::Rig,
            Some("-") => Self::Input,
            _ => Self::Path(text.into()),
        }
    }
}

/// What the recordings are wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Labels and split must be there.
    Train,
    /// Labels may be missing, and every recording counts as test.
    Predict,
}

/// Opens the recordings. The rig is made from `seed`.
///
/// # Errors
/// Those of [`Dataset::open`]; standard input, which has no recordings.
pub fn open(name: &DataName, purpose: Purpose, seed: u64) -> Result<Box<dyn RecordingSource>> {
    match name {
        DataName::Rig => Ok(Box::new(RigConfig { seed, ..RigConfig::default() }.init()?)),
        DataName::Path(path) => Ok(Box::new(dataset(path, purpose)?)),
        DataName::Input => Err(usage("standard input (-) is for `predict --follow`")),
    }
}

/// Opens a `dataset.toml`.
///
/// # Errors
/// Those of [`Dataset::open`].
pub fn dataset(path: &Path, purpose: Purpose) -> Result<Dataset> {
    Ok(match purpose {
        Purpose::Train => Dataset::open(path)?,
        Purpose::Predict => Dataset::open_for_prediction(path)?,
    })
}

/// A source as a model sees it: its windows cut as the model's were, its classes numbered as the
/// model's are.
pub struct ForModel {
    source: Box<dyn RecordingSource>,
    schema: Schema,
    /// For each class or label of the data, its place in the model's list.
    places: Vec<usize>,
    outputs: usize,
}

impl ForModel {
    /// Checks that the data have the model's streams. With `labelled`, that they have its task and no
    /// class that it does not know.
    ///
    /// # Errors
    /// Names the first difference and the remedy.
    pub fn new(source: Box<dyn RecordingSource>, card: &ModelCard, labelled: bool) -> Result<Self> {
        let ours = source.schema();
        let places = match (places(&ours.task, &card.schema.task), labelled) {
            (Ok(places), _) => places,
            (Err(_), false) => Vec::new(),
            (Err(message), true) => anyhow::bail!("{message}"),
        };
        let schema = Schema { task: card.schema.task.clone(), ..ours.clone() };
        card.check_schema(&schema)?;
        Ok(Self { outputs: card.schema.task.outputs(), source, schema, places })
    }

    fn target(&self, target: Target) -> Target {
        match target {
            Target::Class(class) => self.places.get(class).map_or(Target::Unknown, |c| Target::Class(*c)),
            Target::Labels(held) if held.len() == self.places.len() => {
                let mut all = vec![false; self.outputs];
                for (place, holds) in self.places.iter().zip(held) {
                    all[*place] = holds;
                }
                Target::Labels(all)
            }
            Target::Values(values) if values.len() == self.places.len() => Target::Values(values),
            _ => Target::Unknown,
        }
    }
}

/// For each class of `from`, its place among those of `to`.
fn places(from: &Task, to: &Task) -> Result<Vec<usize>, String> {
    let (from, to) = match (from, to) {
        (Task::Classification { classes: a }, Task::Classification { classes: b })
        | (Task::MultiLabel { labels: a }, Task::MultiLabel { labels: b })
        | (Task::Regression { outputs: a }, Task::Regression { outputs: b }) => (a, b),
        (Task::OneClass, Task::OneClass) => return Ok(vec![0, 1]),
        (Task::OneClass, _) => {
            return Err("the data have no labels to compare the model's answers with; add [label] to dataset.toml, or use predict".into());
        }
        _ => {
            return Err("the model was made for another task than the data describe; use the dataset.toml it was trained with, or train anew".into());
        }
    };
    from.iter()
        .map(|name| {
            to.iter().position(|n| n == name).ok_or_else(|| {
                format!(
                    "the data have the class `{name}`, which the model does not know; it knows {}",
                    to.join(", ")
                )
            })
        })
        .collect()
}

impl RecordingSource for ForModel {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn len(&self) -> usize {
        self.source.len()
    }

    fn split(&self, index: usize) -> Split {
        self.source.split(index)
    }

    fn load(&self, index: usize) -> Result<Recording, DataError> {
        let mut recording = self.source.load(index)?;
        for annotation in &mut recording.annotations {
            annotation.target = self.target(std::mem::replace(&mut annotation.target, Target::Unknown));
        }
        Ok(recording)
    }
}
