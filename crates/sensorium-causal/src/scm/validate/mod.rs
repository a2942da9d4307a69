//! How far a model, an effect and a graph can be trusted.
//!
//! | question | answer |
//! | --- | --- |
//! | does each mechanism predict better than no cause at all? | [`node_fits`] |
//! | is the noise independent of the parents, as the model claims? | [`invertibility`] |
//! | does an effect survive what should not, or should, change it? | [`refute`] |
//! | does the graph fit the independences in the data? | [`falsify`] |

mod falsify;
mod invertibility;
mod node_fit;
mod refute;

pub use falsify::{Falsification, FalsifyOptions, Verdict, falsify};
pub use invertibility::{Invertibility, invertibility};
pub use node_fit::{NodeFit, node_fits};
pub use refute::{Refutation, RefuteOptions, Refuter, refute};
