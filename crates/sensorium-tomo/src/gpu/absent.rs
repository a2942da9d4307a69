//! What stands for adapters in a build without any interface: nothing opens.

use super::GpuDevice;
use crate::{FdkOptions, Geometry, Projections, TomoError, Volume, VolumeGrid};

/// A graphics processor that answered; in this build there is none.
#[derive(Clone, Debug)]
pub enum GpuAdapter {}

impl GpuDevice {
    /// Would open it; this build cannot.
    ///
    /// # Errors
    /// [`TomoError::Request`] with the feature to build with.
    pub fn open(&self) -> Result<GpuAdapter, TomoError> {
        Err(self.not_built_in())
    }
}

impl GpuAdapter {
    /// Which one it is.
    pub fn device(&self) -> GpuDevice {
        match *self {}
    }

    /// What its driver calls it.
    pub fn name(&self) -> &str {
        match *self {}
    }
}

/// Would reconstruct a volume on a device; this build cannot.
///
/// # Errors
/// [`TomoError::Request`] with the feature to build with.
pub fn fdk_on(
    device: GpuDevice,
    _geometry: &Geometry,
    _projections: &Projections,
    _grid: VolumeGrid,
    _options: &FdkOptions,
) -> Result<Volume, TomoError> {
    Err(device.not_built_in())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opening_a_device_names_the_feature_to_build_with() {
        for (device, feature) in
            [(GpuDevice::Wgpu(0), "--features wgpu"), (GpuDevice::Cuda(3), "--features cuda")]
        {
            let error = device.open().unwrap_err().to_string();
            assert!(error.contains(feature) && error.starts_with(&device.to_string()), "{error}");
        }
    }
}
