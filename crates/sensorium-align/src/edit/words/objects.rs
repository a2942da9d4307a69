//! Objects by kind.

/// A broad kind of object; edits exchange objects within a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    Person,
    Role,
    Animal,
    Vehicle,
    Board,
    Clothing,
    Headwear,
    Thing,
    Ball,
    Furniture,
    Structure,
    Water,
    Ground,
    Land,
    Plant,
    Part,
    Food,
    Sport,
    Instrument,
}

impl Kind {
    /// Whether things of this kind act by themselves.
    pub(crate) fn animate(self) -> bool {
        matches!(self, Self::Person | Self::Role | Self::Animal)
    }

    /// Whether things of this kind can be carried, and so stand in for each other after a swap.
    pub(crate) fn portable(self) -> bool {
        matches!(self, Self::Thing | Self::Ball | Self::Board | Self::Headwear | Self::Instrument)
    }
}

/// Objects that can be exchanged for another of their row: kind and entries in the singular.
pub(crate) const OBJECTS: &[(Kind, &str)] = &[
    (Kind::Person, "man/guy/gentleman woman/lady boy girl"),
    (
        Kind::Role,
        "surfer skateboarder snowboarder skier biker/cyclist/bicyclist climber/rock-climber \
         runner/jogger swimmer hiker/backpacker motorcyclist fisherman dancer wrestler cowboy \
         gymnast acrobat clown musician bride soldier nurse",
    ),
    (
        Kind::Animal,
        "dog/puppy/greyhound/poodle/retriever/dalmatian/collie/terrier/bulldog/beagle/mutt \
         cat/kitten horse/pony cow/bull sheep/lamb goat deer duck monkey rabbit pig fox camel donkey",
    ),
    (
        Kind::Vehicle,
        "bike/bicycle motorcycle/motorbike car/jeep/suv truck bus boat/sailboat kayak/canoe scooter \
         tricycle wagon tractor train atv/four-wheeler raft wheelchair sled unicycle",
    ),
    (Kind::Board, "skateboard surfboard snowboard wakeboard bodyboard"),
    (
        Kind::Clothing,
        "shirt/t-shirt/tshirt/blouse jacket/coat sweater/sweatshirt/hoodie dress skirt vest robe suit \
         costume uniform swimsuit/bikini wetsuit apron kimono",
    ),
    (Kind::Headwear, "hat/cap helmet wig headband bandanna crown scarf hood mask tiara"),
    (
        Kind::Thing,
        "stick/branch toy/teddy-bear umbrella backpack bag/purse/handbag book/magazine newspaper \
         camera cellphone/phone bottle cup/glass/mug flag balloon rope/leash hose bucket \
         basket box shovel broom paddle/oar racket bat whip sword stuffed-animal towel blanket \
         pillow flower/rose kite microphone laptop/computer hula-hoop sign/poster shoe/sneaker bone \
         feather candle tray ladder",
    ),
    (Kind::Ball, "ball/football/basketball/volleyball/baseball frisbee"),
    (Kind::Furniture, "bench/pew chair/stool/seat table/desk couch/sofa bed/mattress"),
    (
        Kind::Structure,
        "wall fence/railing/handrail building/house/barn bridge tent fountain statue ramp \
         pole/lamppost gate tower staircase door window billboard hurdle tunnel garage church \
         windmill slide trampoline swing",
    ),
    (Kind::Water, "ocean/sea lake/pond river/stream/creek pool puddle waterfall"),
    (Kind::Ground, "grass snow sand mud dirt gravel"),
    (
        Kind::Land,
        "beach/shore/coast street/road/sidewalk/highway field/meadow/lawn/pasture forest \
         park playground desert mountain hill/slope/hillside cliff yard/backyard/garden \
         parking-lot city/town canyon",
    ),
    (Kind::Plant, "tree bush/shrub/hedge log/trunk rock/boulder"),
    (Kind::Food, "hamburger/sandwich cake/cupcake pizza apple banana watermelon carrot pretzel cookie"),
    (Kind::Sport, "soccer tennis hockey rugby baseball volleyball basketball cricket golf"),
    (Kind::Instrument, "guitar drum piano violin trumpet saxophone accordion flute keyboard"),
];

/// Words for objects that are too general, or too bound to their context, to be exchanged; they
/// still bound and head phrases.
pub(crate) const GENERAL: &[(Kind, &str)] = &[
    (
        Kind::Person,
        "person child kid baby toddler adult teenager player athlete rider individual friend crowd \
         group family couple mother father son daughter brother sister worker performer skater driver \
         racer goalie cheerleader student guard policeman officer someone spectator onlooker boyfriend \
         girlfriend youth male female tourist child player audience team passenger pedestrian",
    ),
    (Kind::Animal, "animal bird fish pup shepherd greyhound creature seagull pigeon goose"),
    (Kind::Vehicle, "vehicle skate ski cart stroller"),
    (Kind::Clothing, "outfit clothing jersey sock glove boot trunk gear tie collar harness"),
    (
        Kind::Thing,
        "object something item net instrument food drink beer cigarette picture photo bubble \
         camera sunglass goggles glasses headphones equipment lollipop",
    ),
    (
        Kind::Structure,
        "platform stage floor deck dock pier court track path trail step stair stairs rail store shop \
         restaurant room kitchen bar market stadium gym carousel skatepark hoop goal wheel ring",
    ),
    (Kind::Land, "area ground woods landscape terrain scenery edge side top pile rink valley sidewalk trail"),
    (Kind::Water, "water wave rapids fountain ice"),
    (Kind::Plant, "leaf plant hay bale"),
    (
        Kind::Part,
        "mouth face head hand arm leg foot hair tongue nose eye ear back shoulder lap body mohawk \
         beard tail tooth paw neck chest finger hip knee",
    ),
];

/// Plurals that are not made by the rules of [`plural`]; the same word twice has no plural.
pub(crate) const IRREGULAR: &[(&str, &str)] = &[
    ("man", "men"),
    ("woman", "women"),
    ("gentleman", "gentlemen"),
    ("fisherman", "fishermen"),
    ("policeman", "policemen"),
    ("child", "children"),
    ("person", "people"),
    ("foot", "feet"),
    ("tooth", "teeth"),
    ("goose", "geese"),
    ("leaf", "leaves"),
    ("sheep", "sheep"),
    ("deer", "deer"),
    ("fish", "fish"),
    ("grass", "grass"),
    ("snow", "snow"),
    ("sand", "sand"),
    ("mud", "mud"),
    ("dirt", "dirt"),
    ("gravel", "gravel"),
    ("hair", "hair"),
    ("water", "water"),
    ("ice", "ice"),
    ("hay", "hay"),
    ("scarf", "scarves"),
    ("gear", "gear"),
    ("clothing", "clothing"),
    ("equipment", "equipment"),
    ("scenery", "scenery"),
    ("terrain", "terrain"),
    ("food", "food"),
    ("something", "something"),
    ("someone", "someone"),
    ("soccer", "soccer"),
    ("tennis", "tennis"),
    ("hockey", "hockey"),
    ("rugby", "rugby"),
    ("cricket", "cricket"),
    ("golf", "golf"),
    ("woods", "woods"),
    ("sunglass", "sunglasses"),
    ("glasses", "glasses"),
    ("goggles", "goggles"),
    ("headphones", "headphones"),
    ("stairs", "stairs"),
    ("rapids", "rapids"),
];

/// Words that look plural, or are counted as plural, although no singular stands in the lists.
pub(crate) const ONLY_PLURAL: &[&str] = &["woods", "glasses", "goggles", "headphones", "stairs", "rapids"];

/// Nouns that are verbs too: nouns only after a determiner or an adjective.
pub(crate) const ALSO_VERBS: &[&str] = &[
    "slide", "slides", "swing", "swings", "dress", "dresses", "rock", "park", "parks", "wave", "waves",
    "drink", "drinks", "track", "tracks", "face", "faces", "head", "heads", "back", "skate", "skates", "ski",
    "skis", "step", "steps", "stage", "bone", "side", "top", "ring", "hand", "hands", "shop", "fish", "bat",
    "bats", "whip", "box", "boxes", "hose", "paddle", "paddles", "eye", "race", "court", "edge", "duck",
    "ducks", "field", "hood", "picture", "photo", "pile", "bar", "train", "trains", "sled", "sleds", "kayak",
    "kayaks", "scooter", "raft", "floor", "pool", "camera", "rail", "rails", "suit", "suits", "water",
    "object", "book", "sign", "signs", "wheel", "tie", "male", "female", "cook",
];

/// The plural of a noun.
pub(crate) fn plural(noun: &str) -> String {
    if let Some((_, plural)) = IRREGULAR.iter().find(|(singular, _)| *singular == noun) {
        return (*plural).to_owned();
    }
    let ends = |suffix: &str| noun.ends_with(suffix);
    if ends("s") || ends("x") || ends("ch") || ends("sh") {
        return format!("{noun}es");
    }
    match noun.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ => format!("{noun}s"),
    }
}
