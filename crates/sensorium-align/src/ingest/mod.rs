//! From files to what joint spaces are trained on and searched in.

mod decode;
mod embed;
mod files;
mod negatives;
mod part;
mod pictures;
mod sizes;
mod videos;

pub use embed::{EmbeddedVideo, embed_video, origin};
pub use files::{has_shards, picture_files, video_files};
pub use negatives::add_negatives;
pub use part::validation_part;
pub use pictures::captioned;
pub use sizes::{WORD_WIDTH, caption_sizes, narrated_sizes};
pub use videos::{Narration, narrated, narrations};
