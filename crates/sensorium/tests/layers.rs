//! The map in `ARCHITECTURE.md`, enforced: imports run downwards only, and files keep the house rules.
//!
//! A crate that is not in [`ALLOWED`] fails the check: adding one is a decision to write down here
//! and in `ARCHITECTURE.md`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// For each crate, the crates of this workspace that it may depend on (tests and benches included).
const ALLOWED: &[(&str, &[&str])] = &[
    ("sensorium-data", &[]),
    ("sensorium-tomo", &[]),
    ("sensorium-nn", &["sensorium-data"]),
    ("sensorium-causal", &["sensorium-data"]),
    ("sensorium-align", &["sensorium-data", "sensorium-nn"]),
    ("sensorium-fuse", &["sensorium-data", "sensorium-nn"]),
    ("sensorium-adapt", &["sensorium-data", "sensorium-nn"]),
    ("sensorium-edge", &["sensorium-data", "sensorium-nn"]),
    ("sensorium-recipes", BELOW_RECIPES),
    ("sensorium", BELOW_FACADE),
    ("sensorium-cli", BELOW_CLI),
];

const BELOW_RECIPES: &[&str] = &[
    "sensorium-data",
    "sensorium-nn",
    "sensorium-align",
    "sensorium-fuse",
    "sensorium-adapt",
    "sensorium-causal",
    "sensorium-edge",
    "sensorium-tomo",
];

const BELOW_FACADE: &[&str] = &[
    "sensorium-data",
    "sensorium-nn",
    "sensorium-align",
    "sensorium-fuse",
    "sensorium-adapt",
    "sensorium-causal",
    "sensorium-edge",
    "sensorium-tomo",
    "sensorium-recipes",
];

const BELOW_CLI: &[&str] = &[
    "sensorium",
    "sensorium-data",
    "sensorium-nn",
    "sensorium-align",
    "sensorium-fuse",
    "sensorium-adapt",
    "sensorium-causal",
    "sensorium-edge",
    "sensorium-tomo",
    "sensorium-recipes",
];

/// Burn compiles slowly, so few crates see it.
const MAY_USE_BURN: &[&str] = &[
    "sensorium-nn",
    "sensorium-fuse",
    "sensorium-recipes",
    "sensorium-adapt",
    "sensorium-align",
    "sensorium-edge",
];

/// Has kernels for graphics processors that are no tensor operations.
const MAY_USE_CUBECL: &str = "sensorium-tomo";

/// Past this, a file holds more than one concept.
const MOST_LINES: usize = 600;

/// Names that say nothing about what a file holds.
const EMPTY_NAMES: &[&str] = &["util", "utils", "helper", "helpers", "common", "misc"];

fn root() -> PathBuf {
    let crate_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    crate_dir.ancestors().nth(2).unwrap().to_path_buf()
}

struct Manifest {
    name: String,
    folder: PathBuf,
    table: toml::Table,
    /// Names as the registry knows them, whatever the crate calls them, from every dependency table.
    dependencies: BTreeSet<String>,
}

fn manifests() -> Vec<Manifest> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root().join("crates")).unwrap() {
        let folder = entry.unwrap().path();
        let path = folder.join("Cargo.toml");
        if !path.exists() {
            continue;
        }
        let table: toml::Table = std::fs::read_to_string(&path).unwrap().parse().unwrap();
        let name = table["package"]["name"].as_str().unwrap().to_owned();
        let dependencies = dependency_names(&table);
        found.push(Manifest { name, folder, table, dependencies });
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(found.len() >= 6, "only {} crates were found under crates/", found.len());
    found
}

/// Every dependency in `[dependencies]`, `[dev-dependencies]`, `[build-dependencies]` and under `[target]`.
fn dependency_names(table: &toml::Table) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (key, value) in table {
        let Some(inner) = value.as_table() else { continue };
        match key.as_str() {
            "dependencies" | "dev-dependencies" | "build-dependencies" => {
                for (name, spec) in inner {
                    let renamed = spec.get("package").and_then(|p| p.as_str());
                    names.insert(renamed.unwrap_or(name).to_owned());
                }
            }
            "target" => {
                names.extend(inner.values().filter_map(|t| t.as_table()).flat_map(dependency_names));
            }
            _ => {}
        }
    }
    names
}

/// All files under `folder`, sorted, without version control, build output, data and results.
fn files(folder: &Path) -> Vec<PathBuf> {
    let skipped = [".git", "target", "data", "runs", "node_modules", "corpus", "artifacts"];
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(&dir).unwrap() {
            let entry = entry.unwrap();
            let (path, kind) = (entry.path(), entry.file_type().unwrap());
            let name = entry.file_name().to_string_lossy().into_owned();
            if kind.is_dir() {
                // `data` is skipped at the top (it is where data lives), not as a module's name.
                let is_skipped = skipped.contains(&name.as_str()) && (name != "data" || dir == root());
                if !is_skipped {
                    open.push(path);
                }
            } else if kind.is_file() && name != ".git" {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    files(folder).into_iter().filter(|f| f.extension().is_some_and(|e| e == "rs")).collect()
}

fn report(broken: Vec<String>) {
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

#[test]
fn arrows_run_downwards_only() {
    let mut broken = Vec::new();
    for manifest in manifests() {
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == manifest.name) else {
            broken.push(format!(
                "{} is not on the map: add it to ALLOWED here and to ARCHITECTURE.md",
                manifest.name
            ));
            continue;
        };
        for dependency in manifest.dependencies.iter().filter(|d| d.starts_with("sensorium")) {
            if *dependency != manifest.name && !allowed.contains(&dependency.as_str()) {
                broken.push(format!("{} depends on {dependency}: that arrow runs upwards", manifest.name));
            }
        }
    }
    report(broken);
}

#[test]
fn few_crates_depend_on_burn() {
    let is_burn = |d: &&String| *d == "burn" || d.starts_with("burn-") || d.starts_with("cubecl");
    let mut broken = Vec::new();
    for manifest in manifests().iter().filter(|m| !MAY_USE_BURN.contains(&m.name.as_str())) {
        // CubeCL without Burn, for kernels of one's own, and only behind a feature.
        let is_optional = |d: &str| {
            manifest.table["dependencies"][d].get("optional").and_then(|o| o.as_bool()) == Some(true)
        };
        for dependency in manifest.dependencies.iter().filter(is_burn) {
            if manifest.name == MAY_USE_CUBECL && dependency == "cubecl" && is_optional(dependency) {
                continue;
            }
            broken.push(format!("{} depends on {dependency}: ask sensorium-nn instead", manifest.name));
        }
    }
    report(broken);
}

#[test]
fn every_crate_warns_of_missing_docs() {
    let workspace: toml::Table = std::fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
    let by_workspace = workspace["workspace"]["lints"]["rust"].get("missing_docs").is_some();
    let mut broken = Vec::new();
    for manifest in manifests() {
        let inherits = manifest.table.get("lints").and_then(|l| l.get("workspace")?.as_bool()) == Some(true);
        let in_source = ["src/lib.rs", "src/main.rs"].iter().any(|file| {
            std::fs::read_to_string(manifest.folder.join(file))
                .is_ok_and(|text| text.contains("#![warn(missing_docs)]"))
        });
        if !(in_source || by_workspace && inherits) {
            broken.push(format!("{}: add `[lints] workspace = true` to its Cargo.toml", manifest.name));
        }
    }
    report(broken);
}

#[test]
fn source_files_hold_one_concept_each() {
    let mut broken = Vec::new();
    for file in rust_files(&root().join("crates")) {
        let lines = std::fs::read_to_string(&file).unwrap().lines().count();
        if lines > MOST_LINES {
            broken.push(format!(
                "{}: {lines} lines; split it by concept (at most {MOST_LINES})",
                file.display()
            ));
        }
    }
    report(broken);
}

#[test]
fn file_names_say_what_is_inside() {
    let mut broken = Vec::new();
    for file in rust_files(&root()) {
        let relative = file.strip_prefix(root()).unwrap();
        let words = relative
            .iter()
            .filter_map(|part| part.to_str())
            .flat_map(|part| part.trim_end_matches(".rs").split(['_', '-']));
        if let Some(word) = words.into_iter().find(|w| EMPTY_NAMES.contains(w)) {
            broken.push(format!("{}: `{word}` says nothing about what is inside", relative.display()));
        }
    }
    report(broken);
}

#[test]
fn only_ci_names_the_folder_beside_the_checkout() {
    let phrase = ["..", "/sha", "red"].concat();
    let ci = root().join(".ci").join("run");
    let mut broken = Vec::new();
    for file in files(&root()).iter().filter(|f| **f != ci) {
        let bytes = std::fs::read(file).unwrap();
        if bytes.windows(phrase.len()).any(|w| w == phrase.as_bytes()) {
            broken.push(format!("{} names {phrase}; read $SENSORIUM_DATA instead", file.display()));
        }
    }
    report(broken);
}

#[test]
fn the_architecture_page_lists_every_crate() {
    let page = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let broken = manifests()
        .iter()
        .filter(|m| !page.contains(&format!("| `{}` |", m.name)))
        .map(|m| format!("ARCHITECTURE.md has no line for {}", m.name))
        .collect();
    report(broken);
}
