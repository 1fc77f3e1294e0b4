//! What came back: the value, and everything around it.
//!
//! ```no_run
//! # async fn example(cc: credicorp::Client) -> Result<(), credicorp::Error> {
//! let response = cc.applications().get("app_1").with_response().await?;
//! println!("{} {:?} {}", response.status(), response.request_id(), response.attempts());
//! let application = response.into_inner(); // also Deref
//! # Ok(()) }
//! ```

use std::fmt;
use std::ops::Deref;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::error::Facts;

/// A value with the answer that it came in. Derefs to the value.
pub struct Response<T> {
    value: T,
    parts: http::response::Parts,
    body: Bytes,
}

impl<T> Response<T> {
    pub(crate) fn new(value: T, parts: http::response::Parts, body: Bytes) -> Self {
        Self { value, parts, body }
    }

    /// The same answer with another value.
    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Response<U> {
        Response { value: change(self.value), parts: self.parts, body: self.body }
    }

    /// The value alone.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.parts.status
    }

    /// The headers as they came.
    pub fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// The bytes of the body as they came. They may hold personal data.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The id to quote to Credicorp's support, `req_…`.
    pub fn request_id(&self) -> Option<&str> {
        request_id(&self.parts.headers)
    }

    /// How many times the call was sent until this answer.
    pub fn attempts(&self) -> u32 {
        self.facts().map_or(1, |facts| facts.attempts)
    }

    /// The idempotency key that was sent, yours or the one made for the call: present on every write.
    pub fn idempotency_key(&self) -> Option<&str> {
        self.facts()?.key.as_deref()
    }

    /// Whether this is the stored result of an earlier call under the same key (`Idempotency-Replayed: true`).
    pub fn replayed(&self) -> bool {
        replayed(&self.parts.headers)
    }

    /// The rate limit as the answer stated it.
    pub fn rate_limit(&self) -> Option<RateLimit> {
        RateLimit::read(&self.parts.headers)
    }

    fn facts(&self) -> Option<&Facts> {
        self.parts.extensions.get::<Facts>()
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("value", &self.value)
            .field("status", &self.status())
            .field("request_id", &self.request_id())
            .field("attempts", &self.attempts())
            .finish_non_exhaustive()
    }
}

/// The rate limit of the project, as an answer stated it in `RateLimit-Limit`, `-Remaining` and `-Reset`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// Requests that the window allows.
    pub limit: Option<u64>,
    /// Requests that are left of it.
    pub remaining: Option<u64>,
    /// The time until the window starts anew.
    pub reset: Option<Duration>,
}

impl RateLimit {
    /// Reads what is stated; `None` if nothing is.
    pub(crate) fn read(headers: &HeaderMap) -> Option<Self> {
        let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
        let read = Self {
            limit: number("ratelimit-limit"),
            remaining: number("ratelimit-remaining"),
            reset: number("ratelimit-reset").map(Duration::from_secs),
        };
        (read != Self { limit: None, remaining: None, reset: None }).then_some(read)
    }
}

/// The request id under either of its names.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<&str> {
    ["credicorp-request-id", "x-credicorp-request-id"]
        .into_iter()
        .find_map(|name| headers.get(name)?.to_str().ok())
}

/// Whether the answer is marked as the stored result of an earlier call.
pub(crate) fn replayed(headers: &HeaderMap) -> bool {
    headers.get("idempotency-replayed").is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true"))
}
