//! The ways in which an error is made. Nobody else writes to its fields.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;

use super::envelope::Envelope;
use super::{Answer, Error, ErrorKind, KEPT_BODY, Repr};
use crate::webhooks::WebhookFailure;

/// What a call knows of itself when it ends; also carried by an answer, in its extensions.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    /// Attempts of the call itself, not of a mint that it led.
    pub(crate) attempts: u32,
    /// The idempotency key that was sent.
    pub(crate) key: Option<Arc<str>>,
    /// Whether any attempt may have reached the server.
    pub(crate) sent: bool,
    /// Whether a later repeat may succeed.
    pub(crate) retryable: bool,
}

impl Error {
    fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Repr {
            kind,
            message: message.into(),
            answer: None,
            facts: Facts::default(),
            webhook: None,
            delivery: None,
            source: None,
        }))
    }

    /// The client is configured wrongly.
    pub(crate) fn config(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Config, message)
    }

    /// The call cannot be made; nothing was sent.
    pub(crate) fn request(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Request, message)
    }

    /// A delivery that is not to be trusted or cannot be read.
    pub(crate) fn webhook_failure(failure: WebhookFailure, body: &[u8]) -> Self {
        let mut error = Self::new(ErrorKind::Webhook, failure.to_string());
        let is_genuine = matches!(failure, WebhookFailure::Unreadable { .. });
        error.0.delivery = is_genuine.then(|| Bytes::copy_from_slice(body));
        error.0.webhook = Some(failure);
        error
    }

    /// No answer in the time given.
    pub(crate) fn timeout(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Timeout, message).retryable()
    }

    /// A list whose cursor came back: going on would never end.
    pub(crate) fn repeated_cursor() -> Self {
        Self::new(
            ErrorKind::Decode,
            "the list answered with the cursor it was asked for, so that a walk would never end: report it to Credicorp",
        )
    }

    /// The network failed before any answer was complete.
    pub(crate) fn network(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self::new(kind, message)
    }

    /// An answer that is not a success.
    pub(crate) fn answered(
        parts: &http::response::Parts,
        body: &Bytes,
        envelope: Envelope,
        retry_after: Option<Duration>,
        keep_body: bool,
    ) -> Self {
        let kind = match parts.status {
            StatusCode::UNAUTHORIZED => ErrorKind::Auth,
            StatusCode::TOO_MANY_REQUESTS => ErrorKind::RateLimited,
            _ => ErrorKind::Api,
        };
        let message = envelope.message.clone().unwrap_or_else(|| without_envelope(parts.status, body));
        let mut error = Self::new(kind, message);
        error.0.answer = Some(Answer {
            status: parts.status,
            headers: parts.headers.clone(),
            body: if keep_body { first_bytes(body) } else { Bytes::new() },
            envelope,
            retry_after,
        });
        error
    }

    /// An answer that could not be read as what the operation promises.
    pub(crate) fn undecodable(
        parts: &http::response::Parts,
        body: &Bytes,
        message: impl Into<String>,
        keep_body: bool,
    ) -> Self {
        let mut error = Self::answered(parts, body, Envelope::default(), None, keep_body);
        error.0.kind = ErrorKind::Decode;
        error.0.message = message.into();
        error
    }

    /// The same error of another kind: a refused mint is `Auth` whatever its status; a wait that ran out is `Timeout`.
    pub(crate) fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    pub(crate) fn with_context(mut self, context: &str) -> Self {
        self.0.message = format!("{context}: {}", self.0.message);
        self
    }

    pub(crate) fn with_facts(mut self, facts: Facts) -> Self {
        // The last attempt found no connection, but an earlier one may have been sent.
        if facts.sent && self.0.kind == ErrorKind::Connect {
            self.0.kind = ErrorKind::Transport;
        }
        self.0.facts = Facts { retryable: self.0.facts.retryable || facts.retryable, ..facts };
        self
    }

    pub(crate) fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Arc::new(source));
        self
    }

    pub(crate) fn retryable(mut self) -> Self {
        self.0.facts.retryable = true;
        self
    }
}

/// What to say of an error answer that has no envelope.
fn without_envelope(status: StatusCode, body: &Bytes) -> String {
    let reason = status.canonical_reason().unwrap_or("an unknown status");
    if body.is_empty() {
        format!("{reason}, without a body")
    } else {
        format!("{reason}, without Credicorp's error body: a proxy may have answered")
    }
}

/// A copy of the first bytes, so that an error never keeps a body of 16 MiB alive.
fn first_bytes(body: &Bytes) -> Bytes {
    Bytes::copy_from_slice(&body[..body.len().min(KEPT_BODY)])
}
