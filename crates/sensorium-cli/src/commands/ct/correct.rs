//! From the file to line integrals: what the user asks for, and what the file holds.

use super::numbers;
use crate::failure::usage;
use crate::session::Session;
use anyhow::{Context, Result, bail};
use clap::Args;
use sensorium::tomo::geometry::rectify;
use sensorium::tomo::io::{Acquisition, ProjectionSource, open_projections};
use sensorium::tomo::preprocess::{
    BeamHardening, CentreSearch, DEFAULT_FLOOR, DeadPixelSearch, FlatField, Measured, Preparation,
    RingRemoval, find_centre, find_dead_pixels,
};
use sensorium::tomo::{Beam, Detector, Geometry, Projections};
use std::path::{Path, PathBuf};

/// Views that dead pixels are looked for in, and rows that the centre is searched in.
const MOST_VIEWS: usize = 64;
const MOST_ROWS: usize = 8;
/// Views that are looked at to see whether counts are counts.
const CHECKED_VIEWS: usize = 8;

/// Options for what comes before the reconstruction.
#[derive(Debug, Args)]
#[command(next_help_heading = "Corrections, in this order")]
pub struct Correct {
    /// The values are counts; the flat and dark fields are in the file, or in --flat and --dark
    #[arg(long, conflicts_with = "open_beam")]
    counts: bool,
    /// Frames of the open beam, in any format for projections
    #[arg(long, value_name = "FILE", requires = "dark")]
    flat: Option<PathBuf>,
    /// Frames without beam
    #[arg(long, value_name = "FILE", requires = "flat")]
    dark: Option<PathBuf>,
    /// The values are counts, N of them without an object (1: transmissions)
    #[arg(long, value_name = "N", conflicts_with_all = ["flat", "dark"])]
    open_beam: Option<f32>,
    /// Counts at which the detector is saturated: pixels whose flat field reaches them are of no use
    #[arg(long, value_name = "N", conflicts_with = "open_beam")]
    saturation: Option<f32>,
    /// Find dead pixels and repair them from their neighbours
    #[arg(long)]
    repair: bool,
    /// Remove rings, with a median over so many columns, odd
    #[arg(long, value_name = "COLUMNS", num_args = 0..=1, default_missing_value = "11")]
    rings: Option<usize>,
    /// Water correction: line integral p becomes C1 p + C2 p² + …
    #[arg(long, value_name = "C1,C2,…", allow_hyphen_values = true, value_parser = |t: &str| numbers(t, "--water").map(Coefficients))]
    water: Option<Coefficients>,
    /// Search the centre of rotation, in place of the geometry's column_offset_mm
    #[arg(long)]
    find_centre: bool,
}

/// The polynomial's coefficients, from the first power on.
#[derive(Clone, Debug)]
struct Coefficients(Vec<f64>);

/// Projections that are ready to be read.
pub struct Prepared {
    /// The scan, the detector in its ideal place.
    pub geometry: Geometry,
    /// Where the projections are.
    pub source: Box<dyn ProjectionSource>,
    /// What is done to them on the way.
    pub preparation: Preparation,
    /// What the user should hear of it.
    pub facts: Vec<(&'static str, String)>,
    /// What went into it: names, sizes and times of change of the files, the text of the geometry.
    pub inputs: String,
}

impl Correct {
    /// Opens projections and finds out what they need.
    ///
    /// # Errors
    /// What is wrong with the files, or does not fit together.
    pub fn open(&self, session: &Session, path: &Path, geometry: &Path) -> Result<Prepared> {
        let acquisition = open_projections(path)?;
        let inputs = [Some(path), Some(geometry), self.flat.as_deref(), self.dark.as_deref()];
        let inputs = inputs.into_iter().flatten().map(state).collect::<Vec<_>>().join(" ");
        let mut geometry = Geometry::read(geometry)?;
        let inputs = inputs + &geometry.to_json();
        let source = &acquisition.source;
        let d = *geometry.detector();
        if (source.views(), source.rows(), source.columns()) != (geometry.views(), d.rows, d.columns) {
            bail!(
                "{}: {} projections of {} rows and {} columns; the geometry has {} angles, {} rows and {} columns: \
                 correct the geometry file",
                path.display(),
                source.views(),
                source.rows(),
                source.columns(),
                geometry.views(),
                d.rows,
                d.columns
            );
        }
        if let Some(angles) = &acquisition.angles_deg {
            compare_angles(session, path, angles, &geometry);
        }
        let measured = self.measured(session, path, &acquisition, geometry.detector())?;
        self.check_saturation(&measured)?;
        let mut preparation = Preparation::new(measured, DEFAULT_FLOOR, source.views());
        let mut facts = Vec::new();
        if self.repair || preparation.measured != Measured::LineIntegrals {
            let most = if self.repair { MOST_VIEWS } else { CHECKED_VIEWS };
            let views = spread(source.views(), most);
            let mut sample = read(source.as_ref(), &views, &(0..source.rows()).collect::<Vec<_>>())?;
            preparation.check(&mut sample)?;
            if !self.repair {
                drop(sample);
            } else {
                let dead = find_dead_pixels(&sample, &DeadPixelSearch::default())?;
                facts.push(("dead pixels", dead.count().to_string()));
                preparation.dead_pixels = Some(dead);
            }
        }
        preparation.rings = self.rings.map(|window| RingRemoval { window });
        if let Some(Coefficients(coefficients)) = &self.water {
            preparation.beam_hardening = Some(BeamHardening::new(coefficients.clone())?);
        }
        let mut source = acquisition.source;
        if !geometry.detector().tilt.is_none() {
            session.say("rectifying the tilted detector (in memory)");
            let whole = whole(source.as_ref(), &preparation)?;
            let (ideal, rectified) = rectify(&geometry, &whole)?;
            (geometry, source) = (ideal, Box::new(rectified));
            preparation = preparation.done();
        }
        if self.find_centre {
            let offset_mm = centre(&geometry, source.as_ref(), &preparation)?;
            facts.push(("column_offset_mm", format!("{offset_mm:.4}")));
            geometry = geometry.with_column_offset(offset_mm)?;
        }
        Ok(Prepared { geometry, source, preparation, facts, inputs })
    }

    /// Turns values into line integrals as [`Correct::open`] would; for projections that come one by one.
    ///
    /// # Errors
    /// Frames that cannot be read; corrections that need all views.
    pub fn one_by_one(&self, detector: &Detector) -> Result<Preparation> {
        let late = [
            ("--repair", self.repair),
            ("--rings", self.rings.is_some()),
            ("--find-centre", self.find_centre),
        ];
        if let Some((flag, _)) = late.into_iter().find(|(_, given)| *given) {
            return Err(usage(format!("{flag} needs all views; it cannot be used with --follow")));
        }
        let measured = match (&self.flat, &self.dark, self.open_beam) {
            (Some(flat), Some(dark), _) => self.raw(&frames(flat)?, &frames(dark)?, detector)?,
            (_, _, Some(open_beam)) => Measured::Counts { open_beam },
            _ if self.counts => return Err(usage("--counts with --follow needs --flat and --dark")),
            _ => Measured::LineIntegrals,
        };
        self.check_saturation(&measured)?;
        let mut preparation = Preparation::new(measured, DEFAULT_FLOOR, 1);
        if let Some(Coefficients(coefficients)) = &self.water {
            preparation.beam_hardening = Some(BeamHardening::new(coefficients.clone())?);
        }
        Ok(preparation)
    }

    /// Saturation is looked for in flat fields.
    fn check_saturation(&self, measured: &Measured) -> Result<()> {
        match (self.saturation, measured) {
            (None, _) | (Some(_), Measured::Raw(_)) => Ok(()),
            _ => Err(usage("--saturation is for counts with flat and dark fields; there are none")),
        }
    }

    /// Flat and dark frames, held against the detector.
    fn raw(&self, flat: &Projections, dark: &Projections, detector: &Detector) -> Result<Measured> {
        for (name, frames) in [("flat", flat), ("dark", dark)] {
            if (frames.rows(), frames.columns()) != (detector.rows, detector.columns) {
                bail!(
                    "the {name} fields have {} rows and {} columns, the detector {} rows and {} columns",
                    frames.rows(),
                    frames.columns(),
                    detector.rows,
                    detector.columns
                );
            }
        }
        let field = FlatField::new(flat, dark)?;
        Ok(Measured::Raw(match self.saturation {
            Some(counts) => field.with_saturation(counts)?,
            None => field,
        }))
    }

    fn measured(
        &self,
        session: &Session,
        path: &Path,
        acquisition: &Acquisition,
        detector: &Detector,
    ) -> Result<Measured> {
        if let Some(open_beam) = self.open_beam {
            return Ok(Measured::Counts { open_beam });
        }
        if let (Some(flat), Some(dark)) = (&self.flat, &self.dark) {
            return self.raw(&frames(flat)?, &frames(dark)?, detector);
        }
        match (&acquisition.flat, &acquisition.dark) {
            (Some(_), None) | (None, Some(_)) => Err(usage(format!(
                "{} has flat fields and no dark ones, or the reverse; give both with --flat and --dark, or --open-beam",
                path.display()
            ))),
            (Some(flat), Some(dark)) => {
                if !self.counts {
                    session.say(format!(
                        "{}: flat and dark fields found: the values are counts",
                        path.display()
                    ));
                }
                self.raw(flat, dark, detector)
            }
            _ if self.counts => Err(usage(format!(
                "{} has no flat and dark fields; give them with --flat and --dark, or the counts without an object with --open-beam",
                path.display()
            ))),
            _ => Ok(Measured::LineIntegrals),
        }
    }
}

/// A file's name, size and time of change.
fn state(path: &Path) -> String {
    let of = |path: &Path| path.metadata().map(|m| (m.len(), m.modified().ok()));
    let whole = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    format!("{} {:?}", whole.display(), of(path).ok())
}

fn frames(path: &Path) -> Result<Projections> {
    let source = open_projections(path)?.source;
    Projections::from_source(source.as_ref()).with_context(|| format!("{}", path.display()))
}

/// Everything, in memory and corrected.
///
/// # Errors
/// Those of reading and correcting.
pub fn whole(source: &dyn ProjectionSource, preparation: &Preparation) -> Result<Projections> {
    use sensorium::tomo::analytic::Correction;
    let mut projections = Projections::from_source(source)?;
    preparation.correct(&mut projections, 0..source.views(), 0..source.rows())?;
    Ok(projections)
}

/// At most so many of the numbers below `count`, evenly spread.
fn spread(count: usize, most: usize) -> Vec<usize> {
    let number = count.min(most);
    (0..number).map(|i| i * count / number).collect()
}

fn read(source: &dyn ProjectionSource, views: &[usize], rows: &[usize]) -> Result<Projections> {
    let mut values = vec![0.0; views.len() * rows.len() * source.columns()];
    if let (Some(first), true) = (rows.first(), rows.windows(2).all(|w| w[1] == w[0] + 1)) {
        for (view, into) in views.iter().zip(values.chunks_exact_mut(rows.len() * source.columns())) {
            source.read(*view..view + 1, *first..first + rows.len(), into)?;
        }
    } else {
        let places = views.iter().flat_map(|view| rows.iter().map(move |row| (*view, *row)));
        for ((view, row), into) in places.zip(values.chunks_exact_mut(source.columns())) {
            source.read(view..view + 1, row..row + 1, into)?;
        }
    }
    Ok(Projections::new(views.len(), rows.len(), source.columns(), values)?)
}

/// Searches the centre in some rows; of a cone in the row nearest to the middle plane.
fn centre(geometry: &Geometry, source: &dyn ProjectionSource, preparation: &Preparation) -> Result<f64> {
    use sensorium::tomo::analytic::Correction;
    let rows = match geometry.beam() {
        Beam::Cone(_) => {
            let place = 0.5 * (source.rows() as f64 - 1.0)
                - geometry.detector().row_offset_mm / geometry.detector().row_pitch_mm;
            if !(-0.5..=source.rows() as f64 - 0.5).contains(&place) {
                bail!(
                    "--find-centre looks at the middle plane of a cone beam, which is off this detector (row {place:.1}); \
                     set column_offset_mm in the geometry file"
                );
            }
            vec![(place.round().max(0.0) as usize).min(source.rows() - 1)]
        }
        Beam::Parallel | Beam::Fan(_) => spread(source.rows(), MOST_ROWS),
    };
    let views: Vec<usize> = (0..source.views()).collect();
    let mut values = Vec::with_capacity(views.len() * rows.len() * source.columns());
    let mut parts = Vec::new();
    for row in &rows {
        let mut part = read(source, &views, &[*row])?;
        preparation.correct(&mut part, 0..views.len(), *row..row + 1)?;
        parts.push(part);
    }
    for view in &views {
        parts.iter().for_each(|part| values.extend_from_slice(part.view(*view)));
    }
    let projections = Projections::new(views.len(), rows.len(), source.columns(), values)?;
    let detector = Detector { rows: rows.len(), row_offset_mm: 0.0, ..*geometry.detector() };
    preparation.forget_floored();
    let found =
        find_centre(&geometry.clone().with_detector(detector)?, &projections, &CentreSearch::default())?;
    Ok(found.column_offset_mm)
}

/// Angles of the file that are not the geometry's deserve a word, not an end: either may be right.
fn compare_angles(session: &Session, path: &Path, angles: &[f64], geometry: &Geometry) {
    let apart = |(a, b): (&f64, &f64)| (a - b).abs();
    let most = angles.iter().zip(geometry.angles_deg()).map(apart).fold(0.0, f64::max);
    if most > 1e-3 {
        session.warn(format!(
            "{}: the file's own angles are up to {most:.3} degrees from the geometry's, which are used",
            path.display()
        ));
    }
}
