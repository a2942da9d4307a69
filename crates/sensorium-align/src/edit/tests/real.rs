//! Coverage and balance on the captions of Flickr8k, where they are at hand.

use std::io::Read;
use std::path::{Path, PathBuf};

use crate::edit::{Editor, HELD_OUT, Pair, Plausibility, TRAINED, swap_test};

type Captions = Vec<(String, Vec<String>)>;

/// The folder of the captions, or none and a line that says so.
fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("SENSORIUM_DATA").map(|data| Path::new(&data).join("flickr8k"));
    let folder = folder.filter(|folder| folder.is_dir());
    if folder.is_none() {
        println!("skipped: SENSORIUM_DATA names no folder with flickr8k in it");
    }
    folder
}

fn read(folder: &Path, split: &str) -> Captions {
    let mut shards: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    let wanted = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        name.starts_with(split) && name.ends_with(".tar")
    };
    shards.retain(wanted);
    shards.sort();
    let mut captions = Vec::new();
    for shard in shards {
        let mut archive = tar::Archive::new(std::fs::File::open(shard).unwrap());
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            let name = entry.path().unwrap().to_string_lossy().into_owned();
            if let Some(key) = name.strip_suffix(".txt") {
                let mut text = String::new();
                entry.read_to_string(&mut text).unwrap();
                let lines = text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned);
                captions.push((key.to_owned(), lines.collect()));
            }
        }
    }
    captions
}

fn fit(captions: &Captions) -> Editor {
    Editor::fit(captions.iter().flat_map(|(_, texts)| texts.iter().map(String::as_str)))
}

fn texts(pairs: &[Pair]) -> impl Iterator<Item = (&str, &str)> {
    pairs.iter().map(|pair| (pair.caption.as_str(), pair.edit.as_str()))
}

#[test]
fn seven_of_ten_captions_have_an_edit_of_a_held_out_family_and_nine_a_trained_one() {
    let Some(folder) = folder() else { return };
    let editor = fit(&read(&folder, "train"));
    let dev = read(&folder, "dev");
    let all: Vec<(&String, &Vec<String>)> =
        dev.iter().flat_map(|(_, texts)| texts.iter().map(move |text| (text, texts))).collect();
    for (families, least) in [(&HELD_OUT[..], 0.7), (&TRAINED[..], 0.88)] {
        let editable = all
            .iter()
            .filter(|(text, truths)| {
                families.iter().any(|family| !editor.candidates(text, *family, truths).is_empty())
            })
            .count();
        let share = editable as f64 / all.len() as f64;
        assert!(share >= least, "{share}");
    }
}

#[test]
fn a_model_of_other_captions_tells_true_from_edited_in_at_most_eleven_of_twenty_balanced_pairs() {
    let Some(folder) = folder() else { return };
    let train = read(&folder, "train");
    let dev = read(&folder, "dev");
    let editor = fit(&train);
    let (first, second) = train.split_at(train.len() / 2);
    let filter = Plausibility::fit(first, &editor, &HELD_OUT, 1);
    let fresh = Plausibility::fit(second, &editor, &HELD_OUT, 2);
    let pairs = swap_test(&dev, &editor, &filter, 3);
    let accuracy = fresh.accuracy(texts(&pairs));
    assert!(accuracy <= 0.55, "{accuracy}");
    assert!(filter.accuracy(texts(&pairs)) >= 0.40);
    assert!(pairs.len() > 1500, "{}", pairs.len());
    assert_eq!(pairs, swap_test(&dev, &editor, &filter, 3), "the same seed, other pairs");
    let mut captions: Vec<(&str, &str)> =
        pairs.iter().map(|pair| (pair.key.as_str(), pair.caption.as_str())).collect();
    captions.sort_unstable();
    captions.dedup();
    assert!(captions.len() + 5 >= pairs.len(), "captions are used again");
    assert!(pairs.iter().all(|pair| HELD_OUT.contains(&pair.family) && pair.caption != pair.edit));
}
