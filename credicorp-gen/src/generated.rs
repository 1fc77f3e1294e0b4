//! What `cargo xtask gen` wrote. The printer is not rustfmt, and the words are the spec's: hence the allowances.

#[rustfmt::skip]
#[allow(clippy::all, rustdoc::bare_urls, rustdoc::invalid_html_tags, unreachable_pub)]
pub(crate) mod client;
#[rustfmt::skip]
pub(crate) mod events;
#[rustfmt::skip]
#[allow(clippy::all, rustdoc::bare_urls, rustdoc::invalid_html_tags)]
pub(crate) mod models;
#[rustfmt::skip]
pub(crate) mod operations;
#[rustfmt::skip]
#[allow(clippy::all, rustdoc::bare_urls, rustdoc::invalid_html_tags)]
mod requests;
#[rustfmt::skip]
#[allow(clippy::all, rustdoc::bare_urls, rustdoc::invalid_html_tags)]
pub(crate) mod types;

pub use client::Client;
pub use operations::OPERATIONS;
