//! Back-projection on graphics processors, through CubeCL: with the feature `wgpu` on Vulkan, Metal or
//! DirectX 12 (or else OpenGL), with `cuda` on NVIDIA's driver.
//!
//! Neither feature is on by default. Without them [`GpuDevice`] can still be named, and says what to build.
//!
//! ```
//! use sensorium_tomo::gpu::GpuDevice;
//!
//! let device: GpuDevice = "cuda:0".parse()?;
//! if !device.is_built_in() {
//!     println!("build with --features {}", device.feature());
//! }
//! # Ok::<(), sensorium_tomo::TomoError>(())
//! ```

#[cfg(not(any(feature = "wgpu", feature = "cuda")))]
mod absent;
#[cfg(any(feature = "wgpu", feature = "cuda"))]
mod adapter;
#[cfg(any(feature = "wgpu", feature = "cuda"))]
mod backprojector;
mod device;
#[cfg(any(feature = "wgpu", feature = "cuda"))]
mod fdk;
#[cfg(any(feature = "wgpu", feature = "cuda"))]
mod kernel;
#[cfg(all(test, any(feature = "wgpu", feature = "cuda")))]
mod tests;

#[cfg(not(any(feature = "wgpu", feature = "cuda")))]
pub use absent::{GpuAdapter, fdk_on};
#[cfg(any(feature = "wgpu", feature = "cuda"))]
pub use adapter::GpuAdapter;
#[cfg(any(feature = "wgpu", feature = "cuda"))]
pub use backprojector::GpuBackprojector;
pub use device::GpuDevice;
#[cfg(any(feature = "wgpu", feature = "cuda"))]
pub use fdk::fdk_on;
