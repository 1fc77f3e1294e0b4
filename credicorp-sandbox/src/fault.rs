//! Failures on demand.
//!
//! A fault hits the next requests that it is for, as often as it says, and is then used up. Without [`Fault::on`] it is for every
//! partner operation, but never for the token endpoint. Several are used in the order of their injection, one a request.

mod text;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use http::{HeaderName, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use serde_json::json;

use crate::answer::Answer;
use crate::mac;
use crate::problem::Problem;
use crate::record::KEPT;
use crate::sync::lock;

/// A failure to inject.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use credicorp_sandbox::{Fault, Sandbox};
///
/// let sandbox = Sandbox::start().await?;
/// sandbox.inject(Fault::status(503).retry_after(1).times(2));
/// sandbox.inject(Fault::status(502).html("<h1>Bad gateway</h1>").on("get_decision"));
/// sandbox.inject(Fault::status(401).on("create_token"));
/// sandbox.inject(Fault::half_body().probability(0.05));
/// assert_eq!(sandbox.pending_faults().len(), 4);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Fault {
    effect: Effect,
    operation: Option<String>,
    /// `None` until it is said: once, or without end if it hits by chance.
    times: Option<u32>,
    /// How likely it hits a request that it is for; `None` is always.
    chance: Option<f64>,
    headers: Vec<(String, String)>,
    body: Option<(&'static str, String)>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Effect {
    /// Answered instead of being executed.
    Status(u16),
    /// Executed after this time on the sandbox's clock.
    Delay(Duration),
    ResetBefore,
    ResetAfter,
    /// Executed, and answered with half of the body.
    HalfBody,
}

const CREATE_TOKEN: &str = "create_token";
const HTML: &str = "text/html";

impl Fault {
    fn new(effect: Effect) -> Self {
        Self { effect, operation: None, times: None, chance: None, headers: Vec::new(), body: None }
    }

    /// Answers with this status, 200 to 599, without executing the operation.
    ///
    /// The body is the error that the contract gives for the status (in the form of RFC 6749 from the token endpoint), except that 502 and 504 come
    /// from a proxy, as HTML; [`Fault::body`] and [`Fault::html`] say otherwise. Nothing is kept under an idempotency key.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::new(Effect::Status(status))
    }

    /// Executes the operation only when the sandbox's clock has moved on by this much; until then its idempotency key is in progress.
    ///
    /// The operation is executed even if the caller has gone away by then, as a server does.
    #[must_use]
    pub fn delay(time: Duration) -> Self {
        Self::new(Effect::Delay(time))
    }

    /// Resets the connection without executing the operation.
    #[must_use]
    pub fn reset_before() -> Self {
        Self::new(Effect::ResetBefore)
    }

    /// Executes the operation and resets the connection instead of answering.
    #[must_use]
    pub fn reset_after() -> Self {
        Self::new(Effect::ResetAfter)
    }

    /// Executes the operation and answers with the first half of the body; then the connection ends. An answer without a body is a reset.
    #[must_use]
    pub fn half_body() -> Self {
        Self::new(Effect::HalfBody)
    }

    /// Hits this operation only, by its id in the spec; the only way to hit `create_token`.
    ///
    /// An id that the spec does not have makes every request fail with a 500 that says so.
    #[must_use]
    pub fn on(mut self, operation: impl Into<String>) -> Self {
        self.operation = Some(operation.into());
        self
    }

    /// How many requests it hits: once unless said otherwise, without end if it hits by [`Fault::probability`], and not at all with 0.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Hits each request that it is for with this probability, from 0 to 1. Which ones follows from the sandbox's seed: the same
    /// requests in the same order are hit on every run.
    #[must_use]
    pub fn probability(mut self, probability: f64) -> Self {
        self.chance = Some(probability);
        self
    }

    /// Adds `Retry-After` in seconds.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        self.header(header::RETRY_AFTER.as_str(), seconds.to_string())
    }

    /// Adds `Retry-After` as an HTTP-date; the `Date` of the answer is the sandbox's clock.
    #[must_use]
    pub fn retry_after_date(self, at: Timestamp) -> Self {
        self.header(header::RETRY_AFTER.as_str(), http_date(at))
    }

    /// Adds a header, or replaces one that the answer has anyway.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Answers with this body, as `application/json` whatever it is.
    #[must_use]
    pub fn body(mut self, body: impl Into<String>) -> Self {
        self.body = Some(("application/json", body.into()));
        self
    }

    /// Answers with this page of HTML, as a proxy does.
    #[must_use]
    pub fn html(mut self, page: impl Into<String>) -> Self {
        self.body = Some((HTML, page.into()));
        self
    }

    pub(crate) fn effect(&self) -> Effect {
        self.effect
    }

    pub(crate) fn operation(&self) -> Option<&str> {
        self.operation.as_deref()
    }

    /// What becomes of a fault for an operation that does not exist: every request says so, until the test is mended.
    pub(crate) fn misdirected(self) -> Self {
        let operation = self.operation.unwrap_or_default();
        let message =
            format!("A fault was injected on {operation:?}, which the spec does not have; mend the test.");
        let problem = Problem::server_error(message).body("");
        Self::status(500).times(u32::MAX).body(problem.to_string())
    }

    fn is_for(&self, operation: &str) -> bool {
        self.operation.as_deref().map_or(operation != CREATE_TOKEN, |wanted| wanted == operation)
    }

    fn status_code(&self) -> StatusCode {
        match self.effect {
            Effect::Status(status @ 200..=599) => StatusCode::from_u16(status).unwrap_or_default(),
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The answer of a fault that has one.
    pub(crate) fn answer(&self, operation: &str, request_id: &str) -> Answer {
        let status = self.status_code();
        let mut answer = match &self.body {
            Some((media_type, body)) => Answer::text(status, media_type, body.clone()),
            None if matches!(status.as_u16(), 502 | 504) => Answer::text(status, HTML, page(status)),
            None if operation == CREATE_TOKEN => {
                Answer::text(status, "application/json", oauth_error(status))
            }
            None => {
                Answer::problem(Problem::new(status, code(status), "This failure was injected."), request_id)
            }
        };
        for (name, value) in &self.headers {
            match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                (Ok(name), Ok(value)) => drop(answer.headers.insert(name, value)),
                _ => {
                    let message = format!("The fault's header {name:?} cannot be sent; mend the test.");
                    return Answer::problem(Problem::server_error(message), request_id);
                }
            }
        }
        answer
    }
}

/// The code that the contract gives first for a status.
fn code(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "invalid_json",
        401 => "unauthorized",
        403 => "insufficient_scope",
        404 => "resource_not_found",
        405 => "method_not_allowed",
        409 => "idempotency_key_in_progress",
        413 => "payload_too_large",
        415 => "unsupported_media_type",
        422 => "validation_error",
        429 => "rate_limited",
        503 => "service_unavailable",
        _ => "server_error",
    }
}

fn oauth_error(status: StatusCode) -> String {
    let error = match status.as_u16() {
        400 => "invalid_request",
        401 => "invalid_client",
        429 => "rate_limited",
        503 => "temporarily_unavailable",
        _ => "server_error",
    };
    json!({ "error": error, "error_description": "This failure was injected." }).to_string()
}

fn page(status: StatusCode) -> String {
    format!("<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>\n")
}

/// The date form of RFC 9110.
pub(crate) fn http_date(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// The faults that still have requests to hit.
#[derive(Debug)]
pub(crate) struct Faults {
    seed: u64,
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    injected: u64,
    faults: Vec<Pending>,
    /// Every fault by its number, used up or not, and how many requests it has hit.
    hits: BTreeMap<u64, (Fault, u64)>,
}

impl Waiting {
    fn hit(&mut self, number: u64) {
        if let Some((_, hits)) = self.hits.get_mut(&number) {
            *hits += 1;
        }
    }
}

#[derive(Debug)]
struct Pending {
    fault: Fault,
    /// The count of the faults injected before.
    number: u64,
    /// How many requests were left to chance.
    rolls: u64,
    left: u32,
}

impl Pending {
    fn hits(&mut self, seed: u64, operation: &str) -> bool {
        if !self.fault.is_for(operation) {
            return false;
        }
        let Some(chance) = self.fault.chance else { return true };
        self.rolls += 1;
        let parts = [seed, self.number, self.rolls].map(u64::to_be_bytes);
        let digest = mac::sign(b"fault", &[&parts[0], &parts[1], &parts[2]]);
        let roll = digest.iter().take(4).fold(0_u32, |sum, byte| (sum << 8) | u32::from(*byte));
        f64::from(roll) < chance * (f64::from(u32::MAX) + 1.0)
    }
}

impl Faults {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, waiting: Mutex::default() }
    }

    pub(crate) fn inject(&self, fault: Fault) {
        let left = fault.times.unwrap_or(if fault.chance.is_some() { u32::MAX } else { 1 });
        if left > 0 {
            let mut waiting = lock(&self.waiting);
            let number = waiting.injected;
            waiting.injected += 1;
            if waiting.hits.len() == KEPT {
                waiting.hits.pop_first();
            }
            waiting.hits.insert(number, (fault.clone(), 0));
            waiting.faults.push(Pending { fault, number, rolls: 0, left });
        }
    }

    /// Uses up one hit of the first fault that hits this operation; without end where it may hit for ever.
    pub(crate) fn take(&self, operation: &str) -> Option<Fault> {
        let waiting = &mut *lock(&self.waiting);
        let index = waiting.faults.iter_mut().position(|pending| pending.hits(self.seed, operation))?;
        let number = waiting.faults.get(index)?.number;
        waiting.hit(number);
        let pending = waiting.faults.get_mut(index)?;
        if pending.left == 1 {
            return Some(waiting.faults.remove(index).fault);
        }
        if pending.left < u32::MAX {
            pending.left -= 1;
        }
        Some(pending.fault.clone())
    }

    pub(crate) fn waiting(&self) -> Vec<Fault> {
        lock(&self.waiting).faults.iter().map(|pending| pending.fault.clone()).collect()
    }

    pub(crate) fn hits(&self) -> Vec<(Fault, u64)> {
        lock(&self.waiting).hits.values().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        lock(&self.waiting).faults.clear();
    }
}
