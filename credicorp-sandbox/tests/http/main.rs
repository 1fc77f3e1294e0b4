//! The sandbox as its users meet it: over HTTP, on a clock that only the test moves.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod accounts;
mod applications;
mod binary;
mod caller;
mod collections;
mod control;
mod decisions;
mod deliveries;
mod disbursements;
mod faults;
mod idempotency;
mod identity;
mod links;
mod lists;
mod offers;
mod pages;
mod rate_limits;
mod receiver;
mod server;
mod state;
mod state_file;
mod tokens;
mod validation;
mod webhook_endpoints;
mod webhooks;
