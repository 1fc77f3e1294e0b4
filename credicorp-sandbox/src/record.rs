//! What was received and how it was answered, in order, for assertions.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Mutex;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use jiff::Timestamp;

use crate::answer::Answer;
use crate::sync::lock;

/// A request that the sandbox received. `Debug` shows the names of its headers, but no value, and the length of its body.
#[derive(Clone)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The id of the operation in the spec; `None` for an unknown path or method.
    pub operation: Option<String>,
    /// The method.
    pub method: Method,
    /// The path as it came, without the query.
    pub path: String,
    /// The query as it came, without the question mark.
    pub query: Option<String>,
    /// All headers, the credentials included.
    pub headers: HeaderMap,
    /// The body, byte for byte; empty if it was over the limit.
    pub body: Bytes,
    /// The `Credicorp-Request-Id` of the answer.
    pub request_id: String,
    /// When it came, by the sandbox's clock.
    pub at: Timestamp,
    /// What it was answered with; `None` while it is running, and after a reset.
    pub status: Option<StatusCode>,
    /// What the inspector shows of the answer; kept of the latest requests only.
    pub(crate) answer: Bytes,
}

impl RecordedRequest {
    /// One header as text; `None` if it is absent or not ASCII.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON.
    ///
    /// # Errors
    ///
    /// The body is not JSON.
    pub fn json(&self) -> Result<serde_json::Value, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }

    /// The body as text, if there is nothing in it to hide.
    pub(crate) fn shown_body(&self) -> String {
        let hidden = self.operation.as_deref() == Some("create_token");
        if hidden { HIDDEN.to_owned() } else { String::from_utf8_lossy(&self.body).into_owned() }
    }

    /// The answer as text, if there is nothing in it to hide.
    pub(crate) fn shown_answer(&self) -> String {
        let succeeded = self.status.is_some_and(|status| status.is_success());
        let hidden = self.operation.as_deref().is_some_and(|operation| SECRET_ANSWERS.contains(&operation));
        if hidden && succeeded {
            HIDDEN.to_owned()
        } else {
            String::from_utf8_lossy(&self.answer).into_owned()
        }
    }
}

const HIDDEN: &str = "(it holds credentials)";

/// The operations whose answers hold credentials.
const SECRET_ANSWERS: [&str; 3] = ["create_token", "create_webhook_endpoint", "rotate_webhook_secret"];

impl fmt::Debug for RecordedRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RecordedRequest")
            .field("operation", &self.operation)
            .field("method", &self.method)
            .field("path", &self.path)
            .field("query", &self.query)
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("body", &format_args!("{} bytes", self.body.len()))
            .field("request_id", &self.request_id)
            .field("status", &self.status)
            .finish()
    }
}

/// The last [`KEPT`] requests.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    log: Mutex<Log>,
}

#[derive(Debug, Default)]
struct Log {
    /// How many were dropped at the front.
    dropped: u64,
    requests: VecDeque<RecordedRequest>,
}

/// How many records of a kind are kept: enough for any test, and a bound for a sandbox that runs for months.
pub(crate) const KEPT: usize = 50_000;
/// Of so many of them the answer's body is kept too, which may be a long list.
pub(crate) const ANSWERS_KEPT: usize = 200;

impl Requests {
    /// Its number, for [`Requests::answered`].
    pub(crate) fn received(&self, request: RecordedRequest) -> u64 {
        let mut log = lock(&self.log);
        if log.requests.len() == KEPT {
            log.requests.pop_front();
            log.dropped += 1;
        }
        let old = log.requests.len().checked_sub(ANSWERS_KEPT).and_then(|index| log.requests.get_mut(index));
        if let Some(old) = old {
            old.answer = Bytes::new();
        }
        log.requests.push_back(request);
        log.dropped + log.requests.len() as u64 - 1
    }

    /// Notes the answer; there is none after a reset.
    pub(crate) fn answered(&self, number: u64, answer: Option<&Answer>) {
        let mut log = lock(&self.log);
        let index = number.checked_sub(log.dropped).and_then(|index| usize::try_from(index).ok());
        if let Some(request) = index.and_then(|index| log.requests.get_mut(index)) {
            request.status = answer.map(|answer| answer.status);
            request.answer = answer.map(|answer| answer.body.clone()).unwrap_or_default();
        }
    }

    pub(crate) fn all(&self) -> Vec<RecordedRequest> {
        lock(&self.log).requests.iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        let mut log = lock(&self.log);
        log.dropped += log.requests.len() as u64;
        log.requests.clear();
    }
}
