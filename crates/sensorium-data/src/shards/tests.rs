//! Shards as they should be, and as they come.

use super::*;
use proptest::prelude::*;
use std::path::{Path, PathBuf};

const PATH: &str = "train.tar";

/// A shard with `KEY.jpg` and `KEY.txt` for each key. Each sample takes 2,048 bytes.
fn shard(keys: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(PATH);
    let mut writer = ShardWriter::create(&path).unwrap();
    for key in keys {
        writer.add(key, &[("jpg", format!("picture {key}")), ("txt", format!("caption {key}\n"))]).unwrap();
    }
    writer.finish().unwrap();
    std::fs::read(path).unwrap()
}

fn parse(bytes: &[u8]) -> (Vec<Sample>, Vec<ShardProblem>) {
    parse_shard(Path::new(PATH), bytes).unwrap()
}

fn keys(samples: &[Sample]) -> Vec<&str> {
    samples.iter().map(|sample| sample.key.as_str()).collect()
}

/// A member made by the `tar` crate.
fn member(kind: tar::EntryType, name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut header = tar::Header::new_ustar();
    // The crate refuses names such as `../a`.
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_entry_type(kind);
    header.set_size(bytes.len() as u64);
    header.set_cksum();
    let mut all = header.as_bytes().to_vec();
    all.extend_from_slice(bytes);
    all.resize(all.len().next_multiple_of(512), 0);
    all
}

fn written(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn what_is_written_is_read_back() {
    let (samples, problems) = parse(&shard(&["a", "b/c"]));
    assert_eq!((keys(&samples), problems), (vec!["a", "b/c"], vec![]));
    assert_eq!(
        samples[1].members,
        [("jpg".into(), b"picture b/c".to_vec()), ("txt".into(), b"caption b/c\n".to_vec())]
    );
    assert_eq!((samples[1].index, samples[1].offset, samples[1].member("txt").unwrap().len()), (1, 2048, 12));
}

#[test]
fn the_same_samples_give_the_same_bytes_and_the_tar_crate_reads_them() {
    let long = "k".repeat(300);
    let bytes = shard(&["a", &long]);
    assert_eq!(bytes, shard(&["a", &long]));
    let mut archive = tar::Archive::new(bytes.as_slice());
    let names: Vec<_> = archive.entries().unwrap().map(|e| e.unwrap().path().unwrap().into_owned()).collect();
    assert_eq!(names[2], PathBuf::from(format!("{long}.jpg")));
    assert_eq!(keys(&parse(&bytes).0), ["a", long.as_str()]);
}

#[test]
fn samples_that_would_not_read_back_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = ShardWriter::create(folder.path().join(PATH)).unwrap();
    for key in ["", "a.b", "/a", "../a", "./a", "a//b", "a/", "a\0"] {
        assert!(writer.add(key, &[("jpg", "")]).is_err(), "{key:?}");
    }
    for extension in ["", "JPG", "a/b", "\0"] {
        assert!(writer.add("a", &[(extension, "")]).is_err(), "{extension:?}");
    }
    assert!(writer.add("a", &[("jpg", ""), ("jpg", "")]).is_err());
    assert!(writer.add::<&str, &str>("a", &[]).is_err());
    writer.add("a", &[("jpg", "")]).unwrap();
    assert!(writer.add("a", &[("jpg", "")]).unwrap_err().to_string().contains("already"));
}

#[test]
fn a_shard_that_is_not_finished_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = ShardWriter::create(folder.path().join(PATH)).unwrap();
    writer.add("a", &[("jpg", "x")]).unwrap();
    drop(writer);
    assert!(ShardWriter::create(folder.path().join(PATH)).unwrap().finish().is_err());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_damaged_header_costs_its_member_only() {
    let mut bytes = shard(&["a", "b", "c"]);
    bytes[2048 + 130] ^= 1;
    let (samples, problems) = parse(&bytes);
    assert_eq!(keys(&samples), ["a", "b", "c"]);
    assert_eq!((samples[1].member("jpg"), samples[1].members.len()), (None, 1));
    let [problem] = problems.as_slice() else { panic!("{problems:?}") };
    assert_eq!((problem.trouble.clone(), problem.offset), (Trouble::BadHeader, 2048));
    assert!(
        problem.to_string().starts_with("train.tar at byte 2048, `b.jpg`: the header is damaged"),
        "{problem}"
    );
}

#[test]
fn a_header_that_was_zeroed_is_noticed() {
    let mut bytes = shard(&["a", "b", "c"]);
    bytes[2048..2560].fill(0);
    let (samples, problems) = parse(&bytes);
    assert_eq!((keys(&samples), samples[1].members.len()), (vec!["a", "b", "c"], 1));
    assert_eq!((problems[0].trouble.clone(), problems[0].offset), (Trouble::BadHeader, 2048));
}

#[test]
fn a_shard_that_was_cut_keeps_what_came_before() {
    let bytes = shard(&["a", "b"]);
    let (samples, problems) = parse(&bytes[..2048 + 1024 + 520]);
    assert_eq!((keys(&samples), samples[1].members.len()), (vec!["a", "b"], 1));
    assert_eq!(problems[0].trouble, Trouble::BeyondEnd { claimed: 10, left: 8 });
    let (samples, problems) = parse(&bytes[..2048]);
    assert_eq!((keys(&samples), problems[0].trouble.clone()), (vec!["a"], Trouble::NoEnd));
    assert_eq!(parse(&bytes[..2100]).1[0].trouble, Trouble::NoEnd);
}

#[test]
fn an_insane_size_costs_its_member_only() {
    let mut header = tar::Header::new_gnu();
    header.set_path("huge.jpg").unwrap();
    header.set_size(u64::MAX >> 1);
    header.set_cksum();
    let bytes = [header.as_bytes().as_slice(), &shard(&["a"])].concat();
    let (samples, problems) = parse(&bytes);
    assert_eq!((keys(&samples), problems.len()), (vec!["a"], 1));
    assert!(matches!(problems[0].trouble, Trouble::BeyondEnd { claimed, .. } if claimed == u64::MAX >> 1));
}

#[test]
fn archives_joined_end_to_end_are_read_as_one() {
    let (samples, problems) = parse(&[shard(&["a"]), shard(&["b"])].concat());
    assert_eq!((keys(&samples), problems), (vec!["a", "b"], vec![]));
}

#[test]
fn names_from_pax_headers_are_used() {
    let pax = member(tar::EntryType::XHeader, "pax", b"14 path=x.txt\n");
    let bytes = [pax, member(tar::EntryType::Regular, "short.jpg", b"1"), shard(&["a"])].concat();
    let (samples, problems) = parse(&bytes);
    assert_eq!((keys(&samples), problems), (vec!["x", "a"], vec![]));
}

#[test]
fn folders_are_passed_over_and_links_and_names_without_extension_are_told() {
    let bytes = [
        member(tar::EntryType::Directory, "d/", b""),
        member(tar::EntryType::Symlink, "l.jpg", b""),
        member(tar::EntryType::Regular, "README", b"x"),
        member(tar::EntryType::Regular, "../../etc/passwd.txt", b"x"),
        shard(&["a"]),
    ];
    let (samples, problems) = parse(&bytes.concat());
    assert_eq!(keys(&samples), ["../../etc/passwd", "a"]);
    let told: Vec<_> = problems.iter().map(|p| (p.member.as_deref(), &p.trouble)).collect();
    assert_eq!(told, [(Some("l.jpg"), &Trouble::NotAFile), (Some("README"), &Trouble::NoExtension)]);
}

#[test]
fn the_first_of_two_members_or_samples_stays() {
    let first = member(tar::EntryType::Regular, "a.txt", b"1");
    let second = member(tar::EntryType::Regular, "a.txt", b"2");
    let (samples, problems) = parse(&[first, second, shard(&["b", "a"])].concat());
    assert_eq!((keys(&samples), samples[0].member("txt")), (vec!["a", "b"], Some(&b"1"[..])));
    let first = PathBuf::from(PATH);
    let told: Vec<_> = problems.into_iter().map(|p| p.trouble).collect();
    assert_eq!(told, [Trouble::DuplicateMember, Trouble::DuplicateKey { first }]);
}

#[test]
fn a_folder_is_read_in_the_order_of_names_with_keys_unique_across_shards() {
    let folder = tempfile::tempdir().unwrap();
    let second = written(folder.path(), "2.tar", &shard(&["c", "a", "d"]));
    let first = written(folder.path(), "1.tar", &shard(&["a", "b"]));
    written(folder.path(), "README.md", b"no shard");
    let mut reader = ShardReader::open([folder.path()]).unwrap();
    let samples: Vec<Sample> = reader.by_ref().map(Result::unwrap).collect();
    assert_eq!(keys(&samples), ["a", "b", "c", "d"]);
    assert_eq!((&samples[2].shard, samples[2].index, samples[3].index), (&second, 0, 1));
    assert_eq!(reader.problems().len(), 1);
    assert_eq!(reader.problems()[0].trouble, Trouble::DuplicateKey { first });
}

#[test]
fn what_is_no_shard_is_an_error_with_its_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let message = |bytes: &[u8]| {
        let path = written(folder.path(), "x.tar", bytes);
        let message = ShardReader::open([&path]).unwrap_err().to_string();
        assert_eq!(parse_shard(&path, bytes).unwrap_err().to_string(), message);
        message
    };
    assert!(message(b"").contains("is empty"));
    assert!(message(b"hello").contains("not a tar archive"));
    assert!(message(&[b'x'; 4096]).contains("not a tar archive"));
    assert!(message(&[0; 1024]).contains("has no file"));
    assert!(message(&member(tar::EntryType::Regular, "README", b"")).contains("extensions"));
    std::fs::remove_file(folder.path().join("x.tar")).unwrap();
    assert!(ShardReader::open([folder.path()]).unwrap_err().to_string().contains("no .tar file"));
    assert!(ShardReader::open(Vec::<PathBuf>::new()).is_err());
    assert!(matches!(
        ShardReader::open([folder.path().join("y.tar")]),
        Err(crate::error::DataError::Io { .. })
    ));
}

#[test]
fn captions_need_a_picture_and_a_text() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(PATH);
    let mut writer = ShardWriter::create(&path).unwrap();
    writer.add("good", &[("txt", &b"\xef\xbb\xbfa dog \n\n two\r\n\n"[..]), ("png", b"P")]).unwrap();
    writer.add("blank", &[("jpg", "P"), ("txt", " \n")]).unwrap();
    writer.add("deaf", &[("jpg", "P"), ("cls", "3")]).unwrap();
    writer.add("blind", &[("txt", "a"), ("webp", "")]).unwrap();
    writer.add("latin", &[("jpeg", &b"P"[..]), ("txt", b"caf\xe9")]).unwrap();
    writer.finish().unwrap();
    let set = read_captions(&path).unwrap();
    assert_eq!(set.items.len(), 2);
    assert_eq!(
        (set.items[0].key.as_str(), &set.items[0].captions[..]),
        ("good", &["a dog".into(), "two".into()][..])
    );
    assert_eq!(
        (set.items[0].image_bytes.as_slice(), set.empty_captions, set.invalid_utf8),
        (&b"P"[..], 1, 1)
    );
    let told: Vec<_> = set.problems.iter().map(|p| (p.member.as_deref(), &p.trouble)).collect();
    let (caption, image) = (&Trouble::NoCaption, &Trouble::NoImage);
    assert_eq!(told, [(Some("blank"), caption), (Some("deaf"), caption), (Some("blind"), image)]);
}

#[test]
fn captions_are_read_from_loose_files_where_there_is_no_shard() {
    let folder = tempfile::tempdir().unwrap();
    let files = [
        ("b.JPG", "B"),
        ("b.txt", "two"),
        ("a.txt", "one"),
        ("a.png", "A"),
        ("c.jpg", "C"),
        ("notes.md", ""),
    ];
    for (name, bytes) in files {
        written(folder.path(), name, bytes.as_bytes());
    }
    let set = read_captions(folder.path()).unwrap();
    let items: Vec<_> =
        set.items.iter().map(|i| (i.key.as_str(), i.captions[0].as_str(), &i.image_bytes[..])).collect();
    assert_eq!(items, [("a", "one", &b"A"[..]), ("b", "two", b"B")]);
    assert_eq!((set.problems.len(), set.problems[0].member.as_deref()), (1, Some("c")));
}

#[test]
fn bytes_behind_the_end_of_an_archive_are_told() {
    let mut bytes = shard(&["a"]);
    let end = bytes.len() as u64;
    bytes.extend([b'x'; 700]);
    let (samples, problems) = parse(&bytes);
    assert_eq!((keys(&samples), problems.len()), (vec!["a"], 1));
    assert_eq!((problems[0].offset, problems[0].trouble.clone()), (end, Trouble::BadHeader));
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..3000)) {
        let _ = parse_shard(Path::new(PATH), &bytes);
    }

    #[test]
    fn samples_before_the_damage_survive(
        flips in prop::collection::vec((0usize..8 * 2048, 0u8..8), 1..12), cut in 2048usize..20_000
    ) {
        let names = ["s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7"];
        let mut bytes = shard(&names);
        let sound = parse(&bytes).0;
        bytes.truncate(cut);
        let mut damaged = cut;
        for (at, bit) in flips {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << bit;
                damaged = damaged.min(at);
            }
        }
        // A sample takes 2,048 bytes.
        let whole = (damaged / 2048).min(names.len());
        if let Ok((samples, _)) = parse_shard(Path::new(PATH), &bytes) {
            prop_assert_eq!(&samples[..whole], &sound[..whole]);
        } else {
            prop_assert_eq!(whole, 0);
        }
    }

    #[test]
    fn samples_after_a_damaged_header_survive(at in 0usize..512, bit in 0u8..8) {
        let mut bytes = shard(&["a", "b", "c"]);
        let sound = parse(&bytes).0;
        bytes[2048 + at] ^= 1 << bit;
        let (samples, problems) = parse(&bytes);
        prop_assert_eq!(samples.last(), sound.last());
        prop_assert!(problems.len() <= 1);
    }
}
