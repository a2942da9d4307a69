//! Which graphics processor to work on, and opening it.

use crate::TomoError;
use std::fmt;
use std::str::FromStr;

/// A graphics processor by its place in the list of a programming interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GpuDevice {
    /// The nth adapter of Vulkan, Metal, DirectX 12 or else OpenGL; discrete ones first, software ones last.
    Wgpu(usize),
    /// The nth device of the CUDA driver.
    Cuda(usize),
}

impl FromStr for GpuDevice {
    type Err = TomoError;

    /// Reads `wgpu:0`, `cuda:1`; without a number it is the first.
    fn from_str(text: &str) -> Result<Self, TomoError> {
        let (interface, index) = text.split_once(':').unwrap_or((text, "0"));
        match (interface, index.parse()) {
            ("wgpu", Ok(index)) => Ok(Self::Wgpu(index)),
            ("cuda", Ok(index)) => Ok(Self::Cuda(index)),
            _ => Err(TomoError::Request(format!(
                "{text:?} is no device; write wgpu:0 or cuda:0, counting adapters from 0"
            ))),
        }
    }
}

impl fmt::Display for GpuDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wgpu(index) => write!(f, "wgpu:{index}"),
            Self::Cuda(index) => write!(f, "cuda:{index}"),
        }
    }
}

impl GpuDevice {
    /// The cargo feature that brings its interface in.
    pub fn feature(&self) -> &'static str {
        match self {
            Self::Wgpu(_) => "wgpu",
            Self::Cuda(_) => "cuda",
        }
    }

    /// Whether this build has its interface.
    pub fn is_built_in(&self) -> bool {
        match self {
            Self::Wgpu(_) => cfg!(feature = "wgpu"),
            Self::Cuda(_) => cfg!(feature = "cuda"),
        }
    }

    #[cfg_attr(all(feature = "wgpu", feature = "cuda"), allow(dead_code))]
    pub(super) fn not_built_in(&self) -> TomoError {
        TomoError::Request(format!(
            "{self}: this build has no {feature} support; build sensorium-tomo with --features {feature}",
            feature = self.feature()
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_read_back_as_they_are_written() {
        for device in [GpuDevice::Wgpu(0), GpuDevice::Wgpu(12), GpuDevice::Cuda(1)] {
            assert_eq!(device.to_string().parse::<GpuDevice>().unwrap(), device);
        }
        assert_eq!("cuda".parse::<GpuDevice>().unwrap(), GpuDevice::Cuda(0));
    }

    #[test]
    fn what_is_no_device_is_named_with_an_example() {
        for text in ["", "gpu:0", "wgpu:", "wgpu:-1", "cuda:x", "wgpu:0:1"] {
            let error = text.parse::<GpuDevice>().unwrap_err().to_string();
            assert!(error.contains(&format!("{text:?}")) && error.contains("wgpu:0"), "{error}");
        }
    }
}
