//! The families of edits, and which of them are for training and which for testing.

use serde::{Deserialize, Serialize};

/// A way to change what a caption says while keeping nearly all of its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Family {
    /// Two nouns trade places; their modifiers stay ("a small dog and a boy" to "a small boy and a dog").
    ObjectSwap,
    /// The attributes of two nouns trade places ("a red hat and a blue shirt" to "a blue hat and a red shirt").
    AttributeSwap,
    /// A noun becomes another of its kind ("dog" to "cat").
    ObjectReplace,
    /// A number changes, with agreement ("a dog is" to "two dogs are").
    Number,
    /// Something is denied or removed ("with a hat" to "without a hat", "is running" to "is not running").
    Negation,
    /// A colour, size or material changes.
    AttributeReplace,
    /// A preposition changes ("on" to "under").
    Relation,
    /// A verb changes ("running" to "sitting").
    Action,
    /// Two whole phrases around a relation trade places ("a boy chases a dog" to "a dog chases a boy").
    Order,
}

/// The families that training may use.
pub const TRAINED: [Family; 5] =
    [Family::ObjectSwap, Family::AttributeSwap, Family::ObjectReplace, Family::Number, Family::Negation];

/// The families kept for testing: no edit of these kinds is to be seen in training.
pub const HELD_OUT: [Family; 4] = [Family::AttributeReplace, Family::Relation, Family::Action, Family::Order];

impl Family {
    /// The name used in reports and files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ObjectSwap => "object-swap",
            Self::AttributeSwap => "attribute-swap",
            Self::ObjectReplace => "object-replace",
            Self::Number => "number",
            Self::Negation => "negation",
            Self::AttributeReplace => "attribute-replace",
            Self::Relation => "relation",
            Self::Action => "action",
            Self::Order => "order",
        }
    }
}

impl std::fmt::Display for Family {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
