//! What a volume's values are like as a whole.

use crate::{TomoError, Volume};
use rayon::prelude::*;

/// Range and mean of the voxels that are numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Summary {
    pub low: f32,
    pub high: f32,
    pub mean: f64,
    /// Voxels that are NaN or infinite.
    pub not_numbers: usize,
}

impl Summary {
    /// Fails when no voxel is a number.
    pub fn of(volume: &Volume) -> Result<Self, TomoError> {
        // Partial sums in a fixed order: the mean does not depend on the number of threads.
        let parts: Vec<(f32, f32, f64, usize)> = volume.values().par_chunks(1 << 16).map(part).collect();
        let (mut low, mut high, mut sum, mut numbers) = (f32::INFINITY, f32::NEG_INFINITY, 0.0, 0);
        for part in parts {
            low = low.min(part.0);
            high = high.max(part.1);
            sum += part.2;
            numbers += part.3;
        }
        if numbers == 0 {
            return Err(TomoError::Request(
                "no voxel of the volume is a number (all are NaN or infinite): there is nothing to show; \
                 check the reconstruction's input"
                    .into(),
            ));
        }
        let not_numbers = volume.values().len() - numbers;
        Ok(Self { low, high, mean: sum / numbers as f64, not_numbers })
    }
}

fn part(values: &[f32]) -> (f32, f32, f64, usize) {
    let start = (f32::INFINITY, f32::NEG_INFINITY, 0.0, 0);
    values
        .iter()
        .filter(|v| v.is_finite())
        .fold(start, |(low, high, sum, n), v| (low.min(*v), high.max(*v), sum + f64::from(*v), n + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::VolumeGrid;

    fn volume(values: Vec<f32>) -> Volume {
        Volume::new(VolumeGrid::centred([values.len(), 1, 1], [1.0; 3]).unwrap(), values).unwrap()
    }

    #[test]
    fn what_is_no_number_is_counted_and_left_out() {
        let found = Summary::of(&volume(vec![f32::NAN, 1.0, f32::NEG_INFINITY, 3.0])).unwrap();
        assert_eq!(found, Summary { low: 1.0, high: 3.0, mean: 2.0, not_numbers: 2 });
    }

    #[test]
    fn a_volume_without_a_number_is_refused() {
        let error = Summary::of(&volume(vec![f32::NAN; 3])).unwrap_err().to_string();
        assert!(error.contains("no voxel"), "{error}");
    }
}
