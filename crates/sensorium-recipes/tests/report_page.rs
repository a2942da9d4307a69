//! The report page seen from outside: self-contained, inert, well-formed.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use sensorium_nn::metrics::{Binning, Confusion, reliability_bins};
use sensorium_recipes::report::*;
use sensorium_recipes::{Figure, Outcome, Table, Target};

/// A page in which every text that a user can choose is `name`.
fn page_of(name: &str) -> Page {
    let s = || name.to_owned();
    let spell = || Spell { start: 1.0, end: 4.0, label: s() };
    let lane = |content| Lane { name: s(), unit: s(), modality: 0, content, failures: vec![spell()] };
    let mut table = Table::new(s(), [s(), s()]);
    table.own_row([s()]).row([s(), s(), s()]);
    table.note = s();
    let mut confusion =
        ConfusionChart::new(vec![s(), s()], Confusion::from_labels(2, &[0, 0, 1], &[0, 1, 1]));
    (confusion.title, confusion.text) = (s(), s());
    let bins = reliability_bins(&[0.9, 0.4], &[true, false], Binning::EqualWidth(5));
    let mut calibration = Calibration::new(vec![Reliability { name: s(), bins, ece: 0.1 }]);
    (calibration.title, calibration.text) = (s(), s());
    let mut outcome = Outcome::new(s(), true, vec![1]);
    outcome.figures = vec![
        Figure::new(s(), s(), 0.5)
            .unit(s())
            .baseline(s(), 0.4)
            .interval((0.4, 0.6))
            .target(Target::above(0.9)),
    ];
    outcome.tables = vec![table];
    outcome.notes = vec![s()];
    outcome.sections = vec![
        Section::Confusion(confusion),
        Section::Calibration(calibration),
        Section::Heat(Heat {
            title: s(),
            text: s(),
            rows: vec![s()],
            columns: vec![s(), s()],
            values: vec![1.0],
            range: None,
        }),
        Section::Curves(Curves {
            title: s(),
            text: s(),
            x_label: s(),
            y_label: s(),
            y_range: None,
            lines: vec![Line::new(
                s(),
                LineRole::Own,
                vec![CurvePoint::new(0.0, 1.0), CurvePoint::new(1.0, 0.5)],
            )],
        }),
        Section::Histogram(Histogram {
            title: s(),
            text: s(),
            x_label: s(),
            values: vec![1.0, 2.0],
            marks: vec![(s(), 1.5)],
        }),
        Section::Timeline(Timeline {
            title: s(),
            text: s(),
            span: (0.0, 10.0),
            modalities: vec![s()],
            weights: vec![WeightRow { start: 0.0, end: 9.0, weights: vec![1.0] }],
            truth: vec![Spell { start: 0.0, end: 9.0, label: format!("{name}2") }],
            predicted: vec![spell()],
            lanes: vec![
                lane(LaneContent::Series { times: vec![0.0, 5.0], values: vec![1.0, 2.0] }),
                lane(LaneContent::Audio { start: 0.0, rate_hz: 100.0, samples: vec![0.5; 500] }),
                lane(LaneContent::Images { times: vec![1.0], width: 2, height: 2, pixels: vec![1.0; 4] }),
                lane(LaneContent::Text { entries: vec![(1.0, s())] }),
            ],
        }),
    ];
    outcome.page(s(), s(), Provenance::new(s(), vec![1]).fact(s(), s()))
}

/// Checks that tags nest; returns the names of the elements in the body.
fn elements(html: &str) -> Vec<String> {
    let body = &html[html.find("<body>").unwrap()..html.find("</html>").unwrap()];
    let (mut open, mut names) = (Vec::new(), Vec::new());
    for tag in body.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap();
        let name = tag.trim_start_matches('/').split_whitespace().next().unwrap().to_owned();
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "tags nest");
        } else {
            // Every other piece stands between quotes.
            let attributes: String = tag.split('"').step_by(2).collect();
            assert!(!attributes.contains(" on") && !attributes.contains('\''), "no event handler: {tag}");
            names.push(name.clone());
            open.push(name);
        }
    }
    assert!(open.is_empty(), "every element is closed: {open:?}");
    names.sort();
    names
}

#[test]
fn a_class_named_script_is_inert() {
    // A long name may lack the room for a label, but no name brings an element of another kind.
    let calm = elements(&render(&page_of("leak")));
    for name in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "'/><svg/onload=alert(1)>",
        "</title></style></svg><script>",
        "--><!--",
        "&lt;script&gt;",
    ] {
        let html = render(&page_of(name));
        let hot = elements(&html);
        assert!(hot.iter().all(|e| calm.contains(e)), "{name} adds no element");
        assert!(hot.len() <= calm.len(), "{name} adds no element");
        assert!(!hot.iter().any(|e| e == "script" || e == "img"));
        assert!(!html.contains("<script"));
    }
}

#[test]
fn the_page_fetches_nothing() {
    let html = render(&page_of("leak"));
    for outside in ["http:", "https:", "//", "@import", "url(h", "<link", "<script", "<iframe"] {
        // The only other place of two slashes is base64.
        let text: String =
            html.split("base64,").map(|part| part.split_once('"').map_or(part, |(_, after)| after)).collect();
        assert!(!text.contains(outside), "{outside}");
    }
    assert!(html.contains("default-src 'none'"));
}

#[test]
fn each_mask_has_its_own_name() {
    let html = render(&page_of("leak"));
    let mut ids: Vec<&str> = html.split(" id=\"").skip(1).map(|s| s.split('"').next().unwrap()).collect();
    ids.sort_unstable();
    let before = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), before);
    assert!(ids.iter().any(|id| id.starts_with('m')));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_name_leaves_the_page_whole(name in "\\PC{0,12}|[<>&\"'/a-z =\\-!\u{0}-\u{1f}\u{202e}]{0,24}") {
        let html = render(&page_of(&name));
        let names = elements(&html);
        prop_assert!(!names.iter().any(|e| e == "script" || e == "img"));
        prop_assert!(!html.contains("NaN"));
        prop_assert!(!html.chars().any(|c| c.is_control() && c != '\n' && c != '\t'));
    }
}
