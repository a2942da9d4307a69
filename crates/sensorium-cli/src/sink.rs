//! Where answers go: lines of CSV or JSON, or one object at the end.

use crate::failure::usage;
use crate::output;
use crate::prediction::{Writer, csv};
use anyhow::{Context, Result};
use sensorium::nn::{Example, Prediction};
use serde_json::Value;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Where answers go.
pub enum Sink {
    /// Lines of CSV.
    Csv(Box<dyn Write>),
    /// Lines of JSON.
    Lines(Box<dyn Write>),
    /// Into one JSON object at the end.
    Object(Vec<Value>),
}

impl Sink {
    /// Opens the file, or standard output when there is none.
    ///
    /// # Errors
    /// Another ending than `.csv` or `.jsonl`; a file that cannot be made.
    pub fn open(path: Option<&Path>, json: bool, writer: &Writer) -> Result<Self> {
        let Some(path) = path else {
            if json {
                return Ok(Self::Object(Vec::new()));
            }
            output::line(&csv(&writer.columns()))?;
            return Ok(Self::Csv(Box::new(BufWriter::new(std::io::stdout()))));
        };
        let create = || {
            let file = std::fs::File::create(path).with_context(|| path.display().to_string())?;
            anyhow::Ok(Box::new(BufWriter::new(file)))
        };
        match path.extension().and_then(|e| e.to_str()) {
            Some("csv") => {
                let mut file = create()?;
                writeln!(file, "{}", csv(&writer.columns()))?;
                Ok(Self::Csv(file))
            }
            Some("jsonl") => Ok(Self::Lines(create()?)),
            _ => Err(usage(format!("--out {}: the file must end in .csv or .jsonl", path.display()))),
        }
    }

    /// Writes one answer.
    ///
    /// # Errors
    /// Those of writing.
    pub fn write(&mut self, writer: &Writer, example: &Example, answer: &Prediction) -> Result<()> {
        match self {
            Self::Csv(out) => writeln!(out, "{}", csv(&writer.cells(example, answer)))?,
            Self::Lines(out) => writeln!(out, "{}", writer.object(example, answer))?,
            Self::Object(all) => all.push(writer.object(example, answer)),
        }
        Ok(())
    }

    /// What was written so far can be read now.
    ///
    /// # Errors
    /// Those of writing.
    pub fn flush(&mut self) -> Result<()> {
        match self {
            Self::Csv(out) | Self::Lines(out) => out.flush()?,
            Self::Object(_) => {}
        }
        Ok(())
    }

    /// Ends the output; answers that were kept go into `object`.
    ///
    /// # Errors
    /// Those of writing.
    pub fn close(mut self, object: &mut Value) -> Result<()> {
        self.flush()?;
        if let Self::Object(all) = self {
            object["predictions"] = all.into();
        }
        Ok(())
    }
}
