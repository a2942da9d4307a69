//! Adding, deleting and compacting.

use super::*;
use proptest::prelude::*;

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
        let error =
            index.add(vec![entry(0, vec![1.0; 3]), entry(7, vector.clone())]).unwrap_err().to_string();
        assert!(
            error.contains(said) && error.contains("entry 2") && error.contains("clips/7.mp4"),
            "{error}"
        );
        assert!(index.search(&vector, 1, &Filter::all(), true).is_err());
        assert!(index.is_empty());
    }
    assert_eq!(index.add(vec![entry(0, vec![1e-30, 0.0, 0.0])]).unwrap(), [0]);
    assert_eq!(index.search(&[5.0, 0.0, 0.0], 3, &Filter::all(), false).unwrap()[0].score, 1.0);
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
}
