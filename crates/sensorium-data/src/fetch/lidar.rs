//! Point clouds and driving commands: eight sweeps of two drives, six labelled frames of KITTI, and the spoken-style
//! commands of Talk2Car, from three repositories.
//!
//! Converted to: `sweeps/data_1/…` and `sweeps/data_2/…` (PCD), `kitti/velodyne`, `kitti/label`, `kitti/calib`,
//! `talk2car/val_commands.json` and `talk2car/LICENSE`, as they are in the repositories.

use super::git::{self, Repository};
use super::{FetchError, PublicSet, Request, archive};
use std::fs;
use std::path::Path;

/// A folder of the set, and the repository that it comes from.
struct Part {
    folder: &'static str,
    repository: Repository,
    /// Path in the repository of a file of the folder.
    path_in: fn(&str) -> String,
}

const PARTS: [Part; 3] = [
    Part {
        folder: "sweeps",
        repository: Repository {
            url: "https://github.com/udacity/SFND_Lidar_Obstacle_Detection",
            commit: "ef15da2bc172",
        },
        path_in: |file| format!("src/sensors/data/pcd/{file}"),
    },
    Part {
        folder: "kitti",
        repository: Repository { url: "https://github.com/Kazuki-Hara/kitti", commit: "4bf765af1e7f" },
        path_in: str::to_owned,
    },
    Part {
        folder: "talk2car",
        repository: Repository { url: "https://github.com/talk2car/Talk2Car", commit: "eeec6b0dfb79" },
        path_in: |file| if file == "LICENSE" { file.to_owned() } else { format!("data/commands/{file}") },
    },
];

pub(super) const SET: PublicSet = PublicSet {
    name: "lidar",
    title: "Lidar sweeps, KITTI frames, Talk2Car commands",
    modality: "points",
    size_bytes: 18_148_189,
    licence: "CC BY-NC-SA 4.0 (Talk2Car); CC BY-NC-SA 3.0 (KITTI, from the literature); sweeps: none stated",
    used_for: "point clouds: obstacles, boxes, tracks, and commands about them",
    clients: &["git"],
    sums: include_str!("manifests/lidar.sha256"),
    collect,
};

/// `request.from` may name a folder with the converted files, or one with copies of the three repositories in
/// `sweeps`, `kitti` and `talk2car`.
fn collect(request: &Request<'_>) -> Result<String, FetchError> {
    let copies = request.from.map(Path::new);
    if let Some(from) = copies.filter(|from| !PARTS.iter().all(|part| is_repository(&from.join(part.folder))))
    {
        archive::take_from_folder(from, request.wanted, request.out)?;
        return Ok(from.to_string_lossy().into_owned());
    }
    let mut origins = Vec::new();
    for part in &PARTS {
        let scratch = request.scratch.join(part.folder);
        fs::create_dir_all(&scratch).map_err(FetchError::io(&scratch))?;
        let copy = copies.map(|from| from.join(part.folder).to_string_lossy().into_owned());
        let request = Request { from: copy.as_deref(), scratch: &scratch, ..*request };
        origins.push(git::collect(&part.repository, &request, |file| {
            Some((part.path_in)(file.strip_prefix(part.folder)?.strip_prefix('/')?))
        })?);
    }
    Ok(origins.join(", "))
}

fn is_repository(folder: &Path) -> bool {
    folder.join(".git").exists() || folder.join("HEAD").is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_set_belongs_to_one_repository() {
        for file in SET.manifest().unwrap().paths() {
            let parts = PARTS.iter().filter(|part| file.starts_with(&format!("{}/", part.folder)));
            assert_eq!(parts.count(), 1, "{file}");
        }
    }
}
