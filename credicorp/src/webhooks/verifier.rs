//! Verification with one or several secrets, prepared once.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;

use super::signature::{self, Header};
use super::{Event, WebhookFailure};
use crate::ambient::wall_clock;
use crate::environment::{Variables, WEBHOOK_SECRET};
use crate::error::Error;

const TOLERANCE: Duration = Duration::from_secs(300);

/// Verifies deliveries. Cheap to clone, and shown without its secrets.
///
/// Give it the old and the new secret while one is rotated: a delivery under either is accepted.
#[derive(Clone)]
pub struct Verifier {
    keys: Vec<signature::Key>,
    tolerance: Duration,
}

impl Verifier {
    /// A verifier for any of these secrets, with a tolerance of 300 s.
    ///
    /// # Errors
    ///
    /// No secret, or one that is empty, has white space or does not begin with `whsec_`.
    pub fn new<S: AsRef<str>>(secrets: impl IntoIterator<Item = S>) -> Result<Self, Error> {
        let keys =
            secrets.into_iter().map(|secret| prepare(secret.as_ref())).collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() {
            return Err(Error::config("a verifier needs at least one webhook secret, whsec_…"));
        }
        Ok(Self { keys, tolerance: TOLERANCE })
    }

    /// A verifier for the secret in `CC_WEBHOOK_SECRET`.
    ///
    /// # Errors
    ///
    /// The variable is not set, or holds what cannot be a webhook secret.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_variables(&Variables::of_process())
    }

    fn from_variables(variables: &Variables) -> Result<Self, Error> {
        let secret = variables.get(WEBHOOK_SECRET)?.ok_or_else(|| {
            Error::config(format!("{WEBHOOK_SECRET} is not set: set it to the endpoint's whsec_…"))
        })?;
        Self::new([secret]).map_err(|error| error.with_context(WEBHOOK_SECRET))
    }

    /// How far the time of a signature may be from now, either way.
    #[must_use]
    pub fn tolerance(mut self, tolerance: Duration) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Verifies a delivery and reads its event. `body` is the raw body as received, `signature_header` the text of
    /// `Credicorp-Signature`, empty if there is none.
    ///
    /// # Errors
    ///
    /// Of kind [`Webhook`](crate::ErrorKind::Webhook); [`Error::webhook`] says what is wrong.
    pub fn construct_event(&self, body: impl AsRef<[u8]>, signature_header: &str) -> Result<Event, Error> {
        self.construct_event_at(body, signature_header, wall_clock())
    }

    /// The same at a time of your own.
    ///
    /// # Errors
    ///
    /// Those of [`construct_event`](Self::construct_event).
    pub fn construct_event_at(
        &self,
        body: impl AsRef<[u8]>,
        signature_header: &str,
        now: Timestamp,
    ) -> Result<Event, Error> {
        let body = body.as_ref();
        self.check(body, signature_header, now)
            .and_then(|()| Event::read(body))
            .map_err(|failure| Error::webhook_failure(failure, body))
    }

    /// Verifies a delivery without reading it, for a service that queues the raw body and reads it later.
    ///
    /// # Errors
    ///
    /// Of kind [`Webhook`](crate::ErrorKind::Webhook); [`Error::webhook`] says what is wrong.
    pub fn verify(&self, body: impl AsRef<[u8]>, signature_header: &str) -> Result<(), Error> {
        self.verify_at(body, signature_header, wall_clock())
    }

    /// The same at a time of your own.
    ///
    /// # Errors
    ///
    /// Those of [`verify`](Self::verify).
    pub fn verify_at(
        &self,
        body: impl AsRef<[u8]>,
        signature_header: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let body = body.as_ref();
        self.check(body, signature_header, now).map_err(|failure| Error::webhook_failure(failure, body))
    }

    /// The signature first: whoever cannot sign learns nothing about the clock.
    fn check(&self, body: &[u8], signature_header: &str, now: Timestamp) -> Result<(), WebhookFailure> {
        let mut header = Header::default();
        header.read(signature_header)?;
        if !header.matches(&self.keys, body) {
            return Err(WebhookFailure::NoMatch);
        }
        let skew = now.as_nanosecond() - i128::from(header.seconds) * 1_000_000_000;
        if skew.unsigned_abs() > self.tolerance.as_nanos() {
            return Err(WebhookFailure::OutsideTolerance {
                skew_seconds: now.as_second().saturating_sub(header.seconds),
                tolerance_seconds: self.tolerance.as_secs(),
            });
        }
        Ok(())
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("secrets", &self.keys.len())
            .field("tolerance", &self.tolerance)
            .finish_non_exhaustive()
    }
}

/// An empty key would let everybody sign.
fn prepare(secret: &str) -> Result<signature::Key, Error> {
    let refused = |why: &str| Err(Error::config(format!("the webhook secret {why}")));
    if secret.is_empty() {
        return refused("is empty: set it to the endpoint's whsec_…");
    }
    if secret.chars().any(|character| character.is_whitespace() || character.is_control()) {
        return refused("holds white space: it was pasted with a space or a line break");
    }
    match secret.strip_prefix("whsec_") {
        Some(rest) if !rest.is_empty() => {}
        _ => return refused("does not begin with whsec_: this is not an endpoint's secret"),
    }
    signature::key(secret).map_or_else(|| refused("cannot be a key"), Ok)
}

#[cfg(test)]
mod tests;
