//! Raw endpoints and types of the Credicorp partner API, generated from its OpenAPI spec.
//!
//! This is the ground floor of the `credicorp` crate, which is what an application wants: here are no tokens, no retries and
//! no pages, only one method an operation, its types, and the seam through which it sends.
//!
//! - [`Client`] has the endpoints. It is made with [`Client::new_with_client`] from a base URL, a `reqwest::Client` to build
//!   requests with, and a [`Session`].
//! - [`Transport`] sends what an endpoint built, knowing its [`Operation`].
//! - [`types`] has every shape of the API. Enums stay open, unknown fields are ignored, `null` in an optional field reads as
//!   absent.
//!
//! `src/generated` is written by `cargo xtask gen`; nothing there is edited by hand.

mod error;
mod event;
mod generated;
mod json;
mod metadata;
mod nullable;
mod operation;
mod pence;
mod response;
mod rt;
#[cfg(feature = "schemars")]
mod schema;
mod secret;
mod text;
mod transport;

pub use error::Error;
pub use generated::{Client, OPERATIONS};
pub use json::JsonFailure;
pub use operation::{Idempotency, Operation, operation};
pub use pence::ParsePenceError;
pub use response::ResponseValue;
pub use transport::{Response, Session, Transport, TransportFuture};
pub(crate) use types::{Metadata, Pence, Secret};

/// Every shape of the API.
pub mod types {
    pub use crate::{
        generated::{events::EventData, models::*, types::*},
        metadata::Metadata,
        nullable::Nullable,
        pence::Pence,
        secret::Secret,
        text::UnknownValue,
    };
}
