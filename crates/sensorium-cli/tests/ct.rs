//! `ct` as its users meet it: simulate, reconstruct, stop and go on, follow, look.

mod workbench;

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use workbench::{judge, object, run, sensorium, stderr, stdout};

/// A small scan of the head, in a folder of its own.
struct Bench {
    folder: tempfile::TempDir,
}

const GEOMETRY: &str = r#"{ "beam": "cone", "source_to_axis_mm": 500, "source_to_detector_mm": 750,
    "angles_deg": { "first": 0, "step": 6, "count": 60 },
    "detector": { "columns": 48, "rows": 40, "column_pitch_mm": 8.4, "row_pitch_mm": 10 } }"#;

impl Bench {
    fn new() -> Self {
        let bench = Self { folder: tempfile::tempdir().unwrap() };
        fs::write(bench.path("scan.json"), GEOMETRY).unwrap();
        run(0, ["ct", "simulate", "--geometry", &bench.text("scan.json"), "--out", &bench.text("scan.npy")]);
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    fn reconstruct(&self, out: &str, more: &[&str]) -> Vec<String> {
        let (scan, geometry, out) = (self.text("scan.npy"), self.text("scan.json"), self.text(out));
        let mut words =
            vec!["ct", "reconstruct", &scan, "--geometry", &geometry, "--out", &out, "--voxel-mm", "8"];
        if !more.contains(&"--voxels") {
            words.extend(["--voxels", "32"]);
        }
        words.iter().chain(more).map(|w| (*w).to_owned()).collect()
    }

    fn fails(&self, code: i32, more: &[&str], words: &[&str]) {
        let told = stderr(&run(code, self.reconstruct("bad.npy", more)));
        for word in words {
            assert!(told.contains(word), "{word:?} is not in: {told}");
        }
        assert!(!self.path("bad.npy").exists());
    }

    fn values(&self, name: &str) -> Vec<f32> {
        let bytes = fs::read(self.path(name)).unwrap();
        let header = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
        bytes[header..].chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
    }
}

fn rms(a: &[f32], b: &[f32]) -> f64 {
    let sum: f64 = a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2)).sum();
    (sum / a.len() as f64).sqrt()
}

#[test]
fn every_method_reconstructs_the_head_and_the_page_shows_it() {
    let bench = Bench::new();
    let facts = object(&run(0, bench.reconstruct("fdk.npy", &["--json"])));
    assert_eq!(facts["voxels"], serde_json::json!([32, 32, 32]));
    assert_eq!(facts["slabs"], 1);
    let fdk = bench.values("fdk.npy");
    assert_eq!(fdk.len(), 32 * 32 * 32);
    let middle = fdk[16 * 32 * 32 + 16 * 32 + 16];
    assert!((middle - 0.004).abs() < 0.0015, "the brain is a fifth of 0.02: {middle}");
    for (method, more) in [
        ("sirt", vec!["--iterations", "15", "--subsets", "5"]),
        ("cgls", vec!["--iterations", "12"]),
        ("tv", vec!["--iterations", "8", "--weight", "0.003"]),
    ] {
        let out = format!("{method}.npy");
        run(0, bench.reconstruct(&out, &[&["--method", method], more.as_slice()].concat()));
        let distance = rms(&bench.values(&out), &fdk);
        assert!(distance > 0.0 && distance < 0.0016, "{method}: {distance}");
    }
    run(0, bench.reconstruct("head.mha", &["--hounsfield", "0.02"]));
    run(0, ["ct", "view", &bench.text("head.mha"), "--out", &bench.text("head.html"), "--unit", "HU"]);
    assert!(fs::read_to_string(bench.path("head.html")).unwrap().contains("head.mha"));
}

#[test]
fn little_memory_means_slabs_and_the_same_volume() {
    let bench = Bench::new();
    run(0, bench.reconstruct("whole.npy", &[]));
    let facts = object(&run(0, bench.reconstruct("slabs.npy", &["--memory-mib", "1", "--json"])));
    assert!(facts["slabs"].as_u64().unwrap() > 1, "{facts}");
    let (whole, slabs) = (bench.values("whole.npy"), bench.values("slabs.npy"));
    assert!(rms(&whole, &slabs) < 1e-8);
    // A taken name is refused before any work, unless it may be replaced.
    bench.fails_for_taken("whole.npy");
    run(0, bench.reconstruct("whole.npy", &["--replace"]));
}

impl Bench {
    fn fails_for_taken(&self, name: &str) {
        let told = stderr(&run(1, self.reconstruct(name, &[])));
        assert!(told.contains(name), "{told}");
    }
}

#[test]
fn a_killed_run_leaves_no_volume_and_goes_on_to_the_same_one() {
    let bench = Bench::new();
    let words = |out: &str, extra: &[&str]| -> Vec<String> {
        let more = ["--memory-mib", "40", "--voxels", "200,200,240"];
        let words = bench.reconstruct(out, &[&more, extra].concat());
        words.iter().map(|w| if w == "8" { "1.1".to_owned() } else { w.clone() }).collect()
    };
    run(0, words("whole.npy", &[]));
    let program = env!("CARGO_BIN_EXE_sensorium");
    let mut child = std::process::Command::new(program)
        .args(words("killed.npy", &[]))
        .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    // Killed as soon as a slab is noted as finished.
    let noted = bench.path("killed.npy.partial.json");
    let some_are_finished = || {
        let text = fs::read_to_string(&noted).ok()?;
        let noted: Value = serde_json::from_str(&text).ok()?;
        noted["finished"].as_array().map(|slices| !slices.is_empty())
    };
    let began = Instant::now();
    while some_are_finished() != Some(true) {
        assert!(began.elapsed() < Duration::from_secs(60), "no slab was finished in a minute");
        assert!(
            child.try_wait().unwrap().is_none(),
            "the run ended before it could be killed; make it larger"
        );
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!bench.path("killed.npy").exists(), "a volume under its final name though the run was killed");
    // Other settings would be another volume.
    let told = stderr(&run(1, words("killed.npy", &["--resume", "--window", "hann"])));
    assert!(told.contains("killed.npy"), "{told}");
    let facts = object(&run(0, words("killed.npy", &["--resume", "--json"])));
    let made = facts["slices_per_s"].as_f64().unwrap() * facts["seconds"].as_f64().unwrap();
    assert!(made < 239.5, "slabs that were finished are kept: {made} of 240 slices were made");
    assert!(!bench.path("killed.npy.partial").exists());
    assert_eq!(fs::read(bench.path("killed.npy")).unwrap(), fs::read(bench.path("whole.npy")).unwrap());
}

#[test]
fn voxels_that_no_scan_resolves_and_phantoms_around_the_source_are_refused() {
    let bench = Bench::new();
    let (scan, geometry, out) = (bench.text("scan.npy"), bench.text("scan.json"), bench.text("bad.npy"));
    let words = ["ct", "reconstruct", &scan, "--geometry", &geometry, "--out", &out, "--voxels", "4"];
    for edge in ["1e-300", "1e300"] {
        let told = stderr(&run(1, words.iter().chain(&["--voxel-mm", edge])));
        assert!(told.contains("no scan resolves or sees that"), "{told}");
    }
    let told =
        stderr(&run(2, ["ct", "simulate", "--geometry", &geometry, "--out", &out, "--radius-mm", "500"]));
    assert!(told.contains("within the phantom"), "{told}");
}

#[test]
fn slices_come_out_while_projections_come_in() {
    let bench = Bench::new();
    let values = bench.values("scan.npy");
    let folder = bench.path("incoming");
    fs::create_dir(&folder).unwrap();
    let header = |shape: &str| {
        let mut text = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}");
        while (10 + text.len() + 1) % 64 != 0 {
            text.push(' ');
        }
        text.push('\n');
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((text.len() as u16).to_le_bytes());
        bytes.extend(text.as_bytes());
        bytes
    };
    let writer = std::thread::spawn(move || {
        for (view, projection) in values.chunks(48 * 40).enumerate() {
            let mut bytes = header("(1, 40, 48)");
            bytes.extend(projection.iter().flat_map(|v| v.to_le_bytes()));
            let aside = folder.join(format!("view_{view:03}.part"));
            fs::write(&aside, bytes).unwrap();
            fs::rename(&aside, folder.join(format!("view_{view:03}.npy"))).unwrap();
            std::thread::sleep(Duration::from_millis(3));
        }
    });
    let (geometry, incoming, out) = (bench.text("scan.json"), bench.text("incoming"), bench.text("live"));
    let words = ["--geometry", &geometry, "--follow", &incoming, "--out", &out, "--idle-s", "1.5"];
    let more = ["--slices-mm", "0,20", "--every", "20", "--voxels", "32", "--voxel-mm", "8", "--json"];
    let facts = object(&run(0, ["ct", "reconstruct"].iter().chain(&words).chain(&more)));
    writer.join().unwrap();
    assert_eq!(
        (&facts["projections"], &facts["slices_shown"]),
        (&Value::from(60), &Value::from(6)),
        "{facts}"
    );
    assert!(facts["latency_median_ms"].as_f64().unwrap() > 0.0);
    assert!(
        Path::new(&out).join("slice_+0.00mm.png").exists()
            && Path::new(&out).join("slice_+20.00mm.png").exists()
    );
}

#[test]
fn bad_requests_are_told_with_their_remedy() {
    let bench = Bench::new();
    bench.fails(2, &["--method", "sirt", "--window", "hann"], &["--window means nothing to --method sirt"]);
    bench.fails(2, &["--method", "sart"], &["invalid value 'sart'", "sirt"]);
    bench.fails(2, &["--hounsfield", "0"], &["--hounsfield is 0"]);
    bench.fails(1, &["--centre-mm", "0,0,4000"], &["no ray meets the volume"]);
    bench.fails(1, &["--centre-mm", "450,0,0"], &["reaches", "make it smaller"]);
    bench.fails(2, &["--counts"], &["has no flat and dark fields", "--open-beam"]);
    bench.fails(2, &["--saturation", "65535"], &["--saturation is for counts with flat and dark fields"]);
    bench.fails(1, &["--voxels", "4", "--centre-mm", "0,0,1e200"], &["up to 1e9 mm"]);
    bench.fails(1, &["--method", "tv", "--memory-mib", "1"], &["are allowed", "--memory-mib"]);
    bench.fails(2, &["--water", "1,x"], &["--water", "numbers with commas between them"]);
    bench.fails(2, &["--voxels", "0"], &["whole numbers above 0"]);
    let told = stderr(&run(2, ["ct", "reconstruct", "--geometry", "x.json", "--out", "x.npy"]));
    assert!(told.contains("PROJECTIONS"), "{told}");
    fs::write(bench.path("scan.json"), GEOMETRY.replace("60", "59")).unwrap();
    bench.fails(
        1,
        &[],
        &["60 projections of 40 rows and 48 columns", "59 angles", "correct the geometry file"],
    );
    fs::write(bench.path("scan.json"), GEOMETRY.replace("\"cone\"", "\"con\"")).unwrap();
    bench.fails(1, &[], &["scan.json", "unknown variant `con`"]);
    fs::write(bench.path("scan.json"), GEOMETRY).unwrap();
    let bytes = fs::read(bench.path("scan.npy")).unwrap();
    fs::write(bench.path("scan.npy"), &bytes[..bytes.len() - 5]).unwrap();
    bench.fails(1, &[], &["scan.npy", "bytes"]);
    let mut bytes = bytes;
    let at = bytes.len() - 48 * 40 * 4 * 30 + 48 * 4 * 20;
    bytes[at..at + 4].copy_from_slice(&f32::NAN.to_le_bytes());
    fs::write(bench.path("scan.npy"), &bytes).unwrap();
    bench.fails(1, &[], &["not finite", "view 30, row 20, column 0", "--repair"]);
    run(0, bench.reconstruct("repaired.npy", &["--repair"]));
    assert!(bench.values("repaired.npy").iter().all(|v| v.is_finite()));
}

#[test]
fn a_tilted_detector_gives_the_volume_of_an_upright_one() {
    let bench = Bench::new();
    // Finer than the bone, which rectifying would otherwise blur.
    let fine =
        GEOMETRY.replace("48", "192").replace("8.4", "2.1").replace("40", "160").replace("10 ", "2.5 ");
    let words = ["ct", "simulate", "--geometry", &bench.text("scan.json"), "--out", &bench.text("scan.npy")];
    fs::write(bench.path("scan.json"), &fine).unwrap();
    let told = stderr(&run(1, words));
    assert!(told.contains("scan.npy exists") && told.contains("--replace"), "{told}");
    run(0, words.iter().chain(&["--replace"]));
    run(0, bench.reconstruct("upright.npy", &[]));
    let tilt = r#""columns": 192, "tilt": { "in_plane_deg": 6, "about_rows_deg": 5 }"#;
    fs::write(bench.path("scan.json"), fine.replace("\"columns\": 192", tilt)).unwrap();
    run(0, words.iter().chain(&["--replace"]));
    run(0, bench.reconstruct("tilted.npy", &[]));
    // Taken for upright, the same projections give something else.
    fs::write(bench.path("scan.json"), fine).unwrap();
    run(0, bench.reconstruct("mistaken.npy", &[]));
    let upright = bench.values("upright.npy");
    let (right, wrong) =
        (rms(&upright, &bench.values("tilted.npy")), rms(&upright, &bench.values("mistaken.npy")));
    assert!(right < 0.5 * wrong, "{right} {wrong}");
}

#[test]
fn slices_are_written_as_pictures_and_other_devices_are_named() {
    let bench = Bench::new();
    bench.fails(2, &["--window-values", "0,0.02"], &["for PNG slices"]);
    run(2, bench.reconstruct("slices.png", &[]));
    run(0, bench.reconstruct("slices.png", &["--window-values", "0,0.02"]));
    assert_eq!(fs::read_dir(bench.path("slices.png")).unwrap().count(), 32);
    bench.fails(1, &["--device", "cuda:0"], &["cuda"]);
    bench.fails(2, &["--device", "cuda:0", "--method", "tv", "--weight", "0.001"], &["CPU"]);
}

#[test]
fn a_newcomer_needs_three_commands_and_no_geometry() {
    let folder = tempfile::tempdir().unwrap();
    let at = |words: &[&str]| judge(0, sensorium(words).current_dir(&folder).output().unwrap());
    let told = stdout(&at(&["ct", "simulate", "--out", "head.npy", "--photons", "100000"]));
    assert!(told.contains("head.geometry.json"), "{told}");
    at(&[
        "ct",
        "reconstruct",
        "head.npy",
        "--geometry",
        "head.geometry.json",
        "--out",
        "head.mha",
        "--voxels",
        "64",
        "--voxel-mm",
        "4",
    ]);
    at(&["ct", "view", "head.mha", "--out", "head.html"]);
    assert!(folder.path().join("head.html").metadata().unwrap().len() > 100_000);
}
