//! How a recipe tells what it is doing, without knowing who listens.

/// Receives the stages of long work. The command line shows them as progress bars.
pub trait Progress {
    /// A new stage begins; it has `total` steps where that is known. It ends the stage before.
    fn stage(&mut self, name: &str, total: Option<u64>);

    /// So many further steps of the stage are done.
    fn advance(&mut self, steps: u64);

    /// A line worth keeping, such as a loss or a chosen threshold.
    fn message(&mut self, text: &str);
}

/// Hears nothing; for tests and benchmarks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn stage(&mut self, _name: &str, _total: Option<u64>) {}
    fn advance(&mut self, _steps: u64) {}
    fn message(&mut self, _text: &str) {}
}
