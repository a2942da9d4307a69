//! Commands as token features, each wording computed once.

use crate::{Progress, RecipeError};
use sensorium_align::Sequence;
use sensorium_align::model::{TextFront, Vocabulary};
use sensorium_nn::Device;
use sensorium_nn::tower::{Sentences, find_weights};
use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

/// Longest command, words or sub-words.
const LONGEST: usize = 32;
/// Numbers a token of MiniLM.
const MINILM: usize = 384;

/// What the text network reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// Token vectors.
    Vectors {
        /// Numbers a token.
        width: usize,
    },
    /// Numbers of words.
    Numbers {
        /// How many there are.
        vocabulary: usize,
    },
}

/// Token features by command.
pub struct Words {
    front: TextFront,
    known: HashMap<String, Arc<Sequence>>,
}

impl Words {
    /// MiniLM where its weights are found, else a vocabulary of the training commands.
    ///
    /// # Errors
    /// Weights that cannot be read.
    pub fn fit(data_root: &Path, training: &[&str]) -> Result<Self, RecipeError> {
        let front = match find_weights(data_root, "minilm") {
            Some(folder) => TextFront::MiniLm(Box::new(Sentences::load(&folder, LONGEST, &Device::flex())?)),
            None => TextFront::Words(Vocabulary::fit(training.iter().copied(), 2, LONGEST)),
        };
        Ok(Self { front, known: HashMap::new() })
    }

    /// What the text network reads.
    pub fn reads(&self) -> Reads {
        match &self.front {
            TextFront::MiniLm(_) => Reads::Vectors { width: MINILM },
            TextFront::Words(vocabulary) => Reads::Numbers { vocabulary: vocabulary.size() },
        }
    }

    /// How the front end is called in notes.
    pub fn name(&self) -> &'static str {
        match &self.front {
            TextFront::MiniLm(_) => "frozen MiniLM token features",
            TextFront::Words(_) => "a vocabulary of the training commands (no MiniLM weights were found)",
        }
    }

    /// Computes the features of commands that are not known yet.
    ///
    /// # Errors
    /// When the tokenizer fails.
    pub fn learn<'a>(
        &mut self,
        commands: impl Iterator<Item = &'a str>,
        progress: &mut dyn Progress,
    ) -> Result<(), RecipeError> {
        let new: BTreeSet<&str> = commands.filter(|c| !self.known.contains_key(*c)).collect();
        let new: Vec<&str> = new.into_iter().collect();
        progress.stage("words of the commands", Some(new.len() as u64));
        for part in new.chunks(256) {
            let found = self.front.sequences(part, &Device::flex())?;
            self.known.extend(part.iter().zip(found).map(|(text, s)| ((*text).to_owned(), Arc::new(s))));
            progress.advance(part.len() as u64);
        }
        Ok(())
    }

    /// The features of a command that was learnt.
    ///
    /// # Errors
    /// A command that was not.
    pub fn of(&self, command: &str) -> Result<Arc<Sequence>, RecipeError> {
        let unknown = || RecipeError::Other(format!("the words of `{command}` were not computed"));
        self.known.get(command).cloned().ok_or_else(unknown)
    }
}
