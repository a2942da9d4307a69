//! The device against the CPU, on whichever devices this build and this machine have.

use super::{GpuAdapter, GpuBackprojector, GpuDevice, fdk_on};
use crate::filter::ViewFilter;
use crate::geometry::even_angles_deg;
use crate::kernel::{Backprojector, BlockShape, Isa};
use crate::*;

const DISTANCES: Distances = Distances { source_to_axis_mm: 500.0, source_to_detector_mm: 800.0 };

/// The first device of each interface that is built in; a printed reason for those that are not there.
fn adapters() -> Vec<GpuAdapter> {
    let devices = [GpuDevice::Wgpu(0), GpuDevice::Cuda(0)];
    let open = |device: &GpuDevice| match device.open() {
        Ok(adapter) => {
            println!("{device} is {}", adapter.name());
            Some(adapter)
        }
        Err(error) => {
            println!("skipped: {error}");
            None
        }
    };
    devices.iter().filter(|device| device.is_built_in()).filter_map(open).collect()
}

fn geometry(beam: Beam, shape: DetectorShape, range_deg: f64) -> Geometry {
    let detector = Detector {
        shape,
        columns: 71,
        rows: 53,
        column_pitch_mm: 2.4,
        row_pitch_mm: 2.2,
        column_offset_mm: 1.3,
        row_offset_mm: -2.1,
        tilt: Tilt::default(),
    };
    let views = 60;
    Geometry::new(beam, detector, even_angles_deg(7.0, range_deg / views as f64, views)).unwrap()
}

fn grid(slices: usize) -> VolumeGrid {
    VolumeGrid::centred([48, 48, slices], [1.9, 2.1, 1.7]).unwrap().at([3.0, -2.0, 1.5]).unwrap()
}

/// Root of the mean squared difference, relative to the root of the mean square.
fn relative_rmse(got: &Volume, want: &Volume) -> f64 {
    let square = |values: &mut dyn Iterator<Item = f64>| values.map(|v| v * v).sum::<f64>();
    let pairs = got.values().iter().zip(want.values());
    let error = square(&mut pairs.map(|(g, w)| f64::from(*g) - f64::from(*w)));
    (error / square(&mut want.values().iter().map(|w| f64::from(*w)))).sqrt()
}

/// Both back-projections of the same views, in uneven batches, from a band of the detector's rows.
fn agree(geometry: &Geometry, grid: VolumeGrid, rows: std::ops::Range<usize>) {
    let projections = Phantom::shepp_logan(45.0, 0.02, Default::default()).project(geometry);
    let columns = projections.columns();
    let filter = ViewFilter::new(geometry, Default::default()).unwrap();
    for adapter in adapters() {
        let mut cpu = Backprojector::new(geometry, grid, BlockShape::default(), Isa::best()).unwrap();
        let mut gpu = GpuBackprojector::new(geometry, grid, &adapter).unwrap();
        for (first, count) in [(0, 1), (1, 40), (41, 19)] {
            let band = |v| &projections.view(v)[rows.start * columns..rows.end * columns];
            let values: Vec<f32> = (first..first + count).flat_map(|v| band(v).iter().copied()).collect();
            let views = filter.apply(&values, first, rows.clone()).unwrap();
            cpu.add(&views, first, 0.7);
            gpu.add(&views, first, 0.7).unwrap();
        }
        let (cpu, gpu) = (cpu.volume(), gpu.finish().unwrap());
        let error = relative_rmse(&gpu, &cpu);
        println!("{}: relative RMSE {error:.1e}", adapter.name());
        assert!(error < 1e-4, "{error}");
    }
}

#[test]
fn a_cone_is_back_projected_as_on_the_cpu() {
    agree(&geometry(Beam::Cone(DISTANCES), DetectorShape::Flat, 360.0), grid(48), 0..53);
}

#[test]
fn a_fan_is_back_projected_as_on_the_cpu() {
    agree(&geometry(Beam::Fan(DISTANCES), DetectorShape::Flat, 360.0), grid(48), 0..53);
}

#[test]
fn parallel_rays_are_back_projected_as_on_the_cpu() {
    agree(&geometry(Beam::Parallel, DetectorShape::Flat, 180.0), grid(48), 0..53);
}

#[test]
fn a_short_scan_is_back_projected_as_on_the_cpu() {
    agree(&geometry(Beam::Cone(DISTANCES), DetectorShape::Flat, 205.0), grid(48), 0..53);
}

#[test]
fn a_curved_detector_is_back_projected_as_on_the_cpu() {
    agree(&geometry(Beam::Cone(DISTANCES), DetectorShape::Curved, 360.0), grid(48), 0..53);
    agree(&geometry(Beam::Fan(DISTANCES), DetectorShape::Curved, 360.0), grid(48), 0..53);
}

#[test]
fn slices_and_rows_of_any_number_are_back_projected_as_on_the_cpu() {
    let cone = geometry(Beam::Cone(DISTANCES), DetectorShape::Flat, 360.0);
    for slices in [1, 3, 33] {
        agree(&cone, grid(slices), 11..40);
    }
}

#[test]
fn a_volume_in_many_buffers_is_the_volume_in_one() {
    let cone = geometry(Beam::Cone(DISTANCES), DetectorShape::Flat, 360.0);
    let projections = Phantom::shepp_logan(45.0, 0.02, Default::default()).project(&cone);
    let filter = ViewFilter::new(&cone, Default::default()).unwrap();
    let views = filter.apply(projections.values(), 0, 0..53).unwrap();
    for adapter in adapters() {
        // Room for 7 of the 48 lines of columns, and for 5 views.
        let line_bytes = 48 * 64 * size_of::<f32>();
        let mut parts = GpuBackprojector::with_buffers(&cone, grid(48), &adapter, 7 * line_bytes).unwrap();
        let mut whole = GpuBackprojector::new(&cone, grid(48), &adapter).unwrap();
        parts.add(&views, 0, 1.0).unwrap();
        whole.add(&views, 0, 1.0).unwrap();
        let difference = relative_rmse(&parts.finish().unwrap(), &whole.finish().unwrap());
        // Positions and sums round differently, no more than that.
        println!("relative RMSE {difference:.1e}");
        assert!(difference < 1e-5, "{difference}");
        let error = GpuBackprojector::with_buffers(&cone, grid(48), &adapter, line_bytes - 1).err().unwrap();
        assert!(error.to_string().contains("does not fit"), "{error}");
    }
}

#[test]
fn a_reconstruction_is_the_cpus() {
    let cone = geometry(Beam::Cone(DISTANCES), DetectorShape::Flat, 360.0);
    let projections = Phantom::shepp_logan(45.0, 0.02, Default::default()).project(&cone);
    let options = FdkOptions { batch: 7, ..FdkOptions::default() };
    for adapter in adapters() {
        let got = fdk_on(adapter.device(), &cone, &projections, grid(48), &options).unwrap();
        let want = fdk(&cone, &projections, grid(48), &options).unwrap();
        assert!(relative_rmse(&got, &want) < 1e-4);
    }
}

#[test]
fn a_volume_without_views_is_zero() {
    let cone = geometry(Beam::Cone(DISTANCES), DetectorShape::Flat, 360.0);
    for adapter in adapters() {
        let volume = GpuBackprojector::new(&cone, grid(5), &adapter).unwrap().finish().unwrap();
        assert!(volume.values().iter().all(|v| *v == 0.0));
    }
}

#[test]
fn an_adapter_that_is_not_there_is_an_error_with_the_way_out() {
    for device in [GpuDevice::Wgpu(4242), GpuDevice::Cuda(4242)] {
        let error = device.open().unwrap_err().to_string();
        assert!(error.starts_with(&device.to_string()), "{error}");
        let remedy = if device.is_built_in() { "or use the CPU" } else { "--features" };
        assert!(error.contains(remedy), "{error}");
    }
}
