//! What a call tells `tracing`: one span `credicorp.call` a call, one event an attempt, in OpenTelemetry's names.
//!
//! Never an id, a key, a header, a body or a secret: the URL stands as its template.

use credicorp_gen::{Operation, Response};
use tracing::Span;
use tracing::field::Empty;

use super::wire::{Failure, Why};
use crate::error::Error;

/// The span of one call, repeats and waits included.
pub(crate) fn call(operation: &Operation) -> Span {
    tracing::info_span!(
        "credicorp.call",
        otel.name = operation.id,
        otel.kind = "client",
        http.request.method = operation.method.as_str(),
        url.template = operation.path,
        http.response.status_code = Empty,
        http.request.resend_count = Empty,
        error.type = Empty,
    )
}

/// How the call ended.
pub(crate) fn ended(span: &Span, attempts: u32, outcome: &Result<Response, Error>) {
    if span.is_disabled() {
        return;
    }
    span.record("http.request.resend_count", attempts.saturating_sub(1));
    let status = match outcome {
        Ok(response) => Some(response.status()),
        Err(error) => {
            span.record("error.type", error.kind().as_str());
            error.status()
        }
    };
    if let Some(status) = status {
        span.record("http.response.status_code", status.as_u16());
    }
}

/// How one attempt ended.
pub(crate) fn attempt(operation: &Operation, number: u32, outcome: &Result<Response, Failure>) {
    let (status, error_type) = match outcome {
        Ok(response) if response.status().is_success() => (Some(response.status().as_u16()), None),
        Ok(response) => (Some(response.status().as_u16()), Some("status")),
        Err(failure) => (None, Some(why(failure.why))),
    };
    tracing::debug!(
        http.request.method = operation.method.as_str(),
        url.template = operation.path,
        http.request.resend_count = number - 1,
        http.response.status_code = status,
        error.type = error_type,
        "attempt"
    );
}

fn why(why: Why) -> &'static str {
    match why {
        Why::NotConnected => "connect",
        Why::Unsendable => "request",
        Why::TimedOut => "timeout",
        Why::Broken => "transport",
        Why::TooLarge => "too_large",
    }
}
