//! Recall both ways, and swaps.

use crate::RecipeError;
use sensorium_align::edit::{Editor, HELD_OUT, Pair, Plausibility, swap_test};
use sensorium_align::model::TextFront;
use sensorium_align::retrieval::{dot, ranks};
use sensorium_align::study::Captioned;
use sensorium_align::{JointNet, Sequence};
use sensorium_data::shards::CaptionedImage;
use sensorium_nn::Device;
use std::sync::Arc;

/// What one trained net does with the evaluation part.
#[derive(Clone, Debug, Default)]
pub(super) struct Judged {
    /// Rank of the best caption of each picture.
    pub(super) of_items: Vec<usize>,
    /// Ranks of each picture for each of its captions.
    pub(super) of_texts: Vec<Vec<usize>>,
    /// Whether each true caption was nearer to its picture than its edit.
    pub(super) swaps: Vec<bool>,
}

impl Judged {
    /// Recall of captions by pictures over the pictures `rows`.
    pub(super) fn i2t(&self, rows: &[usize], k: usize) -> f64 {
        rows.iter().filter(|r| self.of_items[**r] < k).count() as f64 / rows.len().max(1) as f64
    }

    /// Recall of pictures by captions.
    pub(super) fn t2i(&self, rows: &[usize], k: usize) -> f64 {
        let (mut hits, mut all) = (0, 0);
        for r in rows {
            hits += self.of_texts[*r].iter().filter(|rank| **rank < k).count();
            all += self.of_texts[*r].len();
        }
        hits as f64 / all.max(1) as f64
    }

    /// Recall at 1, mean of both directions.
    pub(super) fn mean_r1(&self) -> f64 {
        let rows: Vec<usize> = (0..self.of_items.len()).collect();
        0.5 * (self.i2t(&rows, 1) + self.t2i(&rows, 1))
    }

    /// Share of the swaps that were told.
    pub(super) fn swap_share(&self) -> f64 {
        self.swaps.iter().filter(|s| **s).count() as f64 / self.swaps.len().max(1) as f64
    }

    /// A row of the table.
    pub(super) fn cells(&self, name: &str, epoch: u64, seconds: f64) -> Vec<String> {
        let rows: Vec<usize> = (0..self.of_items.len()).collect();
        let mut cells = vec![name.to_owned()];
        cells.extend([1, 5, 10].map(|k| format!("{:.1}", 100.0 * self.i2t(&rows, k))));
        cells.extend([1, 5, 10].map(|k| format!("{:.1}", 100.0 * self.t2i(&rows, k))));
        let swaps =
            if self.swaps.is_empty() { "–".to_owned() } else { format!("{:.3}", self.swap_share()) };
        cells.extend([swaps, epoch.to_string(), format!("{seconds:.0}")]);
        cells
    }
}

/// Ranks both ways, exact.
pub(super) fn judge(net: &JointNet, parts: &[Captioned]) -> Judged {
    let device = Device::flex();
    let items: Vec<&Sequence> = parts.iter().map(|p| p.views[0].as_ref()).collect();
    let (mut texts, mut owners) = (Vec::new(), Vec::new());
    for (i, part) in parts.iter().enumerate() {
        texts.extend(part.captions.iter().map(Arc::as_ref));
        owners.extend(part.captions.iter().map(|_| i));
    }
    let (of_items, by_text) =
        ranks(&net.embed_items(&items, &device), &net.embed_texts(&texts, &device), &owners);
    let mut of_texts = vec![Vec::new(); parts.len()];
    for (owner, rank) in owners.iter().zip(by_text.0) {
        of_texts[*owner].push(rank);
    }
    Judged { of_items: of_items.0, of_texts, swaps: Vec::new() }
}

/// True captions and edits of families that were not trained on.
pub(super) struct SwapTest {
    pairs: Vec<Pair>,
    keys: Vec<String>,
    /// Share that plausibility of the text alone tells.
    pub(super) text_only: f64,
    longer: f64,
}

impl SwapTest {
    /// Balances edits of `test` by a model of half of `train`, and judges them by one of the other half.
    pub(super) fn new(train: &[CaptionedImage], test: &[CaptionedImage], editor: &Editor, seed: u64) -> Self {
        let captions = |items: &[CaptionedImage]| -> Vec<(String, Vec<String>)> {
            items.iter().map(|i| (i.key.clone(), i.captions.clone())).collect()
        };
        let (one, other) = train.split_at(train.len() / 2);
        let filter = Plausibility::fit(&captions(one), editor, &HELD_OUT, seed);
        let pairs = swap_test(&captions(test), editor, &filter, seed);
        let fresh = Plausibility::fit(&captions(other), editor, &HELD_OUT, seed ^ 1);
        let texts = || pairs.iter().map(|p| (p.caption.as_str(), p.edit.as_str()));
        let longer = texts().filter(|(a, b)| a.len() > b.len()).count() as f64
            + 0.5 * texts().filter(|(a, b)| a.len() == b.len()).count() as f64;
        Self {
            text_only: fresh.accuracy(texts()),
            longer: longer / pairs.len().max(1) as f64,
            keys: test.iter().map(|i| i.key.clone()).collect(),
            pairs,
        }
    }

    /// For each family its name, the share of its pairs that were told, and their number.
    pub(super) fn by_family(&self, told: &[bool]) -> Vec<(&'static str, f64, usize)> {
        let of = |family| {
            let own = self.pairs.iter().zip(told).filter(move |(pair, _)| pair.family == family);
            let (right, all) = own.fold((0, 0), |(r, n), (_, told)| (r + usize::from(*told), n + 1));
            (family.name(), right as f64 / all.max(1) as f64, all)
        };
        HELD_OUT.into_iter().map(of).collect()
    }

    /// What a reader must know.
    pub(super) fn note(&self) -> String {
        format!(
            "Swap test: {} pairs of {} families that are not trained on; always the longer text: {:.3}.",
            self.pairs.len(),
            HELD_OUT.len(),
            self.longer
        )
    }
}

/// For each pair whether the picture is nearer to the true caption.
pub(super) fn swap_accuracy(
    net: &JointNet,
    front: &TextFront,
    parts: &[Captioned],
    swaps: &SwapTest,
) -> Result<Vec<bool>, RecipeError> {
    let device = Device::flex();
    let texts: Vec<&str> = swaps.pairs.iter().flat_map(|p| [p.caption.as_str(), p.edit.as_str()]).collect();
    let sequences = front.sequences(&texts, &device)?;
    let texts = net.embed_texts(&sequences.iter().collect::<Vec<_>>(), &device);
    let items: Vec<&Sequence> = parts.iter().map(|p| p.views[0].as_ref()).collect();
    let pictures = net.embed_items(&items, &device);
    let place = |key: &str| swaps.keys.iter().position(|k| k == key);
    Ok(swaps
        .pairs
        .iter()
        .zip(texts.chunks_exact(2))
        .filter_map(|(pair, vectors)| {
            let picture = pictures.get(place(&pair.key)?)?;
            Some(dot(picture, &vectors[0]) > dot(picture, &vectors[1]))
        })
        .collect())
}
