//! Filtered back-projection: the kernels against double precision, the values against the phantom.

use sensorium_tomo::filter::{ViewFilter, Window};
use sensorium_tomo::geometry::even_angles_deg;
use sensorium_tomo::kernel::{Backprojector, BlockShape, Isa, backproject_reference};
use sensorium_tomo::phantom::{Ellipsoid, Phantom};
use sensorium_tomo::{
    Beam, Detector, DetectorShape, Distances, FdkOptions, Geometry, Projections, Tilt, TomoError, VolumeGrid,
    fdk,
};

const FAR: Distances = Distances { source_to_axis_mm: 200.0, source_to_detector_mm: 300.0 };

fn geometry(beam: Beam, shape: DetectorShape, first: f64, range: f64, views: usize, offset: f64) -> Geometry {
    let magnification = if beam == Beam::Parallel { 1.0 } else { 1.5 };
    let detector = Detector {
        shape,
        columns: 96,
        rows: if matches!(beam, Beam::Cone(_)) { 72 } else { 48 },
        column_pitch_mm: 0.7 * magnification,
        row_pitch_mm: if matches!(beam, Beam::Fan(_)) { 1.0 } else { magnification },
        column_offset_mm: offset,
        row_offset_mm: 0.4 * offset,
        tilt: Tilt::default(),
    };
    Geometry::new(beam, detector, even_angles_deg(first, range / views as f64, views)).unwrap()
}

/// A large ball with two small ones in it, off the middle.
fn phantom() -> Phantom {
    let ball = |centre_mm, radius: f64, attenuation_per_mm| Ellipsoid {
        attenuation_per_mm,
        centre_mm,
        semi_axes_mm: [radius; 3],
        turn_deg: 0.0,
    };
    Phantom::new(vec![
        ball([1.0, -2.0, 0.5], 24.0, 0.02),
        ball([9.0, 6.0, 2.0], 6.0, 0.01),
        ball([-8.0, -7.0, -3.0], 5.0, -0.012),
    ])
}

fn scans() -> Vec<(&'static str, Geometry)> {
    let (flat, curved) = (DetectorShape::Flat, DetectorShape::Curved);
    vec![
        ("parallel, half a turn", geometry(Beam::Parallel, flat, 11.0, 180.0, 180, 0.0)),
        ("parallel, whole turn, offset", geometry(Beam::Parallel, flat, 0.0, 360.0, 240, 2.3)),
        ("parallel, 220 degrees", geometry(Beam::Parallel, flat, 0.0, 220.0, 220, 0.0)),
        ("fan, flat", geometry(Beam::Fan(FAR), flat, 0.0, 360.0, 240, 0.0)),
        ("fan, curved, offset", geometry(Beam::Fan(FAR), curved, 0.0, 360.0, 240, -1.7)),
        ("fan, short scan", geometry(Beam::Fan(FAR), flat, 40.0, 210.0, 210, 0.0)),
        ("fan, curved, short scan", geometry(Beam::Fan(FAR), curved, -90.0, 225.0, 225, 0.9)),
        ("cone, flat", geometry(Beam::Cone(FAR), flat, 0.0, 360.0, 240, 0.0)),
        ("cone, flat, offset, two turns", geometry(Beam::Cone(FAR), flat, 0.0, 720.0, 480, 1.1)),
        ("cone, curved", geometry(Beam::Cone(FAR), curved, 0.0, 360.0, 240, 0.0)),
        ("cone, short scan", geometry(Beam::Cone(FAR), flat, 0.0, 216.0, 216, 0.0)),
        ("cone, backwards", geometry(Beam::Cone(FAR), flat, 0.0, -360.0, 240, 0.0)),
    ]
}

fn mean_in_ball(values: &[f32], grid: &VolumeGrid, centre: [f64; 3], radius: f64) -> f64 {
    let [nx, ny, _] = grid.voxels;
    let inside: Vec<f64> = (0..grid.len())
        .filter(|i| {
            let place = [i % nx, i / nx % ny, i / (nx * ny)];
            (0..3).map(|a| (grid.position_mm(a, place[a] as f64) - centre[a]).powi(2)).sum::<f64>()
                < radius * radius
        })
        .map(|i| f64::from(values[i]))
        .collect();
    inside.iter().sum::<f64>() / inside.len() as f64
}

#[test]
fn every_scan_gives_the_attenuation_of_the_phantom() {
    let (phantom, grid) = (phantom(), VolumeGrid::centred([64, 64, 24], [0.9, 0.9, 0.9]).unwrap());
    for (name, geometry) in scans() {
        let volume = fdk(&geometry, &phantom.project(&geometry), grid, &FdkOptions::default()).unwrap();
        let near = |centre, radius, expected: f64| {
            let found = mean_in_ball(volume.values(), &grid, centre, radius);
            let off = (found - expected).abs() / 0.02;
            assert!(off < 0.001, "{name}: {found} at {centre:?}, expected {expected}");
        };
        near([-6.0, 8.0, 0.0], 3.0, 0.02);
        near([9.0, 6.0, 2.0], 4.0, 0.03);
        near([-8.0, -7.0, -3.0], 3.0, 0.008);
        near([12.0, -10.0, 1.0], 3.0, 0.02);
    }
}

#[test]
fn every_instruction_set_agrees_with_double_precision() {
    let grid = VolumeGrid::centred([37, 21, 29], [1.3, 1.1, 1.7]).unwrap().at([2.0, -1.0, 3.0]).unwrap();
    for (name, geometry) in scans() {
        let projections = phantom().project(&geometry);
        let filter = ViewFilter::new(&geometry, Window::RamLak).unwrap();
        let views = filter.apply(projections.values(), 0, 0..projections.rows()).unwrap();
        let want = backproject_reference(&geometry, &grid, &views);
        let scale = want.iter().fold(0.0f64, |m, v| m.max(v.abs()));
        for isa in Isa::available() {
            for blocks in [BlockShape { tile: [1, 1], views: 1 }, BlockShape { tile: [8, 16], views: 7 }] {
                let mut backprojector = Backprojector::new(&geometry, grid, blocks, isa).unwrap();
                backprojector.add(&views, 0, 1.0);
                let got = backprojector.volume();
                let worst = got
                    .values()
                    .iter()
                    .zip(&want)
                    .map(|(g, w)| (f64::from(*g) - w).abs())
                    .fold(0.0, f64::max);
                assert!(worst < 2e-5 * scale, "{name} {isa:?} {blocks:?}: {worst} of {scale}");
            }
        }
    }
}

#[test]
fn a_truncated_row_continued_loses_its_bright_rim() {
    let detector = Detector {
        columns: 40,
        ..*geometry(Beam::Parallel, DetectorShape::Flat, 0.0, 180.0, 2, 0.0).detector()
    };
    let geometry = Geometry::new(Beam::Parallel, detector, even_angles_deg(0.0, 1.0, 180)).unwrap();
    let projections = phantom().project(&geometry);
    let grid = VolumeGrid::centred([36, 36, 1], [0.7, 0.7, 1.0]).unwrap();
    let rim = |extend_truncated| {
        let options = FdkOptions { extend_truncated, ..FdkOptions::default() };
        let volume = fdk(&geometry, &projections, grid, &options).unwrap();
        (f64::from(volume.values()[18 * 36 + 1]) - 0.02).abs()
    };
    assert!(rim(true) < 0.3 * rim(false), "{} {}", rim(true), rim(false));
}

#[test]
fn what_cannot_be_reconstructed_is_refused_with_the_reason() {
    let geometry = geometry(Beam::Cone(FAR), DetectorShape::Flat, 0.0, 360.0, 24, 0.0);
    let grid = VolumeGrid::centred([16; 3], [2.0; 3]).unwrap();
    let options = FdkOptions::default();
    let refused = |geometry: &Geometry, projections: &Projections, grid, expected: &str| {
        let error = fdk(geometry, projections, grid, &options).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    };
    let zeros = Projections::zeros(&geometry);
    refused(&geometry, &zeros, grid.at([0.0, 0.0, 900.0]).unwrap(), "no ray meets the volume");
    refused(&geometry, &zeros, grid.at([190.0, 0.0, 0.0]).unwrap(), "make it smaller");
    refused(&geometry, &zeros.select(&[0, 1, 2]), grid, "there are 3 of them and 24 angles");
    let wide = Projections::new(24, 72, 97, vec![0.0; 24 * 72 * 97]).unwrap();
    refused(&geometry, &wide, grid, "97 columns, the geometry's detector 72 rows and 96 columns");
    let mut broken = zeros.clone();
    broken.values_mut()[96 * 72 * 3 + 96 * 35 + 7] = f32::NAN;
    refused(&geometry, &broken, grid, "the first at view 3, row 35, column 7");
    let helix = geometry.clone().with_pitch(10.0).unwrap();
    refused(&helix, &zeros, grid, "reconstruct a helix with sirt, cgls or tv");
    let tilted = geometry.clone().with_detector(Detector {
        tilt: Tilt { in_plane_deg: 1.0, ..Tilt::default() },
        ..*geometry.detector()
    });
    refused(&tilted.unwrap(), &zeros, grid, "rectify the projections first");
    let single = geometry.subset(&[3]).unwrap();
    let error = fdk(&single, &zeros.select(&[3]), grid, &options).unwrap_err();
    assert!(matches!(error, TomoError::Geometry(_)), "{error}");
}
