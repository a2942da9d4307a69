//! Examples: what a model sees of one window.

use crate::frontend::StreamFeatures;
use sensorium_data::{Span, Target};

/// One stream of an example.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamExample {
    /// As recorded; `None` when missing.
    pub clean: Option<StreamFeatures>,
    /// Broken copies, one for each failure that the pipeline was told to make; `None` when the
    /// failure left nothing.
    pub broken: Vec<Option<StreamFeatures>>,
}

/// What a model sees of one window.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// Name of the recording.
    pub recording: String,
    /// Its group.
    pub group: String,
    /// Where the window lies.
    pub span: Span,
    /// One entry a stream.
    pub streams: Vec<StreamExample>,
    /// What is to be learned.
    pub target: Target,
}

/// What one training step or one evaluation pass looks at in one stream of one example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// As recorded.
    Clean,
    /// The broken copy of that index.
    Broken(usize),
    /// Hidden from the router; the compensator still learns from it.
    Hidden,
}
