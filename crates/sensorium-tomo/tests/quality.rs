//! RMSE, PSNR and SSIM against scikit-image 0.26.0 (with SciPy 1.17.1), on float64 images.
//!
//! SSIM: `structural_similarity(a, b, data_range=L, gaussian_weights=True, sigma=1.5,
//! use_sample_covariance=False)`; with a mask, the mean of its full map over the mask, less a rim of 5.

use sensorium_tomo::quality::{psnr, rmse, ssim, ssim_volume};
use sensorium_tomo::{Volume, VolumeGrid};

type Image = (Vec<f32>, Vec<f32>, Vec<bool>);

/// A pattern, the same with errors, and a mask of its left part.
fn pattern(width: usize, height: usize, k: usize) -> Image {
    let mut image = Image::default();
    for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
        let a = ((3 * x * x + 5 * y * y + 7 * x * y + 11 * k * x) % 257) as f32 / 256.0;
        image.0.push(a);
        image.1.push(a + (((11 * x + 13 * y + k) % 17) as f32 - 8.0) / 32.0);
        image.2.push(x + 2 * k < 11);
    }
    image
}

/// A smooth bump, and a lower one with errors.
fn bump() -> (Vec<f32>, Vec<f32>) {
    let places = (0..40).flat_map(|y| (0..24).map(move |x| (x, y)));
    places
        .map(|(x, y)| {
            let a = (x * (23 - x) * 4 + y * (39 - y) * 4) as f32 / 1024.0;
            (a, a * 0.75 + ((x * y) % 7) as f32 / 64.0)
        })
        .unzip()
}

fn near(found: f64, golden: f64) {
    assert!((found - golden).abs() < 1e-9, "{found} is not {golden}");
}

#[test]
fn rmse_and_psnr_equal_scikit_image() {
    let (a, b, mask) = pattern(37, 29, 0);
    near(rmse(&a, &b, None).unwrap(), 0.15310499826570725);
    near(rmse(&a, &b, Some(&mask)).unwrap(), 0.15315308663787505);
    near(psnr(&a, &b, 1.0, None).unwrap(), 16.300212621856765);
    near(psnr(&a, &b, 2.0, None).unwrap(), 22.32081253513639);
}

#[test]
fn ssim_equals_scikit_image() {
    let (a, b, mask) = pattern(37, 29, 0);
    near(ssim(&a, &b, 37, 29, 1.0, None).unwrap(), 0.8734932341228326);
    near(ssim(&a, &b, 37, 29, 1.0, Some(&mask)).unwrap(), 0.8771608331710824);
    let (a, b) = bump();
    near(ssim(&a, &b, 24, 40, 2.5, None).unwrap(), 0.8873899364572396);
    let opposite: Vec<f32> = a.iter().map(|v| 2.0 - v).collect();
    near(ssim(&a, &opposite, 24, 40, 2.5, None).unwrap(), -0.2904221560491195);
}

fn volumes() -> (Volume, Volume, Vec<bool>) {
    let grid = VolumeGrid::centred([16, 13, 4], [1.0; 3]).unwrap();
    let (mut a, mut b, mut mask) = Image::default();
    for slice in (0..4).map(|k| pattern(16, 13, k)) {
        a.extend(slice.0);
        b.extend(slice.1);
        mask.extend(slice.2);
    }
    (Volume::new(grid, a).unwrap(), Volume::new(grid, b).unwrap(), mask)
}

#[test]
fn ssim_of_a_volume_is_the_mean_of_its_slices() {
    let (a, b, mask) = volumes();
    near(ssim_volume(&a, &b, 0.5, None).unwrap(), 0.8793653981379269);
    // Nothing counts in the last slice, which is left out.
    near(ssim_volume(&a, &b, 0.5, Some(&mask)).unwrap(), 0.8764376060999868);
}

#[test]
fn equal_images_are_perfect() {
    let (a, _, _) = pattern(16, 16, 0);
    assert_eq!(rmse(&a, &a, None).unwrap(), 0.0);
    assert_eq!(psnr(&a, &a, 1.0, None).unwrap(), f64::INFINITY);
    near(ssim(&a, &a, 16, 16, 1.0, None).unwrap(), 1.0);
    near(ssim(&[0.5; 121], &[0.5; 121], 11, 11, 1.0, None).unwrap(), 1.0);
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let (a, mut b, mask) = pattern(16, 16, 0);
    assert!(rmse(&a, &b[1..], None).is_err());
    assert!(rmse(&a, &b, Some(&mask[1..])).is_err());
    assert!(rmse(&a, &b, Some(&[false; 256])).is_err());
    assert!(rmse(&[], &[], None).is_err());
    for range in [0.0, -1.0, f64::NAN] {
        assert!(psnr(&a, &b, range, None).is_err());
        assert!(ssim(&a, &b, 16, 16, range, None).is_err());
    }
    assert!(ssim(&a, &b, 32, 8, 1.0, None).is_err());
    assert!(ssim(&a, &b, 16, 15, 1.0, None).is_err());
    assert!(ssim(&a, &b, 16, 16, 1.0, Some(&[false; 256])).is_err());
    b[15] = f32::NAN;
    assert!(rmse(&a, &b, None).unwrap_err().to_string().contains("value 15 is"));
    assert!(ssim(&a, &b, 16, 16, 1.0, Some(&mask)).is_err(), "a window spreads what is no number");
    assert!(rmse(&a, &b, Some(&mask)).is_ok(), "a masked value does not count");
}
