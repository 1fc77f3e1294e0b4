//! Webhooks: verified before they are read.
//!
//! A delivery carries `Credicorp-Signature: t=<unix seconds>,v1=<hex>`: the HMAC-SHA256 of `t`, a full stop and the raw
//! body, keyed with the whole `whsec_…` secret. Verify the bytes as they were received, never a body that was parsed and
//! written again.
//!
//! ```
//! use std::time::Duration;
//! use credicorp::webhooks::{self, EventData, Verifier};
//!
//! # let body = br#"{"id":"evt_1","type":"decision.completed","created":"2026-06-29T10:14:02Z","livemode":false,
//! #   "api_version":"2026-06-01","data":{"application_id":"app_8Kd2c9Qm","outcome":"approved"}}"#;
//! # let signature_header = webhooks::testing::sign(body, "whsec_4Td1", "2026-06-29T10:14:03Z".parse().unwrap());
//! # let now = "2026-06-29T10:14:04Z".parse().unwrap();
//! let verifier = Verifier::new(["whsec_4Td1", "whsec_old"])?.tolerance(Duration::from_secs(300));
//! let event = verifier.construct_event_at(body, &signature_header, now)?; // construct_event takes the time of the clock
//! match &event.data {
//!     EventData::DecisionCompleted(decision) => println!("{} {}", decision.application_id, decision.outcome),
//!     EventData::Unknown(json) => println!("{} {json}", event.kind),
//!     _ => {}
//! }
//! # Ok::<(), credicorp::Error>(())
//! ```
//!
//! | what is wrong | [`Error::webhook`](crate::Error::webhook) says |
//! |---|---|
//! | no header, or an empty one | [`WebhookFailure::MissingHeader`] |
//! | no `t` or no `v1`, two of `t`, a `t` that is not plain seconds, over 4 KiB, over 16 `v1` | [`WebhookFailure::MalformedHeader`] |
//! | no `v1` matches under any secret | [`WebhookFailure::NoMatch`] |
//! | signed longer ago, or further ahead, than the tolerance | [`WebhookFailure::OutsideTolerance`] |
//! | genuine, but not an event that can be read | [`WebhookFailure::Unreadable`] |
//!
//! The same event comes more than once and out of order: handle each [`Event::id`] once ([`SeenEvents`]), and answer 2xx
//! within 10 s. What an event says is a hint, its amounts and its status too: it names its resource, and that is the truth.
//!
//! ```no_run
//! # use credicorp::{Client, Error, webhooks::{Event, EventData}};
//! # async fn act(cc: &Client, event: &Event) -> Result<(), Error> {
//! if let EventData::PaymentSettled(settled) = &event.data {
//!     let payment = cc.payments().get(&settled.payment_id).await?;
//!     println!("{} is {} by now", payment.amount_pence, payment.status);
//! }
//! # Ok(()) }
//! ```
//!
//! # In any framework
//!
//! What is needed are the bytes of the body as they came and the text of one header; a body that was parsed and written
//! again does not verify. With axum there is an extractor (feature `axum`); with anything else it is this:
//!
//! ```
//! # use credicorp::webhooks::Verifier;
//! /// The status to answer with.
//! fn receive(verifier: &Verifier, headers: &http::HeaderMap, body: &[u8]) -> http::StatusCode {
//!     let signature = headers.get("credicorp-signature").and_then(|value| value.to_str().ok()).unwrap_or("");
//!     match verifier.construct_event(body, signature) {
//!         Ok(event) => {
//!             println!("{} {}", event.id, event.kind); // hand it to a queue
//!             http::StatusCode::OK
//!         }
//!         Err(_) => http::StatusCode::BAD_REQUEST, // and say nothing more
//!     }
//! }
//! ```
//!
//! In hyper, with the function above:
//!
//! ```
//! # use credicorp::webhooks::Verifier;
//! # fn receive(_: &Verifier, _: &http::HeaderMap, _: &[u8]) -> http::StatusCode { http::StatusCode::OK }
//! use http_body_util::{BodyExt, Empty, Limited};
//!
//! async fn hook(
//!     verifier: &Verifier,
//!     request: hyper::Request<hyper::body::Incoming>,
//! ) -> http::Result<hyper::Response<Empty<hyper::body::Bytes>>> {
//!     let (head, body) = request.into_parts();
//!     let status = match Limited::new(body, 1024 * 1024).collect().await {
//!         Ok(body) => receive(verifier, &head.headers, &body.to_bytes()),
//!         Err(_) => http::StatusCode::PAYLOAD_TOO_LARGE, // or the sender went away
//!     };
//!     hyper::Response::builder().status(status).body(Empty::new())
//! }
//! ```
//!
//! In actix-web, whose headers have a type of their own:
//!
//! ```ignore
//! async fn hook(verifier: web::Data<Verifier>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
//!     let signature = request.headers().get("credicorp-signature").and_then(|value| value.to_str().ok());
//!     match verifier.construct_event(&body, signature.unwrap_or("")) {
//!         Ok(event) => HttpResponse::Ok().finish(), // after the event is in a queue
//!         Err(_) => HttpResponse::BadRequest().finish(),
//!     }
//! }
//! ```
//!
//! # Rotating a secret
//!
//! 1. `cc.webhooks().rotate_secret(&id)` answers with the new secret. For 24 hours deliveries are signed with both.
//! 2. Within that time give every [`Verifier`] the new one beside the old: `Verifier::new([new, old])`.
//! 3. After it take the old one out. It signs nothing any more.

#[cfg(feature = "axum")]
pub mod axum;
mod envelope;
mod event;
mod failure;
mod seen;
mod signature;
pub mod testing;
mod verifier;

pub use credicorp_gen::types::EventData;
pub use event::Event;
pub use failure::WebhookFailure;
pub use seen::{Claim, SeenEvents, SeenInMemory};
pub use verifier::Verifier;

use crate::error::Error;

/// Verifies a delivery and reads its event, with one secret and the default tolerance of 300 s.
///
/// `body` is the raw body, `signature_header` the text of `Credicorp-Signature`. A [`Verifier`] does the same with
/// several secrets, and prepares them once.
///
/// # Errors
///
/// Of kind [`Webhook`](crate::ErrorKind::Webhook) if the delivery is not to be trusted or cannot be read; of kind
/// [`Config`](crate::ErrorKind::Config) if the secret is empty, has white space or does not begin with `whsec_`.
pub fn construct_event(body: impl AsRef<[u8]>, signature_header: &str, secret: &str) -> Result<Event, Error> {
    Verifier::new([secret])?.construct_event(body, signature_header)
}
