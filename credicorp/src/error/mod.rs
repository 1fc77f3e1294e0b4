//! The one error of the crate, and how it is made.
//!
//! ```no_run
//! # async fn example(cc: credicorp::Client, new: credicorp::types::NewApplication) {
//! match cc.applications().create(new).await {
//!     Ok(application) => println!("{}", application.id),
//!     Err(error) if error.code() == Some("validation_error") => {
//!         for field in error.fields() {
//!             println!("{}: {}", field.field, field.message.as_deref().unwrap_or(""));
//!         }
//!     }
//!     Err(error) => {
//!         eprintln!("{error}"); // 503 service_unavailable: try again shortly (req_1a2b3c, 4 attempts)
//!         if error.may_have_been_sent() {
//!             // Repeat under error.idempotency_key(), or look it up.
//!         }
//!     }
//! }
//! # }
//! ```
//!
//! Reading an answer that went wrong is total: whatever came (HTML, nothing, half a document, an unknown shape), the
//! status, the request id and the first bytes of the body are kept.

mod build;
mod display;
pub(crate) mod envelope;
mod kind;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

pub(crate) use build::Facts;
pub use envelope::FieldError;
pub use kind::ErrorKind;

use crate::response::{RateLimit, request_id};
use crate::webhooks::WebhookFailure;

/// The first bytes of a body that an error keeps.
pub(crate) const KEPT_BODY: usize = 16 * 1024;

/// Whatever went wrong with a call, a configuration or a webhook.
///
/// It is opaque and stays so: ask it with its methods. `Display` is one line for a log: status, code, message, request
/// id and attempts; it never shows a body, a key or a secret. [`source`](std::error::Error::source) keeps the cause.
#[derive(Clone)]
pub struct Error(pub(crate) Box<Repr>);

#[derive(Clone)]
pub(crate) struct Repr {
    pub(crate) kind: ErrorKind,
    /// What happened, in our words or the server's.
    pub(crate) message: String,
    pub(crate) answer: Option<Answer>,
    pub(crate) facts: Facts,
    pub(crate) webhook: Option<WebhookFailure>,
    /// The body of a delivery whose signature is genuine.
    pub(crate) delivery: Option<Bytes>,
    pub(crate) source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

/// What is kept of an answer.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) envelope: envelope::Envelope,
    pub(crate) retry_after: Option<Duration>,
}

impl Error {
    /// What sort of failure this is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The HTTP status, if an answer came.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.answer.as_ref().map(|answer| answer.status)
    }

    /// The API's machine-readable code, such as `validation_error`.
    pub fn code(&self) -> Option<&str> {
        self.envelope()?.code.as_deref()
    }

    /// The API's type of error, such as `invalid_request_error`.
    pub fn error_type(&self) -> Option<&str> {
        self.envelope()?.error_type.as_deref()
    }

    /// What happened, in the API's words if it said, else in ours.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The page of the API's documentation about this error, if the API named one.
    pub fn doc_url(&self) -> Option<&str> {
        self.envelope()?.doc_url.as_deref()
    }

    /// The id to quote to Credicorp's support, `req_…`: from the header, else from the body.
    pub fn request_id(&self) -> Option<&str> {
        let answer = self.0.answer.as_ref()?;
        request_id(&answer.headers).or(answer.envelope.request_id.as_deref())
    }

    /// The fields that failed validation; empty for any other failure.
    pub fn fields(&self) -> &[FieldError] {
        self.envelope().map_or(&[], |envelope| &envelope.fields)
    }

    /// How long the server asks to wait before a repeat, from `Retry-After` in either form.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.answer.as_ref()?.retry_after
    }

    /// The rate limit as the answer stated it.
    pub fn rate_limit(&self) -> Option<RateLimit> {
        RateLimit::read(&self.0.answer.as_ref()?.headers)
    }

    /// How many times the call was tried; 0 if it failed before anything was sent.
    pub fn attempts(&self) -> u32 {
        self.0.facts.attempts
    }

    /// The idempotency key of the call, yours or the one made for it: repeat a write under this key.
    pub fn idempotency_key(&self) -> Option<&str> {
        self.0.facts.key.as_deref()
    }

    /// Whether a later repeat may succeed. Repeat a write only under its [`idempotency_key`](Self::idempotency_key).
    pub fn is_retryable(&self) -> bool {
        self.0.facts.retryable
    }

    /// Whether any attempt may have reached the server. False means that the call provably had no effect.
    pub fn may_have_been_sent(&self) -> bool {
        self.0.facts.sent
    }

    /// The first bytes of the body of the answer, at most 16 KiB; `None` without an answer, and for operations that
    /// answer with a secret. Of a genuine webhook that cannot be read it is the whole body. It may hold personal data: it
    /// is never printed by this type.
    pub fn body(&self) -> Option<&[u8]> {
        let answer = self.0.answer.as_ref().map(|answer| &answer.body);
        answer.or(self.0.delivery.as_ref()).map(Bytes::as_ref).filter(|body| !body.is_empty())
    }

    /// What was wrong with a webhook delivery, for an error of kind [`ErrorKind::Webhook`].
    pub fn webhook(&self) -> Option<&WebhookFailure> {
        self.0.webhook.as_ref()
    }

    fn envelope(&self) -> Option<&envelope::Envelope> {
        self.0.answer.as_ref().map(|answer| &answer.envelope)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn std::error::Error + 'static))
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
