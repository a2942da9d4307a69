//! Sentence frames of each family: those of training and validation, and those of the test.

use super::family::Family;

type Frames = &'static [&'static str];

/// Frames of training and of the test.
pub(super) fn of(family: Family) -> (Frames, Frames) {
    match family {
        Family::GiveWay => (GIVE_WAY, GIVE_WAY_TEST),
        Family::StopBehind => (STOP_BEHIND, STOP_BEHIND_TEST),
        Family::OvertakeParked => (OVERTAKE_PARKED, OVERTAKE_PARKED_TEST),
        Family::WaitCrossing => (WAIT_CROSSING, WAIT_CROSSING_TEST),
        Family::Follow => (FOLLOW, FOLLOW_TEST),
        Family::LetOncomingPass => (LET_PASS, LET_PASS_TEST),
        Family::PullOver => (PULL_OVER, PULL_OVER_TEST),
        Family::Towards => (TOWARDS, TOWARDS_TEST),
        Family::Extreme => (EXTREME, EXTREME_TEST),
        Family::Relation => (RELATION, RELATION_TEST),
    }
}

const GIVE_WAY: Frames = &[
    "{go}, give way to the {x}",
    "{go} and give way to the {x}",
    "{go}, but let the {x} go first",
    "give way to the {x}, then {go}",
    "let the {x} go first and {go}",
    "{go} after the {x} has passed",
    "wait until the {x} is out of the way, then {go}",
    "{go}, mind the {x} in your way",
    "we {go} here, give the {x} priority",
    "please {go} and yield to the {x}",
    "yield to the {x} and then {go}",
    "{go} once the {x} is through",
];
const GIVE_WAY_TEST: Frames = &[
    "I want you to {go}, the {x} has right of way",
    "{go}; hold back for the {x}",
    "before you {go}, allow the {x} through",
    "{go} as soon as the {x} has cleared our way",
    "don't cut off the {x} when you {go}",
    "you can {go} when the {x} has gone by",
];
const STOP_BEHIND: Frames = &[
    "stop behind the {x}",
    "stop behind the {x} ahead",
    "come to a stop behind the {x}",
    "pull up behind the {x} in our lane",
    "halt behind the {x} that is standing in front of us",
    "the {x} in front has stopped, stop behind it",
    "stop, the {x} in our lane is not moving",
    "slow down and stop behind the standing {x}",
    "wait behind the {x} in front of us",
    "queue up behind the {x}",
    "leave a gap and stop behind the {x}",
    "brake, there is a {x} standing in our lane",
];
const STOP_BEHIND_TEST: Frames = &[
    "line up at the back of the {x} that stands ahead",
    "draw up behind the stationary {x}",
    "our lane is blocked by a {x}, stay behind it",
    "come to rest at the rear of the {x}",
    "roll up to the waiting {x} and stop",
    "stand still behind the {x} until it drives on",
];
const OVERTAKE_PARKED: Frames = &[
    "overtake the parked {x}, passing it on the left",
    "pass the parked {x} on its left",
    "go round the {x} that is parked on the right",
    "drive past the parked {x} on the right",
    "pass the {x} parked at the kerb on the right",
    "the {x} on the right is parked, overtake it",
    "steer left around the parked {x}",
    "move past the {x} standing at the right kerb",
    "leave room for the {x} parked on the right as you pass",
    "overtake the {x} parked at the right side of the road",
    "keep left of the parked {x}",
    "pass to the left of the {x} parked on the right",
];
const OVERTAKE_PARKED_TEST: Frames = &[
    "swing out around the {x} left standing at the right edge",
    "get by the parked {x} using its left side",
    "there's a parked {x} on our right, go past it",
    "edge out to the left to get around the parked {x}",
    "give the {x} parked along the right kerb a wide berth",
    "on the right a {x} is parked; drive by it",
];
const WAIT_CROSSING: Frames = &[
    "wait for the {x} crossing from the {side}",
    "stop for the {x} coming from the {side}",
    "let the {x} from the {side} cross",
    "wait until the {x} from the {side} has crossed",
    "hold on, a {x} is crossing from the {side}",
    "brake for the {x} that crosses from the {side}",
    "watch the {x} crossing from the {side}",
    "let the {x} that comes from the {side} cross first",
    "stop, there is a {x} crossing from the {side}",
    "slow down for the {x} crossing from the {side}",
    "give the {x} coming from the {side} time to cross",
    "do not drive on before the {x} from the {side} is across",
];
const WAIT_CROSSING_TEST: Frames = &[
    "look, a {x} is moving across from the {side}, stay put",
    "hold until the {x} entering from the {side} gets across",
    "from the {side} a {x} is crossing, please wait",
    "pause for the {x} making its way over from the {side}",
    "the {x} that set off from the {side} wants to cross, let it",
    "keep still while the {x} crosses over from the {side}",
];
const FOLLOW: Frames = &[
    "follow the {x} ahead",
    "follow the {x} in front of us",
    "follow that {x} in our lane",
    "keep following the {x}",
    "stay behind the moving {x}",
    "drive behind the {x} that is driving ahead",
    "keep your distance to the {x} driving in front",
    "go after the {x} in front",
    "the {x} ahead knows the way, follow it",
    "keep pace with the {x} ahead in our lane",
    "drive on behind the {x} ahead",
    "match the speed of the {x} in front of us",
];
const FOLLOW_TEST: Frames = &[
    "tail the {x} that is moving along our lane",
    "stick with the {x} travelling before us",
    "go where the leading {x} goes",
    "trail the {x} that drives in front",
    "adapt your speed to the {x} leading us",
    "remain in line after the {x} under way ahead",
];
const LET_PASS: Frames = &[
    "let the oncoming {x} pass, then {go}",
    "{go} after the oncoming {x}",
    "wait for the oncoming {x}, then {go}",
    "{go} once the oncoming {x} has passed",
    "first let the oncoming {x} go by, then {go}",
    "{go}, but wait for the oncoming {x}",
    "the oncoming {x} goes first, then {go}",
    "do not {go} before the oncoming {x} is past",
    "hold for the {x} driving against us, then {go}",
    "{go} when the {x} from the opposite direction is gone",
    "let the {x} from the opposite direction pass and {go}",
    "yield to the oncoming {x} and {go}",
];
const LET_PASS_TEST: Frames = &[
    "{go} behind the {x} approaching in the other direction",
    "there's an oncoming {x}; when it is by, {go}",
    "we {go} as soon as the opposing {x} is clear",
    "stay until the {x} heading the opposite way has gone past, and {go}",
    "allow the oncoming {x} to drive by before you {go}",
    "keep waiting for the {x} on the opposite course, next {go}",
];
const PULL_OVER: Frames = &[
    "pull over next to the {x} on the {side}",
    "stop next to the {x} on the {side}",
    "pull up beside the {x} standing on the {side}",
    "halt beside the {x} on the {side}",
    "drive up to the {x} waiting on the {side}",
    "stop at the {x} that stands on the {side}",
    "let me out at the {x} standing on the {side}",
    "pull over by the {x} on the {side} side",
    "stop alongside the {x} on the {side}",
    "pick up the parcel at the {x} standing on the {side}",
    "come to a halt by the {x} on the {side} that is not moving",
    "I want to get out next to the {x} on the {side}",
];
const PULL_OVER_TEST: Frames = &[
    "drop me off close to the {x} at the {side} side",
    "draw in by the stationary {x} to our {side}",
    "on the {side} there's a standing {x}, park near it",
    "make a stop where the {x} stands, to the {side}",
    "bring us level with the still {x} on the {side}",
    "over there to the {side}, stop near the resting {x}",
];
const TOWARDS: Frames = &[
    "watch out for the {x} that is coming towards us",
    "mind the {x} coming towards us",
    "keep right, the {x} is coming towards us",
    "be careful, a {x} is coming our way",
    "look at the {x} that comes towards us",
    "make room for the {x} coming at us",
    "slow down, the {x} is moving towards us",
    "keep away from the {x} heading towards us",
    "watch the {x} that is heading our way",
    "there is a {x} coming towards us, take care",
    "the {x} coming towards us needs space",
    "drive slowly past the {x} coming our way",
];
const TOWARDS_TEST: Frames = &[
    "take care with the {x} approaching us",
    "note the {x} that is getting closer to us",
    "leave space for the {x} bearing down on us",
    "now a {x} is headed straight for us, ease off",
    "do you see the {x} moving in our direction? be cautious",
    "pass the {x} which approaches us with care",
];
const EXTREME: Frames = &[
    "watch the {rel} {x}",
    "keep an eye on the {rel} {x}",
    "look out for the {rel} {x}",
    "mind the {rel} {x}",
    "be careful with the {rel} {x}",
    "drive up to the {rel} {x}",
    "keep away from the {rel} {x}",
    "pay attention to the {rel} {x}",
    "stop before you reach the {rel} {x}",
    "take care of the {rel} {x} here",
    "head for the {rel} {x}",
    "tell me about the {rel} {x}",
];
const EXTREME_TEST: Frames = &[
    "of those in sight, I mean the {rel} {x}",
    "track the {rel} {x} for me",
    "which one? the {rel} {x}, go there",
    "have a look at the {rel} {x} around",
    "approach the {rel} {x} we can see",
    "be wary of the {rel} {x} in view",
];
const RELATION: Frames = &[
    "watch the {x} {rel} the {y}",
    "look out for the {x} {rel} the {y}",
    "mind the {x} {rel} the {y}",
    "keep away from the {x} {rel} the {y}",
    "be careful with the {x} {rel} the {y}",
    "keep an eye on the {x} that is {rel} the {y}",
    "slow down for the {x} {rel} the {y}",
    "there is a {x} {rel} the {y}, take care",
    "pay attention to the {x} {rel} the {y}",
    "head for the {x} that is {rel} the {y}",
    "leave space for the {x} {rel} the {y}",
    "stop before you reach the {x} {rel} the {y}",
];
const RELATION_TEST: Frames = &[
    "I mean the {x} {rel} the {y}",
    "track the {x} which is {rel} the {y}",
    "be wary of the {x} located {rel} the {y}",
    "{rel} the {y} you see a {x}, watch it",
    "there's a {y}; consider the {x} {rel} it",
    "have a look at the {x} found {rel} the {y}",
];
