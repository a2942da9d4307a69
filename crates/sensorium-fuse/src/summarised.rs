//! Summaries of every stream in every view, computed once for many scenarios.
//!
//! Encoders cost nearly all of a prediction, and a stream's summary does not depend on the other
//! streams. Judging a model in dozens of scenarios (each sensor broken in each way, any subset missing)
//! takes one pass of the encoders a view and then the fusion alone.

use crate::fusion::Summaries;
use crate::model::{FusionModel, Row, rows_of};
use burn::tensor::{Device, Tensor, TensorData};
use rayon::prelude::*;
use sensorium_nn::{Batch, Example, Model, View};

/// One stream in one view.
struct Column {
    /// `[example, dim]`
    summaries: Vec<f32>,
    present: Vec<f32>,
    quality: Vec<f32>,
    staleness: Vec<f32>,
}

/// The summaries of some examples.
pub struct Summarised<'a> {
    model: &'a FusionModel,
    /// `[stream][view]`: clean, then the broken copies.
    columns: Vec<Vec<Column>>,
    examples: usize,
    dim: usize,
}

/// Examples in one pass.
const PASS: usize = 64;

impl<'a> Summarised<'a> {
    /// Encodes every stream of `examples` as recorded and in each of its broken copies.
    pub fn new(model: &'a FusionModel, examples: &[&Example]) -> Self {
        let frontends = &model.pipeline().frontends;
        let copies = examples.first().and_then(|e| e.streams.first()).map_or(0, |s| s.broken.len());
        let views: Vec<View> = std::iter::once(View::Clean).chain((0..copies).map(View::Broken)).collect();
        // One pass encodes all streams in the same view.
        let passes: Vec<(View, &[&Example])> =
            views.iter().flat_map(|view| examples.chunks(PASS).map(move |chunk| (*view, chunk))).collect();
        let done: Vec<Vec<Column>> = passes
            .par_iter()
            .map(|(view, chunk)| {
                let device = model.device();
                let batch = Batch::new(frontends, chunk, |_, _| *view, device);
                let summaries = model.network().summaries(&batch);
                let host = |t: Tensor<2>| t.try_into_vec_as::<f32>().unwrap_or_default();
                let (present, quality) = (host(summaries.present), host(summaries.quality));
                let staleness = host(summaries.staleness);
                let [size, streams, dim] = summaries.values.dims();
                let values = summaries.values.try_into_vec_as::<f32>().unwrap_or_default();
                let pick = |all: &[f32], s: usize| (0..size).map(|i| all[i * streams + s]).collect();
                (0..streams)
                    .map(|s| Column {
                        summaries: (0..size)
                            .flat_map(|i| &values[(i * streams + s) * dim..(i * streams + s + 1) * dim])
                            .copied()
                            .collect(),
                        present: pick(&present, s),
                        quality: pick(&quality, s),
                        staleness: pick(&staleness, s),
                    })
                    .collect()
            })
            .collect();
        let mut columns: Vec<Vec<Column>> = (0..frontends.len()).map(|_| Vec::new()).collect();
        let chunks = examples.len().div_ceil(PASS);
        for (p, pass) in done.into_iter().enumerate() {
            for (stream, part) in columns.iter_mut().zip(pass) {
                match stream.get_mut(p / chunks.max(1)) {
                    Some(whole) => {
                        whole.summaries.extend(part.summaries);
                        whole.present.extend(part.present);
                        whole.quality.extend(part.quality);
                        whole.staleness.extend(part.staleness);
                    }
                    None => stream.push(part),
                }
            }
        }
        let dim = columns
            .first()
            .and_then(|views| views.first())
            .map_or(0, |c| c.summaries.len() / examples.len().max(1));
        Self { model, columns, examples: examples.len(), dim }
    }

    /// What the network says when stream `s` of example `i` is seen as `view(i, s)` says; the same as
    /// [`FusionModel::rows`] up to rounding.
    pub fn rows(&self, view: &(dyn Fn(usize, usize) -> View + Sync)) -> Vec<Row> {
        let starts: Vec<usize> = (0..self.examples).step_by(PASS).collect();
        starts
            .into_par_iter()
            .flat_map_iter(|start| {
                let end = (start + PASS).min(self.examples);
                rows_of(self.model.network().fuse(&self.gather(start..end, view, self.model.device())))
            })
            .collect()
    }

    fn gather(
        &self,
        range: std::ops::Range<usize>,
        view: &(dyn Fn(usize, usize) -> View + Sync),
        device: &Device,
    ) -> Summaries {
        let (size, streams) = (range.len(), self.columns.len());
        let mut values = vec![0.0f32; size * streams * self.dim];
        let mut present = vec![0.0f32; size * streams];
        let mut quality = present.clone();
        let mut staleness = vec![1.0f32; size * streams];
        for (row, i) in range.enumerate() {
            for (s, views) in self.columns.iter().enumerate() {
                let column = match view(i, s) {
                    View::Clean => views.first(),
                    View::Broken(copy) => views.get(copy + 1),
                    View::Hidden => None,
                };
                let Some(column) = column.filter(|c| c.present[i] > 0.5) else { continue };
                let at = row * streams + s;
                values[at * self.dim..(at + 1) * self.dim]
                    .copy_from_slice(&column.summaries[i * self.dim..(i + 1) * self.dim]);
                present[at] = 1.0;
                quality[at] = column.quality[i];
                staleness[at] = column.staleness[i];
            }
        }
        let two = |v: Vec<f32>| Tensor::<2>::from_data(TensorData::new(v, [size, streams]), device);
        let present = two(present);
        Summaries {
            values: Tensor::from_data(TensorData::new(values, [size, streams, self.dim]), device),
            hidden: present.zeros_like(),
            present,
            quality: two(quality),
            staleness: two(staleness),
        }
    }
}
