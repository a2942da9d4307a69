//! The projections of a tooth, where `$SENSORIUM_DATA` holds them.

use sensorium_tomo::Projections;
use sensorium_tomo::io::open_projections;
use std::path::PathBuf;

/// Golden values: h5py 3.16.0 with numpy 2.4.6.
#[test]
fn the_tooth_has_the_values_that_h5py_reads() {
    let Some(root) = std::env::var_os("SENSORIUM_DATA").map(PathBuf::from) else {
        eprintln!("skipped: SENSORIUM_DATA is not set, and this needs the data set `tooth`");
        return;
    };
    let path = root.join("tooth/tooth.h5");
    if !path.exists() {
        eprintln!("skipped: {} is not there", path.display());
        return;
    }
    let opened = open_projections(&path).unwrap();
    let data = Projections::from_source(opened.source.as_ref()).unwrap();
    assert_eq!((data.views(), data.rows(), data.columns()), (181, 2, 640));
    assert_eq!(data.view(0)[..4], [26963.25, 28432.75, 27741.0, 26425.0]);
    assert_eq!(data.view(180)[1276..], [27438.0, 27751.5, 27412.75, 27192.0]);
    assert_eq!(data.view(90)[640 + 320], 7306.5);
    assert_eq!(data.values().iter().map(|v| f64::from(*v)).sum::<f64>(), 4_749_233_396.5);
    let (flat, dark) = (opened.flat.unwrap(), opened.dark.unwrap());
    assert_eq!((flat.views(), flat.rows(), flat.columns()), (10, 2, 640));
    assert_eq!((dark.views(), dark.rows(), dark.columns()), (10, 2, 640));
    assert_eq!((flat.view(3)[640 + 100], dark.view(9)[639]), (28352.0, 103.75));
    let angles = opened.angles_deg.unwrap();
    assert_eq!((angles.len(), angles[0], angles[180]), (181, 0.0, 179.00552486187846));
    let mut row = vec![0.0; 3 * 640];
    opened.source.read(89..92, 1..2, &mut row).unwrap();
    assert_eq!(row[640..1280], data.view(90)[640..]);
}
