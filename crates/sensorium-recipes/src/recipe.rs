//! What a recipe is, what it is given and how it is found by name.

use crate::{Outcome, Progress, RecipeError};
use std::path::{Path, PathBuf};

/// An end-to-end study with a fixed protocol.
///
/// The protocol stands in the doc comment of the recipe's file: the data, the split, what is fitted on
/// what, the baselines, the figures and their targets. A recipe tunes on its training parts alone.
pub trait Recipe: Send + Sync {
    /// The name on the command line, such as `rig-faults`.
    fn name(&self) -> &'static str;

    /// One sentence for `recipe list`.
    fn summary(&self) -> &'static str;

    /// The data sets that must be there, by the names that `sensorium data get` knows.
    fn data(&self) -> &'static [&'static str];

    /// Runs the protocol.
    fn run(&self, options: &RunOptions, progress: &mut dyn Progress) -> Result<Outcome, RecipeError>;
}

/// What the user asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunOptions {
    /// Where the data sets lie, each in a folder of its name. Default: `./data`.
    pub data_root: PathBuf,
    /// Replaces the evaluation part, in the same layout; never tuned on. Default: none.
    pub data_dir: Option<PathBuf>,
    /// A smaller version of the study, under a minute on two cores. Default: no.
    pub quick: bool,
    /// The first seed. Default: 0.
    pub seed: u64,
    /// How many seeds the study is repeated with: `seed`, `seed + 1`, … Default: 1.
    pub seeds: usize,
    /// Worker threads; 0 means one for each core. Default: 0.
    pub threads: usize,
    /// A trained model bundle, which skips training. Default: none.
    pub model: Option<PathBuf>,
    /// Where models and reports go. Default: `./out`.
    pub out_dir: PathBuf,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            data_root: PathBuf::from("data"),
            data_dir: None,
            quick: false,
            seed: 0,
            seeds: 1,
            threads: 0,
            model: None,
            out_dir: PathBuf::from("out"),
        }
    }
}

impl RunOptions {
    /// The seeds to run with, at least one.
    pub fn seed_list(&self) -> Vec<u64> {
        (0..self.seeds.max(1) as u64).map(|i| self.seed.wrapping_add(i)).collect()
    }

    /// The folder of a data set's training part, `data_root/name`.
    ///
    /// # Errors
    /// [`RecipeError::MissingData`] when it is not there.
    pub fn training_dir(&self, name: &str) -> Result<PathBuf, RecipeError> {
        present(name, &self.data_root.join(name))
    }

    /// The folder of a data set's evaluation part: `data_dir` when the user gave one, else the training
    /// folder, where the protocol's split tells the two apart.
    ///
    /// # Errors
    /// [`RecipeError::MissingData`] for the data set, [`RecipeError::Other`] for the user's folder.
    pub fn evaluation_dir(&self, name: &str) -> Result<PathBuf, RecipeError> {
        match &self.data_dir {
            Some(dir) if dir.is_dir() => Ok(dir.clone()),
            Some(dir) => Err(RecipeError::Other(format!("--data-dir {}: no such folder", dir.display()))),
            None => self.training_dir(name),
        }
    }
}

fn present(name: &str, path: &Path) -> Result<PathBuf, RecipeError> {
    if path.is_dir() {
        Ok(path.to_path_buf())
    } else {
        Err(RecipeError::MissingData { name: name.to_owned(), path: path.to_path_buf() })
    }
}

/// All recipes, in the order in which they are listed.
pub fn registry() -> Vec<Box<dyn Recipe>> {
    vec![
        Box::new(crate::rig_faults::RigFaults),
        Box::new(crate::skab::Skab),
        Box::new(crate::tep_faults::TepFaults),
        Box::new(crate::ct::Ct),
        Box::new(crate::discovery::Discovery),
        Box::new(crate::microservices::Microservices),
        Box::new(crate::lathe::Lathe),
        Box::new(crate::fab_line::FabLineRecipe),
        Box::new(crate::narrated_actions::NarratedActions),
        Box::new(crate::flickr8k::Flickr8k),
        Box::new(crate::lidar_commands::LidarCommands),
    ]
}

/// The recipe of that name.
///
/// # Errors
/// [`RecipeError::Other`], naming those there are.
pub fn find(name: &str) -> Result<Box<dyn Recipe>, RecipeError> {
    let all = registry();
    let names: Vec<&str> = all.iter().map(|r| r.name()).collect();
    let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    let unknown = RecipeError::Other(format!("no recipe is called `{name}`; there are: {known}"));
    all.into_iter().find(|r| r.name() == name).ok_or(unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_data_says_how_to_get_it() {
        let options = RunOptions { data_root: PathBuf::from("nowhere"), ..RunOptions::default() };
        let error = options.training_dir("skab").unwrap_err().to_string();
        assert_eq!(error, "data set `skab` is not at nowhere/skab; get it with `sensorium data get skab`");
    }

    #[test]
    fn the_users_folder_replaces_the_evaluation_part_only() {
        let root = tempfile::tempdir().unwrap();
        let other = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("skab")).unwrap();
        let mut options = RunOptions { data_root: root.path().to_path_buf(), ..RunOptions::default() };
        assert_eq!(options.evaluation_dir("skab").unwrap(), root.path().join("skab"));
        options.data_dir = Some(other.path().to_path_buf());
        assert_eq!(options.evaluation_dir("skab").unwrap(), other.path());
        assert_eq!(options.training_dir("skab").unwrap(), root.path().join("skab"));
        options.data_dir = Some(other.path().join("gone"));
        assert!(options.evaluation_dir("skab").unwrap_err().to_string().contains("--data-dir"));
    }

    #[test]
    fn seeds_count_up_from_the_first() {
        let options = RunOptions { seed: 7, seeds: 3, ..RunOptions::default() };
        assert_eq!(options.seed_list(), vec![7, 8, 9]);
        assert_eq!(RunOptions { seeds: 0, ..options }.seed_list(), vec![7]);
    }

    #[test]
    fn names_in_the_registry_are_unique() {
        let mut names: Vec<&str> = registry().iter().map(|r| r.name()).collect();
        names.sort_unstable();
        let before = names.len();
        names.dedup();
        assert_eq!(names.len(), before);
        assert!(find("no-such-recipe").is_err());
    }
}
