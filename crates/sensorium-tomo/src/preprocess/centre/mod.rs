//! The search for the centre of rotation.

mod moments;
mod opposite;
#[cfg(test)]
pub(crate) mod phantom;
mod sinogram;
#[cfg(test)]
mod tests;
mod wedge;

use crate::{Beam, Geometry, Projections, TomoError};
use sinogram::{MOST_AT_ENDS, Sinogram};

/// How the centre of rotation is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CentreMethod {
    /// The centre of mass of a projection runs on a sinusoid around the axis: the first of the conditions of
    /// Helgason and Ludwig (D. Ludwig, Comm. Pure Appl. Math. 19, 1966). Parallel beams, whole objects, no
    /// background; any noise.
    Moments,
    /// Rays that are measured from both ends must agree: the mirrored sinogram is compared with the sinogram
    /// itself, a ray at β and γ with that at β + π − 2γ and −γ. Parallel beams over half a turn or more, fans
    /// and the middle of cones over whole turns; truncated objects too. Over a bare half-turn of a parallel
    /// beam only its two ends have such rays.
    OppositeRays,
    /// Half a turn and its mirror make a whole turn, whose spectrum has energy only within a double wedge when
    /// the mirror is at the axis (N. T. Vo, M. Drakopoulos, R. C. Atwood, C. Reinhard, Opt. Express 22, 2014;
    /// here the energy outside, which is a trigonometric polynomial of the axis, is minimised without steps).
    /// Parallel beams with even angles over half a turn or more, whole objects; of truncated ones it is some
    /// tenths of a column off.
    DoubleWedge,
}

/// What to search, and how.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CentreSearch {
    /// The method; by default [`CentreMethod::DoubleWedge`] for a parallel beam with even angles, less than a
    /// whole turn and a whole object, where it came nearest on measured data and in noise;
    /// [`CentreMethod::OppositeRays`] for all others.
    pub method: Option<CentreMethod>,
    /// How far from the detector's middle the axis may be, as a share of the columns, up to 0.4.
    pub reach: f64,
    /// Rows to use together, spread evenly; of a cone beam it is always the one in the middle plane.
    pub most_rows: usize,
}

impl Default for CentreSearch {
    fn default() -> Self {
        Self { method: None, reach: 0.25, most_rows: 8 }
    }
}

/// Where the axis was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Centre {
    /// The column that the axis projects to, as a fraction, counted from 0.
    pub axis_column: f64,
    /// The same as the detector's offset, for [`Geometry::with_column_offset`].
    pub column_offset_mm: f64,
    /// The method that found it.
    pub method: CentreMethod,
    /// What is left at the axis: of opposite rays the mean square of their difference relative to that of both
    /// rays (2 for unrelated ones), of the double wedge the energy outside relative to that at a wrong axis,
    /// of the moments the root mean square of the centres of mass around the sinusoid, in columns.
    pub mismatch: f64,
}

/// Searches the centre of rotation in line integrals. The geometry's own `column_offset_mm` is not used.
///
/// # Errors
/// - [`TomoError::Projections`] when they do not fit the geometry, are not finite, are empty (all zero), when
///   the object is truncated and the method needs all of it, or when no place stands out;
/// - [`TomoError::Geometry`] for tilted detectors (rectify first), helices, fewer than eight views, less than
///   half a turn (a whole turn for diverging beams), or angles that the method cannot use;
/// - [`TomoError::Request`] when the search itself makes no sense.
pub fn find_centre(
    geometry: &Geometry,
    projections: &Projections,
    search: &CentreSearch,
) -> Result<Centre, TomoError> {
    if !(search.reach > 0.0 && search.reach <= 0.4) || search.most_rows == 0 {
        return Err(TomoError::Request(format!(
            "a search over {} of the columns in {} rows makes no sense; give a reach above 0 and up to 0.4, and one row or more",
            search.reach, search.most_rows
        )));
    }
    let sinogram = Sinogram::new(geometry, projections, search.most_rows)?;
    let method = search.method.unwrap_or_else(|| default_method(&sinogram));
    let parallel = geometry.beam() == Beam::Parallel;
    if !parallel && method != CentreMethod::OppositeRays {
        return Err(TomoError::Request(format!(
            "{method:?} finds the centre of parallel beams only; use OppositeRays for this one"
        )));
    }
    let middle = 0.5 * (projections.columns() as f64 - 1.0);
    let reach = search.reach * projections.columns() as f64;
    let (axis_column, mismatch) = match method {
        CentreMethod::Moments => moments::search(&sinogram)?,
        CentreMethod::OppositeRays => opposite::search(&sinogram, middle - reach, middle + reach)?,
        CentreMethod::DoubleWedge => wedge::search(&sinogram, middle - reach, middle + reach)?,
    };
    let column_offset_mm = (middle - axis_column) * geometry.detector().column_pitch_mm;
    Ok(Centre { axis_column, column_offset_mm, method, mismatch })
}

fn default_method(sinogram: &Sinogram) -> CentreMethod {
    let half_turn =
        sinogram.fan.is_none() && !sinogram.is_whole_turn() && sinogram.even_half_turn().is_some();
    if half_turn && sinogram.share_at_ends() < MOST_AT_ENDS {
        CentreMethod::DoubleWedge
    } else {
        CentreMethod::OppositeRays
    }
}

/// The place of the least value of a function that has one minimum between `low` and `high`, to 10⁻⁴.
fn golden_section(mut low: f64, mut high: f64, cost: impl Fn(f64) -> f64) -> f64 {
    let ratio = 0.5 * (5.0f64.sqrt() - 1.0);
    let (mut left, mut right) = (high - ratio * (high - low), low + ratio * (high - low));
    let (mut at_left, mut at_right) = (cost(left), cost(right));
    while high - low > 1e-4 {
        if at_left < at_right {
            (high, right, at_right) = (right, left, at_left);
            left = high - ratio * (high - low);
            at_left = cost(left);
        } else {
            (low, left, at_left) = (left, right, at_right);
            right = low + ratio * (high - low);
            at_right = cost(right);
        }
    }
    0.5 * (low + high)
}

/// The best of evenly spaced candidates, when it stands out and is not the first or last.
fn best_candidate(costs: &[(f64, f64)]) -> Result<(f64, f64), TomoError> {
    let mut order: Vec<usize> = (0..costs.len()).collect();
    order.sort_by(|a, b| costs[*a].1.total_cmp(&costs[*b].1));
    let (best, middle) = (order[0], order[order.len() / 2]);
    if costs[best].1.is_nan() || costs[best].1 > 0.95 * costs[middle].1 {
        return Err(TomoError::Projections(
            "no centre of rotation stands out: the views hardly differ, or they are not line integrals of one \
             object that turns; check the angles, or give column_offset_mm yourself"
                .into(),
        ));
    }
    if best == 0 || best + 1 == costs.len() {
        return Err(TomoError::Projections(format!(
            "the best centre of rotation is at the end of the search, near column {:.1}; search a wider range",
            costs[best].0
        )));
    }
    Ok(costs[best])
}
