//! How far a window lies from what the model was trained on.

use sensorium_data::Target;

/// Distance of a joint vector to the nearest class of the training data: a Mahalanobis distance
/// with class means and one shared diagonal covariance (Lee et al. 2018, arXiv:1807.03888, with a
/// diagonal so that small classes suffice), turned into the share of validation windows that lie
/// closer.
#[derive(Clone, Debug, PartialEq)]
pub struct OutlierScore {
    means: Vec<Vec<f32>>,
    precision: Vec<f32>,
    quantiles: Vec<f32>,
}

const QUANTILES: usize = 101;

impl OutlierScore {
    /// Fits means and spread on training vectors `[example][dim]`, quantiles on validation vectors.
    pub fn fit(train: &[Vec<f32>], targets: &[Target], validation: &[Vec<f32>]) -> Self {
        let dim = train.first().map_or(0, Vec::len);
        let mut groups: std::collections::BTreeMap<usize, Vec<&Vec<f32>>> = Default::default();
        for (vector, target) in train.iter().zip(targets) {
            let class = if let Target::Class(c) = target { *c } else { 0 };
            groups.entry(class).or_default().push(vector);
        }
        let means: Vec<Vec<f32>> = groups
            .values()
            .map(|rows| {
                let sum = |d: usize| rows.iter().map(|r| f64::from(r[d])).sum::<f64>();
                (0..dim).map(|d| (sum(d) / rows.len() as f64) as f32).collect()
            })
            .collect();
        let mut square = vec![0.0f64; dim];
        for (rows, mean) in groups.values().zip(&means) {
            for row in rows {
                for d in 0..dim {
                    square[d] += f64::from(row[d] - mean[d]).powi(2);
                }
            }
        }
        let count = train.len().max(1) as f64;
        let precision = square.iter().map(|s| (1.0 / (s / count + 1e-6)) as f32).collect();
        let mut fitted = Self { means, precision, quantiles: Vec::new() };
        let mut distances: Vec<f32> = validation.iter().map(|v| fitted.distance(v)).collect();
        distances.sort_by(f32::total_cmp);
        if !distances.is_empty() {
            fitted.quantiles =
                (0..QUANTILES).map(|q| distances[q * (distances.len() - 1) / (QUANTILES - 1)]).collect();
        }
        fitted
    }

    fn distance(&self, vector: &[f32]) -> f32 {
        let to = |mean: &Vec<f32>| {
            let terms = vector.iter().zip(mean).zip(&self.precision);
            terms.map(|((v, m), p)| (v - m) * (v - m) * p).sum::<f32>()
        };
        self.means.iter().map(to).fold(f32::INFINITY, f32::min)
    }

    /// Share of validation windows that lie closer, in `[0, 1]`.
    pub fn score(&self, vector: &[f32]) -> f32 {
        if self.quantiles.is_empty() {
            return 0.0;
        }
        let distance = self.distance(vector);
        self.quantiles.partition_point(|q| *q < distance) as f32 / self.quantiles.len() as f32
    }

    /// As named tensors for a bundle.
    pub fn to_tensors(&self) -> Vec<(String, Vec<usize>, Vec<f32>)> {
        let dim = self.precision.len();
        vec![
            ("outlier.means".into(), vec![self.means.len(), dim], self.means.concat()),
            ("outlier.precision".into(), vec![dim], self.precision.clone()),
            ("outlier.quantiles".into(), vec![self.quantiles.len()], self.quantiles.clone()),
        ]
    }

    /// From the tensors of a bundle; `None` when they are not there or do not fit one another.
    pub fn from_tensors(
        tensors: &std::collections::BTreeMap<String, (Vec<usize>, Vec<f32>)>,
    ) -> Option<Self> {
        let (shape, means) = tensors.get("outlier.means")?;
        let (_, precision) = tensors.get("outlier.precision")?;
        let (_, quantiles) = tensors.get("outlier.quantiles")?;
        let dim = precision.len();
        if shape.len() != 2 || shape[1] != dim || dim == 0 {
            return None;
        }
        Some(Self {
            means: means.chunks_exact(dim).map(<[f32]>::to_vec).collect(),
            precision: precision.clone(),
            quantiles: quantiles.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_vectors_score_higher_than_training_ones() {
        let train: Vec<Vec<f32>> =
            (0..200).map(|i| vec![(i % 10) as f32 * 0.1, (i % 7) as f32 * 0.1]).collect();
        let targets = vec![Target::Class(0); 200];
        let fitted = OutlierScore::fit(&train, &targets, &train);
        assert!(fitted.score(&[0.5, 0.3]) < 0.6);
        assert!(fitted.score(&[50.0, 0.3]) > 0.99);
    }
}
