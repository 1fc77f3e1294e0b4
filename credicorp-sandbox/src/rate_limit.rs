//! The rate-limit headers that every answer carries.
//!
//! The numbers are those of the sandbox tier, `build`: 10 requests a second. Nothing is limited yet, so the window is always as good as new.

use http::{HeaderMap, HeaderName, HeaderValue};

const PER_SECOND: u16 = 10;

pub(crate) fn add_headers(headers: &mut HeaderMap) {
    const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
    const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
    const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");
    for (name, value) in [(LIMIT, PER_SECOND), (REMAINING, PER_SECOND - 1), (RESET, 1)] {
        headers.entry(name).or_insert_with(|| HeaderValue::from(value));
    }
}
