//! One self-contained HTML page: inline SVG and CSS, no script, nothing fetched.
//!
//! A [`Page`] is a list of [`Section`]s of plain data; [`render`] turns it into HTML and [`write()`] puts
//! it on disk in one step. Every chart is drawn twice, for a desk and for a phone, and the style sheet
//! shows the one that fits. Colours come from the style sheet too, so the page follows the reader's
//! light or dark theme and prints on white.
//!
//! ```
//! use sensorium_recipes::report::{Page, Section, render};
//!
//! let mut page = Page::new("Pump stand", "Ten classes, eight modalities.");
//! page.sections.push(Section::Notes(vec!["Trained on 200 recordings.".to_owned()].into()));
//! assert!(render(&page).starts_with("<!doctype html>"));
//! ```

mod axes;
mod calibration;
mod canvas;
mod confusion;
mod curves;
mod figures;
mod graph;
mod heat;
mod histogram;
mod matrix;
mod notes;
mod page;
mod pictures;
mod png;
mod scale;
mod svg;
mod tables;
mod text;
mod timeline;
mod write;

pub use calibration::{Calibration, Reliability};
pub use confusion::ConfusionChart;
pub use curves::{CurvePoint, Curves, Line, LineRole};
pub use figures::Figures;
pub use graph::GraphPicture;
pub use heat::Heat;
pub use histogram::Histogram;
pub use notes::Notes;
pub use page::{Page, Provenance, Section, render};
pub use pictures::{Picture, Pictures};
pub use timeline::{Lane, LaneContent, Spell, Timeline, WeightRow};
pub use write::write;
