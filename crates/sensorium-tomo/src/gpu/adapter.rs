//! An opened graphics processor.

use super::GpuDevice;
use crate::TomoError;
use cubecl::Device;
use cubecl::client::Client;
use std::fmt;
use std::panic::catch_unwind;

/// A graphics processor that answered, ready for work.
#[derive(Clone)]
pub struct GpuAdapter {
    device: GpuDevice,
    client: Client,
}

impl fmt::Debug for GpuAdapter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GpuAdapter").field("device", &self.device).field("name", &self.name()).finish()
    }
}

impl GpuDevice {
    /// Opens it.
    ///
    /// # Errors
    /// [`TomoError::Request`] when this build lacks its interface, when there is no such adapter (with those
    /// that there are), and when its driver refuses.
    pub fn open(&self) -> Result<GpuAdapter, TomoError> {
        if !self.is_built_in() {
            return Err(self.not_built_in());
        }
        let found = self.found()?;
        let refused = |why: String| {
            TomoError::Request(format!("{self} does not open: {why}; update its driver, or use the CPU"))
        };
        // CubeCL panics on what a driver refuses here; the list above has only told which adapters there are.
        let opened = catch_unwind(|| found.client()).map_err(|panic| refused(reason(panic.as_ref())))?;
        Ok(GpuAdapter { device: *self, client: opened })
    }

    fn found(&self) -> Result<Device, TomoError> {
        let (index, name) = match self {
            Self::Wgpu(index) => (*index, "a Vulkan, Metal, DirectX 12 or OpenGL driver"),
            Self::Cuda(index) => (*index, "the NVIDIA driver"),
        };
        let mut devices = self.list()?;
        if index >= devices.len() {
            let what = match devices.len() {
                0 => format!("this machine has no {} adapter; install {name}", self.feature()),
                1 => format!("this machine has one {0} adapter; use {0}:0", self.feature()),
                n => {
                    format!("this machine has {n} {0} adapters; use {0}:0 to {0}:{1}", self.feature(), n - 1)
                }
            };
            return Err(TomoError::Request(format!("{self}: {what}, or use the CPU")));
        }
        Ok(devices.swap_remove(index))
    }

    fn list(&self) -> Result<Vec<Device>, TomoError> {
        // A broken driver may panic even when it is only asked what there is.
        let all = catch_unwind(Device::enumerate_all).map_err(|panic| {
            TomoError::Request(format!("{self}: listing the adapters failed: {}", reason(panic.as_ref())))
        })?;
        let mut devices: Vec<Device> = all
            .into_iter()
            .filter(|device| {
                matches!((self, device), (Self::Wgpu(_), Device::Wgpu(_)) | (Self::Cuda(_), Device::Cuda(_)))
            })
            .collect();
        devices.sort_by_key(rank);
        devices.dedup();
        Ok(devices)
    }
}

/// Discrete, integrated, virtual, others, software.
fn rank(device: &Device) -> (usize, usize) {
    use cubecl::device::WgpuDeviceKind as Kind;
    match device {
        Device::Cuda(cuda) => (0, cuda.index),
        Device::Wgpu(wgpu) => match wgpu.kind {
            Kind::DiscreteGpu(index) => (0, index),
            Kind::IntegratedGpu(index) => (1, index),
            Kind::VirtualGpu(index) => (2, index),
            Kind::Cpu => (4, 0),
            _ => (3, 0),
        },
        _ => (5, 0),
    }
}

/// What a panic says.
fn reason(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("unknown").to_string()
}

impl GpuAdapter {
    /// Which one it is.
    pub fn device(&self) -> GpuDevice {
        self.device
    }

    /// What its driver calls it.
    pub fn name(&self) -> &str {
        &self.client.properties().identity.name
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Bytes that one buffer may have: what the adapter allows, but no more than 256 MiB, which any driver
    /// copies at a time.
    pub(super) fn buffer_bytes(&self) -> usize {
        const MOST: u64 = 256 << 20;
        self.client.properties().memory.max_page_size.min(MOST) as usize
    }
}
