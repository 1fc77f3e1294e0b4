//! Webhooks: every event goes to every enabled endpoint that asked for its type when it happened.
//!
//! One task sends them, one after the other, each signed afresh. What is not taken with a 2xx within ten seconds is sent again, on
//! the contract's schedule by the sandbox's clock; an endpoint that took nothing for a week is disabled. Only loopback is sent to,
//! unless the sandbox was told otherwise. What became of each attempt is in [`crate::Sandbox::deliveries`].

mod address;
mod courier;
mod delivery;
mod endpoint;
mod event;
mod office;
mod outbox;
mod registry;
mod signature;

pub(crate) use address::{check_url, is_loopback_host};
pub(crate) use courier::deliver_until_closed;
pub use delivery::Delivery;
pub(crate) use endpoint::{EndpointUpdate, NewEndpoint};
pub(crate) use event::Event;
pub(crate) use office::{Rules, Saved, Webhooks};
pub(crate) use registry::Registry;
