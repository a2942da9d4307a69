//! From data to graphs.
