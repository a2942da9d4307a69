//! Answers in words, rows and JSON.

use sensorium::data::{Schema, Task};
use sensorium::nn::{Example, Prediction};
use serde_json::{Map, Value, json};

/// Writes a model's answers.
pub struct Writer<'a> {
    schema: &'a Schema,
    weights: bool,
}

impl<'a> Writer<'a> {
    /// A writer for answers of a model with this schema.
    pub fn new(schema: &'a Schema, weights: bool) -> Self {
        Self { schema, weights }
    }

    /// What the model decided, in words.
    pub fn decision(&self, answer: &Prediction) -> String {
        decision(&self.schema.task, answer)
    }

    /// Names of the columns of [`Writer::cells`].
    pub fn columns(&self) -> Vec<String> {
        let mut columns: Vec<String> = ["recording", "start", "end", "prediction"].map(String::from).into();
        match &self.schema.task {
            Task::Classification { .. } => columns.push("probability".into()),
            Task::MultiLabel { labels } => columns.extend(labels.iter().map(|l| format!("p({l})"))),
            Task::Regression { .. } => {}
            Task::OneClass => columns.push("score".into()),
        }
        columns.push("outlier".into());
        if self.weights {
            columns.extend(self.schema.streams.iter().map(|s| format!("w({})", s.name)));
            columns.push("compensated".into());
        }
        columns
    }

    /// One answer as cells; times in seconds.
    pub fn cells(&self, example: &Example, answer: &Prediction) -> Vec<String> {
        let time = |t: sensorium::data::Timestamp| format!("{:.3}", t.as_seconds());
        let mut cells = vec![
            example.recording.clone(),
            time(example.span.start),
            time(example.span.end),
            self.decision(answer),
        ];
        match &self.schema.task {
            Task::Classification { .. } => cells.push(share(confidence(answer))),
            Task::MultiLabel { .. } | Task::OneClass => {
                cells.extend(answer.outputs.iter().map(|p| share(*p)))
            }
            Task::Regression { .. } => {}
        }
        cells.push(share(answer.outlier));
        if self.weights {
            cells.extend(answer.weights.iter().map(|w| share(*w)));
            cells.push(share(answer.compensated_share));
        }
        cells
    }

    /// One answer as a JSON object.
    pub fn object(&self, example: &Example, answer: &Prediction) -> Value {
        let schema = self.schema;
        let mut object = Map::new();
        object.insert("recording".into(), example.recording.clone().into());
        object.insert("start".into(), example.span.start.as_seconds().into());
        object.insert("end".into(), example.span.end.as_seconds().into());
        let outputs = |names: &[String]| -> Value {
            names.iter().cloned().zip(answer.outputs.iter().map(|p| json!(p))).collect::<Map<_, _>>().into()
        };
        match &schema.task {
            Task::Classification { classes } => {
                object.insert("prediction".into(), self.decision(answer).into());
                object.insert("probability".into(), json!(confidence(answer)));
                object.insert("probabilities".into(), outputs(classes));
            }
            Task::MultiLabel { labels } => {
                let held: Vec<&String> = answer.decision.iter().filter_map(|l| labels.get(*l)).collect();
                object.insert("prediction".into(), json!(held));
                object.insert("probabilities".into(), outputs(labels));
            }
            Task::Regression { outputs: names } => {
                object.insert("prediction".into(), outputs(names));
            }
            Task::OneClass => {
                object.insert("prediction".into(), self.decision(answer).into());
                object.insert("score".into(), json!(answer.outputs.first()));
            }
        }
        object.insert("outlier".into(), json!(answer.outlier));
        if self.weights {
            let weights = |all: &[f32]| -> Value {
                let names = schema.streams.iter().map(|s| s.name.clone());
                names.zip(all.iter().map(|w| json!(w))).collect::<Map<_, _>>().into()
            };
            object.insert("weights".into(), weights(&answer.weights));
            object.insert("compensated".into(), weights(&answer.compensated));
            object.insert("compensated_share".into(), json!(answer.compensated_share));
        }
        object.into()
    }
}

/// What the model decided, in words.
pub fn decision(task: &Task, answer: &Prediction) -> String {
    match task {
        Task::Classification { classes } => {
            answer.decision.first().and_then(|c| classes.get(*c)).cloned().unwrap_or_else(|| "?".into())
        }
        Task::MultiLabel { labels } => {
            let held: Vec<&str> =
                answer.decision.iter().filter_map(|l| labels.get(*l)).map(String::as_str).collect();
            if held.is_empty() { "none".into() } else { held.join("|") }
        }
        Task::Regression { .. } => {
            answer.outputs.iter().map(|v| format!("{v:.5}")).collect::<Vec<_>>().join(" ")
        }
        Task::OneClass => if answer.decision.contains(&1) { "anomaly" } else { "normal" }.into(),
    }
}

/// Probability of the decided class.
fn confidence(answer: &Prediction) -> f32 {
    answer.decision.first().and_then(|c| answer.outputs.get(*c)).copied().unwrap_or(f32::NAN)
}

fn share(value: f32) -> String {
    format!("{value:.4}")
}

/// One line of CSV.
pub fn csv(cells: &[String]) -> String {
    let quoted = |cell: &String| {
        if cell.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.clone()
        }
    };
    cells.iter().map(quoted).collect::<Vec<_>>().join(",")
}
