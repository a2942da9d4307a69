//! `search`, `align` and `train align`: requests that fail before any weights are needed.

mod workbench;

use std::path::{Path, PathBuf};
use workbench::{run, stderr};

struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn fill(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Runs in the folder; returns what is said on standard error.
    fn fails(&self, code: i32, words: &[&str]) -> String {
        let words = words.iter().map(|w| match w.strip_prefix('@') {
            Some(name) => self.path(name).into_os_string(),
            None => Path::new(w).as_os_str().to_owned(),
        });
        stderr(&run(code, words))
    }
}

#[test]
fn a_model_that_is_missing_is_named_with_the_remedy() {
    let desk = Desk::new();
    desk.fill("video.mp4", "x");
    desk.fill("cues.srt", "1\n00:00:01,000 --> 00:00:02,000\nhello\n");
    for words in [
        &["search", "index", "@none", "--data", "@video.mp4", "--out", "@index"][..],
        &["align", "ground", "@none", "@video.mp4", "a red ball"],
        &["align", "offset", "@none", "@video.mp4", "@cues.srt"],
    ] {
        let told = desk.fails(1, words);
        assert!(told.contains("none") && told.contains("train align"), "{told}");
    }
    assert!(!desk.path("index").exists());
}

#[test]
fn a_bundle_of_another_kind_is_refused() {
    let desk = Desk::new();
    desk.fill("model/model.toml", "format = 1\nkind = \"fuse\"\n");
    let told = desk.fails(1, &["align", "ground", "@model", "@video.mp4", "a red ball"]);
    assert!(told.contains("kind fuse") && told.contains("train align"), "{told}");
}

#[test]
fn a_question_in_sound_is_answered_clearly() {
    let desk = Desk::new();
    let told = desk.fails(2, &["search", "query", "@index", "@model", "--audio", "@bell.wav"]);
    assert!(told.contains("no audio encoder") && told.contains("--text"), "{told}");
}

#[test]
fn exactly_one_question_is_asked() {
    let desk = Desk::new();
    desk.fails(2, &["search", "query", "@index", "@model"]);
    desk.fails(2, &["search", "query", "@index", "@model", "--text", "a", "--image", "@b.png"]);
    desk.fails(2, &["search", "query", "@index", "@model", "--text", "a", "--span", "1..2"]);
    desk.fails(2, &["search", "query", "@index", "@model", "--video", "@b.mp4", "--span", "2..1"]);
}

#[test]
fn a_filter_that_cannot_be_read_is_told_with_its_place() {
    let desk = Desk::new();
    let told =
        desk.fails(2, &["search", "query", "@index", "@model", "--text", "a", "--filter", "year 2020"]);
    assert!(told.contains("no operator"), "{told}");
}

#[test]
fn a_folder_without_an_index_is_named() {
    let desk = Desk::new();
    let told = desk.fails(1, &["search", "query", "@index", "@model", "--text", "a"]);
    assert!(told.contains("no index here") && told.contains("search index"), "{told}");
    let told = desk.fails(1, &["search", "index", "@model", "--out", "@index", "--delete", "year=2020"]);
    assert!(told.contains("no index here"), "{told}");
}

#[test]
fn corrected_subtitles_have_a_known_ending() {
    let desk = Desk::new();
    let told = desk.fails(2, &["align", "offset", "@model", "@a.mp4", "@a.srt", "--fix", "@a.txt"]);
    assert!(told.contains(".srt or .vtt"), "{told}");
}

#[test]
fn training_data_that_are_missing_are_named() {
    let desk = Desk::new();
    let told = desk.fails(1, &["train", "align", "--data", "@none", "--out", "@model"]);
    assert!(told.contains("no such file or folder"), "{told}");
    assert!(!desk.path("model").exists());
}

#[test]
fn videos_without_subtitles_are_told() {
    let desk = Desk::new();
    desk.fill("films/a.mp4", "x");
    let told = desk.fails(1, &["train", "align", "--data", "@films", "--out", "@model"]);
    assert!(told.contains("a.mp4") && told.contains("clip.srt"), "{told}");
}
