//! Point clouds of real sweeps, where `$SENSORIUM_DATA` has them; without them each test says that it was skipped.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use sensorium_data::points::{
    Cluster, ClusterConfig, EgoPose, GroundConfig, KittiLabel, OrientedBox, PointCloud, Sweep, TrackConfig,
    cluster, points_in_box, read_kitti_calibration, read_kitti_labels, read_points, read_talk2car,
    remove_ground, track,
};
use sensorium_data::time::Timestamp;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

fn lidar() -> Option<PathBuf> {
    let folder = std::env::var_os("SENSORIUM_DATA").map(|root| PathBuf::from(root).join("lidar"));
    let folder = folder.filter(|f| f.is_dir());
    if folder.is_none() {
        eprintln!("skipped: SENSORIUM_DATA is not set or has no lidar");
    }
    folder
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    files
}

struct Frame {
    name: String,
    cloud: PointCloud,
    objects: Vec<(KittiLabel, OrientedBox)>,
}

fn frames(lidar: &Path) -> Vec<Frame> {
    let read = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = |folder: &str| lidar.join(format!("kitti/{folder}/{name}.txt"));
        let calibration = read_kitti_calibration(text("calib")).unwrap();
        let labels = read_kitti_labels(text("label")).unwrap();
        let objects = labels.into_iter().filter_map(|l| Some((l.clone(), calibration.box_of(&l)?))).collect();
        Frame { cloud: read_points(&path).unwrap(), name, objects }
    };
    files(&lidar.join("kitti/velodyne")).into_iter().map(read).collect()
}

/// What stands on the ground, with the indices of its points in the cloud.
fn clusters_of(cloud: &PointCloud) -> (Vec<usize>, Vec<Cluster>) {
    let above = remove_ground(&cloud.xyz, &GroundConfig::default()).unwrap().above;
    let clusters = cluster(&cloud.select(&above).xyz, &ClusterConfig::default()).unwrap();
    (above, clusters)
}

#[test]
fn padded_sweeps_have_the_points_that_their_headers_say() {
    let Some(lidar) = lidar() else { return };
    for drive in ["data_1", "data_2"] {
        for path in files(&lidar.join("sweeps").join(drive)) {
            let cloud = read_points(&path).unwrap();
            println!("{}: {} points, {} dropped", path.display(), cloud.len(), cloud.dropped);
            assert!((114_874..=123_398).contains(&(cloud.len() + cloud.dropped)));
        }
    }
}

#[test]
fn labelled_objects_hold_points_but_for_two_behind_a_wall() {
    let Some(lidar) = lidar() else { return };
    let mut counts = Vec::new();
    for frame in frames(&lidar) {
        for (label, place) in &frame.objects {
            let inside = points_in_box(&frame.cloud, place).len();
            println!("{} {}: {inside} points", frame.name, label.kind);
            counts.push(inside);
        }
    }
    let filled = counts.iter().filter(|n| **n > 0).count();
    println!("{filled} of {} objects hold points", counts.len());
    // Two cars of 002155 stand behind a wall: the beams end 12 m away, the cars are labelled at 20 m and 29 m.
    assert_eq!((filled, counts.len()), (23, 25));
}

#[test]
fn most_labelled_cars_are_one_cluster() {
    let Some(lidar) = lidar() else { return };
    let (mut cars, mut whole, mut own) = (0, 0, 0);
    for frame in frames(&lidar) {
        let began = Instant::now();
        let (above, clusters) = clusters_of(&frame.cloud);
        let took = began.elapsed();
        println!("{}: {} above, {} clusters, {took:?}", frame.name, above.len(), clusters.len());
        for (label, place) in frame.objects.iter().filter(|(label, _)| label.kind == "Car") {
            let inside = points_in_box(&frame.cloud, place).len();
            if inside <= 30 {
                continue;
            }
            let inside_of = |c: &Cluster, b: &OrientedBox| {
                c.indices.iter().filter(|i| b.contains(frame.cloud.xyz[above[**i]])).count()
            };
            let standing = above.iter().filter(|i| place.contains(frame.cloud.xyz[**i])).count();
            let (most, best) =
                clusters.iter().map(|c| (inside_of(c, place), c)).max_by_key(|(n, _)| *n).unwrap();
            // The cluster is the car's own where most of it is in the box, with a hand's breadth around it.
            let pure = inside_of(best, &place.grown(0.3)) * 2 > best.indices.len();
            println!(
                "{} {} at {:?}: {inside} points, {standing} above ground, {most} in one cluster of {}",
                frame.name,
                label.kind,
                place.centre,
                best.indices.len()
            );
            cars += 1;
            whole += usize::from(2 * most > inside);
            own += usize::from(2 * most > inside && pure);
        }
    }
    println!("{whole} of {cars} cars mostly in one cluster, {own} of them in one of their own");
    assert!(cars >= 5 && whole as f32 >= 0.8 * cars as f32 && own as f32 >= 0.8 * cars as f32);
}

#[test]
fn clusters_are_followed_over_a_drive() {
    let Some(lidar) = lidar() else { return };
    let clouds: Vec<_> =
        files(&lidar.join("sweeps/data_1")).iter().map(|p| read_points(p).unwrap()).collect();
    let clusters: Vec<_> = clouds.iter().map(|cloud| clusters_of(cloud).1).collect();
    let sweeps: Vec<_> = (0..)
        .zip(&clusters)
        .map(|(i, clusters)| Sweep {
            time: Timestamp::from_micros(i * 700_000),
            pose: EgoPose::default(),
            clusters,
        })
        .collect();
    let tracks = track(&sweeps, &TrackConfig { fastest: 5.0, ..TrackConfig::default() }).unwrap();
    let whole = tracks.iter().filter(|t| t.clusters.iter().all(Option::is_some)).count();
    println!(
        "{:?} clusters, {} tracks, {whole} over all sweeps",
        clusters.iter().map(Vec::len).collect::<Vec<_>>(),
        tracks.len()
    );
    assert!(whole > 0);
}

#[test]
fn the_spoken_commands_are_read() {
    let Some(lidar) = lidar() else { return };
    let commands = read_talk2car(lidar.join("talk2car/val_commands.json")).unwrap();
    let scenes: std::collections::BTreeSet<_> = commands.iter().map(|c| &c.scene_token).collect();
    assert_eq!((commands.len(), scenes.len()), (1163, 75));
    let ahead = commands.iter().filter(|c| c.oriented_box().centre[0] > 0.0).count();
    assert_eq!(ahead, commands.len(), "what is in the camera's view lies ahead");
}
