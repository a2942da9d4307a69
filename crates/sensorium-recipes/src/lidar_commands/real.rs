//! Demonstrations on real data: labelled objects of KITTI, and commands of Talk2Car.

use super::candidate::{Candidate, Shape, above_ground};
use super::category::Categories;
use super::figures::{interval, share};
use super::meaning::CATEGORIES;
use super::reading::Reader;
use super::words::Words;
use crate::{Figure, Outcome, Progress, RecipeError};
use half::f16;
use sensorium_align::Sequence;
use sensorium_data::points::{read_kitti_calibration, read_kitti_labels, read_points, read_talk2car};
use sensorium_data::street::{Category, Pose};
use std::path::{Path, PathBuf};

/// Points that a labelled object has at least.
const FEWEST: usize = 5;
/// Metres by which a labelled box is grown for its points.
const MARGIN: f32 = 0.1;

/// Adds the demonstrations for which there are data in `folder`.
///
/// # Errors
/// Files that cannot be read.
pub fn demonstrate(
    folder: &Path,
    categories: &Categories,
    reader: &Reader,
    words: &mut Words,
    progress: &mut dyn Progress,
    outcome: &mut Outcome,
) -> Result<(), RecipeError> {
    let (objects, truth) = kitti_objects(&folder.join("kitti"))?;
    if !objects.is_empty() {
        let tokens: Vec<&[f16]> = objects.iter().map(Vec::as_slice).collect();
        let said = categories.likeliest(&tokens);
        add("kitti_category_accuracy", "KITTI objects, category named", &said, &truth, outcome);
    }
    let file = folder.join("talk2car").join("val_commands.json");
    if file.is_file() {
        let commands = read_talk2car(&file)?;
        let known: Vec<(&str, usize)> = commands
            .iter()
            .filter_map(|c| Some((c.command.as_str(), nuscenes_category(&c.obj_name)?.index())))
            .collect();
        words.learn(known.iter().map(|(command, _)| *command), progress)?;
        let features = known.iter().map(|(command, _)| words.of(command)).collect::<Result<Vec<_>, _>>()?;
        let refs: Vec<&Sequence> = features.iter().map(AsRef::as_ref).collect();
        let said: Vec<usize> = reader.read(&refs).iter().map(|meaning| meaning.likeliest()[0]).collect();
        let truth: Vec<usize> = known.iter().map(|(_, category)| *category).collect();
        add("talk2car_category_accuracy", "Talk2Car commands, category named", &said, &truth, outcome);
    }
    Ok(())
}

fn add(key: &str, label: &str, said: &[usize], truth: &[usize], outcome: &mut Outcome) {
    if truth.is_empty() || said.len() != truth.len() {
        return;
    }
    let right: Vec<bool> = said.iter().zip(truth).map(|(a, b)| a == b).collect();
    let count = |class: usize| truth.iter().filter(|t| **t == class).count();
    let most = (0..CATEGORIES).map(count).max().unwrap_or(0);
    let majority = most as f64 / truth.len() as f64;
    outcome.figures.push(
        Figure::new(key, label, share(&right))
            .interval(interval(&right))
            .baseline("majority class", majority),
    );
    outcome.notes.push(format!(
        "{label}: {} of {}; a demonstration, trained on the simulator alone (majority class {most}).",
        right.iter().filter(|r| **r).count(),
        truth.len()
    ));
}

/// Tokens and categories of the labelled objects with enough points; none without a folder.
fn kitti_objects(folder: &Path) -> Result<(Vec<Vec<f16>>, Vec<usize>), RecipeError> {
    let (mut objects, mut truth) = (Vec::new(), Vec::new());
    for cloud_path in clouds(&folder.join("velodyne")) {
        let Some(stem) = cloud_path.file_stem().map(|s| s.to_string_lossy().into_owned()) else { continue };
        let label_path = folder.join("label").join(format!("{stem}.txt"));
        let calibration_path = folder.join("calib").join(format!("{stem}.txt"));
        if !(label_path.is_file() && calibration_path.is_file()) {
            continue;
        }
        let cloud = read_points(&cloud_path)?;
        let calibration = read_kitti_calibration(&calibration_path)?;
        let points: Vec<[f32; 4]> =
            cloud.xyz.iter().zip(&cloud.intensity).map(|(&[x, y, z], &i)| [x, y, z, i]).collect();
        let above = above_ground(&points, Pose::default())?;
        for label in read_kitti_labels(&label_path)? {
            let Some(category) = kitti_category(&label.kind) else { continue };
            let Some(bounds) = calibration.box_of(&label) else { continue };
            // Heights of `above` count from the ground, so the box is taken from above only.
            let grown = bounds.grown(MARGIN);
            let within = |[x, y, z, _]: &[f32; 4]| {
                *z < bounds.size[2] + 2.0 * MARGIN && grown.contains([*x, *y, bounds.centre[2]])
            };
            let members: Vec<[f32; 4]> = above.iter().copied().filter(within).collect();
            if members.len() < FEWEST {
                continue;
            }
            if let Some(shape) = Shape::of(members) {
                objects.push(Candidate::still(shape).token().into_iter().map(f16::from_f32).collect());
                truth.push(category.index());
            }
        }
    }
    Ok((objects, truth))
}

fn clouds(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "bin"))
        .collect();
    found.sort();
    found
}

fn kitti_category(kind: &str) -> Option<Category> {
    match kind {
        "Car" => Some(Category::Car),
        "Van" | "Truck" => Some(Category::Truck),
        "Cyclist" => Some(Category::Bicycle),
        "Pedestrian" => Some(Category::Pedestrian),
        _ => None,
    }
}

fn nuscenes_category(name: &str) -> Option<Category> {
    match name {
        "vehicle.car" => Some(Category::Car),
        "vehicle.truck" => Some(Category::Truck),
        "vehicle.bicycle" => Some(Category::Bicycle),
        "vehicle.motorcycle" => Some(Category::Scooter),
        _ if name.starts_with("vehicle.bus") => Some(Category::Bus),
        _ if name.starts_with("human.pedestrian") => Some(Category::Pedestrian),
        _ => None,
    }
}
