use super::*;
use std::f32::consts::FRAC_PI_2;

const CALIBRATION: &str =
    "P0: 1 2 3\nR0_rect: 1 0 0 0 1 0 0 0 1\nTr_velo_to_cam: 0 -1 0 0 0 0 -1 -0.1 1 0 0 -0.3\n";
const CAR: &str = "Car 0.00 0 -1.67 657.39 190.13 700.07 223.39 1.41 1.58 4.36 3.18 2.27 34.38 -1.58\n";

fn calibration(text: &str) -> Result<KittiCalibration, DataError> {
    parse_kitti_calibration(Path::new("calib.txt"), text)
}

fn labels(text: &str) -> Result<Vec<KittiLabel>, DataError> {
    parse_kitti_labels(Path::new("label.txt"), text)
}

#[test]
fn a_car_ahead_comes_into_the_lidars_frame() {
    let label = &labels(CAR).unwrap()[0];
    let found = calibration(CALIBRATION).unwrap().box_of(label).unwrap();
    for (value, expected) in found.centre.iter().zip([34.68, -3.18, -2.37 + 0.705]) {
        assert!((value - expected).abs() < 1e-4, "{found:?}");
    }
    assert_eq!(found.size, [4.36, 1.58, 1.41]);
    assert!((found.yaw - (1.58 - FRAC_PI_2)).abs() < 1e-4, "{found:?}");
}

#[test]
fn a_region_without_a_label_has_no_box() {
    let text = "DontCare -1 -1 -10 503.89 169.71 590.61 190.13 -1 -1 -1 -1000 -1000 -1000 -10\n";
    let label = &labels(text).unwrap()[0];
    assert!(!label.is_object() && calibration(CALIBRATION).unwrap().box_of(label).is_none());
}

#[test]
fn a_line_of_another_length_is_named() {
    let message = labels(&format!("{CAR}\nCar 1 2\n")).unwrap_err().to_string();
    assert!(message.starts_with("label.txt:3:") && message.contains("3 words"), "{message}");
}

#[test]
fn a_score_behind_the_label_is_accepted() {
    assert_eq!(labels(&CAR.replace('\n', " 0.9")).unwrap(), labels(CAR).unwrap());
}

#[test]
fn a_calibration_error_names_the_line() {
    let message = calibration(&CALIBRATION.replace("0 0 1\n", "0 0\n")).unwrap_err().to_string();
    assert!(message.starts_with("calib.txt:2:") && message.contains("8 numbers"), "{message}");
    let message = calibration("R0_rect: 1 0 0 0 1 0 0 0 1\n").unwrap_err().to_string();
    assert!(message.contains("Tr_velo_to_cam"), "{message}");
    let flat = CALIBRATION.replace("1 0 0 0 1 0 0 0 1", "1 0 0 0 1 0 0 0 0");
    assert!(calibration(&flat).unwrap_err().to_string().contains("inverted"));
}

#[test]
fn the_way_back_undoes_a_rotation_that_is_not_trivial() {
    let rectification = [[0.9999, 0.0098, -0.0074], [-0.0098, 0.9999, -0.0043], [0.0074, 0.0044, 0.9999]];
    let lidar = [
        [0.0075, -0.9999, -0.0006, -0.004],
        [0.0148, 0.0007, -0.9999, -0.076],
        [0.9998, 0.0075, 0.0148, -0.27],
    ];
    let calibration = KittiCalibration::new(rectification, lidar).unwrap();
    let point = [20.0, -3.0, -1.0];
    let in_reference = [0, 1, 2].map(|i| (0..3).map(|j| lidar[i][j] * point[j]).sum::<f64>() + lidar[i][3]);
    let back = calibration.to_lidar(times(rectification, in_reference));
    assert!(back.iter().zip(point).all(|(a, b)| (a - b).abs() < 1e-9), "{back:?}");
}
