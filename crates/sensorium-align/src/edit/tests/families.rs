//! Each family on examples, and what holds for all edits.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::editor;
use crate::edit::{Editor, Family, HELD_OUT, TRAINED};

fn sorted(text: &str) -> Vec<String> {
    let mut words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    words.sort();
    words
}

/// Family, caption, and every edit that is right.
const TABLE: &[(Family, &str, &[&str])] = &[
    (Family::ObjectSwap, "A small dog chases a man .", &["A small man chases a dog ."]),
    (Family::ObjectSwap, "A small dog and an old horse", &["A small horse and an old dog"]),
    (Family::AttributeSwap, "a brown dog and a white cat", &["a white dog and a brown cat"]),
    (
        Family::AttributeSwap,
        "A boy with a red hat and an orange ball",
        &["A boy with an orange hat and a red ball"],
    ),
    (
        Family::Number,
        "Two dogs are running .",
        &[
            "Three dogs are running .",
            "Four dogs are running .",
            "Five dogs are running .",
            "A dog is running .",
        ],
    ),
    (Family::Number, "A dog is running .", &["Two dogs are running ."]),
    (Family::Number, "A dog holds a stick .", &["Two dogs hold a stick .", "A dog holds two sticks ."]),
    (Family::Negation, "A man with a hat .", &["A man without a hat ."]),
    (Family::Negation, "A man is running .", &["A man is not running ."]),
    (Family::Negation, "A man jumps .", &["A man does not jump ."]),
    (Family::Negation, "A man without a hat .", &["A man with a hat ."]),
    (Family::Relation, "A dog on a bench .", &["under", "beside", "behind", "in front of", "next to"]),
    (Family::Relation, "A dog jumps in the air .", &["A dog jumps on the ground ."]),
    (Family::Relation, "A man walks up a hill .", &["A man walks down a hill ."]),
    (
        Family::Action,
        "A dog is running through a field .",
        &["A dog is walking through a field .", "A dog is crawling through a field ."],
    ),
    (
        Family::Action,
        "Two girls hold a ball .",
        &["Two girls throw a ball .", "Two girls drop a ball .", "Two girls kick a ball ."],
    ),
    (Family::Order, "A man on a horse .", &["A horse on a man ."]),
    (Family::Order, "A big dog chases a boy", &["A boy chases a big dog"]),
];

#[test]
fn every_edit_of_the_table_is_among_the_right_ones_and_none_is_missing() {
    let editor = editor();
    for (family, caption, right) in TABLE {
        let mut edits: Vec<String> =
            editor.candidates(caption, *family, &[]).into_iter().map(|(text, _)| text).collect();
        let mut right: Vec<String> = right.iter().map(|text| (*text).to_owned()).collect();
        if caption.ends_with("a bench .") {
            right = right.iter().map(|relation| caption.replace(" on ", &format!(" {relation} "))).collect();
        }
        edits.sort();
        right.sort();
        assert_eq!(edits, right, "{family}: {caption}");
    }
}

#[test]
fn an_object_becomes_another_of_its_kind_with_its_article() {
    let editor = editor();
    let mut edits = editor.candidates("A boy eats a sandwich", Family::ObjectReplace, &[]);
    edits.retain(|(text, _)| text.ends_with("sandwich"));
    let texts: Vec<&str> = edits.iter().map(|(text, _)| text.as_str()).collect();
    assert_eq!(texts, ["A man eats a sandwich", "A woman eats a sandwich", "A girl eats a sandwich"]);
}

#[test]
fn a_person_keeps_the_sex_that_a_pronoun_tells() {
    let editor = editor();
    let edits = editor.candidates("A man and his dog", Family::ObjectReplace, &[]);
    assert!(edits.iter().any(|(text, _)| text == "A boy and his dog"));
    assert!(!edits.iter().any(|(text, _)| text == "A woman and his dog"));
}

#[test]
fn a_colour_becomes_one_that_is_not_there_and_the_article_agrees() {
    let editor = editor();
    let edits = editor.candidates("a red and blue shirt", Family::AttributeReplace, &[]);
    assert!(edits.iter().any(|(text, _)| text == "an orange and blue shirt"));
    assert!(edits.iter().all(|(text, _)| text != "a blue and blue shirt" && text != "a red and red shirt"));
}

#[test]
fn phrases_that_stand_in_no_directed_relation_are_not_exchanged() {
    let editor = editor();
    for caption in ["A man and a woman .", "A man sits next to a woman .", "A boy with a girl ."] {
        assert!(editor.candidates(caption, Family::Order, &[]).is_empty(), "{caption}");
    }
}

#[test]
fn swaps_keep_all_words() {
    let editor = editor();
    let captions = ["A brown dog chases a tall man in a red hat near a blue car .", "A boy on a big horse"];
    for family in [Family::ObjectSwap, Family::AttributeSwap, Family::Order] {
        for caption in captions {
            for (text, _) in editor.candidates(caption, family, &[]) {
                assert_eq!(sorted(&text), sorted(caption), "{family}: {text}");
            }
        }
    }
}

#[test]
fn an_edit_never_equals_the_caption_or_another_truth() {
    let editor = editor();
    let caption = "Two dogs are running .";
    let truths = ["three dogs are running .".to_owned(), "A dog is running .".to_owned()];
    let edits = editor.candidates(caption, Family::Number, &truths);
    let texts: Vec<&str> = edits.iter().map(|(text, _)| text.as_str()).collect();
    assert_eq!(texts, ["Four dogs are running .", "Five dogs are running ."]);
}

#[test]
fn a_caption_that_offers_nothing_gives_none() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for family in TRAINED.iter().chain(&HELD_OUT) {
        assert_eq!(editor().edit("Nothing", *family, &mut rng), None);
        assert_eq!(editor().edit("", *family, &mut rng), None);
    }
}

#[test]
fn one_seed_gives_one_edit() {
    let editor = editor();
    let caption = "A brown dog runs on the beach with a red ball .";
    let run = |seed| {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        (0..8).map(|_| editor.any(caption, &TRAINED, &mut rng)).collect::<Vec<_>>()
    };
    assert_eq!(run(3), run(3));
    assert_ne!(run(3), run(4));
}

#[test]
fn a_saved_editor_makes_the_same_edits() {
    let editor = editor();
    let saved = serde_json::to_string(&editor).unwrap();
    let restored: Editor = serde_json::from_str(&saved).unwrap();
    for family in TRAINED.iter().chain(&HELD_OUT) {
        let caption = "A brown dog runs on the beach with a red ball .";
        assert_eq!(editor.candidates(caption, *family, &[]), restored.candidates(caption, *family, &[]));
    }
}

#[test]
fn no_family_is_both_trained_and_held_out() {
    assert!(TRAINED.iter().all(|family| !HELD_OUT.contains(family)));
}
