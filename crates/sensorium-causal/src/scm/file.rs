//! Models as JSON.

use super::{Choice, Mechanism, StructuralCausalModel, Variable};
use crate::{CausalError, Dag};
use serde::{Deserialize, Serialize};
use std::path::Path;

const FORMAT: &str = "sensorium-structural-causal-model";
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Header {
    format: String,
    version: u32,
}

#[derive(Serialize, Deserialize)]
struct File {
    format: String,
    version: u32,
    variables: Vec<Variable>,
    /// Cause first.
    edges: Vec<(usize, usize)>,
    mechanisms: Vec<Mechanism>,
    choices: Vec<Choice>,
}

impl StructuralCausalModel {
    /// The model as JSON text.
    ///
    /// # Errors
    /// [`CausalError::Data`] when a number cannot be written.
    pub fn to_json(&self) -> Result<String, CausalError> {
        let file = File {
            format: FORMAT.to_owned(),
            version: VERSION,
            variables: self.variables.clone(),
            edges: self.dag.edges(),
            mechanisms: self.mechanisms.clone(),
            choices: self.choices.clone(),
        };
        serde_json::to_string(&file)
            .map_err(|e| CausalError::Data(format!("the model cannot be written: {e}")))
    }

    /// A model from JSON text.
    ///
    /// # Errors
    /// [`CausalError::Parse`] for another format, another version, and a file that is damaged.
    pub fn from_json(text: &str) -> Result<Self, CausalError> {
        let wrong = |line: usize, message: String| CausalError::Parse {
            what: "structural causal model".to_owned(),
            line,
            message,
        };
        let header: Header = serde_json::from_str(text)
            .map_err(|e| wrong(e.line(), format!("this is no model saved by `causal fit`: {e}")))?;
        if header.format != FORMAT {
            return Err(wrong(1, format!("the format is `{}`; `{FORMAT}` was expected", header.format)));
        }
        if header.version != VERSION {
            return Err(wrong(
                1,
                format!(
                    "version {} of the format; this program reads version {VERSION}: fit the model again",
                    header.version
                ),
            ));
        }
        let file: File =
            serde_json::from_str(text).map_err(|e| wrong(e.line(), format!("the model is damaged: {e}")))?;
        let dag = Dag::from_edges(file.variables.iter().map(|v| v.name.clone()), &file.edges)
            .map_err(|e| wrong(1, format!("the model is damaged: {e}")))?;
        if file.mechanisms.len() != dag.len() || file.choices.len() != dag.len() {
            return Err(wrong(1, "the model is damaged: not every variable has a mechanism".to_owned()));
        }
        let order = dag.topological_order();
        let model = Self {
            variables: file.variables,
            dag,
            mechanisms: file.mechanisms,
            choices: file.choices,
            order,
        };
        for (node, mechanism) in model.mechanisms.iter().enumerate() {
            let variable = &model.variables[node];
            mechanism
                .check(variable.levels(), &model.parent_levels(node))
                .map_err(|e| wrong(1, format!("the model is damaged at `{}`: {e}", variable.name)))?;
        }
        Ok(model)
    }

    /// Writes the model to a file.
    ///
    /// # Errors
    /// [`CausalError::Io`], and as [`Self::to_json`].
    pub fn save(&self, path: &Path) -> Result<(), CausalError> {
        std::fs::write(path, self.to_json()?)
            .map_err(|source| CausalError::Io { path: path.to_owned(), source })
    }

    /// Reads a model from a file.
    ///
    /// # Errors
    /// [`CausalError::Io`], and as [`Self::from_json`].
    pub fn load(path: &Path) -> Result<Self, CausalError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| CausalError::Io { path: path.to_owned(), source })?;
        Self::from_json(&text)
    }
}
