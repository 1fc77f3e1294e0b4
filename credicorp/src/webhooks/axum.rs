//! An extractor for axum: what reaches the handler was signed by Credicorp (feature `axum`).
//!
//! ```
//! use axum::{Router, extract::FromRef, http::StatusCode, routing::post};
//! use credicorp::webhooks::{Verifier, axum::Verified};
//!
//! #[derive(Clone)]
//! struct App {
//!     verifier: Verifier,
//! }
//!
//! impl FromRef<App> for Verifier {
//!     fn from_ref(app: &App) -> Self {
//!         app.verifier.clone()
//!     }
//! }
//!
//! async fn hook(Verified(event): Verified) -> StatusCode {
//!     println!("{} {}", event.id, event.kind);
//!     StatusCode::OK
//! }
//!
//! # fn example() -> Result<(), credicorp::Error> {
//! let app = App { verifier: Verifier::new(["whsec_4Td1"])? };
//! let service: Router = Router::new().route("/webhooks/credicorp", post(hook)).with_state(app);
//! # Ok(()) }
//! ```
//!
//! | what came | answer |
//! |---|---|
//! | no signature, a wrong one, a stale one | 400 |
//! | over 1 MiB | 413 |
//! | signed by Credicorp, and not to be read | 422, so that it is delivered again |
//!
//! The answer says nothing more, as it goes to whoever sent the request; what was wrong is in a `tracing` event.

use std::fmt;

use axum_core::body::Body;
use axum_core::extract::{DefaultBodyLimit, FromRef, FromRequest, Request};
use axum_core::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::{Event, Verifier, WebhookFailure};
use crate::error::Error;

const LONGEST_BODY: usize = 1024 * 1024;

/// A verified event. The state holds a [`Verifier`] (`FromRef`).
#[derive(Debug, Clone, PartialEq)]
pub struct Verified(
    /// The event.
    pub Event,
);

/// Why a request never reached its handler; answered without saying so.
#[derive(Debug)]
pub struct Rejection {
    status: StatusCode,
    error: Option<Error>,
}

impl Rejection {
    /// The status that it is answered with.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// What was wrong with the delivery; `None` if its body could not be received.
    pub fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    fn of(error: Error) -> Self {
        let is_genuine = matches!(error.webhook(), Some(WebhookFailure::Unreadable { .. }));
        let status = if is_genuine { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::BAD_REQUEST };
        tracing::warn!(http.response.status_code = status.as_u16(), "webhook refused: {error}");
        Self { status, error: Some(error) }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.error {
            Some(error) => error.fmt(f),
            None => f.write_str("the body of the webhook could not be received"),
        }
    }
}

impl std::error::Error for Rejection {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.as_ref().map(|error| error as &(dyn std::error::Error + 'static))
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from("refused\n"));
        *response.status_mut() = self.status;
        response
    }
}

impl<S> FromRequest<S> for Verified
where
    S: Send + Sync,
    Verifier: FromRef<S>,
{
    type Rejection = Rejection;

    async fn from_request(mut request: Request, state: &S) -> Result<Self, Rejection> {
        let header = signature_header(request.headers());
        DefaultBodyLimit::max(LONGEST_BODY).apply(&mut request);
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|refused| Rejection { status: refused.status(), error: None })?;
        Verifier::from_ref(state).construct_event(&body, &header).map(Self).map_err(Rejection::of)
    }
}

/// The text of the header. Several of them are one list, as everywhere in HTTP; what is no text is no signature.
fn signature_header(headers: &HeaderMap) -> String {
    let values = headers.get_all("credicorp-signature").iter();
    values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests;
