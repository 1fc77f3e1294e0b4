//! Webhooks: events are signed and sent over HTTP to every endpoint that is registered when they happen.
//!
//! One attempt each, in order, by one task; loopback only. What became of each is in [`crate::Sandbox::deliveries`].

mod courier;
mod delivery;
mod event;

pub(crate) use courier::{Webhooks, deliver_until_closed};
pub use delivery::Delivery;
pub(crate) use event::Event;
