//! The help texts are what people see first: a change shows here.

mod workbench;

use workbench::{run, stdout};

fn help(words: &[&str]) -> String {
    let arguments = words.iter().copied().chain(["--help"]);
    stdout(&run(0, arguments)).lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

#[test]
fn help_texts() {
    let commands: [&[&str]; 37] = [
        &[],
        &["data"],
        &["data", "list"],
        &["data", "get"],
        &["data", "check"],
        &["data", "describe"],
        &["data", "export"],
        &["train"],
        &["train", "fuse"],
        &["train", "align"],
        &["eval"],
        &["predict"],
        &["search"],
        &["search", "index"],
        &["search", "query"],
        &["align"],
        &["align", "ground"],
        &["align", "offset"],
        &["ct"],
        &["ct", "simulate"],
        &["ct", "reconstruct"],
        &["ct", "view"],
        &["causal"],
        &["causal", "example"],
        &["causal", "discover"],
        &["causal", "effect"],
        &["causal", "fit"],
        &["causal", "validate"],
        &["causal", "do"],
        &["causal", "counterfactual"],
        &["causal", "root-cause"],
        &["recipe"],
        &["recipe", "list"],
        &["recipe", "run"],
        &["demo"],
        &["completions"],
        &["man"],
    ];
    for words in commands {
        let name = std::iter::once("sensorium").chain(words.iter().copied()).collect::<Vec<_>>().join("_");
        insta::assert_snapshot!(name, help(words));
    }
}

#[test]
fn completions_and_the_manual_name_every_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = stdout(&run(0, ["completions", shell]));
        assert!(script.contains("describe") && script.contains("--random"), "{shell}");
    }
    let manual = stdout(&run(0, ["man"]));
    for word in [
        "SENSORIUM DATA EXPORT",
        "SENSORIUM TRAIN FUSE",
        "SENSORIUM PREDICT",
        "SENSORIUM CT RECONSTRUCT",
        "SENSORIUM CAUSAL DISCOVER",
        "late\\-ms",
    ] {
        assert!(manual.contains(word), "{word}");
    }
}
