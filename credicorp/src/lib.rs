//! The Credicorp partner API for Rust.
