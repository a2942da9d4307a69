//! `causal`, from tables to answers, as a user runs it.

mod workbench;

use serde_json::json;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use workbench::{object, run, stderr, stdout};

/// dose → width → yield, dose → yield; the numbers are those of a small fixed generator.
fn table(rows: usize) -> String {
    let mut state = 1_u64;
    // Sum of three uniform draws: close to normal, skewed by nothing.
    let mut draw = || {
        (0..3).fold(-1.5, |sum, _| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            sum + (state >> 11) as f64 / (1_u64 << 53) as f64
        })
    };
    let mut text = "dose,width,yield\n".to_owned();
    for _ in 0..rows {
        let dose = draw();
        let width = 2.0 * dose + draw();
        let _ = writeln!(text, "{dose},{width},{}", 3.0 * width - dose + draw());
    }
    text
}

struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        desk.write("data.csv", &table(400));
        desk.write("graph.dot", "digraph { dose -> width; width -> yield; dose -> yield }");
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// Runs `sensorium causal …`; words that are names of files here become their paths.
    fn causal(&self, code: i32, words: &[&str]) -> std::process::Output {
        let is_file = |w: &str| w.contains('.') && !w.contains('=') && !w.starts_with("0.");
        let words = words.iter().map(|w| if is_file(w) { self.path(w) } else { Path::new(w).to_owned() });
        run(code, std::iter::once(PathBuf::from("causal")).chain(words).map(PathBuf::into_os_string))
    }
}

#[test]
fn a_table_becomes_a_graph_a_model_and_answers() {
    let desk = Desk::new();
    let found = desk.causal(
        0,
        &[
            "discover",
            "data.csv",
            "--out",
            "found.json",
            "--report",
            "graph.html",
            "--bootstrap",
            "8",
            "--json",
        ],
    );
    assert_eq!(object(&found)["edges"].as_array().unwrap().len(), 3);
    let page = std::fs::read_to_string(desk.path("graph.html")).unwrap();
    assert!(page.contains("<svg") && page.contains("in 100 % of resamples"), "no graph in the page");

    desk.causal(0, &["fit", "data.csv", "--graph", "graph.dot", "--out", "model.json"]);
    let told =
        object(&desk.causal(0, &["do", "model.json", "--set", "dose=0.5", "--outcome", "yield", "--json"]));
    // 3 × 2 − 1 a unit.
    let mean = told["effects"][0]["mean_after"].as_f64().unwrap();
    assert!((mean - 2.5).abs() < 0.3, "{told}");

    desk.write("row.json", &json!({ "dose": 0.2, "width": 0.5, "yield": 1.0 }).to_string());
    let words = ["counterfactual", "model.json", "--given", "row.json", "--set", "dose=0.2", "--json"];
    let told = object(&desk.causal(0, &words));
    for value in told["values"].as_array().unwrap() {
        let (was, is) = (value["factual"].as_f64().unwrap(), value["value"].as_f64().unwrap());
        assert!((was - is).abs() < 1e-9, "the counterfactual of the factual is the factual: {told}");
    }

    let words = [
        "validate",
        "model.json",
        "--data",
        "data.csv",
        "--treatment",
        "dose",
        "--outcome",
        "yield",
        "--json",
    ];
    let told = object(&desk.causal(0, &words));
    assert!(told["refutations"].as_array().unwrap().iter().all(|r| r["passed"] == true), "{told}");

    let words =
        ["effect", "graph.dot", "--treatment", "width", "--outcome", "yield", "--data", "data.csv", "--json"];
    let told = object(&desk.causal(0, &words));
    assert_eq!(told["set"], json!(["dose"]));
    assert!((told["estimate"]["value"].as_f64().unwrap() - 3.0).abs() < 0.2, "{told}");
}

#[test]
fn an_effect_that_is_hidden_is_refused_with_the_reason() {
    let desk = Desk::new();
    desk.write("hidden.dot", "digraph { u -> x; u -> y; x -> y }");
    let words = ["effect", "hidden.dot", "--treatment", "x", "--outcome", "y", "--unobserved", "u"];
    let told = stderr(&desk.causal(1, &words));
    assert!(told.contains("not identifiable") && told.contains("`u`"), "{told}");
}

#[test]
fn the_example_is_traced_to_its_fault() {
    let desk = Desk::new();
    let folder = desk.path("fab");
    let out = folder.to_str().unwrap();
    run(0, ["causal", "example", "--out", out, "--lots", "1200"]);
    let at = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let answer: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(at("answer.json")).unwrap()).unwrap();
    let told = object(&run(
        0,
        [
            "causal",
            "root-cause",
            "--normal",
            &at("normal.csv"),
            "--faulty",
            &at("faulty.csv"),
            "--symptom",
            "yield_percent",
            "--graph",
            &at("graph.gml"),
            "--json",
        ],
    ));
    assert_eq!(told["method"], "mechanism_change");
    assert_eq!(told["causes"][0]["variable"], answer["fault"], "{}", told["causes"][0]);
    assert!(!told["causes"][0]["chain"].as_array().unwrap().is_empty());
    run(1, ["causal", "example", "--out", out]);
}

#[test]
fn bad_input_is_answered_with_its_place() {
    let desk = Desk::new();
    desk.causal(0, &["fit", "data.csv", "--graph", "graph.dot", "--out", "model.json"]);
    desk.write("constant.csv", "a,b\n1,2\n1,3\n1,5\n1,7\n1,1\n1,4\n");
    desk.write("ragged.csv", "a,b\n1,2\n3\n");
    desk.write("empty.csv", "");
    desk.write("cycle.toml", "required = [[\"dose\", \"width\"], [\"width\", \"dose\"]]");
    desk.write("unknown.toml", "forbidden = [[\"dosis\", \"width\"]]");
    desk.write("other.csv", "x,y\n1,2\n2,1\n3,5\n");
    desk.write("broken.json", "{");
    let cases: &[(&[&str], &[&str])] = &[
        (&["discover", "constant.csv"], &["`a`", "constant"]),
        (&["discover", "ragged.csv"], &["ragged.csv", "line 3"]),
        (&["discover", "empty.csv"], &["empty.csv"]),
        (&["discover", "missing.csv"], &["missing.csv"]),
        (&["discover", "data.csv", "--knowledge", "cycle.toml"], &["cycle.toml"]),
        (&["discover", "data.csv", "--knowledge", "unknown.toml"], &["unknown.toml", "dosis"]),
        (&["do", "model.json", "--set", "dosis=1"], &["dosis", "dose"]),
        (&["do", "model.json", "--set", "dose=high"], &["dose", "high"]),
        (&["do", "broken.json", "--set", "dose=1"], &["broken.json"]),
        (&["validate", "model.json", "--data", "other.csv"], &["dose"]),
        (&["effect", "graph.dot", "--treatment", "dose", "--outcome", "profit"], &["profit", "yield"]),
    ];
    for (words, expected) in cases {
        let told = stderr(&desk.causal(1, words));
        for part in *expected {
            assert!(told.contains(part), "{words:?}: no {part:?} in {told}");
        }
    }
    let told = stderr(&desk.causal(2, &["discover", "data.csv", "--method", "magic"]));
    assert!(told.contains("lingam"), "{told}");
    assert!(stdout(&desk.causal(0, &["discover", "data.csv", "--method", "ges"])).contains("width"));
}

#[test]
fn a_time_series_gives_links_with_their_lags() {
    let desk = Desk::new();
    // The second follows the first by one step.
    let mut state = 7_u64;
    let mut draw = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
    };
    let (mut text, mut last) = ("pressure,flow\n".to_owned(), 0.0);
    for _ in 0..300 {
        let pressure = draw();
        let _ = writeln!(text, "{pressure},{}", 2.0 * last + draw());
        last = pressure;
    }
    desk.write("series.csv", &text);
    let words = [
        "discover",
        "series.csv",
        "--max-lag",
        "2",
        "--out",
        "series.json",
        "--report",
        "series.html",
        "--json",
    ];
    let told = object(&desk.causal(0, &words));
    let links = told["links"].as_array().unwrap();
    assert_eq!(links.len(), 1, "{told}");
    assert_eq!(
        (&links[0]["from"], &links[0]["lag"], &links[0]["to"]),
        (&json!("pressure"), &json!(1), &json!("flow"))
    );
    assert!(desk.path("series.json").exists() && desk.path("series.html").exists());
}

#[test]
fn an_outlier_and_a_change_are_shared_among_their_causes() {
    let desk = Desk::new();
    desk.causal(0, &["fit", "data.csv", "--graph", "graph.dot", "--out", "model.json"]);
    // The width is far above what its dose explains.
    desk.write("row.json", &json!({ "dose": 0.1, "width": 4.2, "yield": 12.5 }).to_string());
    let words =
        ["root-cause", "--model", "model.json", "--given", "row.json", "--symptom", "yield", "--json"];
    let told = object(&desk.causal(0, &words));
    assert_eq!(told["shares"][0]["variable"], "width", "{told}");

    // The same table with widths moved by 2 and the columns in another order.
    let mut moved = "yield,dose,width\n".to_owned();
    for line in table(60).lines().skip(1) {
        let cells: Vec<f64> = line.split(',').map(|c| c.parse().unwrap()).collect();
        let _ = writeln!(moved, "{},{},{}", cells[2] + 6.0, cells[0], cells[1] + 2.0);
    }
    desk.write("faulty.csv", &moved);
    let words = [
        "root-cause",
        "--normal",
        "data.csv",
        "--faulty",
        "faulty.csv",
        "--symptom",
        "yield",
        "--graph",
        "graph.dot",
        "--shares",
        "--json",
    ];
    let told = object(&desk.causal(0, &words));
    assert_eq!(told["shares"][0]["variable"], "width", "{told}");
    assert!((told["shares"][0]["share"].as_f64().unwrap() - 6.0).abs() < 1.0, "{told}");
    assert_eq!(told["causes"][0]["variable"], "width", "{told}");
}

#[test]
fn a_class_that_does_not_tell_the_direction_does_not_tell_the_effect() {
    let desk = Desk::new();
    desk.write("class.dot", "digraph { kind=cpdag; x -> m [dir=none] }");
    let told = stderr(&desk.causal(1, &["effect", "class.dot", "--treatment", "x", "--outcome", "m"]));
    assert!(told.contains("not identifiable") && told.contains("direct that edge"), "{told}");
    desk.write("more.dot", "digraph { hidden -> dose; dose -> width; width -> yield }");
    let words = [
        "root-cause",
        "--normal",
        "data.csv",
        "--faulty",
        "data.csv",
        "--symptom",
        "yield",
        "--graph",
        "more.dot",
    ];
    let told = stderr(&desk.causal(1, &words));
    assert!(told.contains("hidden") && told.contains("more.dot"), "{told}");
}

#[test]
fn the_interval_of_an_intervention_holds_its_difference() {
    let desk = Desk::new();
    desk.causal(0, &["fit", "data.csv", "--graph", "graph.dot", "--out", "model.json"]);
    let words = ["do", "model.json", "--set", "dose=0.4", "--data", "data.csv", "--json"];
    let told = object(&desk.causal(0, &words));
    for effect in told["effects"].as_array().unwrap() {
        let (low, high) = (effect["interval"][0].as_f64().unwrap(), effect["interval"][1].as_f64().unwrap());
        let difference = effect["difference"].as_f64().unwrap();
        assert!(low < difference && difference < high, "{effect}");
    }
}
