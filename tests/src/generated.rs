//! What `cargo xtask gen` wrote.

#[rustfmt::skip]
pub(crate) mod models;
