//! How things look, and how many they are.

/// Colours that exclude each other; entries joined by `/` are close.
pub(crate) const COLOURS: &str = "red/maroon/crimson blue/navy green white/cream black brown/tan/beige \
    yellow/gold/golden orange pink purple gray/grey/silver";

/// Materials.
pub(crate) const MATERIALS: &str =
    "wooden metal plastic/inflatable brick/stone/concrete/cement glass leather";

/// Qualities and what contradicts them; only the word on the left is replaced.
pub(crate) const CONTRARIES: &[(&str, &[&str])] = &[
    ("big", &["small", "tiny"]),
    ("large", &["small", "tiny"]),
    ("huge", &["small", "tiny"]),
    ("giant", &["tiny", "small"]),
    ("small", &["large", "big"]),
    ("tiny", &["large", "huge"]),
    ("tall", &["short", "low"]),
    ("high", &["low"]),
    ("low", &["high"]),
    ("long", &["short"]),
    ("short", &["long"]),
    ("wet", &["dry"]),
    ("dry", &["wet"]),
    ("muddy", &["clean"]),
    ("dirty", &["clean"]),
    ("snowy", &["grassy", "sandy"]),
    ("snow-covered", &["grassy"]),
    ("grassy", &["snowy", "sandy", "rocky"]),
    ("sandy", &["grassy", "snowy"]),
    ("rocky", &["grassy", "sandy", "snowy"]),
    ("elderly", &["young"]),
    ("older", &["younger"]),
    ("younger", &["older"]),
    ("old", &["young"]),
    ("young", &["old", "elderly"]),
    ("striped", &["plaid", "plain"]),
    ("plaid", &["striped", "plain"]),
    ("blond", &["dark-haired"]),
    ("blonde", &["dark-haired"]),
    ("bald", &["long-haired"]),
    ("shallow", &["deep"]),
    ("deep", &["shallow"]),
    ("dark", &["bright"]),
    ("bright", &["dark"]),
    ("empty", &["full"]),
    ("crowded", &["empty", "deserted"]),
    ("busy", &["quiet", "empty"]),
    ("steep", &["gentle"]),
    ("indoor", &["outdoor"]),
    ("outdoor", &["indoor"]),
    ("smiling", &["crying", "frowning"]),
    ("happy", &["sad"]),
    ("fluffy", &["smooth-haired"]),
    ("wide", &["narrow"]),
    ("narrow", &["wide"]),
    ("shirtless", &["fully-clothed"]),
    ("colorful", &["colorless", "plain"]),
];

/// Adjectives that may stand in a phrase but are not edited.
pub(crate) const OTHER_ADJECTIVES: &str = "little furry hairy curly asian african american white-haired \
    blond-haired blonde-haired dark-haired brown-haired red-haired black-haired bearded lone single \
    wooded paved sunny beautiful pretty cute nice hot cold soft hard thick thin clear calm rough fast \
    bright full open closed dressed barefoot teenage middle-aged male female adult light flat shiny \
    fancy ornate round square spotted checkered floral matching different various similar stuffed \
    red-headed colored multicolored multi-colored shaggy skinny fat heavy rusty icy dusty foamy";

/// Nouns that stand before another noun and belong to it.
pub(crate) const COMPOUND: &str = "tennis soccer dirt swimming hockey football basketball baseball rugby \
    volleyball golf cowboy baseball dirt stuffed beach mountain rock ice swing snow tree parking city \
    water bathing winter skate motor toy obstacle race straw ball cricket hula tank sports police";

/// Number words that can stand for each other before a plural noun.
pub(crate) const NUMBERS: &[&str] = &["two", "three", "four", "five", "six", "seven"];

/// Words that open a phrase.
pub(crate) const DETERMINERS: &str = "a an the another his her its their this that these those some \
    several many one two three four five six seven eight nine ten both each other no";
