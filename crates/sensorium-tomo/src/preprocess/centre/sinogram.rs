//! The sinograms that a search for the centre looks at, in the order of their angles.

use crate::{Beam, DetectorShape, Geometry, Projections, TomoError};
use std::f64::consts::{PI, TAU};

/// Fewest views that a search makes sense for.
const FEWEST_VIEWS: usize = 8;

/// How much of the largest mean value the ends of the rows of a whole object may hold.
pub(super) const MOST_AT_ENDS: f64 = 0.05;

/// Rows of the projections as sinograms with rising angles.
pub(super) struct Sinogram {
    /// Angles in radians, rising from 0 on, all within a turn.
    pub(super) angles_rad: Vec<f64>,
    /// Columns of each sinogram.
    pub(super) columns: usize,
    /// Sinograms `[view, column]`, one a row used.
    pub(super) rows: Vec<Vec<f32>>,
    /// For diverging beams: column pitch over source distance D, and whether the detector is curved.
    pub(super) fan: Option<(f64, bool)>,
}

/// Views to mix for a value between them: indices and weights.
#[derive(Clone, Copy)]
pub(super) struct Mixture {
    pub(super) views: [usize; 4],
    pub(super) weights: [f64; 4],
}

impl Sinogram {
    pub(super) fn new(
        geometry: &Geometry,
        projections: &Projections,
        most_rows: usize,
    ) -> Result<Self, TomoError> {
        projections.check(geometry)?;
        if !geometry.detector().tilt.is_none() {
            return Err(TomoError::Geometry("the detector is tilted; rectify the projections first".into()));
        }
        if geometry.pitch_mm_per_turn() != 0.0 {
            return Err(TomoError::Geometry(
                "opposite views of a helix are at different heights; search the centre in a circular scan"
                    .into(),
            ));
        }
        if projections.values().iter().all(|v| *v == 0.0) {
            return Err(TomoError::Projections(
                "they are all zero: there is nothing to find the centre of rotation by".into(),
            ));
        }
        if projections.values().windows(2).all(|pair| pair[0] == pair[1]) {
            return Err(TomoError::Projections(
                "every value is the same: there is nothing to find the centre of rotation by".into(),
            ));
        }
        let (order, angles_rad) = turn_order(geometry.angles_deg());
        if order.len() < FEWEST_VIEWS {
            return Err(TomoError::Geometry(format!(
                "{} views are too few to find the centre of rotation; it takes {FEWEST_VIEWS} or more",
                order.len()
            )));
        }
        let rows = rows_used(geometry, most_rows)?
            .iter()
            .map(|(low, high, part)| {
                let (first, second) = (projections.sinogram(*low), projections.sinogram(*high));
                let mixed: Vec<f32> = first.iter().zip(&second).map(|(a, b)| a + part * (b - a)).collect();
                let columns = projections.columns();
                order.iter().flat_map(|v| mixed[v * columns..(v + 1) * columns].iter().copied()).collect()
            })
            .collect();
        let d = geometry.detector();
        let fan = geometry
            .distances()
            .map(|s| (d.column_pitch_mm / s.source_to_detector_mm, d.shape == DetectorShape::Curved));
        let sinogram = Self { angles_rad, columns: d.columns, rows, fan };
        sinogram.check_coverage()?;
        Ok(sinogram)
    }

    fn check_coverage(&self) -> Result<(), TomoError> {
        let (span, step) = (self.span_rad(), self.step_rad());
        let (wanted, name) = if self.fan.is_some() { (TAU, "a whole turn") } else { (PI, "half a turn") };
        if span + 1.5 * step >= wanted {
            return Ok(());
        }
        Err(TomoError::Geometry(format!(
            "the angles cover {:.1} degrees, and the centre of rotation needs {name}: no ray is seen from both ends; \
             give column_offset_mm yourself",
            (span + step).to_degrees()
        )))
    }

    pub(super) fn views(&self) -> usize {
        self.angles_rad.len()
    }

    pub(super) fn span_rad(&self) -> f64 {
        self.angles_rad[self.views() - 1]
    }

    pub(super) fn step_rad(&self) -> f64 {
        self.span_rad() / (self.views() - 1) as f64
    }

    /// How far from an axis the object reaches, in columns: where the mean over the views is above a hundredth
    /// of its largest, and a twentieth more.
    pub(super) fn radius(&self, axis: f64) -> f64 {
        let profile = self.profile();
        let least = 0.01 * profile.iter().copied().fold(0.0, f64::max);
        let reach =
            |(column, sum): (usize, &f64)| if *sum > least { (column as f64 - axis).abs() } else { 0.0 };
        let seen = axis.max(self.columns as f64 - 1.0 - axis);
        (1.05 * profile.iter().enumerate().map(reach).fold(0.0, f64::max) + 2.0).min(seen)
    }

    /// The mean at the ends of the rows as a share of the largest: above [`MOST_AT_ENDS`] for an object that is
    /// truncated, or before a background.
    pub(super) fn share_at_ends(&self) -> f64 {
        let profile = self.profile();
        let width = (self.columns / 50).clamp(1, 16);
        let end = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
        let ends = end(&profile[..width]).max(end(&profile[self.columns - width..]));
        ends / profile.iter().copied().fold(f64::MIN_POSITIVE, f64::max)
    }

    /// The sum over views and rows, `[column]`.
    fn profile(&self) -> Vec<f64> {
        let mut profile = vec![0.0; self.columns];
        for row in self.rows.iter().flat_map(|row| row.chunks(self.columns)) {
            profile.iter_mut().zip(row).for_each(|(sum, v)| *sum += f64::from(*v));
        }
        profile
    }

    /// Whether the last view is followed by the first.
    pub(super) fn is_whole_turn(&self) -> bool {
        self.span_rad() + 1.5 * self.step_rad() >= TAU
    }

    /// How many views make half a turn with the next one being the first's mirror; `None` when they are uneven.
    pub(super) fn even_half_turn(&self) -> Option<usize> {
        let step = self.step_rad();
        let views = (PI / step).round() as usize;
        let near = |(i, angle): (usize, &f64)| (angle - PI * i as f64 / views as f64).abs() < 0.1 * step;
        (views <= self.views() && self.angles_rad[..views].iter().enumerate().all(near)).then_some(views)
    }

    /// The views to mix for an angle: four around it (Lagrange), fewer near the ends; for one that is up to a
    /// step beyond the straight line through the last three; `None` where no view is near.
    pub(super) fn mixture(&self, angle_rad: f64) -> Option<Mixture> {
        let (views, step) = (self.views(), self.step_rad());
        let angle = if self.is_whole_turn() { angle_rad.rem_euclid(TAU) } else { angle_rad };
        if self.is_whole_turn() {
            let after = self.angles_rad.partition_point(|a| *a < angle);
            let places = [0, 1, 2, 3].map(|k| {
                let at = after + views + k - 2;
                let turns = (at / views) as f64 - 1.0;
                (at % views, self.angles_rad[at % views] + turns * TAU)
            });
            return (places[2].1 - places[1].1 < 4.0 * step).then(|| lagrange(&places, angle));
        }
        let after = self.angles_rad.partition_point(|a| *a < angle - 1e-9).clamp(1, views - 1);
        let beyond = (-angle).max(angle - self.span_rad());
        if beyond > 1.05 * step || self.angles_rad[after] - self.angles_rad[after - 1] >= 4.0 * step {
            return None;
        }
        if beyond > 1e-9 {
            let near: [usize; 3] = if angle < 0.0 { [0, 1, 2] } else { [views - 1, views - 2, views - 3] };
            return Some(line(near.map(|v| (v, self.angles_rad[v])), angle));
        }
        let near: Vec<(usize, f64)> =
            (after.saturating_sub(2)..(after + 2).min(views)).map(|v| (v, self.angles_rad[v])).collect();
        Some(lagrange(&near, angle))
    }
}

/// Lagrange's weights of up to four places.
fn lagrange(places: &[(usize, f64)], at: f64) -> Mixture {
    let mut mixture = Mixture { views: [places[0].0; 4], weights: [0.0; 4] };
    for (k, (view, place)) in places.iter().enumerate().take(4) {
        let others = places.iter().enumerate().filter(|(other, _)| *other != k);
        mixture.views[k] = *view;
        mixture.weights[k] = others.map(|(_, (_, x))| (at - x) / (place - x)).product();
    }
    mixture
}

/// The weights by which the straight line through three places (least squares) has its value.
fn line(places: [(usize, f64); 3], at: f64) -> Mixture {
    let mean = places.iter().map(|p| p.1).sum::<f64>() / 3.0;
    let square: f64 = places.iter().map(|p| (p.1 - mean).powi(2)).sum();
    let mut mixture = Mixture { views: [places[0].0; 4], weights: [0.0; 4] };
    for (k, (view, place)) in places.iter().enumerate() {
        mixture.views[k] = *view;
        mixture.weights[k] = 1.0 / 3.0 + (at - mean) * (place - mean) / square;
    }
    mixture
}

/// Views in the order of their angles, those within a turn counted from the lowest; views of further turns fall
/// between the first's, and repeated ones are left out.
fn turn_order(angles_deg: &[f64]) -> (Vec<usize>, Vec<f64>) {
    let low = angles_deg.iter().copied().fold(f64::INFINITY, f64::min);
    let mut order: Vec<(f64, usize)> =
        angles_deg.iter().enumerate().map(|(i, a)| ((a - low).rem_euclid(360.0).to_radians(), i)).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    order.dedup_by(|next, kept| next.0 - kept.0 < 1e-6);
    // The end of a closed turn is its beginning.
    if order.len() > 1 && TAU - order[order.len() - 1].0 < 1e-6 {
        order.pop();
    }
    order.iter().map(|(angle, view)| (*view, *angle)).unzip()
}

/// Rows as pairs to mix with the part of the second.
fn rows_used(geometry: &Geometry, most_rows: usize) -> Result<Vec<(usize, usize, f32)>, TomoError> {
    let d = geometry.detector();
    if !matches!(geometry.beam(), Beam::Cone(_)) {
        let count = most_rows.min(d.rows);
        return Ok((0..count)
            .map(|i| (2 * i + 1) * d.rows / (2 * count))
            .map(|row| (row, row, 0.0))
            .collect());
    }
    let row = 0.5 * (d.rows as f64 - 1.0) - d.row_offset_mm / d.row_pitch_mm;
    if !(-0.5..=d.rows as f64 - 0.5).contains(&row) {
        return Err(TomoError::Geometry(format!(
            "the middle plane of the cone is at row {row:.1} of {}, off the detector; only there opposite rays agree",
            d.rows
        )));
    }
    let row = row.clamp(0.0, d.rows as f64 - 1.0);
    let low = row.floor() as usize;
    Ok(vec![(low, (low + 1).min(d.rows - 1), (row - row.floor()) as f32)])
}
