//! The page of a volume, as a browser would take it apart.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::read::ZlibDecoder;
use sensorium_tomo::viewer::{Depth, ViewerOptions, page, save};
use sensorium_tomo::{TomoError, Volume, VolumeGrid};
use sha2::{Digest, Sha256};
use std::io::Read;

fn volume(voxels: [usize; 3], value: impl Fn(usize) -> f32) -> Volume {
    let grid = VolumeGrid::centred(voxels, [0.5, 0.5, 1.0]).unwrap();
    Volume::new(grid, (0..grid.len()).map(value).collect()).unwrap()
}

fn waves(voxels: [usize; 3]) -> Volume {
    volume(voxels, |i| (i as f32 * 0.37).sin() * 1000.0 - 24.0)
}

fn between<'a>(html: &'a str, start: &str, end: &str) -> &'a str {
    let rest = html.split_once(start).unwrap().1;
    rest.split_once(end).unwrap().0
}

fn scene(html: &str) -> serde_json::Value {
    serde_json::from_str(between(html, "id=\"scene\">", "</script>")).unwrap()
}

/// The values that the page holds, as its script computes them.
fn decoded(html: &str) -> Vec<f64> {
    let packed = STANDARD.decode(between(html, "id=\"voxels\">", "</script>")).unwrap();
    let mut bytes = Vec::new();
    ZlibDecoder::new(&packed[..]).read_to_end(&mut bytes).unwrap();
    let scene = scene(html);
    let count: u64 = scene["voxels"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).product();
    let (low, upper) = bytes.split_at(count as usize);
    assert_eq!(upper.len(), if scene["bits"].as_u64().unwrap() > 8 { low.len() } else { 0 });
    let number = |name: &str| scene[name].as_f64().unwrap();
    let code = |i: usize| u16::from_le_bytes([low[i], upper.get(i).copied().unwrap_or(0)]);
    let value = |code: u16| match code {
        0 => f64::NAN,
        code => number("low") + number("step") * (f64::from(code) - 1.0),
    };
    (0..low.len()).map(|i| value(code(i))).collect()
}

#[test]
fn the_page_refers_to_nothing_outside() {
    let html = page(&waves([9, 8, 7]), &ViewerOptions::default()).unwrap();
    for outside in ["http:", "https:", "src=", "href=", "url(", "@import", "import(", "fetch(", "//cdn"] {
        assert!(!html.contains(outside), "{outside}");
    }
}

#[test]
fn the_policy_allows_the_one_script() {
    let html = page(&waves([4, 4, 4]), &ViewerOptions::default()).unwrap();
    let digest = STANDARD.encode(Sha256::digest(between(&html, "\n<script>", "</script>")));
    assert!(
        html.contains(&format!(
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
        ))
    );
}

#[test]
fn slices_come_back_within_half_a_step() {
    let volume = waves([17, 13, 5]);
    for (depth, steps) in [(Depth::Bits8, 254.0), (Depth::Bits12, 4094.0), (Depth::Bits16, 65534.0)] {
        let html = page(&volume, &ViewerOptions { depth, ..Default::default() }).unwrap();
        let found = decoded(&html);
        assert_eq!(found.len(), volume.values().len());
        let half_step = 0.5 * 2000.0 / steps;
        for (found, value) in found.iter().zip(volume.values()) {
            assert!((found - f64::from(*value)).abs() < 1.01 * half_step, "{depth:?}: {found} for {value}");
        }
    }
}

#[test]
fn a_constant_volume_is_exact() {
    let html = page(&volume([6, 5, 4], |_| 0.02), &ViewerOptions::default()).unwrap();
    assert!(decoded(&html).iter().all(|v| *v == f64::from(0.02f32)));
    let window = scene(&html)["window"].clone();
    assert!(window[0].as_f64() < window[1].as_f64());
}

#[test]
fn a_flat_volume_has_a_page() {
    let html = page(&waves([20, 10, 1]), &ViewerOptions::default()).unwrap();
    assert_eq!(scene(&html)["voxels"], serde_json::json!([20, 10, 1]));
    assert_eq!(decoded(&html).len(), 200);
}

#[test]
fn nan_is_counted_and_stays_nan() {
    let volume = volume([6, 5, 4], |i| if i % 7 == 0 { f32::NAN } else { i as f32 });
    let html = page(&volume, &ViewerOptions::default()).unwrap();
    assert!(html.contains("18 voxels (NaN, infinite)"));
    for (found, value) in decoded(&html).iter().zip(volume.values()) {
        assert_eq!(found.is_nan(), value.is_nan());
    }
}

#[test]
fn a_volume_of_nan_is_refused_with_the_reason() {
    let error = page(&volume([3, 3, 3], |_| f32::NAN), &ViewerOptions::default()).unwrap_err();
    assert!(error.to_string().contains("no voxel of the volume is a number"), "{error}");
}

#[test]
fn a_reduced_volume_keeps_its_mean_and_says_so() {
    let volume = waves([50, 33, 9]);
    let html = page(&volume, &ViewerOptions { longest_edge: 20, ..Default::default() }).unwrap();
    assert_eq!(scene(&html)["voxels"], serde_json::json!([17, 17, 9]));
    assert!(html.contains("from 50 × 33 × 9 to 17 × 17 × 9 voxels"));
    let found = decoded(&html);
    let mean = |values: &mut dyn Iterator<Item = f64>, n: usize| values.sum::<f64>() / n as f64;
    let before = mean(&mut volume.values().iter().map(|v| f64::from(*v)), volume.values().len());
    let after = mean(&mut found.iter().copied(), found.len());
    assert!((before - after).abs() < 0.05, "{before} became {after}");
}

#[test]
fn a_volume_within_the_limit_is_not_reduced() {
    let html = page(&waves([20, 20, 3]), &ViewerOptions { longest_edge: 20, ..Default::default() }).unwrap();
    assert!(!html.contains("Reduced for this page"));
}

#[test]
fn text_cannot_break_out_of_its_place() {
    let bad = "</script><script>alert(1)</script>{{facts}}";
    let options = ViewerOptions {
        title: bad.into(),
        lead: bad.into(),
        unit: bad.into(),
        facts: vec![(bad.into(), bad.into())],
        ..Default::default()
    };
    let html = page(&waves([4, 4, 4]), &options).unwrap();
    assert!(!html.contains("<script>alert"));
    assert_eq!(scene(&html)["unit"], bad);
    assert_eq!(html.matches("<script").count(), 3);
}

#[test]
fn requests_that_cannot_be_are_refused() {
    let volume = waves([4, 4, 4]);
    let refused = |options: ViewerOptions| {
        assert!(matches!(page(&volume, &options), Err(TomoError::Request(_))));
    };
    refused(ViewerOptions { longest_edge: 0, ..Default::default() });
    refused(ViewerOptions { window: Some((1.0, 1.0)), ..Default::default() });
    refused(ViewerOptions { window: Some((f32::NAN, 1.0)), ..Default::default() });
}

#[test]
fn a_page_that_cannot_be_written_names_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing").join("page.html");
    let error = save(&path, &waves([2, 2, 2]), &ViewerOptions::default()).unwrap_err();
    assert!(error.to_string().contains("page.html"), "{error}");
}
