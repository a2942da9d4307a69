//! flickr8k (in work)
#![allow(missing_docs, dead_code)]
pub mod arms;
pub mod features;
