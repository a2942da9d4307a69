//! Each quirk of real files, and that what is written is read back.

use super::*;
use crate::time::Timestamp;
use proptest::prelude::*;

const FILE: &str = "film.srt";

fn srt(text: &str) -> Subtitles {
    parse_srt(Path::new(FILE), text.as_bytes()).unwrap()
}

fn vtt(text: &str) -> Subtitles {
    parse_vtt(Path::new("film.vtt"), text.as_bytes()).unwrap()
}

fn texts(read: &Subtitles) -> Vec<&str> {
    read.cues.iter().map(|cue| cue.text.as_str()).collect()
}

fn cue(start_ms: i64, end_ms: i64, text: &str) -> Cue {
    let at = |ms: i64| Timestamp::from_micros(ms * 1000);
    Cue { span: Span::new(at(start_ms), at(end_ms)), text: text.to_owned() }
}

const TWO: &str = "1\n00:00:01,000 --> 00:00:02,500\nHello\nthere\n\n2\n00:00:03,000 --> 00:00:04,000\nBye\n";

#[test]
fn a_clean_file_needs_no_repair() {
    let read = srt(TWO);
    assert_eq!(read.cues, [cue(1000, 2500, "Hello\nthere"), cue(3000, 4000, "Bye")]);
    assert_eq!(read.repairs.total(), 0);
}

#[test]
fn the_content_tells_the_format() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.srt");
    std::fs::write(&path, "\u{feff}WEBVTT - a title\r\n\r\n00:01.000 --> 00:02.000\r\n<v Ann>Hi</v>\r\n")
        .unwrap();
    assert_eq!(read(&path).unwrap().cues, [cue(1000, 2000, "Hi")]);
    std::fs::write(&path, TWO).unwrap();
    assert_eq!(read(&path).unwrap(), srt(TWO));
}

#[test]
fn line_endings_and_encodings_do_not_matter() {
    let wanted = srt(TWO);
    for ending in ["\r\n", "\r", "\r\r\n"] {
        assert_eq!(srt(&TWO.replace('\n', ending)), wanted);
    }
    let utf16: Vec<u8> = TWO.encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(parse(Path::new(FILE), &utf16).unwrap(), wanted);
}

#[test]
fn latin1_lines_are_counted() {
    let read = parse_srt(Path::new(FILE), b"1\n00:00:01,000 --> 00:00:02,000\nCaf\xe9\n").unwrap();
    assert_eq!((texts(&read), read.repairs.latin1_lines), (vec!["Café"], 1));
}

#[test]
fn missing_and_bad_numbers_are_counted_and_do_not_matter() {
    let read = srt(
        "00:01 --> 00:02\na\n\nx7\n00:03 --> 00:04\nb\n\n3\n00:05 --> 00:06\nc\n\n3\n00:07 --> 00:08\nd\n",
    );
    assert_eq!(texts(&read), ["a", "b", "c", "d"]);
    assert_eq!((read.repairs.bad_indices, read.repairs.total()), (3, 3));
}

#[test]
fn cues_without_a_blank_line_between_them_are_told_apart() {
    let read = srt("1\n00:01 --> 00:02\na\n2\n00:03 --> 00:04\nb\n00:05 --> 00:06\nc\n");
    assert_eq!(texts(&read), ["a", "b", "c"]);
}

#[test]
fn text_below_a_blank_line_belongs_to_the_cue_above() {
    let read = srt("1\n00:01 --> 00:02\na\n\nb\nb\n\n\n\n2\n00:03 --> 00:04\nc\n");
    assert_eq!((texts(&read), read.repairs.inner_blank_lines), (vec!["a\nb\nb", "c"], 1));
}

#[test]
fn a_file_with_each_line_end_doubled_is_read_with_its_numbers() {
    let read = srt(&TWO.replace('\n', "\n\n"));
    assert_eq!(read.cues, srt(TWO).cues);
    assert_eq!((read.repairs.bad_indices, read.repairs.inner_blank_lines, read.repairs.total()), (0, 3, 3));
}

#[test]
fn text_that_is_a_number_stays_text() {
    let read = srt("1\n00:01 --> 00:02\n42\n\n2\n00:03 --> 00:04\n7\n");
    assert_eq!((texts(&read), read.repairs.total()), (vec!["42", "7"], 0));
}

#[test]
fn overlaps_are_kept_and_disorder_is_sorted_and_counted() {
    let read = srt("1\n00:05 --> 00:09\nb\n\n2\n00:01 --> 00:06\na\n\n3\n00:05 --> 00:06\nc\n");
    assert_eq!((texts(&read), read.repairs.reordered), (vec!["a", "b", "c"], 1));
}

#[test]
fn backward_and_empty_cues_are_dropped_and_counted() {
    let read = srt(
        "1\n00:05 --> 00:04\na\n\n2\n00:06 --> 00:07\n<i> </i>\n\n3\n00:08 --> 00:09\n\n\n4\n00:10 --> 00:11\nd\n",
    );
    assert_eq!((texts(&read), read.repairs.backward_dropped, read.repairs.empty_dropped), (vec!["d"], 1, 2));
}

#[test]
fn a_cue_with_unreadable_times_is_dropped_with_its_text() {
    let read = srt("1\n00:00:99,000 --> 00:01:00,000\na\n\n2\n00:00:01,000 --> 00:00:02,000\nb\n");
    assert_eq!((texts(&read), read.repairs.unreadable_times, read.repairs.bad_indices), (vec!["b"], 1, 0));
}

#[test]
fn comments_styles_and_regions_are_left_out() {
    let read = vtt(
        "WEBVTT Kind: captions\nLanguage: en\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:x\n\nNOTE\n00:00.000 --> 00:01.000\nnot shown\n\n\
         intro\n00:01.000 --> 00:02.000 align:start\nNOTE well\n\nNOTE the end\n",
    );
    assert_eq!((texts(&read), read.repairs.total()), (vec!["NOTE well"], 0));
}

#[test]
fn a_webvtt_header_may_run_into_the_first_cue() {
    assert_eq!(texts(&vtt("WEBVTT\n00:01.000 --> 00:02.000\na\n")), ["a"]);
}

#[test]
fn text_before_the_first_cue_is_counted() {
    let read = srt("made by someone\n\n1\n00:01 --> 00:02\na\n");
    assert_eq!((texts(&read), read.repairs.stray_lines), (vec!["a"], 1));
}

#[test]
fn a_file_without_a_cue_is_an_error_that_says_what_was_expected() {
    for bytes in [&b""[..], b"Dear diary", b"WEBVTT\n\nNOTE nothing\n"] {
        let message = parse(Path::new(FILE), bytes).unwrap_err().to_string();
        assert!(message.starts_with(FILE) && message.contains("-->"), "{message}");
    }
    let message =
        parse_srt(Path::new(FILE), b"1\n00:00:99,000 --> 00:01:00,000\na\n").unwrap_err().to_string();
    assert!(message.starts_with("film.srt:2: "), "{message}");
    assert!(parse_vtt(Path::new(FILE), TWO.as_bytes()).unwrap_err().to_string().contains("WEBVTT"));
}

#[test]
fn the_check_finds_lost_times_and_the_wrong_video() {
    let of = |cues: &[Cue]| Subtitles { cues: cues.to_vec(), ..Subtitles::default() };
    assert!(srt(TWO).check(10_000_000).is_empty());
    let lost = of(&[cue(0, 1000, "a"), cue(0, 2000, "b")]).check(10_000_000);
    assert_eq!(lost, [SubtitleWarning::AllStartAtZero { cues: 2 }]);
    let beyond = srt(TWO).check(3_000_000);
    assert!(
        beyond[0].to_string().starts_with("1 of 2 cues lie beyond the video's end (3.000 s"),
        "{}",
        beyond[0]
    );
}

#[test]
fn shifting_clamps_and_drops_what_lies_before_zero() {
    let shifted = srt(TWO).shifted(-1_500_000, 1.0).unwrap();
    assert_eq!((shifted.cues[0].clone(), shifted.repairs.clamped), (cue(0, 1000, "Hello\nthere"), 1));
    let shifted = srt(TWO).shifted(-2_500_000, 1.0).unwrap();
    assert_eq!((shifted.cues.len(), shifted.repairs.before_zero_dropped), (1, 1));
}

#[test]
fn stretching_multiplies_before_it_moves() {
    let stretched = srt(TWO).shifted(500_000, 2.0).unwrap();
    assert_eq!(stretched.cues[1], cue(6500, 8500, "Bye"));
    assert!(srt(TWO).shifted(0, f64::NAN).is_err() && srt(TWO).shifted(0, 0.0).is_err());
}

#[test]
fn what_cannot_be_written_leaves_the_old_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.srt");
    std::fs::write(&path, "old").unwrap();
    for cues in [vec![], vec![cue(-1, 5, "a")], vec![cue(0, 5, " \n ")]] {
        assert!(write_srt(&path, &cues).is_err());
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

fn tricky_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z0-9 ]{0,4}",
        prop::sample::select(vec![
            "<",
            ">",
            "&",
            "<i>",
            "</b>",
            "{\\an8}",
            "{\\",
            "}",
            "-->",
            "->",
            "-",
            "\n",
            "\r",
            "\n\n",
            "&lt;",
            "&amp",
            ";",
            "00:01 --> 00:02",
            "NOTE",
            "STYLE",
            "WEBVTT",
            "1",
            "<br>",
            "<00:01>",
            "é",
            "\u{feff}",
            "\u{85}",
            "\0",
            "&#10;",
        ])
        .prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 1..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(
        raw in prop::collection::vec((0i64..400_000_000, 1i64..100_000, tricky_text()), 1..6)
    ) {
        let mut cues: Vec<Cue> = raw
            .into_iter()
            .map(|(start, length, text)| cue(start, start + length, &markup::tidy(&text)))
            .filter(|cue| !cue.text.is_empty())
            .collect();
        cues.sort_by_key(|cue| cue.span.start);
        prop_assume!(!cues.is_empty());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        for write in [write_srt, write_vtt] {
            write(&path, &cues).unwrap();
            let again = read(&path).unwrap();
            prop_assert_eq!(&again.cues, &cues);
            prop_assert_eq!(again.repairs.total(), 0);
        }
    }

    #[test]
    fn no_bytes_make_the_readers_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(Path::new(FILE), &bytes);
    }

    #[test]
    fn no_text_like_subtitles_makes_the_readers_panic(
        pieces in prop::collection::vec(prop_oneof![
            tricky_text(),
            Just("\n00:00:01,000 --> 00:00:02,000\n".to_owned()),
            "\n[0-9]{0,12}:[0-9]{1,3}[:,][0-9]{0,9} ?--> ?[0-9]{1,11}:[0-9]{2}\n",
        ], 0..12)
    ) {
        for header in ["", "WEBVTT\n\n"] {
            let text = header.to_owned() + &pieces.concat();
            if let Ok(read) = parse(Path::new(FILE), text.as_bytes()) {
                prop_assert!(read.cues.windows(2).all(|w| w[0].span.start <= w[1].span.start));
                prop_assert!(read.cues.iter().all(|c| c.span.micros() > 0 && !c.text.is_empty()));
            }
        }
    }
}
