//! The sandbox as its users meet it: over HTTP, on a clock that only the test moves.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod applications;
mod binary;
mod caller;
mod decisions;
mod faults;
mod idempotency;
mod lists;
mod server;
mod tokens;
mod validation;
mod webhooks;
