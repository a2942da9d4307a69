//! A real tooth.

use crate::report::{Picture, Pictures, Section};
use crate::{Figure, Outcome, Progress, RecipeError, RunOptions, Table, Target};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sensorium_tomo::filter::Window;
use sensorium_tomo::io::open_projections;
use sensorium_tomo::iterative::{Problem, TvOptions, total_variation};
use sensorium_tomo::kernel::Isa;
use sensorium_tomo::preprocess::{CentreSearch, FlatField, find_centre, shift_columns};
use sensorium_tomo::{
    Beam, Detector, FdkOptions, Geometry, Projections, Volume, VolumeGrid, fdk, picture, quality,
};
use std::path::Path;

const SHIFTS: usize = 20;
const MOST_SHIFT_PX: f64 = 10.0;
const TARGET_PX: f64 = 0.1;
/// Least transmission that is believed.
const FLOOR: f32 = 1e-4;
const WEIGHTS: [f64; 4] = [0.0005, 0.002, 0.008, 0.03];
/// Share of the largest attenuation from which on a smooth picture of all views shows the tooth.
const IN_TOOTH: f32 = 0.15;
/// Views at which the weight is chosen.
const CHOSEN_AT: usize = 60;

/// The projections, as line integrals.
pub(super) struct Tooth {
    geometry: Geometry,
    projections: Projections,
}

impl Tooth {
    pub(super) fn open(folder: &Path) -> Result<Self, RecipeError> {
        let path = folder.join("tooth.h5");
        let acquisition = open_projections(&path)?;
        let missing = |what: &str| RecipeError::Other(format!("{}: there are no {what}", path.display()));
        let (Some(flat), Some(dark)) = (&acquisition.flat, &acquisition.dark) else {
            return Err(missing("flat and dark fields"));
        };
        let angles_deg = acquisition.angles_deg.clone().ok_or_else(|| missing("angles"))?;
        let mut projections = Projections::from_source(acquisition.source.as_ref())?;
        FlatField::new(flat, dark)?.apply(&mut projections, FLOOR)?;
        // The file does not tell the size of a pixel: lengths are in pixels, called millimetres.
        let detector = Detector::flat(projections.columns(), projections.rows(), 1.0, 1.0);
        Ok(Self { geometry: Geometry::new(Beam::Parallel, detector, angles_deg)?, projections })
    }
}

pub(super) fn study(
    tooth: &Tooth,
    options: &RunOptions,
    progress: &mut dyn Progress,
    outcome: &mut Outcome,
) -> Result<(), RecipeError> {
    let axis_column = centre_errors(tooth, options, progress, outcome)?;
    let offset = 0.5 * (tooth.projections.columns() as f64 - 1.0) - axis_column;
    let geometry = tooth.geometry.clone().with_column_offset(offset)?;
    few_views(&geometry, &tooth.projections, options, progress, outcome)
}

/// Searches the centre as it is, and under known shifts.
fn centre_errors(
    tooth: &Tooth,
    options: &RunOptions,
    progress: &mut dyn Progress,
    outcome: &mut Outcome,
) -> Result<f64, RecipeError> {
    progress.stage("tooth: the centre of rotation under known shifts", Some(SHIFTS as u64));
    let search = CentreSearch::default();
    let found = find_centre(&tooth.geometry, &tooth.projections, &search)?;
    let mut random = ChaCha8Rng::seed_from_u64(options.seed);
    let (mut errors, mut largest) = (Vec::new(), 0.0f64);
    for _ in 0..SHIFTS {
        let shift = random.random_range(-MOST_SHIFT_PX..MOST_SHIFT_PX);
        largest = largest.max(shift.abs());
        let mut shifted = tooth.projections.clone();
        shift_columns(&mut shifted, shift)?;
        let moved = find_centre(&tooth.geometry, &shifted, &search)?;
        errors.push((moved.axis_column - found.axis_column - shift).abs());
        progress.advance(1);
    }
    let worst = errors.iter().copied().fold(0.0, f64::max);
    let label = format!("tooth: largest error of the centre over {SHIFTS} known shifts");
    outcome.figures.push(
        Figure::new("tooth_centre_error_px", label, worst)
            .unit("px")
            .lower_is_better()
            // Staying where it was found is the trivial answer to a shift.
            .baseline("no search", largest)
            .target(Target::at_most(TARGET_PX)),
    );
    outcome.notes.push(format!(
        "Tooth: the axis is at column {:.2} by {:?}; shifts are up to {MOST_SHIFT_PX} px, by sinc interpolation.",
        found.axis_column, found.method
    ));
    Ok(found.axis_column)
}

fn few_views(
    geometry: &Geometry,
    projections: &Projections,
    options: &RunOptions,
    progress: &mut dyn Progress,
    outcome: &mut Outcome,
) -> Result<(), RecipeError> {
    // In the quick version in voxels of four pixels.
    let (voxel, passes) = if options.quick { (4.0, 5) } else { (1.0, 15) };
    let weights = if options.quick { &WEIGHTS[1..3] } else { &WEIGHTS[..] };
    let edge = (2.0 * geometry.field_of_view_mm() / voxel) as usize;
    let window = FdkOptions { window: Window::Hann, ..FdkOptions::default() };
    let rows = projections.rows();
    let slice = |row: usize| -> Result<VolumeGrid, RecipeError> {
        Ok(VolumeGrid::centred([edge, edge, 1], [voxel, voxel, 1.0])?.at([
            0.0,
            0.0,
            geometry.row_mm(row as f64),
        ])?)
    };
    let filtered = |grid: VolumeGrid, views: &[usize]| -> Result<Volume, RecipeError> {
        Ok(fdk(&geometry.subset(views)?, &projections.select(views), grid, &window)?)
    };
    let varied = |grid: VolumeGrid, views: &[usize], weight: f64| -> Result<Volume, RecipeError> {
        let (geometry, projections) = (geometry.subset(views)?, projections.select(views));
        let problem = Problem::new(&geometry, &projections, grid, Isa::best())?;
        let start = fdk(&geometry, &projections, grid, &window)?;
        let options = TvOptions { weight, iterations: passes, ..TvOptions::default() };
        Ok(total_variation(&problem.start_from(&start)?, &options, &mut |_| true)?)
    };
    let every: Vec<usize> = (0..geometry.views()).collect();
    let spread = |count: usize| -> Vec<usize> { (0..count).map(|i| i * every.len() / count).collect() };
    // Around the tooth there is air, where two pictures of noise are compared: only the tooth counts.
    let likeness = |whole: &Volume, volume: &Volume| -> Result<f64, RecipeError> {
        let range = quantile(whole.values(), 0.998);
        let smooth = smoothed(whole.values(), edge, (8.0 / voxel) as usize);
        let tooth: Vec<bool> = smooth.iter().map(|v| *v > IN_TOOTH * range).collect();
        Ok(quality::ssim(whole.values(), volume.values(), edge, edge, f64::from(range), Some(&tooth))?)
    };

    let (upper, lower) = (slice(rows - 1)?, slice(0)?);
    let mut table = Table::new(
        "Tooth: likeness to filtered back-projection of all views",
        ["views", "SSIM, filtered back-projection", "SSIM, total variation", "weight"],
    );
    let (whole_upper, whole) = (filtered(upper, &every)?, filtered(lower, &every)?);
    let white = quantile(whole.values(), 0.998);
    let portrait = |volume: &Volume, caption: String| -> Result<Picture, RecipeError> {
        Ok(Picture { caption, png: picture::slice_png(volume.values(), edge, edge, (0.0, white))? })
    };
    let mut pictures = vec![portrait(&whole, format!("{} views, filtered back-projection", every.len()))?];
    progress.stage("tooth: choosing the weight on the upper row", Some(weights.len() as u64));
    let mut best = (f64::NEG_INFINITY, weights[0]);
    for weight in weights.iter().copied() {
        let found = likeness(&whole_upper, &varied(upper, &spread(CHOSEN_AT.min(every.len())), weight)?)?;
        if found > best.0 {
            best = (found, weight);
        }
        progress.advance(1);
    }
    for count in [every.len(), 60.min(every.len()), 30.min(every.len())] {
        progress.stage(&format!("tooth: {count} views"), None);
        let views = spread(count);
        let (plain, smooth) = (filtered(lower, &views)?, varied(lower, &views, best.1)?);
        let (plain_ssim, smooth_ssim) = (likeness(&whole, &plain)?, likeness(&whole, &smooth)?);
        table.row([
            count.to_string(),
            format!("{plain_ssim:.3}"),
            format!("{smooth_ssim:.3}"),
            format!("{}", best.1),
        ]);
        let label = format!("tooth: SSIM of total variation from {count} views to all views");
        outcome.figures.push(
            Figure::new(format!("tooth_tv{count}_ssim"), label, smooth_ssim)
                .baseline("filtered back-projection of the same views", plain_ssim),
        );
        if count < every.len() {
            pictures.push(portrait(&plain, format!("{count} views, filtered back-projection"))?);
        }
        pictures.push(portrait(&smooth, format!("{count} views, total variation"))?);
    }
    outcome.tables.push(table);
    outcome.sections.push(Section::Pictures(Pictures {
        title: "A tooth".into(),
        text: "The lower row of the projections; attenuation from zero to nearly its largest. Filtered back-projection with \
               Hann's window."
            .into(),
        pictures,
    }));
    Ok(())
}

/// Means of squares of `2 reach + 1` voxels, cut at the edges.
fn smoothed(values: &[f32], edge: usize, reach: usize) -> Vec<f32> {
    let near = |at: usize| at.saturating_sub(reach)..(at + reach + 1).min(edge);
    let mean = |sum: f32, range: std::ops::Range<usize>| sum / range.len() as f32;
    let lines: Vec<f32> = (0..values.len())
        .map(|i| mean(near(i % edge).map(|x| values[i / edge * edge + x]).sum(), near(i % edge)))
        .collect();
    (0..values.len())
        .map(|i| mean(near(i / edge).map(|y| lines[y * edge + i % edge]).sum(), near(i / edge)))
        .collect()
}

fn quantile(values: &[f32], share: f64) -> f32 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f32::total_cmp);
    sorted[((sorted.len() - 1) as f64 * share) as usize].max(f32::MIN_POSITIVE)
}
