use super::*;
use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sensorium_data::Modality;
use std::fs;

fn entry(number: usize, vector: Vec<f32>) -> Entry {
    let year = 2010.0 + (number % 20) as f64;
    Entry {
        item: format!("clips/{number}.mp4"),
        span: Some(Span { start_us: 0, end_us: 1_000_000 }),
        modality: if number.is_multiple_of(2) { Modality::Video } else { Modality::Audio },
        metadata: Metadata::from([
            ("year".to_owned(), Value::Number(year)),
            ("speaker".to_owned(), Value::from(["anna", "ben", "cleo"][number % 3])),
        ]),
        vector,
    }
}

fn direction(rng: &mut ChaCha8Rng, dim: usize) -> Vec<f32> {
    (0..dim).map(|_| (0..6).map(|_| rng.random::<f32>() - 0.5).sum()).collect()
}

/// Vectors around `groups` centres that lie in 16 dimensions, as embeddings lie in few.
fn clustered(rng: &mut ChaCha8Rng, rows: usize, dim: usize) -> Vec<Vec<f32>> {
    let map: Vec<Vec<f32>> = (0..16).map(|_| direction(rng, dim)).collect();
    let centres: Vec<Vec<f32>> = (0..rows.div_ceil(200)).map(|_| direction(rng, 16)).collect();
    (0..rows)
        .map(|_| {
            let centre = &centres[rng.random_range(0..centres.len())];
            let near = direction(rng, 16);
            let mut vector = vec![0.0; dim];
            for place in 0..16 {
                let weight = centre[place] + 0.4 * near[place];
                vector.iter_mut().zip(&map[place]).for_each(|(v, m)| *v += weight * m);
            }
            vector
        })
        .collect()
}

fn filled(folder: &std::path::Path, rows: usize, dim: usize, settings: Settings) -> (Index, Vec<Vec<f32>>) {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let vectors = clustered(&mut rng, rows, dim);
    let mut index = Index::create_with(folder, dim, "model-a", settings).unwrap();
    index.add(vectors.iter().cloned().enumerate().map(|(n, v)| entry(n, v)).collect()).unwrap();
    (index, vectors)
}

fn graph_always() -> Settings {
    Settings { exact_below: 0, exact_share: 0.0, ..Settings::default() }
}

fn recall(index: &Index, queries: &[Vec<f32>], filter: &Filter) -> f64 {
    let queries: Vec<&[f32]> = queries.iter().map(Vec::as_slice).collect();
    let exact = index.search_many(&queries, 10, filter, true).unwrap();
    let graph = index.search_many(&queries, 10, filter, false).unwrap();
    let found: usize =
        graph.iter().zip(&exact).map(|(g, e)| e.iter().filter(|e| g.iter().any(|g| g.id == e.id)).count()).sum();
    found as f64 / exact.iter().map(Vec::len).sum::<usize>() as f64
}

fn file(folder: &std::path::Path, ending: &str) -> PathBuf {
    fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).find(|p| p.to_str().unwrap().ends_with(ending)).unwrap()
}

#[test]
fn default_settings_find_99_of_100_neighbours_near_and_far_from_the_data() {
    let folder = tempfile::tempdir().unwrap();
    let (index, vectors) = filled(folder.path(), 20_000, 128, Settings::default());
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let near: Vec<Vec<f32>> = (0..200)
        .map(|n| vectors[n * 97].iter().map(|x| x + 0.1 * (rng.random::<f32>() - 0.5)).collect())
        .collect();
    let far: Vec<Vec<f32>> = (0..200).map(|_| direction(&mut rng, 128)).collect();
    let (near, far) = (recall(&index, &near, &Filter::all()), recall(&index, &far, &Filter::all()));
    assert!(near >= 0.99, "near {near}");
    assert!(far >= 0.99, "far {far}");
}

#[test]
fn filtered_graph_search_finds_99_of_100_neighbours() {
    let folder = tempfile::tempdir().unwrap();
    let (index, vectors) = filled(folder.path(), 6_000, 32, graph_always());
    let filter = Filter::parse("speaker=anna and modality=video").unwrap();
    let found = recall(&index, &vectors[..100], &filter);
    assert!(found >= 0.99, "{found}");
}

#[test]
fn graph_and_exact_search_give_a_row_the_same_score() {
    let folder = tempfile::tempdir().unwrap();
    let (index, vectors) = filled(folder.path(), 3_000, 48, graph_always());
    let exact = index.search(&vectors[5], 5, &Filter::all(), true).unwrap();
    let graph = index.search(&vectors[5], 5, &Filter::all(), false).unwrap();
    assert_eq!(exact, graph);
    assert!((exact[0].score - 1.0).abs() < 1e-5);
    assert_eq!(exact[0].item, "clips/5.mp4");
}

#[test]
fn reopening_gives_the_same_answers() {
    let folder = tempfile::tempdir().unwrap();
    let (mut index, vectors) = filled(folder.path(), 3_000, 32, graph_always());
    index.save().unwrap();
    let queries: Vec<&[f32]> = vectors[..50].iter().map(Vec::as_slice).collect();
    let before = index.search_many(&queries, 7, &Filter::all(), false).unwrap();
    drop(index);
    let read = Index::open(folder.path(), Some("model-a")).unwrap();
    assert_eq!(read.search_many(&queries, 7, &Filter::all(), false).unwrap(), before);
    let write = Index::open_for_writing(folder.path(), None).unwrap();
    assert_eq!(write.search_many(&queries, 7, &Filter::all(), false).unwrap(), before);
    Index::verify(folder.path()).unwrap();
}

#[test]
fn many_threads_may_search_a_mapped_index_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let (mut index, vectors) = filled(folder.path(), 3_000, 32, graph_always());
    index.save().unwrap();
    drop(index);
    let index = Index::open(folder.path(), None).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..24 {
            let (index, vectors) = (&index, &vectors);
            scope.spawn(move || {
                for row in (thread..3_000).step_by(240) {
                    let hits = index.search(&vectors[row], 1, &Filter::all(), false).unwrap();
                    assert_eq!(hits[0].id, row as u64);
                }
            });
        }
    });
}

#[test]
fn another_models_queries_are_refused_naming_both_and_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), 10, 8, Settings::default()).0.save().unwrap();
    let error = Index::open(folder.path(), Some("model-b")).err().unwrap().to_string();
    assert!(error.contains("model-a") && error.contains("model-b") && error.contains("index the items anew"), "{error}");
}

#[test]
fn two_writers_are_refused_and_a_reader_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let (mut index, _) = filled(folder.path(), 10, 8, Settings::default());
    index.save().unwrap();
    let error = Index::open_for_writing(folder.path(), None).err().unwrap().to_string();
    assert!(error.contains("another program is writing"), "{error}");
    let mut reader = Index::open(folder.path(), None).unwrap();
    assert!(reader.add(vec![entry(1, vec![1.0; 8])]).unwrap_err().to_string().contains("open it for writing"));
    drop(index);
    Index::open_for_writing(folder.path(), None).unwrap();
}

#[test]
fn a_reader_keeps_its_answers_while_a_writer_saves() {
    let folder = tempfile::tempdir().unwrap();
    let (mut index, vectors) = filled(folder.path(), 3_000, 16, graph_always());
    index.save().unwrap();
    let reader = Index::open(folder.path(), None).unwrap();
    let before = reader.search(&vectors[1], 5, &Filter::all(), false).unwrap();
    index.delete_ids(&[1]).unwrap();
    index.save().unwrap();
    assert_eq!(reader.search(&vectors[1], 5, &Filter::all(), false).unwrap(), before);
    assert_eq!(reader.search(&vectors[1], 5, &Filter::all(), true).unwrap(), before);
}

#[test]
fn a_killed_save_leaves_the_old_index_and_its_rests_are_removed() {
    let folder = tempfile::tempdir().unwrap();
    let (mut index, vectors) = filled(folder.path(), 50, 8, Settings::default());
    index.save().unwrap();
    drop(index);
    for name in ["vectors-3.f32", "items-3.jsonl.part", "vectors-3.usearch.part", "index.toml.part"] {
        fs::write(folder.path().join(name), b"cut").unwrap();
    }
    fs::write(folder.path().join("notes-3.txt"), b"the user's own").unwrap();
    assert_eq!(Index::open(folder.path(), None).unwrap().len(), 50);
    let mut index = Index::open_for_writing(folder.path(), None).unwrap();
    let mut names: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["index.toml", "items-2.jsonl", "lock", "notes-3.txt", "vectors-2.f32", "vectors-2.usearch"]);
    index.add(vec![entry(50, vectors[0].clone())]).unwrap();
    index.save().unwrap();
    assert_eq!(Index::open(folder.path(), None).unwrap().len(), 51);
}

#[test]
fn every_damaged_file_is_an_error_that_names_it() {
    for ending in [".usearch", ".f32", ".jsonl", "index.toml"] {
        for length in [0, 1, 40, 200] {
            let folder = tempfile::tempdir().unwrap();
            filled(folder.path(), 50, 8, Settings::default()).0.save().unwrap();
            let path = file(folder.path(), ending);
            let content = fs::read(&path).unwrap();
            fs::write(&path, &content[..length]).unwrap();
            for error in [Index::open(folder.path(), None), Index::open_for_writing(folder.path(), None)] {
                let error = error.err().unwrap().to_string();
                assert!(error.contains(ending) && error.contains("damaged"), "{error}");
            }
        }
    }
}

#[test]
fn a_changed_byte_is_found() {
    for (ending, on_open) in [(".usearch", true), (".jsonl", true), (".f32", false)] {
        let folder = tempfile::tempdir().unwrap();
        filled(folder.path(), 50, 8, Settings::default()).0.save().unwrap();
        let path = file(folder.path(), ending);
        let mut content = fs::read(&path).unwrap();
        let middle = content.len() / 2;
        content[middle] ^= 1;
        fs::write(&path, content).unwrap();
        assert!(Index::verify(folder.path()).is_err(), "{ending}");
        assert_eq!(Index::open(folder.path(), None).is_err(), on_open, "{ending}");
    }
}

#[test]
fn vectors_that_cannot_be_compared_are_refused_and_nothing_is_added() {
    let folder = tempfile::tempdir().unwrap();
    let mut index = Index::create(folder.path(), 3, "model-a").unwrap();
    for (vector, said) in [
        (vec![1.0, 2.0], "2 numbers"),
        (vec![0.0; 3], "no direction"),
        (vec![1.0, f32::NAN, 0.0], "number 2 is NaN"),
        (vec![f32::INFINITY, 0.0, 0.0], "number 1 is inf"),
    ] {
        let error = index.add(vec![entry(0, vec![1.0; 3]), entry(7, vector.clone())]).unwrap_err().to_string();
        assert!(error.contains(said) && error.contains("entry 2") && error.contains("clips/7.mp4"), "{error}");
        assert!(index.search(&vector, 1, &Filter::all(), true).is_err());
        assert!(index.is_empty());
    }
    assert_eq!(index.add(vec![entry(0, vec![1e-30, 0.0, 0.0])]).unwrap(), [0]);
    assert_eq!(index.search(&[5.0, 0.0, 0.0], 3, &Filter::all(), false).unwrap()[0].score, 1.0);
}

#[test]
fn a_search_of_an_empty_index_finds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    drop(Index::create(folder.path(), 3, "model-a").unwrap());
    let index = Index::open(folder.path(), None).unwrap();
    assert!(index.search(&[1.0, 0.0, 0.0], 5, &Filter::all(), false).unwrap().is_empty());
}

#[test]
fn a_filter_key_that_no_entry_has_is_an_error_naming_the_keys() {
    let folder = tempfile::tempdir().unwrap();
    let (index, vectors) = filled(folder.path(), 10, 8, Settings::default());
    let filter = Filter::parse("speakr=anna").unwrap();
    let error = index.search(&vectors[0], 1, &filter, false).unwrap_err().to_string();
    assert!(error.contains("'speakr'") && error.contains("speaker, year"), "{error}");
}

#[test]
fn compaction_keeps_ids_and_answers() {
    let folder = tempfile::tempdir().unwrap();
    let (mut index, vectors) = filled(folder.path(), 400, 16, graph_always());
    index.delete(&Filter::parse("speaker=ben").unwrap()).unwrap();
    let before = index.search(&vectors[7], 20, &Filter::all(), true).unwrap();
    index.save().unwrap();
    assert_eq!(index.search(&vectors[7], 20, &Filter::all(), true).unwrap(), before);
    assert_eq!(fs::metadata(file(folder.path(), ".f32")).unwrap().len(), 266 * 16 * 4 + 64);
    drop(index);
    let mut index = Index::open_for_writing(folder.path(), None).unwrap();
    assert_eq!(index.add(vec![entry(0, vectors[0].clone())]).unwrap(), [400]);
}

#[test]
fn overlapping_hits_of_an_item_become_one_with_the_best_score() {
    let hit = |id, item: &str, start, end, score| Hit {
        id,
        score,
        item: item.into(),
        span: Some(Span { start_us: start, end_us: end }),
        modality: Modality::Video,
        metadata: Metadata::new(),
    };
    let hits = vec![hit(0, "a", 0, 10, 0.5), hit(1, "b", 5, 9, 0.8), hit(2, "a", 12, 20, 0.9), hit(3, "a", 30, 40, 0.7)];
    let got = |gap| merge_spans(hits.clone(), gap).iter().map(|h| (h.id, h.span.unwrap())).collect::<Vec<_>>();
    let span = |start_us, end_us| Span { start_us, end_us };
    assert_eq!(got(2), [(2, span(0, 20)), (1, span(5, 9)), (3, span(30, 40))]);
    assert_eq!(got(0), [(2, span(12, 20)), (1, span(5, 9)), (3, span(30, 40)), (0, span(0, 10))]);
}

#[test]
fn merged_search_answers_with_as_many_items_as_asked() {
    let folder = tempfile::tempdir().unwrap();
    let mut index = Index::create(folder.path(), 2, "model-a").unwrap();
    let part = |item: &str, n: i64, x: f32| Entry {
        item: item.into(),
        span: Some(Span { start_us: n * 10, end_us: n * 10 + 15 }),
        modality: Modality::Video,
        metadata: Metadata::new(),
        vector: vec![1.0, x],
    };
    index.add((0..50).map(|n| part("long", n, 0.001 * n as f32)).collect()).unwrap();
    index.add(vec![part("other", 0, 1.0)]).unwrap();
    let hits = index.search_merged(&[1.0, 0.0], 2, &Filter::all(), false, 0).unwrap();
    assert_eq!(hits.iter().map(|h| h.item.as_str()).collect::<Vec<_>>(), ["long", "other"]);
    assert_eq!(hits[0].span, Some(Span { start_us: 0, end_us: 505 }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn deleted_ids_are_never_found(
        gone in proptest::collection::btree_set(0u64..300, 1..250), saved in any::<bool>(), exact in any::<bool>()
    ) {
        let folder = tempfile::tempdir().unwrap();
        let (mut index, vectors) = filled(folder.path(), 300, 8, graph_always());
        let ids: Vec<u64> = gone.iter().copied().collect();
        prop_assert_eq!(index.delete_ids(&ids).unwrap(), ids.len());
        if saved {
            index.save().unwrap();
            drop(index);
            index = Index::open(folder.path(), None).unwrap();
        }
        for query in vectors.iter().step_by(29) {
            let hits = index.search(query, 300, &Filter::all(), exact).unwrap();
            prop_assert_eq!(hits.len(), 300 - ids.len());
            prop_assert!(hits.iter().all(|h| !gone.contains(&h.id)));
            prop_assert!(hits.windows(2).all(|w| w[0].score >= w[1].score));
        }
    }

    #[test]
    fn any_text_as_a_filter_is_read_or_refused(text in ".{0,40}") {
        if let Ok(filter) = Filter::parse(&text) {
            prop_assert_eq!(Filter::parse(&filter.to_string()).unwrap().to_string(), filter.to_string());
        }
    }
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
