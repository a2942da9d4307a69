//! WebDataset shards: tar archives in which neighbouring members with one stem are one sample
//! (`cat.jpg`, `cat.txt`).
//!
//! Nothing is written to the disk or run while a shard is read, so member names such as
//! `../../etc/passwd` are only names. Damage costs the members it hit:
//!
//! | what is found | outcome | [`Trouble`] |
//! | --- | --- | --- |
//! | a header whose checksum or size is wrong | reading goes on at the next sound header | `BadHeader` |
//! | a member that claims more bytes than the file has left | left out; as above | `BeyondEnd` |
//! | a member above 1 GiB | left out | `TooLarge` |
//! | a link, a device, a sparse file | left out | `NotAFile` |
//! | the file ends without the archive's end mark | what came before stays | `NoEnd` |
//! | archives joined end to end | read as one | |
//! | a member without an extension, or a hidden one | left out | `NoExtension` |
//! | an extension that its sample has already | the first stays | `DuplicateMember` |
//! | a key that was there before, in this shard or another | the first stays | `DuplicateKey` |
//! | directories, volume labels, pax and GNU name headers | read over | |
//! | an empty file, something that is no tar archive, an archive without a sample | error | |
//!
//! The `tar` crate stops for good at the first bad header, so reading is done by a thin reader of
//! ustar, GNU and pax headers here; writing is left to the crate. Sound headers are looked for at
//! multiples of 512 bytes: after bytes went missing in another number, the rest cannot be found.
//! A tar archive inside a damaged member may be taken for a part of the shard.

mod captions;
mod entry;
mod header;
mod loose;
mod pax;
mod problem;
mod reader;
mod sample;
mod writer;

pub use captions::{CaptionSet, CaptionedImage, read_captions};
pub use problem::{ShardProblem, Trouble};
pub use reader::{ShardReader, parse_shard};
pub use sample::Sample;
pub use writer::ShardWriter;

#[cfg(test)]
mod tests;
