//! The client of the Credicorp partner API: UK business lending.
//!
//! You write business logic; this crate looks after tokens, retries, idempotency keys, pages and forged webhooks.
//!
//! # First call
//!
//! ```no_run
//! use std::time::Duration;
//! use credicorp::types::{Business, NewApplication, Outcome, Purpose};
//! use credicorp::{Client, Pence};
//!
//! # async fn example() -> Result<(), credicorp::Error> {
//! let cc = Client::from_env()?; // CC_SECRET_KEY; its prefix chooses sandbox or live
//!
//! let application = cc
//!     .applications()
//!     .create(
//!         NewApplication::new(Business::new("16093826"), Pence::from_pounds(25_000), 12)
//!             .purpose(Purpose::WorkingCapital)
//!             .redirect_uri("https://yourapp.com/return")
//!             .metadata([("order", "88421")]),
//!     )
//!     .idempotency_key("order_88421")
//!     .await?;
//! println!("{} {} {}", application.id, application.amount_pence, application.status); // app_8Kd2c9Qm £25,000.00 created
//!
//! let decision = cc.applications().decision(&application.id).wait(Duration::from_secs(30)).await?;
//! match decision.outcome {
//!     Outcome::Approved => println!("approved"),
//!     Outcome::Referred | Outcome::Declined => println!("{:?}", decision.reasons),
//!     other => println!("new outcome: {other}"),
//! }
//! # Ok(()) }
//! ```
//!
//! # Where to read on
//!
//! | task | page |
//! |---|---|
//! | configure a client | [`ClientBuilder`] |
//! | options of one call, and what came back | [`call`], [`Response`] |
//! | what is repeated, when, and how often | [`retries`] |
//! | errors | [`Error`], [`ErrorKind`] |
//! | lists, page by page or item by item | [`list`] |
//! | applications, decisions, payments, accounts, … | [`resources`] |
//! | code that is not async | feature `blocking` |
//! | an endpoint that has no method here | [`call::Custom`] |
//! | webhooks | [`webhooks`] |
//! | the shapes of the API | [`types`] |
//!
//! # What holds everywhere
//!
//! - Enums keep values that this version does not know, and unknown fields are ignored: a growing API breaks nothing.
//! - Money is [`Pence`], a whole number. Timestamps are `jiff::Timestamp`, dates `jiff::civil::Date`.
//! - Nothing is spawned, and nothing is sent before the first call. Every future may be dropped at any await.
//! - Secrets show in no `Debug`, no error and no log, and go only to the configured host, over https or loopback.

mod account;
mod ambient;
mod base;
#[cfg(feature = "blocking")]
pub mod blocking;
mod builder;
pub mod call;
mod client;
mod credentials;
mod environment;
mod error;
pub mod list;
mod pipeline;
pub mod resources;
mod response;
mod seam;
pub mod webhooks;

pub use builder::ClientBuilder;
pub use call::Call;
pub use client::Client;
pub use credentials::{Credentials, Environment};
pub use credicorp_gen::types;
pub use credicorp_gen::types::{Pence, Secret};
pub use error::{Error, ErrorKind, FieldError};
pub use response::{RateLimit, Response};

#[doc = include_str!("../docs/retries.md")]
pub mod retries {}

/// The examples of the README are compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(test)]
mod test_support;
