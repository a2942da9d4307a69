//! Progress bars with rate and remaining time.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use sensorium::recipes::Progress;

/// A bar that goes away when it is dropped.
pub struct Bar(ProgressBar);

impl Bar {
    /// A bar; without a total it shows the count and the rate. Where standard error is no terminal
    /// nothing is drawn.
    pub fn new(name: &str, total: Option<u64>, quiet: bool) -> Self {
        let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(total, target);
        let template = match total {
            Some(_) => "{prefix:<12} [{bar:28}] {pos}/{len}  {per_sec}  ETA {eta}  {msg}",
            None => "{prefix:<12} {spinner} {pos}  {per_sec}  {elapsed}  {msg}",
        };
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style.progress_chars("=> "));
        bar.set_prefix(name.to_owned());
        Self(bar)
    }

    /// So many further steps are done.
    pub fn advance(&self, steps: u64) {
        self.0.inc(steps);
    }

    /// The bar stands at `position` of `total`.
    pub fn at(&self, position: u64, total: u64) {
        self.0.set_length(total);
        self.0.set_position(position);
    }

    /// The bar takes up the count here: what was done before says nothing about the rate.
    pub fn starts_at(&self, position: u64) {
        self.0.set_position(position);
        self.0.reset_eta();
    }

    /// A few words behind the bar.
    pub fn note(&self, text: String) {
        self.0.set_message(text);
    }

    /// A line above the bar.
    pub fn line(&self, text: &str) {
        self.0.suspend(|| eprintln!("{text}"));
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// A recipe's stages as bars and lines.
pub struct Stages {
    quiet: bool,
    bar: Option<Bar>,
}

impl Stages {
    /// Shows nothing when `quiet`.
    pub fn new(quiet: bool) -> Self {
        Self { quiet, bar: None }
    }
}

impl Progress for Stages {
    fn stage(&mut self, name: &str, total: Option<u64>) {
        self.bar = None;
        if !self.quiet {
            eprintln!("{name}");
        }
        self.bar = Some(Bar::new(name, total, self.quiet));
    }

    fn advance(&mut self, steps: u64) {
        if let Some(bar) = &self.bar {
            bar.advance(steps);
        }
    }

    fn message(&mut self, text: &str) {
        match &self.bar {
            _ if self.quiet => {}
            Some(bar) => bar.line(&format!("  {text}")),
            None => eprintln!("  {text}"),
        }
    }
}
