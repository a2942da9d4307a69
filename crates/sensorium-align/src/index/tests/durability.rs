//! Opening, damage, kills, other models and two writers.

use super::*;

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
fn another_models_queries_are_refused_naming_both_and_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), 10, 8, Settings::default()).0.save().unwrap();
    let error = Index::open(folder.path(), Some("model-b")).err().unwrap().to_string();
    assert!(
        error.contains("model-a") && error.contains("model-b") && error.contains("index the items anew"),
        "{error}"
    );
}

#[test]
fn two_writers_are_refused_and_a_reader_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let (mut index, _) = filled(folder.path(), 10, 8, Settings::default());
    index.save().unwrap();
    let error = Index::open_for_writing(folder.path(), None).err().unwrap().to_string();
    assert!(error.contains("another program is writing"), "{error}");
    let mut reader = Index::open(folder.path(), None).unwrap();
    assert!(
        reader.add(vec![entry(1, vec![1.0; 8])]).unwrap_err().to_string().contains("open it for writing")
    );
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
    assert_eq!(
        names,
        ["index.toml", "items-2.jsonl", "lock", "notes-3.txt", "vectors-2.f32", "vectors-2.usearch"]
    );
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
