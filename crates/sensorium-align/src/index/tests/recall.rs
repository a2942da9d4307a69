//! What searches find.

use super::*;

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
fn many_threads_may_search_a_mapped_index_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let (mut index, vectors) = filled(folder.path(), 3_000, 32, graph_always());
    index.save().unwrap();
    drop(index);
    let index = Index::open(folder.path(), None).unwrap();
    // The graph is built by threads that race, so that a few rows in a thousand may not find themselves: what
    // each search finds alone is what it must find in company.
    let rows: Vec<usize> = (0..3_000).step_by(10).collect();
    let nearest = |row: usize| index.search(&vectors[row], 1, &Filter::all(), false).unwrap()[0].id;
    let alone: Vec<u64> = rows.iter().map(|row| nearest(*row)).collect();
    let own = rows.iter().zip(&alone).filter(|(row, id)| **row as u64 == **id).count();
    assert!(own * 100 >= rows.len() * 99, "{own} of {}", rows.len());
    std::thread::scope(|scope| {
        for thread in 0..24 {
            let (nearest, rows, alone) = (&nearest, &rows, &alone);
            scope.spawn(move || {
                for place in (thread..rows.len()).step_by(24) {
                    assert_eq!(nearest(rows[place]), alone[place], "row {}", rows[place]);
                }
            });
        }
    });
}

#[test]
fn a_search_of_an_empty_index_finds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    drop(Index::create(folder.path(), 3, "model-a").unwrap());
    let index = Index::open(folder.path(), None).unwrap();
    assert!(index.search(&[1.0, 0.0, 0.0], 5, &Filter::all(), false).unwrap().is_empty());
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
    let hits = vec![
        hit(0, "a", 0, 10, 0.5),
        hit(1, "b", 5, 9, 0.8),
        hit(2, "a", 12, 20, 0.9),
        hit(3, "a", 30, 40, 0.7),
    ];
    let got =
        |gap| merge_spans(hits.clone(), gap).iter().map(|h| (h.id, h.span.unwrap())).collect::<Vec<_>>();
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
