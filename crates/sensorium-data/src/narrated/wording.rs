//! What a narrator may say of each action: one list of phrases for training, another for the test.

use super::action::Action;
use super::test_phrases;
use super::train_phrases;
use serde::{Deserialize, Serialize};

/// Whose words a narrator uses. The phrases of the two have no verb in common for any action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wording {
    /// The words of the training videos.
    Train,
    /// The words of the test videos and of the zero-shot prompts.
    Test,
}

/// Sentence frames: `{object}` and `{verb}` stand for the phrases.
const TRAIN_FRAMES: [&str; 6] = [
    "the {object} {verb}",
    "now the {object} {verb}",
    "here the {object} {verb}",
    "you can see that the {object} {verb}",
    "a {object} {verb}",
    "and then the {object} {verb}",
];

const TEST_FRAMES: [&str; 4] = [
    "this {object} {verb}",
    "watch how that {object} {verb}",
    "next our {object} {verb}",
    "notice as this {object} {verb}",
];

const TRAIN_CHATTER: [&str; 8] = [
    "let us see what comes next",
    "okay so where were we",
    "thank you for watching so far",
    "do not forget to subscribe",
    "i really like this part",
    "just a moment please",
    "this is going well today",
    "we are almost halfway there",
];

const TEST_CHATTER: [&str; 4] = [
    "right what else have we got",
    "stay with me everybody",
    "that reminds me of a story",
    "bear with us a second",
];

/// Phrases that say the action in these words; `{other}` stands for the other object in the picture.
pub fn verb_phrases(action: Action, wording: Wording) -> &'static [&'static str] {
    match wording {
        Wording::Train => train_phrases::phrases(action),
        Wording::Test => test_phrases::phrases(action),
    }
}

/// Sentences about anything but the actions.
pub fn chatter(wording: Wording) -> &'static [&'static str] {
    match wording {
        Wording::Train => &TRAIN_CHATTER,
        Wording::Test => &TEST_CHATTER,
    }
}

/// Sentences in which a phrase is said; `{object}` and `{verb}` stand for the parts.
pub fn sentence_frames(wording: Wording) -> &'static [&'static str] {
    match wording {
        Wording::Train => &TRAIN_FRAMES,
        Wording::Test => &TEST_FRAMES,
    }
}

/// A whole sentence from its parts.
pub(super) fn sentence(frame: &str, verb: &str, object: &str, other: &str) -> String {
    frame.replace("{verb}", verb).replace("{object}", object).replace("{other}", other)
}

/// The zero-shot prompts of an action, for an ensemble: every test phrase, with no object's name.
pub fn prompts(action: Action) -> Vec<String> {
    let phrases = verb_phrases(action, Wording::Test).iter();
    phrases.map(|verb| sentence("this object {verb}", verb, "", "other object")).collect()
}

/// The one prompt that stands for an action: the first of [`prompts`], for each action in the order of
/// [`Action::ALL`].
pub fn canonical_prompts() -> Vec<String> {
    Action::ALL.into_iter().filter_map(|action| prompts(action).into_iter().next()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_action_has_24_phrases_for_training_and_four_for_the_test() {
        for action in Action::ALL {
            assert!(verb_phrases(action, Wording::Train).len() >= 24, "{action:?}");
            assert!(verb_phrases(action, Wording::Test).len() >= 4, "{action:?}");
        }
    }

    #[test]
    fn no_verb_of_an_action_is_in_both_wordings() {
        let verbs = |action, wording| -> BTreeSet<&str> {
            verb_phrases(action, wording).iter().filter_map(|phrase| phrase.split(' ').next()).collect()
        };
        for action in Action::ALL {
            let shared: Vec<_> =
                verbs(action, Wording::Train).intersection(&verbs(action, Wording::Test)).copied().collect();
            assert!(shared.is_empty(), "{action:?}: {shared:?}");
        }
    }

    #[test]
    fn no_phrase_serves_two_actions_and_no_frame_or_chatter_both_wordings() {
        let mut seen = BTreeSet::new();
        for wording in [Wording::Train, Wording::Test] {
            for action in Action::ALL {
                assert!(
                    verb_phrases(action, wording).iter().all(|phrase| seen.insert(*phrase)),
                    "{action:?}"
                );
            }
            assert!(sentence_frames(wording).iter().chain(chatter(wording)).all(|line| seen.insert(*line)));
        }
    }

    #[test]
    fn prompts_name_no_object_and_leave_no_gap() {
        assert_eq!(canonical_prompts().len(), Action::COUNT);
        for prompt in Action::ALL.into_iter().flat_map(prompts) {
            assert!(!prompt.contains('{') && prompt.starts_with("this object "), "{prompt}");
        }
    }
}
