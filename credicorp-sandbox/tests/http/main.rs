//! The sandbox as its users meet it: over HTTP, on a clock that only the test moves.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod applications;
mod binary;
mod caller;
mod decisions;
mod deliveries;
mod faults;
mod idempotency;
mod lists;
mod receiver;
mod server;
mod tokens;
mod validation;
mod webhook_endpoints;
mod webhooks;
