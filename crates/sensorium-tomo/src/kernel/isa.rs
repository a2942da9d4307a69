//! The instruction sets that the kernels are written for.

use serde::{Deserialize, Serialize};

/// A way to run the kernels; which there are is found out at run time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Isa {
    /// Plain Rust: the reference, on any machine.
    Scalar,
    /// 8 lanes: x86-64 with AVX2 and FMA.
    Avx2,
    /// 16 lanes: x86-64 with AVX-512 F, BW, DQ and VL.
    Avx512,
    /// 4 lanes: 64-bit ARM.
    Neon,
}

impl Isa {
    /// Those that this machine has, the fastest last.
    pub fn available() -> Vec<Self> {
        let mut found = vec![Self::Scalar];
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                found.push(Self::Avx2);
                let wide = is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl");
                if wide {
                    found.push(Self::Avx512);
                }
            }
        }
        #[cfg(target_arch = "aarch64")]
        found.push(Self::Neon);
        found
    }

    /// The fastest that this machine has.
    pub fn best() -> Self {
        Self::available().pop().unwrap_or(Self::Scalar)
    }
}
