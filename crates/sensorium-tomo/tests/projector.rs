//! The matched pair: transposed to rounding, and right.

use proptest::prelude::*;
use sensorium_tomo::geometry::even_angles_deg;
use sensorium_tomo::kernel::Isa;
use sensorium_tomo::phantom::{Ellipsoid, Phantom};
use sensorium_tomo::projector::{Projector, to_columns};
use sensorium_tomo::{Beam, Detector, DetectorShape, Distances, Geometry, Tilt, VolumeGrid};

fn detector(shape: DetectorShape, columns: usize, rows: usize, pitch: f64, offset: f64) -> Detector {
    Detector {
        shape,
        columns,
        rows,
        column_pitch_mm: pitch,
        row_pitch_mm: 1.2 * pitch,
        column_offset_mm: offset,
        row_offset_mm: -0.3 * offset,
        tilt: Tilt::default(),
    }
}

fn beams() -> Vec<(Beam, DetectorShape, f64)> {
    let distances = Distances { source_to_axis_mm: 100.0, source_to_detector_mm: 160.0 };
    vec![
        (Beam::Parallel, DetectorShape::Flat, 0.0),
        (Beam::Fan(distances), DetectorShape::Flat, 0.0),
        (Beam::Fan(distances), DetectorShape::Curved, 0.0),
        (Beam::Cone(distances), DetectorShape::Flat, 0.0),
        (Beam::Cone(distances), DetectorShape::Curved, 0.0),
        (Beam::Cone(distances), DetectorShape::Flat, 9.0),
    ]
}

/// Numbers in [-1, 1), the same every time.
fn numbers(count: usize, seed: u64) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    };
    (0..count).map(|_| next()).collect()
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_adjoint_is_the_transpose(
        which in 0usize..6, seed in 0u64..1000, pitch in 0.7f64..2.5, offset in -4.0f64..4.0,
        voxel in 0.5f64..1.8, z in -3.0f64..3.0,
    ) {
        let (beam, shape, rise) = beams()[which];
        let geometry = Geometry::new(beam, detector(shape, 31, 17, pitch, offset), even_angles_deg(3.0, 25.0, 9))
            .and_then(|g| g.with_pitch(rise)).unwrap();
        let grid = VolumeGrid::centred([13, 11, 14], [voxel, 0.9 * voxel, 1.1 * voxel]).unwrap().at([1.0, -2.0, z]).unwrap();
        for isa in Isa::available() {
            let projector = Projector::new(&geometry, grid, isa).unwrap();
            let views: Vec<usize> = (0..geometry.views()).collect();
            let x = numbers(grid.len(), seed);
            let y = numbers(views.len() * projector.pixels(), seed + 7);
            let (ax, aty) = (projector.forward(&x, &views), projector.adjoint(&y, &views));
            let (left, right) = (dot(&ax, &y), dot(&x, &aty));
            let scale = dot(&ax, &ax).sqrt() * dot(&y, &y).sqrt();
            prop_assert!((left - right).abs() <= 1e-5 * scale, "{isa:?} {left} {right} of {scale}");
        }
    }
}

#[test]
fn the_forward_projection_of_a_smooth_object_is_its_line_integrals() {
    let ball = |c: [f64; 3], r: f64, a: f64| Ellipsoid {
        attenuation_per_mm: a,
        centre_mm: c,
        semi_axes_mm: [r, 0.8 * r, 0.9 * r],
        turn_deg: 20.0,
    };
    let phantom = Phantom::new(vec![ball([0.0; 3], 22.0, 0.02), ball([6.0, -5.0, 4.0], 8.0, 0.01)]);
    let grid = VolumeGrid::centred([96; 3], [0.5; 3]).unwrap();
    let volume = to_columns(phantom.sample(grid, 3).values(), &grid);
    for (beam, shape, rise) in beams() {
        let pitch = if beam == Beam::Parallel { 0.8 } else { 1.28 };
        let geometry =
            Geometry::new(beam, detector(shape, 64, 48, pitch, 0.7), even_angles_deg(0.0, 30.0, 12))
                .and_then(|g| g.with_pitch(rise))
                .unwrap();
        let projector = Projector::new(&geometry, grid, Isa::best()).unwrap();
        let views: Vec<usize> = (0..12).collect();
        let got = projector.forward(&volume, &views);
        let want = phantom.project(&geometry);
        let error: Vec<f32> = got.iter().zip(want.values()).map(|(a, b)| a - b).collect();
        let relative = dot(&error, &error).sqrt() / dot(want.values(), want.values()).sqrt();
        // Pixels average over their width, which rounds the edges; the sum has no such excuse.
        assert!(relative < 0.02, "{beam:?} {shape:?} {rise}: {relative}");
        let sum = |values: &[f32]| values.iter().map(|v| f64::from(*v)).sum::<f64>();
        let ratio = sum(&got) / sum(want.values());
        assert!((ratio - 1.0).abs() < 1e-3, "{beam:?} {shape:?} {rise}: {ratio}");
    }
}
