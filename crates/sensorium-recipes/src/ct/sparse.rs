//! Few views and noise.

use crate::report::{Picture, Pictures, Section};
use crate::{Figure, Outcome, Progress, RecipeError, RunOptions, Table, Target};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sensorium_tomo::filter::Window;
use sensorium_tomo::iterative::{Problem, SirtOptions, TvOptions, sirt, total_variation};
use sensorium_tomo::kernel::Isa;
use sensorium_tomo::phantom::{Contrast, Ellipsoid, add_noise};
use sensorium_tomo::{FdkOptions, Geometry, Phantom, Projections, Volume, VolumeGrid, fdk, picture, quality};

const BONE_PER_MM: f64 = 0.05;
const PHOTONS: f64 = 1e5;
const MANY: usize = 360;
const FEW: usize = 60;
/// Weights of the total variation that are tried.
const WEIGHTS: [f64; 5] = [0.0003, 0.001, 0.003, 0.01, 0.03];
/// Passes of SIRT over ten subsets of the views that are tried.
const PASSES: [usize; 4] = [4, 8, 16, 32];
const SUBSETS: usize = 10;
const TV_PASSES: usize = 30;

/// An object and the scans of it.
struct Object {
    phantom: Phantom,
    grid: VolumeGrid,
    truth: Volume,
    inside: Vec<bool>,
}

/// Quality of a reconstruction.
#[derive(Clone, Copy)]
struct Quality {
    psnr: f64,
    ssim: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Method {
    Fdk { window: Window },
    Sirt { passes: usize },
    Tv { weight: f64 },
}

impl Method {
    fn name(self) -> &'static str {
        match self {
            Self::Fdk { .. } => "FDK",
            Self::Sirt { .. } => "SIRT",
            Self::Tv { .. } => "total variation",
        }
    }

    fn setting(self) -> String {
        match self {
            Self::Fdk { window } => format!("window {window:?}"),
            Self::Sirt { passes } => format!("{passes} passes, {SUBSETS} subsets"),
            Self::Tv { weight } => format!("weight {weight}, {TV_PASSES} passes"),
        }
    }
}

impl Object {
    fn new(phantom: Phantom, edge: usize) -> Result<Self, RecipeError> {
        let grid = super::head_grid(edge)?;
        let (truth, inside) = (phantom.sample(grid, 3), phantom.inside(&grid));
        Ok(Self { phantom, grid, truth, inside })
    }

    fn scan(&self, views: usize, seed: u64) -> Result<(Geometry, Projections), RecipeError> {
        let geometry = super::head_scan(self.grid.voxels[0], views)?;
        let mut projections = self.phantom.project(&geometry);
        // Equal dose: fewer views have more photons each.
        add_noise(&mut projections, PHOTONS * MANY as f64 / views as f64, seed)?;
        Ok((geometry, projections))
    }

    fn reconstruct(&self, scan: &(Geometry, Projections), method: Method) -> Result<Volume, RecipeError> {
        let (geometry, projections) = scan;
        let problem = || Problem::new(geometry, projections, self.grid, Isa::best());
        Ok(match method {
            Method::Fdk { window } => {
                fdk(geometry, projections, self.grid, &FdkOptions { window, ..FdkOptions::default() })?
            }
            Method::Sirt { passes } => {
                let options = SirtOptions { iterations: passes, subsets: SUBSETS, ..SirtOptions::default() };
                sirt(&problem()?, &options, &mut |_| true)?
            }
            Method::Tv { weight } => {
                let options = TvOptions { weight, iterations: TV_PASSES, ..TvOptions::default() };
                total_variation(&problem()?, &options, &mut |_| true)?
            }
        })
    }

    fn quality(&self, volume: &Volume) -> Result<Quality, RecipeError> {
        Ok(Quality {
            psnr: quality::psnr(self.truth.values(), volume.values(), BONE_PER_MM, Some(&self.inside))?,
            ssim: quality::ssim_volume(&self.truth, volume, BONE_PER_MM, None)?,
        })
    }

    /// The method of a family with the best peak signal-to-noise ratio on this object.
    fn best(&self, scan: &(Geometry, Projections), family: &[Method]) -> Result<Method, RecipeError> {
        let mut best = (f64::NEG_INFINITY, family[0]);
        for method in family {
            let psnr = self.quality(&self.reconstruct(scan, *method)?)?.psnr;
            if psnr > best.0 {
                best = (psnr, *method);
            }
        }
        Ok(best.1)
    }
}

/// Twelve ellipsoids in a shell, for choosing settings.
fn other_object(seed: u64) -> Phantom {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let shell = |scale: f64, attenuation: f64| Ellipsoid {
        attenuation_per_mm: attenuation * BONE_PER_MM,
        centre_mm: [0.0; 3],
        semi_axes_mm: [100.0 * scale, 85.0 * scale, 105.0 * scale],
        turn_deg: 25.0,
    };
    let mut ellipsoids = vec![shell(1.0, 1.0), shell(0.94, -0.8)];
    for _ in 0..12 {
        ellipsoids.push(Ellipsoid {
            attenuation_per_mm: random.random_range(-0.2..0.3) * BONE_PER_MM,
            centre_mm: [(); 3].map(|()| random.random_range(-50.0..50.0)),
            semi_axes_mm: [(); 3].map(|()| random.random_range(4.0..28.0)),
            turn_deg: random.random_range(0.0..180.0),
        });
    }
    Phantom::new(ellipsoids)
}

pub(super) fn study(
    options: &RunOptions,
    progress: &mut dyn Progress,
    outcome: &mut Outcome,
) -> Result<(), RecipeError> {
    let edge = if options.quick { 48 } else { 128 };
    let seeds = options.seed_list();
    progress.stage("few views: choosing the settings on another object", None);
    let other = Object::new(other_object(options.seed), edge)?;
    let windows = Window::ALL.map(|window| Method::Fdk { window });
    let passes = PASSES.map(|passes| Method::Sirt { passes });
    let weights = WEIGHTS.map(|weight| Method::Tv { weight });
    let (few, many) = (other.scan(FEW, options.seed + 1000)?, other.scan(MANY, options.seed + 1000)?);
    // The iterative methods keep at many views what was best at few: choosing anew takes six times as long.
    let (passes, weight) = (other.best(&few, &passes)?, other.best(&few, &weights)?);
    let chosen = [
        (MANY, other.best(&many, &windows)?),
        (MANY, passes),
        (MANY, weight),
        (FEW, other.best(&few, &windows)?),
        (FEW, passes),
        (FEW, weight),
    ];
    drop(other);

    let head = Object::new(Phantom::shepp_logan(super::RADIUS_MM, BONE_PER_MM, Contrast::Enhanced), edge)?;
    let mut table = Table::new(
        "Few views, equal dose",
        ["method", "views", "setting", "PSNR dB", "range over seeds", "SSIM"],
    );
    let mut pictures = vec![portrait(&head, &head.truth, "the head".into())?];
    for (views, method) in chosen {
        progress.stage(&format!("few views: {} from {views}", method.name()), Some(seeds.len() as u64));
        let mut found = Vec::new();
        for seed in &seeds {
            let volume = head.reconstruct(&head.scan(views, *seed)?, method)?;
            found.push(head.quality(&volume)?);
            if seed == &seeds[0] {
                pictures.push(portrait(&head, &volume, format!("{}, {views} views", method.name()))?);
            }
            progress.advance(1);
        }
        let psnr = mean(found.iter().map(|q| q.psnr));
        let range =
            found.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), q| (l.min(q.psnr), h.max(q.psnr)));
        let ssim = mean(found.iter().map(|q| q.ssim));
        table.row([
            method.name().to_owned(),
            views.to_string(),
            method.setting(),
            format!("{psnr:.2}"),
            format!("{:.2} – {:.2}", range.0, range.1),
            format!("{ssim:.3}"),
        ]);
        let (key, label) = match method {
            Method::Fdk { .. } => (format!("fdk{views}"), format!("FDK from {views} views")),
            Method::Sirt { .. } => (format!("sirt{views}"), format!("SIRT from {views} views")),
            Method::Tv { .. } => (format!("tv{views}"), format!("total variation from {views} views")),
        };
        let mut figure = Figure::new(format!("{key}_psnr"), format!("PSNR of {label}"), psnr).unit("dB");
        if seeds.len() > 1 {
            figure = figure.interval(range);
        }
        let many = outcome
            .figure("fdk360_psnr")
            .map(|f| f.value)
            .filter(|_| method.name() != "FDK" || views != MANY);
        if let Some(rival) = many {
            figure = figure.baseline("FDK from 360 views", rival);
        }
        outcome.figures.push(figure);
        if let (Method::Tv { .. }, FEW, Some(rival)) = (method, views, many) {
            let label = "PSNR of total variation from 60 views less that of FDK from 360";
            let gain = Figure::new("tv60_gain_db", label, psnr - rival).unit("dB");
            outcome.figures.push(gain.target(Target::at_least(0.0)));
        }
        outcome.figures.push(Figure::new(format!("{key}_ssim"), format!("SSIM of {label}"), ssim));
    }
    outcome.tables.push(table);
    outcome.sections.push(Section::Pictures(Pictures {
        title: "Few views at equal dose".into(),
        text: format!("The middle slice of {edge}³ voxels, from 0 to a third of the bone's attenuation."),
        pictures,
    }));
    Ok(())
}

fn portrait(object: &Object, volume: &Volume, caption: String) -> Result<Picture, RecipeError> {
    let [nx, ny, nz] = object.grid.voxels;
    // The slice of the original head through its ventricles.
    let slice = volume.slice(3 * nz / 8);
    Ok(Picture { caption, png: picture::slice_png(slice, nx, ny, (0.0, BONE_PER_MM as f32 / 3.0))? })
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    values.sum::<f64>() / count
}
