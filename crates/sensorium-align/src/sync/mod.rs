//! Binding language to frames by time.

mod ground;
mod links;
mod loss;
mod offset;

pub use ground::{GroundedSpan, ground};
pub use links::{CueRow, FrameRow, SyncLinks};
pub use loss::{Binding, synchronous_loss};
pub use offset::{OffsetConfig, OffsetEstimate, estimate_offset, evidence};
