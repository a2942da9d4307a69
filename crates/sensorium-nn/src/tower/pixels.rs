//! Pictures as the image tower wants them.

use burn::tensor::{Device, Tensor, TensorData};
use sensorium_data::Pixels;

/// Mean and standard deviation of ImageNet's red, green and blue in `[0, 1]`, as the published weights
/// were trained with.
const MEAN: [f32; 3] = [0.485, 0.456, 0.406];
const SPREAD: [f32; 3] = [0.229, 0.224, 0.225];

/// Pictures of one size as `[batch, 3, height, width]`, each channel less its mean over its spread on
/// ImageNet.
pub fn imagenet_normalised(pictures: &[&Pixels], device: &Device) -> Tensor<4> {
    let (height, width) = pictures.first().map_or((0, 0), |p| (p.height, p.width));
    let area = height * width;
    let mut values = vec![0.0f32; pictures.len() * 3 * area];
    for (picture, planes) in pictures.iter().zip(values.chunks_exact_mut((3 * area).max(1))) {
        for (i, pixel) in picture.rgb.chunks_exact(3).take(area).enumerate() {
            for c in 0..3 {
                planes[c * area + i] = (f32::from(pixel[c]) / 255.0 - MEAN[c]) / SPREAD[c];
            }
        }
    }
    Tensor::from_data(TensorData::new(values, [pictures.len(), 3, height, width]), device)
}
