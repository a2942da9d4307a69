//! Event logs: what changed, when it was published, and what kind of variable it is.

use crate::CausalError;
use std::collections::HashMap;

/// What values a variable takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariableKind {
    /// Off or on: 0 or 1.
    Binary,
    /// A binary that reports a fault; a symptom, never a cause.
    Alarm,
    /// One of a set of names; its value is the position in [`EventVariable::levels`].
    Categorical,
    /// A measured number.
    Analog,
    /// A number that only counts up (or starts anew).
    Counter,
}

impl VariableKind {
    /// The kind by its name in a file: `Binary`, `Alarm`, `Categorical`, `Analog` (also `Continuous`), `Counter`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "binary" | "bool" | "boolean" => Some(Self::Binary),
            "alarm" => Some(Self::Alarm),
            "categorical" | "string" => Some(Self::Categorical),
            "analog" | "continuous" | "float" | "int" => Some(Self::Analog),
            "counter" => Some(Self::Counter),
            _ => None,
        }
    }

    /// Whether a change of it is a change of state, rather than the next of many measured numbers.
    pub fn is_discrete(self) -> bool {
        matches!(self, Self::Binary | Self::Alarm | Self::Categorical)
    }
}

/// A variable of an event log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventVariable {
    /// Its name, unique in the catalogue.
    pub name: String,
    /// What it takes; `None` until an event told.
    pub kind: Option<VariableKind>,
    /// Names of the levels of a categorical variable, in order of appearance.
    pub levels: Vec<String>,
}

/// The variables that several logs share, so that positions and level codes mean the same in all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalogue {
    variables: Vec<EventVariable>,
    by_name: HashMap<String, usize>,
    sealed: bool,
}

impl Catalogue {
    /// An empty catalogue that takes up variables as they appear.
    pub fn new() -> Self {
        Self::default()
    }

    /// A catalogue that starts with these variables, in this order, and takes up others as they appear.
    ///
    /// # Errors
    /// [`CausalError::Argument`] for a name that comes twice.
    pub fn with_variables<S: Into<String>>(
        variables: impl IntoIterator<Item = (S, Option<VariableKind>)>,
    ) -> Result<Self, CausalError> {
        let mut catalogue = Self::new();
        for (name, kind) in variables {
            let name = name.into();
            if catalogue.by_name.contains_key(&name) {
                return Err(CausalError::Argument(format!("variable `{name}` comes twice in the catalogue")));
            }
            let index = catalogue.push(name);
            catalogue.variables[index].kind = kind;
        }
        Ok(catalogue)
    }

    /// From here on an event of a variable that is not in the catalogue is an error.
    pub fn seal(&mut self) {
        self.sealed = true;
    }

    /// Number of variables.
    pub fn len(&self) -> usize {
        self.variables.len()
    }

    /// Whether there is no variable.
    pub fn is_empty(&self) -> bool {
        self.variables.is_empty()
    }

    /// The variables, by position.
    pub fn variables(&self) -> &[EventVariable] {
        &self.variables
    }

    /// The name of a variable; empty for a position out of range.
    pub fn name(&self, variable: usize) -> &str {
        self.variables.get(variable).map_or("", |v| v.name.as_str())
    }

    /// The kind of a variable, if known.
    pub fn kind(&self, variable: usize) -> Option<VariableKind> {
        self.variables.get(variable).and_then(|v| v.kind)
    }

    /// Whether a variable is an alarm.
    pub fn is_alarm(&self, variable: usize) -> bool {
        self.kind(variable) == Some(VariableKind::Alarm)
    }

    /// The position of a variable.
    ///
    /// # Errors
    /// [`CausalError::UnknownVariable`].
    pub fn index_of(&self, name: &str) -> Result<usize, CausalError> {
        self.by_name.get(name).copied().ok_or_else(|| {
            let known: Vec<&str> = self.variables.iter().map(|v| v.name.as_str()).collect();
            CausalError::unknown(name, &known)
        })
    }

    /// The position of a variable, taking it up when it is new.
    ///
    /// # Errors
    /// [`CausalError::UnknownVariable`] when the catalogue is sealed and does not know it;
    /// [`CausalError::Data`] when it is known to be of another kind.
    pub fn intern(&mut self, name: &str, kind: VariableKind) -> Result<usize, CausalError> {
        let index = match self.index_of(name) {
            Ok(index) => index,
            Err(unknown) if self.sealed => return Err(unknown),
            Err(_) => self.push(name.to_owned()),
        };
        match self.variables[index].kind {
            Some(known) if known != kind => Err(CausalError::Data(format!(
                "variable `{name}` is {known:?} elsewhere and {kind:?} here; give it one type in all logs"
            ))),
            _ => {
                self.variables[index].kind = Some(kind);
                Ok(index)
            }
        }
    }

    /// The value that a text stands for: 0 or 1, a level's code (taken up when new), or a finite number.
    ///
    /// # Errors
    /// [`CausalError::Data`] when the text is no value of the variable's kind.
    pub fn parse(&mut self, variable: usize, text: &str) -> Result<f64, CausalError> {
        let Some(entry) = self.variables.get_mut(variable) else {
            return Err(CausalError::Argument(format!("there is no variable {variable}")));
        };
        let wrong = |expected: &str| {
            CausalError::Data(format!("`{}` cannot be {text:?}; expected {expected}", entry.name))
        };
        match entry.kind {
            Some(VariableKind::Binary | VariableKind::Alarm) => match text.to_ascii_lowercase().as_str() {
                "true" | "1" | "1.0" | "on" => Ok(1.0),
                "false" | "0" | "0.0" | "off" => Ok(0.0),
                _ => Err(wrong("True or False")),
            },
            Some(VariableKind::Categorical) => {
                let position = entry.levels.iter().position(|l| l == text);
                Ok(position.unwrap_or_else(|| {
                    entry.levels.push(text.to_owned());
                    entry.levels.len() - 1
                }) as f64)
            }
            Some(VariableKind::Analog | VariableKind::Counter) => match text.parse::<f64>() {
                Ok(value) if value.is_finite() => Ok(value),
                _ => Err(wrong("a finite number")),
            },
            None => Err(CausalError::Data(format!("`{}` has no type yet; intern it first", entry.name))),
        }
    }

    /// A value as text: `True`, a level's name, a number.
    pub fn show(&self, variable: usize, value: f64) -> String {
        match self.variables.get(variable) {
            Some(EventVariable { kind: Some(VariableKind::Binary | VariableKind::Alarm), .. }) => {
                if value == 0.0 { "False".to_owned() } else { "True".to_owned() }
            }
            Some(EventVariable { kind: Some(VariableKind::Categorical), levels, .. }) => {
                levels.get(value as usize).cloned().unwrap_or_else(|| value.to_string())
            }
            _ => value.to_string(),
        }
    }

    fn push(&mut self, name: String) -> usize {
        self.by_name.insert(name.clone(), self.variables.len());
        self.variables.push(EventVariable { name, kind: None, levels: Vec::new() });
        self.variables.len() - 1
    }
}

/// A published value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// Time of publication, in seconds.
    pub time_s: f64,
    /// Position in the catalogue.
    pub variable: usize,
    /// 0 or 1, a level's code, or a number.
    pub value: f64,
}

/// The events of one recording, in order of time; the first value of a variable is where it starts, each other
/// one a change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventLog {
    start: Vec<Event>,
    changes: Vec<Event>,
    from_s: f64,
    until_s: f64,
    /// Lines that stood before an earlier one and were put in their place.
    pub out_of_order: usize,
    /// Lines that repeated a line or the value that a variable had already.
    pub repeated: usize,
}

impl EventLog {
    /// A log of these events. They are sorted by time (stably); what repeats a variable's value is left out.
    ///
    /// A value published at the log's first instant is a start, not a change; so is the first value of a variable
    /// that had none: that it changed *then* is not known.
    ///
    /// # Errors
    /// [`CausalError::Data`] for no event, a time or value that is not finite, a variable out of range.
    pub fn new(mut events: Vec<Event>, catalogue: &Catalogue) -> Result<Self, CausalError> {
        for (i, event) in events.iter().enumerate() {
            if !event.time_s.is_finite() || !event.value.is_finite() {
                let name = catalogue.name(event.variable);
                return Err(CausalError::Data(format!(
                    "event {} of `{name}`: time and value must be finite",
                    i + 1
                )));
            }
            if event.variable >= catalogue.len() {
                return Err(CausalError::Data(format!(
                    "event {}: there is no variable {}",
                    i + 1,
                    event.variable
                )));
            }
        }
        let (mut latest, mut out_of_order) = (f64::NEG_INFINITY, 0);
        for event in &events {
            out_of_order += usize::from(event.time_s < latest);
            latest = latest.max(event.time_s);
        }
        events.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
        let (Some(first), Some(last)) = (events.first(), events.last()) else {
            return Err(CausalError::Data("an event log without events".to_owned()));
        };
        let mut log = Self { from_s: first.time_s, until_s: last.time_s, out_of_order, ..Self::default() };
        let mut now: Vec<Option<f64>> = vec![None; catalogue.len()];
        for event in events {
            match now[event.variable].replace(event.value) {
                None => log.start.push(event),
                Some(before) if before == event.value => log.repeated += 1,
                Some(_) => log.changes.push(event),
            }
        }
        Ok(log)
    }

    /// The first value of each variable that has one, in order of time.
    pub fn start(&self) -> &[Event] {
        &self.start
    }

    /// The changes, in order of time.
    pub fn changes(&self) -> &[Event] {
        &self.changes
    }

    /// First and last instant, in seconds.
    pub fn span_s(&self) -> (f64, f64) {
        (self.from_s, self.until_s)
    }

    /// Length in seconds.
    pub fn duration_s(&self) -> f64 {
        self.until_s - self.from_s
    }

    /// What was known at `until_s`: nothing later is kept, not even that a variable exists.
    ///
    /// # Errors
    /// [`CausalError::Argument`] when `until_s` is before the log or not a number.
    pub fn up_to(&self, until_s: f64) -> Result<Self, CausalError> {
        if until_s.is_nan() || until_s < self.from_s {
            return Err(CausalError::Argument(format!(
                "the log starts at {} s, after the instant asked for, {until_s} s",
                self.from_s
            )));
        }
        let before = |events: &[Event]| events.iter().copied().filter(|e| e.time_s <= until_s).collect();
        Ok(Self { start: before(&self.start), changes: before(&self.changes), until_s, ..self.clone() })
    }

    /// The last change of each variable at or before `until_s`, by position; `None` when it did not change.
    pub fn last_changes(&self, variables: usize, until_s: f64) -> Vec<Option<f64>> {
        let mut last = vec![None; variables];
        for event in self.changes.iter().take_while(|e| e.time_s <= until_s) {
            if let Some(slot) = last.get_mut(event.variable) {
                *slot = Some(event.time_s);
            }
        }
        last
    }
}
