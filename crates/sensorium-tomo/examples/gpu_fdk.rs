//! Times filtered back-projection on a graphics processor beside the CPU's.
//!
//! It needs an adapter and minutes, so it is not run by the tests:
//!
//!     cargo run --release --features wgpu --example gpu_fdk -- wgpu:0 256 360 512 720
//!
//! The arguments are the device, then pairs of a size (voxels along an edge, also the detector's columns and
//! rows) and a number of views; the sizes above are the default.

use sensorium_tomo::geometry::even_angles_deg;
use sensorium_tomo::gpu::{GpuDevice, fdk_on};
use sensorium_tomo::*;
use std::error::Error;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let device: GpuDevice = arguments.next().as_deref().unwrap_or("wgpu:0").parse()?;
    let mut numbers = arguments.map(|a| a.parse()).collect::<Result<Vec<usize>, _>>()?;
    if numbers.is_empty() {
        numbers = vec![256, 360, 512, 720];
    }
    println!("{device}: {}", device.open()?.name());
    for pair in numbers.chunks_exact(2) {
        compare(device, pair[0], pair[1])?;
    }
    Ok(())
}

fn compare(device: GpuDevice, size: usize, views: usize) -> Result<(), TomoError> {
    let pitch = 400.0 / size as f64;
    let detector = Detector::flat(size, size, pitch, pitch);
    let cone = Beam::Cone(Distances { source_to_axis_mm: 1000.0, source_to_detector_mm: 1536.0 });
    let geometry = Geometry::new(cone, detector, even_angles_deg(0.0, 360.0 / views as f64, views))?;
    let grid = VolumeGrid::centred([size; 3], [256.0 / size as f64; 3])?;
    let projections = Phantom::shepp_logan(125.0, 0.02, Default::default()).project(&geometry);
    let options = FdkOptions::default();

    let updates = (grid.len() * views) as f64;
    let report = |name: &str, seconds: f64| {
        println!(
            "{size}³, {views} views, {name}: {seconds:.3} s, {:.3} volumes/s, {:.2} updates/ns",
            1.0 / seconds,
            updates / seconds / 1e9
        );
    };
    // The first run compiles the kernel.
    fdk_on(device, &geometry, &projections, grid, &options)?;
    let start = Instant::now();
    let gpu = fdk_on(device, &geometry, &projections, grid, &options)?;
    report(&device.to_string(), start.elapsed().as_secs_f64());
    let start = Instant::now();
    let cpu = fdk(&geometry, &projections, grid, &options)?;
    report(&format!("CPU ({:?})", options.isa), start.elapsed().as_secs_f64());

    let square = |values: &mut dyn Iterator<Item = f64>| values.map(|v| v * v).sum::<f64>();
    let pairs = gpu.values().iter().zip(cpu.values());
    let error = square(&mut pairs.map(|(g, c)| f64::from(*g) - f64::from(*c)));
    let relative = (error / square(&mut cpu.values().iter().map(|c| f64::from(*c)))).sqrt();
    println!("{size}³, {views} views: relative RMSE between the two {relative:.1e}");
    Ok(())
}
