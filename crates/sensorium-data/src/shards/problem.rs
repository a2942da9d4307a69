//! What was wrong in a shard, and where.

use std::fmt;
use std::path::PathBuf;

/// One thing that was left out or repaired while a shard was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShardProblem {
    /// The shard.
    pub shard: PathBuf,
    /// Where in the shard, in bytes, the member's header starts.
    pub offset: u64,
    /// The member's name or the sample's key, as far as it is known.
    pub member: Option<String>,
    /// What happened.
    pub trouble: Trouble,
}

/// What can be wrong with a shard's member or sample.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// The 512 bytes that describe the member are damaged.
    BadHeader,
    /// The member claims more bytes than the file has left.
    BeyondEnd {
        /// Size in bytes that the header gives.
        claimed: u64,
        /// Bytes that the file has left.
        left: u64,
    },
    /// The member has more bytes than are read into memory.
    TooLarge {
        /// Size in bytes.
        bytes: u64,
    },
    /// A link, a device or a sparse file.
    NotAFile,
    /// The archive ends without its end mark.
    NoEnd,
    /// The name gives no key and extension.
    NoExtension,
    /// The sample has a member with this extension already.
    DuplicateMember,
    /// The key was there before.
    DuplicateKey {
        /// The shard with the sample that stays.
        first: PathBuf,
    },
    /// A sample without a picture.
    NoImage,
    /// A sample without a caption.
    NoCaption,
}

impl fmt::Display for ShardProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.shard.display(), self.offset)?;
        if let Some(member) = &self.member {
            write!(f, ", `{}`", member.escape_debug())?;
        }
        write!(f, ": {}", self.trouble)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadHeader => write!(f, "the header is damaged; left out up to the next sound one"),
            Self::BeyondEnd { claimed, left } => {
                write!(
                    f,
                    "claims {claimed} bytes, but the file has {left} left; left out, copy the shard again"
                )
            }
            Self::TooLarge { bytes } => write!(f, "has {bytes} bytes, more than are read; left out"),
            Self::NotAFile => write!(f, "is a link or a special file; left out, pack the file itself"),
            Self::NoEnd => {
                write!(f, "the end mark is missing: samples may have been cut off; copy the shard again")
            }
            Self::NoExtension => write!(f, "has no extension and belongs to no sample; left out"),
            Self::DuplicateMember => write!(f, "its sample has this extension already; the first stays"),
            Self::DuplicateKey { first } => {
                write!(
                    f,
                    "its key was there before, in {}; the first stays: keep a sample's members side by side",
                    first.display()
                )
            }
            Self::NoImage => write!(f, "has no .jpg, .jpeg, .png or .webp; left out"),
            Self::NoCaption => write!(f, "has no caption in a .txt; left out"),
        }
    }
}
