//! What one call changes of the client's defaults.
//!
//! A setter never fails: a value that cannot be is kept as an error, and the call fails with it before anything is sent.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};

use super::key;
use super::run::Limits;
use crate::error::Error;

/// Headers that are the pipeline's own, or that would change how the message is framed or routed.
const RESERVED: [&str; 12] = [
    "authorization",
    "connection",
    "expect",
    "host",
    "idempotency-key",
    "keep-alive",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

/// The options of one call.
#[derive(Clone, Default)]
pub(crate) struct Options {
    timeout: Option<Duration>,
    deadline: Option<Duration>,
    max_retries: Option<u32>,
    headers: HeaderMap,
    query: Vec<(String, String)>,
    key: Option<Arc<str>>,
    /// The first option that cannot be.
    wrong: Option<Error>,
}

impl Options {
    pub(crate) fn set_timeout(&mut self, timeout: Duration) {
        self.timeout = self.positive(timeout, "timeout").or(self.timeout);
    }

    pub(crate) fn set_deadline(&mut self, deadline: Duration) {
        self.deadline = self.positive(deadline, "deadline").or(self.deadline);
    }

    /// What is left for this part of a call that is made of several.
    pub(crate) fn set_left(&mut self, left: Duration) {
        self.deadline = Some(left);
    }

    pub(crate) fn set_max_retries(&mut self, retries: u32) {
        self.max_retries = Some(retries);
    }

    pub(crate) fn set_header(&mut self, name: &str, value: &str) {
        match header(name, value) {
            Ok((name, value)) => {
                self.headers.append(name, value);
            }
            Err(error) => self.fail(error),
        }
    }

    pub(crate) fn add_query(&mut self, name: &str, value: &str) {
        self.query.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn set_key(&mut self, key: &str) {
        match key::check(key) {
            Ok(()) => self.key = Some(key.into()),
            Err(error) => self.fail(error),
        }
    }

    pub(crate) fn key(&self) -> Option<&Arc<str>> {
        self.key.as_ref()
    }

    /// The first option that cannot be.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.wrong.clone().map_or(Ok(()), Err)
    }

    /// Adds the call's headers and query to the request's. A parameter that the call itself sets is not set twice: which
    /// of the two counts would be the server's guess.
    pub(crate) fn apply(&self, request: &mut reqwest::Request) -> Result<(), Error> {
        for (name, value) in &self.headers {
            request.headers_mut().append(name, value.clone());
        }
        if self.query.is_empty() {
            return Ok(());
        }
        if let Some((name, _)) = request.url().query_pairs().find(|(set, _)| self.sets(set)) {
            return Err(Error::request(format!(
                "the query parameter {name:?} is set by the call itself: use the option that exists for it"
            )));
        }
        request.url_mut().query_pairs_mut().extend_pairs(&self.query);
        Ok(())
    }

    fn sets(&self, parameter: &str) -> bool {
        self.query.iter().any(|(name, _)| name == parameter)
    }

    pub(crate) fn limits(&self, defaults: Limits) -> Limits {
        Limits {
            timeout: self.timeout.unwrap_or(defaults.timeout),
            max_retries: self.max_retries.unwrap_or(defaults.max_retries),
            deadline: self.deadline.or(defaults.deadline),
        }
    }

    fn positive(&mut self, duration: Duration, what: &str) -> Option<Duration> {
        if duration.is_zero() {
            self.fail(Error::request(format!(
                "a {what} of zero leaves no time for an answer: give more, or leave it out"
            )));
        }
        Some(duration).filter(|duration| !duration.is_zero())
    }

    fn fail(&mut self, error: Error) {
        self.wrong.get_or_insert(error);
    }
}

/// Values of headers and queries may be secrets of the caller's: only their number shows.
impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("timeout", &self.timeout)
            .field("deadline", &self.deadline)
            .field("max_retries", &self.max_retries)
            .field("headers", &self.headers.len())
            .field("query", &self.query.len())
            .finish_non_exhaustive()
    }
}

fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), Error> {
    let refused = |why: &str| Error::request(format!("the header {name:?} {why}"));
    let parsed = HeaderName::from_bytes(name.as_bytes()).map_err(|_| refused("is not a header name"))?;
    if RESERVED.contains(&parsed.as_str()) || parsed.as_str().starts_with("content-") {
        return Err(refused(
            "is set by the client itself: use the option that exists for it, or leave it out",
        ));
    }
    if value.chars().any(|character| character.is_control() && character != '\t') {
        return Err(refused("has a value with control characters"));
    }
    let value = HeaderValue::from_str(value)
        .map_err(|_| refused("has a value that cannot be sent: use visible ASCII"))?;
    Ok((parsed, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_and_broken_headers_are_refused_and_the_first_is_told() {
        let bad = [
            ("Authorization", "x"),
            ("idempotency-key", "x"),
            ("HOST", "x"),
            ("content-type", "x"),
            ("Content-Anything", "x"),
            ("transfer-encoding", "chunked"),
            ("x y", "x"),
            ("", "x"),
            ("x-a", "a\r\nb: c"),
            ("x-a", "a\0"),
        ];
        for (name, value) in bad {
            let mut options = Options::default();
            options.set_header(name, value);
            options.set_header("also bad", "");
            let error = options.check().unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::Request);
            assert!(error.message().contains(&format!("{name:?}")), "{error}");
        }
        let mut options = Options::default();
        options.set_header("x-trace", "1");
        options.check().unwrap();
    }

    #[test]
    fn debug_shows_no_header_value() {
        let mut options = Options::default();
        options.set_header("x-api-token", "hunter2");
        assert!(!format!("{options:?}").contains("hunter2"));
    }

    #[test]
    fn a_time_of_zero_is_refused() {
        for set in [Options::set_timeout, Options::set_deadline] {
            let mut options = Options::default();
            set(&mut options, Duration::ZERO);
            assert_eq!(options.check().unwrap_err().kind(), crate::ErrorKind::Request);
        }
    }
}
