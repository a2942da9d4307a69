//! What filters let through and refuse.

use super::*;
use proptest::prelude::*;

#[test]
fn a_filter_key_that_no_entry_has_is_an_error_naming_the_keys() {
    let folder = tempfile::tempdir().unwrap();
    let (index, vectors) = filled(folder.path(), 10, 8, Settings::default());
    let filter = Filter::parse("speakr=anna").unwrap();
    let error = index.search(&vectors[0], 1, &filter, false).unwrap_err().to_string();
    assert!(error.contains("'speakr'") && error.contains("speaker, year"), "{error}");
}

#[test]
fn filters_keep_what_they_say() {
    let mut record = Record {
        id: 12,
        item: "talks/a, b.mp4".into(),
        span: Some(Span { start_us: 2_500_000, end_us: 4_000_000 }),
        modality: Modality::Video,
        metadata: Metadata::from([
            ("speaker".to_owned(), Value::from("anna and ben")),
            ("year".to_owned(), Value::Number(2020.0)),
            ("day".to_owned(), Value::from("2020-05-01")),
            ("item".to_owned(), Value::from("shadowed")),
        ]),
        deleted: false,
    };
    for (text, passes) in [
        ("", true),
        ("modality=video", true),
        ("modality!=video", false),
        ("speaker=\"anna and ben\"", true),
        ("speaker~anna and year>=2020", true),
        ("speaker~Anna", false),
        ("year>2020", false),
        ("year = 2020.0 AND id<13", true),
        ("item~\"a, b\", start>=2.5, end<4", false),
        ("item~\"a, b\", start>=2.5, end<=4", true),
        ("day>=2020-04-30 and day<2020-05-02", true),
        ("meta.item=shadowed", true),
        ("missing=1", false),
        ("missing!=1", true),
        ("year=many", false),
        ("year~02", true),
    ] {
        assert_eq!(Filter::parse(text).unwrap().passes(&record), passes, "{text}");
    }
    record.span = None;
    assert!(!Filter::parse("start>=0").unwrap().passes(&record));
}

#[test]
fn a_filter_that_cannot_be_read_is_refused_at_its_place() {
    for (text, place, said) in [
        ("modality", 1, "no operator"),
        ("year>=2020 and speaker", 16, "no operator"),
        ("year>=", 7, "no value"),
        ("=5", 1, "no key"),
        ("a=1,,b=2", 5, "missing"),
        ("é=1 and b=\"x", 11, "never closed"),
        ("year==2020", 6, "two operators"),
        ("modality=film", 10, "use one of image"),
        ("start>soon", 7, "number"),
    ] {
        let error = Filter::parse(text).unwrap_err().to_string();
        assert!(error.contains(&format!("character {place}: ")) && error.contains(said), "{text}: {error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_text_as_a_filter_is_read_or_refused(text in ".{0,40}") {
        if let Ok(filter) = Filter::parse(&text) {
            prop_assert_eq!(Filter::parse(&filter.to_string()).unwrap().to_string(), filter.to_string());
        }
    }
}
