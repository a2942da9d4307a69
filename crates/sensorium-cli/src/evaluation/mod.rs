//! How good a model's answers are, also when sensors fail.

mod figures;
mod pictures;
mod scenario;
mod scored;

pub use figures::{add_to, figures, main_figure};
pub use pictures::sections;
pub use scenario::{Choice, Degraded, Trouble, examples};
pub use scored::Scored;
