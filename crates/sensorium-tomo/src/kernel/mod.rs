//! The inner loops, for each instruction set, chosen at run time.

mod backproject;
mod isa;
mod limit;
#[cfg(target_arch = "aarch64")]
pub(crate) mod neon;
mod reference;
pub(crate) mod simd;
mod tiles;
mod tune;
#[cfg(target_arch = "x86_64")]
pub(crate) mod x86;

pub use backproject::Backprojector;
pub use isa::Isa;
pub use limit::measure_limit;
pub use reference::backproject_reference;
pub use tiles::BlockShape;
pub use tune::tuned;

use std::sync::OnceLock;

/// Whether this machine has an instruction set.
pub(crate) fn is_available(isa: Isa) -> bool {
    static AVAILABLE: OnceLock<Vec<Isa>> = OnceLock::new();
    AVAILABLE.get_or_init(Isa::available).contains(&isa)
}
