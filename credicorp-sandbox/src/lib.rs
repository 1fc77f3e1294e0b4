//! The Credicorp partner API offline: stateful, deterministic, and as strict as the spec.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::Duration;
//!
//! use credicorp_sandbox::{Fault, Sandbox};
//!
//! // In this process, on loopback, on a port of its own; it stops when it is dropped.
//! let sandbox = Sandbox::start().await?;
//! // Give these to the client under test: api_base, and one kind of credentials.
//! println!("{} {} {:?}", sandbox.url(), sandbox.secret_key(), sandbox.client_credentials());
//!
//! sandbox.inject(Fault::status(503).retry_after(1).times(2));
//! sandbox.clock().advance(Duration::from_secs(3600));
//! assert_eq!(sandbox.requests_to("create_application").len(), 0);
//! # Ok(()) }
//! ```
//!
//! - **State.** Applications are created, submitted, reviewed, decided by test company, and withdrawn; offers are accepted, draw-downs released,
//!   accounts paid back, missed and settled. Idempotency keys are kept, pages stay stable while lists grow.
//! - **Strictness.** Routes, scopes, and the validation of parameters and bodies come from the published spec itself; every offending field is named.
//!   In debug builds every answer is checked against the spec too: [`Sandbox::spec_violations`].
//! - **Time.** Everything follows the [`Clock`], which runs until a test takes it in hand.
//! - **Failures.** A [`Fault`] makes the next requests fail; [`Sandbox::faults_hit`] counts them.
//! - **Blocking code.** [`Sandbox::start_blocking`] brings a thread of its own.
//! - **Limits.** Off, until a [`Tier`] is chosen.
//! - **Webhooks** are signed and sent over HTTP, to this machine only, and again if they fail: [`Sandbox::deliver_webhooks_to`], or endpoints
//!   created over the API.
//! - **Restarts.** [`Builder::state_file`] goes on from what [`Sandbox::save_state`] wrote; without them, state ends with the sandbox.
//! - **Determinism.** The same requests on the same clock give the same ids, amounts and decisions on every run.
//! - **Pages.** `handoff_url` opens the hosted journey, a payment link its page, and `/` the inspector: requests, state, deliveries, buttons.
//! - **Other languages.** The same controls stand behind `/_sandbox`, for this machine only.
//!
//! Every operation of the spec is emulated.

mod answer;
mod blocking;
mod builder;
mod clock;
mod control;
mod credentials;
mod door;
mod error;
mod exchange;
mod fault;
mod form;
mod idempotency;
mod ids;
mod log;
mod mac;
mod oauth;
mod operations;
mod page;
mod pages;
mod problem;
mod rate_limit;
mod record;
mod sandbox;
mod server;
mod shared;
mod spec;
mod state;
mod sync;
mod tasks;
mod tokens;
mod webhooks;
mod world;

pub use blocking::BlockingSandbox;
pub use builder::Builder;
pub use clock::Clock;
pub use error::Error;
pub use fault::Fault;
pub use rate_limit::Tier;
pub use record::RecordedRequest;
pub use sandbox::Sandbox;
pub use webhooks::Delivery;
pub use world::FailureCode;

/// The examples of the README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
