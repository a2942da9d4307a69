//! Dead and hot pixels: found over all views, repaired from their neighbours.

use crate::{Projections, TomoError};
use rayon::prelude::*;

/// Columns on either side that a pixel is compared with.
const REACH: usize = 3;
/// Views of which the offset of a pixel is taken, spread over all.
const MOST_VIEWS: usize = 64;
/// Offsets must be this many times the neighbours' own median deviation: edges of the object are not dead.
const LEAST_OF_NEIGHBOURS: f32 = 2.0;
/// Offsets smaller than this share of the data's range never count.
const LEAST_SHARE: f32 = 0.005;

/// How dead pixels are told from good ones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DeadPixelSearch {
    /// How many robust standard deviations (1.4826 MAD over the detector) a pixel's mean offset from the
    /// median of its row neighbours may have.
    pub threshold: f32,
    /// The largest share of pixels that may be dead.
    pub largest_share: f64,
}

impl Default for DeadPixelSearch {
    fn default() -> Self {
        Self { threshold: 10.0, largest_share: 0.2 }
    }
}

/// The dead pixels of a detector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadPixels {
    /// Dead pixels, `[row, column]`.
    pub mask: Vec<bool>,
    /// Pixels that are no number in at least half of the views.
    pub not_finite: usize,
    /// Pixels that never change though those on both sides do.
    pub constant: usize,
    /// Pixels that are off from their neighbours over all views.
    pub outliers: usize,
}

/// What a repair replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repaired {
    /// Dead pixels, `[row, column]`, replaced in every view.
    pub pixels: usize,
    /// Values `[view, row, column]` of good pixels that were no number.
    pub single_values: usize,
}

/// Finds dead pixels in projections (counts or line integrals) by what they do over all views.
///
/// A pixel is dead when it is no number in half of the views or more; when it never changes though pixels on
/// both sides within three columns do (three views or more); or when its mean offset from the median of the
/// three neighbours on either side is further from the detector's median offset than `threshold` robust
/// standard deviations (of at least half a percent of the data's range), and than twice those neighbours' own
/// median deviation, averaged over the views.
///
/// # Errors
/// [`TomoError::Projections`] when more than `largest_share` of the pixels are dead, or a whole projection is
/// no number.
pub fn find_dead_pixels(
    projections: &Projections,
    search: &DeadPixelSearch,
) -> Result<DeadPixels, TomoError> {
    let (views, columns) = (projections.views(), projections.columns());
    let size = projections.rows() * columns;
    if let Some(view) = (0..views).find(|v| projections.view(*v).iter().all(|x| !x.is_finite())) {
        return Err(TomoError::Projections(format!(
            "view {view} has no finite value; leave it out, with its angle"
        )));
    }
    let traits: Vec<PixelTrait> = (0..size).into_par_iter().map(|i| pixel_trait(projections, i)).collect();
    let is_constant = |i: usize| traits[i] == PixelTrait::Constant;
    let changes_near = |mut sides: std::ops::Range<usize>| {
        sides.is_empty() || sides.any(|k| traits[k] == PixelTrait::Changing)
    };
    let stuck: Vec<bool> = (0..size)
        .map(|i| {
            let (first, last) = (i / columns * columns, i / columns * columns + columns);
            let (left, right) = (i.saturating_sub(REACH).max(first)..i, i + 1..(i + 1 + REACH).min(last));
            is_constant(i) && views >= 3 && columns > 1 && changes_near(left) && changes_near(right)
        })
        .collect();
    let lost = |i: usize| traits[i] == PixelTrait::NotFinite;
    let mut mask: Vec<bool> = (0..size).map(|i| lost(i) || stuck[i]).collect();
    let (not_finite, constant) =
        ((0..size).filter(|i| lost(*i)).count(), stuck.iter().filter(|s| **s).count());
    let outlying = outliers(projections, &mask, search.threshold);
    mask.iter_mut().zip(&outlying).for_each(|(m, o)| *m |= *o);
    let dead = DeadPixels { mask, not_finite, constant, outliers: outlying.iter().filter(|o| **o).count() };
    if dead.count() as f64 > search.largest_share * size as f64 {
        return Err(TomoError::Projections(format!(
            "{} of {size} pixels are dead ({not_finite} not finite, {constant} constant, {} outliers), more than {} %: \
             check the flat and dark frames, or raise the threshold",
            dead.count(),
            dead.outliers,
            100.0 * search.largest_share
        )));
    }
    Ok(dead)
}

#[derive(Clone, Copy, PartialEq)]
enum PixelTrait {
    Changing,
    Constant,
    NotFinite,
}

fn pixel_trait(projections: &Projections, pixel: usize) -> PixelTrait {
    let values = || (0..projections.views()).map(|v| projections.view(v)[pixel]);
    let finite = values().filter(|x| x.is_finite()).count();
    if finite == 0 || 2 * finite < projections.views() {
        return PixelTrait::NotFinite;
    }
    let mut good = values().filter(|x| x.is_finite());
    let first = good.next();
    if good.all(|x| Some(x) == first) { PixelTrait::Constant } else { PixelTrait::Changing }
}

/// Pixels whose mean offset from their neighbours stands out.
fn outliers(projections: &Projections, known: &[bool], threshold: f32) -> Vec<bool> {
    let columns = projections.columns();
    let stride = projections.views().div_ceil(MOST_VIEWS);
    let offset = |pixel: usize| -> Option<(f32, f32)> {
        if known[pixel] {
            return None;
        }
        let (row, column) = (pixel / columns * columns, pixel % columns);
        let near = column.saturating_sub(REACH)..(column + REACH + 1).min(columns);
        let (mut count, mut offset, mut spread) = (0, 0.0, 0.0);
        for view in (0..projections.views()).step_by(stride) {
            let values = projections.view(view);
            let usable = |c: &usize| *c != column && !known[row + c] && values[row + c].is_finite();
            let beside: Vec<f32> = near.clone().filter(usable).map(|c| values[row + c]).collect();
            if values[pixel].is_finite() && beside.len() >= 2 {
                let middle = median(beside.clone())?;
                offset += values[pixel] - middle;
                spread += median(beside.iter().map(|v| (v - middle).abs()).collect())?;
                count += 1;
            }
        }
        (count > 0).then(|| (offset / count as f32, spread / count as f32))
    };
    let offsets: Vec<Option<(f32, f32)>> = (0..known.len()).into_par_iter().map(offset).collect();
    let present: Vec<f32> = offsets.iter().flatten().map(|o| o.0).collect();
    let Some(middle) = median(present.clone()) else { return vec![false; known.len()] };
    let spread = median(present.iter().map(|o| (o - middle).abs()).collect()).unwrap_or(0.0);
    let scale = (1.4826 * spread).max(LEAST_SHARE * range(projections));
    let stands_out = |(offset, beside): (f32, f32)| {
        let off = (offset - middle).abs();
        off > threshold * scale && off > LEAST_OF_NEIGHBOURS * beside
    };
    offsets.iter().map(|o| o.is_some_and(stands_out)).collect()
}

/// The data's range without its extremes: from the first to the last percent of some values.
fn range(projections: &Projections) -> f32 {
    let values = projections.values();
    let stride = values.len().div_ceil(100_003);
    let mut some: Vec<f32> = values.iter().step_by(stride).copied().filter(|v| v.is_finite()).collect();
    some.sort_by(f32::total_cmp);
    match some.len() {
        0 => 0.0,
        n => some[n - 1 - n / 100] - some[n / 100],
    }
}

fn median(mut values: Vec<f32>) -> Option<f32> {
    let half = values.len() / 2;
    if values.is_empty() {
        return None;
    }
    let even = values.len().is_multiple_of(2);
    let (below, middle, _) = values.select_nth_unstable_by(half, f32::total_cmp);
    let upper = *middle;
    if !even {
        return Some(upper);
    }
    Some(0.5 * (upper + below.iter().copied().fold(f32::NEG_INFINITY, f32::max)))
}

impl DeadPixels {
    /// Number of dead pixels.
    pub fn count(&self) -> usize {
        self.mask.iter().filter(|m| **m).count()
    }

    /// The dead pixels of some neighbouring rows; the counts of kinds stay those of the whole detector.
    ///
    /// # Errors
    /// [`TomoError::Projections`] when the rows are not within the mask.
    pub fn only_rows(&self, rows: std::ops::Range<usize>, columns: usize) -> Result<Self, TomoError> {
        let mask = self.mask.get(rows.start * columns..rows.end * columns).ok_or_else(|| {
            TomoError::Projections(format!(
                "the mask of dead pixels has {} pixels, which are no rows {rows:?} of {columns} columns",
                self.mask.len()
            ))
        })?;
        Ok(Self { mask: mask.to_vec(), ..*self })
    }

    /// Replaces dead pixels in every view, and single values that are no number, in place: linearly between
    /// the nearest good pixels of the row, and where a row has none between those of the column.
    ///
    /// # Errors
    /// [`TomoError::Projections`] when the mask is of another detector, or a view has no good pixel; the
    /// projections are then unchanged.
    pub fn repair(&self, projections: &mut Projections) -> Result<Repaired, TomoError> {
        let (rows, columns) = (projections.rows(), projections.columns());
        if self.mask.len() != rows * columns {
            return Err(TomoError::Projections(format!(
                "the mask of dead pixels has {} pixels, the detector {rows} rows and {columns} columns",
                self.mask.len()
            )));
        }
        let good = |(v, dead): (&f32, &bool)| v.is_finite() && !dead;
        let has_good = |view: &usize| projections.view(*view).iter().zip(&self.mask).any(good);
        if let Some(view) = (0..projections.views()).find(|v| !has_good(v)) {
            return Err(TomoError::Projections(format!(
                "view {view} has no good pixel to repair the others from; leave it out, with its angle"
            )));
        }
        let repair_view = |view: &mut [f32]| {
            let single = view.iter().zip(&self.mask).filter(|(v, dead)| !v.is_finite() && !**dead).count();
            let mut bad: Vec<bool> =
                view.iter().zip(&self.mask).map(|(v, dead)| *dead || !v.is_finite()).collect();
            for row in 0..rows {
                fill(view, &mut bad, row * columns, 1, columns);
            }
            for column in 0..columns {
                fill(view, &mut bad, column, columns, rows);
            }
            single
        };
        let views = projections.values_mut().par_chunks_mut(rows * columns);
        let single_values = views.map(repair_view).reduce(|| 0, |a, b| a + b);
        Ok(Repaired { pixels: self.count(), single_values })
    }
}

/// Fills bad values of a line of pixels between good ones; beyond the last good one its value continues.
fn fill(values: &mut [f32], bad: &mut [bool], first: usize, step: usize, count: usize) {
    let place = |i: usize| first + i * step;
    let good: Vec<usize> = (0..count).filter(|i| !bad[place(*i)]).collect();
    if good.is_empty() || good.len() == count {
        return;
    }
    let mut next = 0;
    for i in 0..count {
        while next < good.len() && good[next] < i {
            next += 1;
        }
        if bad[place(i)] {
            let after = good[next.min(good.len() - 1)];
            let before = good[next.saturating_sub(1)];
            let part = if after > before {
                (i.clamp(before, after) - before) as f32 / (after - before) as f32
            } else {
                0.0
            };
            values[place(i)] = values[place(before)] + part * (values[place(after)] - values[place(before)]);
        }
    }
    (0..count).for_each(|i| bad[place(i)] = false);
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: (usize, usize, usize) = (20, 6, 40);

    /// A smooth, moving pattern with a little fixed noise.
    fn pattern() -> Projections {
        let (views, rows, columns) = SIZE;
        let value = |i: usize| {
            let (v, r, c) = (i / (rows * columns), i / columns % rows, i % columns);
            let noise = ((i * 7919) % 101) as f32 / 101.0 - 0.5;
            2.0 + (0.2 * c as f32 + 0.3 * v as f32).sin() + 0.1 * r as f32 + 0.01 * noise
        };
        Projections::new(views, rows, columns, (0..views * rows * columns).map(value).collect()).unwrap()
    }

    fn spoil(p: &mut Projections, pixel: usize, value: impl Fn(f32) -> f32) {
        let size = p.rows() * p.columns();
        p.values_mut().iter_mut().skip(pixel).step_by(size).for_each(|v| *v = value(*v));
    }

    #[test]
    fn nan_constant_and_hot_pixels_are_found_and_no_others() {
        let mut p = pattern();
        spoil(&mut p, 5, |_| f32::NAN);
        spoil(&mut p, 50, |_| 1.7);
        spoil(&mut p, 130, |v| v + 2.0);
        spoil(&mut p, 131, |v| v - 1.5);
        let dead = find_dead_pixels(&p, &DeadPixelSearch::default()).unwrap();
        let found: Vec<usize> = (0..dead.mask.len()).filter(|i| dead.mask[*i]).collect();
        assert_eq!(found, [5, 50, 130, 131]);
        assert_eq!((dead.not_finite, dead.constant, dead.outliers), (1, 1, 2));
    }

    #[test]
    fn a_repair_comes_near_the_truth_and_leaves_good_pixels_alone() {
        let truth = pattern();
        let mut p = truth.clone();
        spoil(&mut p, 47, |_| f32::INFINITY);
        (80..120).for_each(|pixel| spoil(&mut p, pixel, |_| f32::NAN));
        p.values_mut()[500] = f32::NAN;
        let dead = find_dead_pixels(&p, &DeadPixelSearch::default()).unwrap();
        let repaired = dead.repair(&mut p).unwrap();
        assert_eq!(repaired, Repaired { pixels: 41, single_values: 1 });
        for (i, (a, b)) in p.values().iter().zip(truth.values()).enumerate() {
            let bad = dead.mask[i % 240] || i == 500;
            assert!(if bad { (a - b).abs() < 0.05 } else { a == b }, "{i}: {a} {b}");
        }
    }

    #[test]
    fn clean_air_and_a_centred_discs_fixed_edge_are_not_dead() {
        let disc = |c: usize| 2.0 * (900.0f32 - (c as f32 - 63.5).powi(2)).max(0.0).sqrt();
        let texture =
            |v: usize, c: usize| if disc(c) > 0.0 { 0.2 * ((v * 13 + c * 5) % 7) as f32 } else { 0.0 };
        let values = (0..30 * 128).map(|i| disc(i % 128) + texture(i / 128, i % 128)).collect();
        let p = Projections::new(30, 1, 128, values).unwrap();
        assert_eq!(find_dead_pixels(&p, &DeadPixelSearch::default()).unwrap().count(), 0);
        let zeros = Projections::new(4, 2, 9, vec![0.0; 72]).unwrap();
        assert_eq!(find_dead_pixels(&zeros, &DeadPixelSearch::default()).unwrap().count(), 0);
    }

    #[test]
    fn too_many_dead_pixels_a_dead_view_and_a_strange_mask_are_refused() {
        let mut p = pattern();
        (0..60).for_each(|pixel| spoil(&mut p, pixel, |_| f32::NAN));
        let error = find_dead_pixels(&p, &DeadPixelSearch::default()).unwrap_err().to_string();
        assert!(error.contains("60 of 240 pixels are dead (60 not finite"), "{error}");
        let mut p = pattern();
        p.values_mut()[240..480].fill(f32::NAN);
        let error = find_dead_pixels(&p, &DeadPixelSearch::default()).unwrap_err().to_string();
        assert!(error.contains("view 1 has no finite value"), "{error}");
        let none = DeadPixels { mask: vec![false; 3], not_finite: 0, constant: 0, outliers: 0 };
        assert!(none.repair(&mut p).unwrap_err().to_string().contains("has 3 pixels"));
    }
}
