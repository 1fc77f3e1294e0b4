//! One call on its way: the attempt loop.
//!
//! Each turn takes a token, sends, and asks the truth table what to do: answer, repeat after a delay, mint once and
//! repeat, or give up. Nothing else in the crate repeats anything.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use credicorp_gen::{Operation, Response};
use http::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use http::response::Parts;

use super::classify::{Repeat, Row, Signal};
use super::token::{Token, Tokens};
use super::wire::{Exchange, Failure, Why};
use super::{Core, delay, trace};
use crate::ambient::Ambient;
use crate::error::envelope::Envelope;
use crate::error::{Error, ErrorKind, Facts};
use crate::response::replayed;

/// How many headers the pipeline adds at most.
const OWN_HEADERS: usize = 4;
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The limits of one call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) max_retries: u32,
    pub(crate) timeout: Duration,
    /// The whole call, from its start.
    pub(crate) deadline: Option<Duration>,
}

/// One call and what has become of it so far.
pub(crate) struct Run<'a> {
    core: &'a Core,
    operation: &'static Operation,
    /// What every attempt's request has of its own.
    headers: HeaderMap,
    limits: Limits,
    /// A repeat can have no second effect.
    safe: bool,
    /// The instant at which the whole call is over.
    until: Option<Duration>,
    facts: Facts,
    retries: u32,
    last_cost: Option<u32>,
    minted_anew: bool,
    /// Why the last attempt was not the end.
    last: Option<Error>,
}

/// What follows an attempt.
enum Next {
    Answer(Response),
    Pause(Duration, Error),
    MintAnew(Error),
    Fail(Error),
}

impl<'a> Run<'a> {
    pub(crate) fn new(
        core: &'a Core,
        operation: &'static Operation,
        limits: Limits,
        key: Option<Arc<str>>,
    ) -> Self {
        // A mint has no effect that a second one could double.
        let safe = operation.method.is_safe() || key.is_some() || !operation.authenticated;
        Self {
            core,
            operation,
            headers: HeaderMap::new(),
            limits,
            safe,
            until: limits.deadline.map(|deadline| core.ambient.now().saturating_add(deadline)),
            facts: Facts { key, ..Facts::default() },
            retries: 0,
            last_cost: None,
            minted_anew: false,
            last: None,
        }
    }

    /// Runs to the end.
    pub(crate) async fn drive(
        &mut self,
        request: &mut reqwest::Request,
        tokens: Option<&Tokens<'_>>,
    ) -> Result<Response, Error> {
        // A map is dear to copy: each attempt fills one of the size that it needs.
        self.headers = std::mem::take(request.headers_mut());
        let outcome = self.attempts(request, tokens).await;
        trace::ended(&tracing::Span::current(), self.facts.attempts, &outcome);
        outcome.map_err(|error| error.with_facts(self.facts.clone()))
    }

    async fn attempts(
        &mut self,
        request: &reqwest::Request,
        tokens: Option<&Tokens<'_>>,
    ) -> Result<Response, Error> {
        loop {
            let token = match tokens {
                Some(tokens) => Some(match tokens.cached() {
                    Some(token) => token,
                    // Rare, and large: it would double the future of every call.
                    None => Box::pin(self.token(tokens)).await?,
                }),
                None => None,
            };
            let outcome = self.attempt(request, token.as_deref()).await?;
            match self.judge(outcome, token.is_some()) {
                Next::Answer(response) => return Ok(response),
                Next::Pause(delay, error) => {
                    self.last = Some(error);
                    self.core.ambient.sleep(delay).await;
                }
                Next::MintAnew(error) => {
                    self.last = Some(error);
                    self.minted_anew = true;
                    if let (Some(tokens), Some(token)) = (tokens, &token) {
                        tokens.reject(token);
                    }
                }
                Next::Fail(error) => return Err(error),
            }
        }
    }

    /// The cached token at once, or a fresh one within the deadline.
    async fn token(&mut self, tokens: &Tokens<'_>) -> Result<Arc<Token>, Error> {
        let left = self.left();
        let got = within(&*self.core.ambient, left, pin!(tokens.get(left))).await;
        got.unwrap_or_else(|| Err(self.out_of_time("no token within")))
    }

    /// The deadline passed: the last answer says more than that, if there was one.
    fn out_of_time(&mut self, what: &str) -> Error {
        match self.last.take() {
            Some(error) => error.with_kind(ErrorKind::Timeout).retryable(),
            None => Error::timeout(format!("{what} {}", self.deadline_in_words())),
        }
    }

    /// Sends once and waits for the whole answer.
    async fn attempt(
        &mut self,
        request: &reqwest::Request,
        token: Option<&Token>,
    ) -> Result<Result<Response, Failure>, Error> {
        let left = self.left();
        if left == Some(Duration::ZERO) {
            return Err(self.out_of_time("nothing was sent within"));
        }
        let mut exchange = self.exchange(request, token)?;
        let limit = left.map_or(self.limits.timeout, |left| left.min(self.limits.timeout));
        self.facts.attempts += 1;
        let outcome = within(&*self.core.ambient, Some(limit), exchange.as_mut())
            .await
            .unwrap_or_else(|| Err(Failure::of(Why::TimedOut)));
        self.facts.sent |= outcome.as_ref().err().is_none_or(Failure::may_have_been_sent);
        trace::attempt(self.operation, self.facts.attempts, &outcome);
        Ok(outcome)
    }

    /// The exchange of one attempt; no `async fn`, in whose future the copy would keep its room.
    fn exchange(&self, request: &reqwest::Request, token: Option<&Token>) -> Result<Exchange<'a>, Error> {
        let mut request =
            request.try_clone().ok_or_else(|| Error::request("a streamed body cannot be sent"))?;
        let headers = request.headers_mut();
        headers.reserve(self.headers.len() + OWN_HEADERS);
        for (name, value) in &self.headers {
            headers.append(name, value.clone());
        }
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, self.core.user_agent.clone());
        if let Some(key) = &self.facts.key {
            headers.insert(IDEMPOTENCY_KEY, header_value(key)?);
        }
        if let Some(token) = token {
            headers.insert(AUTHORIZATION, token.bearer());
        }
        Ok(self.core.wire.exchange(request))
    }

    /// Asks the truth table.
    fn judge(&mut self, outcome: Result<Response, Failure>, with_token: bool) -> Next {
        match outcome {
            Ok(response) if response.status().is_success() => {
                self.core.budget.give(self.last_cost);
                let mut response = response;
                response.extensions_mut().insert(self.facts.clone());
                Next::Answer(response)
            }
            Ok(response) => {
                let (parts, body) = response.into_parts();
                self.judge_refusal(&parts, &body, with_token)
            }
            // An error answer counts by its head, whatever became of its body.
            Err(Failure { seen: Some(seen), .. }) if !seen.0.status.is_success() => {
                self.judge_refusal(&seen.0, &seen.1, with_token)
            }
            Err(failure) => {
                let signal = match failure.why {
                    Why::NotConnected => Signal::NotConnected,
                    Why::Unsendable => Signal::Unsendable,
                    Why::TimedOut => Signal::TimedOut,
                    Why::Broken => Signal::Broken,
                    Why::TooLarge => Signal::TooLarge,
                };
                let error = failure.into_error(&self.time_in_words(), self.keeps_body());
                self.next(signal.row(), None, error)
            }
        }
    }

    fn judge_refusal(&mut self, parts: &Parts, body: &Bytes, with_token: bool) -> Next {
        let envelope = Envelope::read(body);
        let replayed = replayed(&parts.headers);
        let signal = Signal::of_answer(parts.status, replayed, with_token, || envelope.code.clone());
        let hint = delay::retry_after(&parts.headers, self.core.ambient.wall());
        let error = Error::answered(parts, body, envelope, hint, self.keeps_body());
        self.next(signal.row(), hint, error)
    }

    /// What the row says, as far as retries, deadline, hint and budget allow.
    fn next(&mut self, row: &Row, hint: Option<Duration>, error: Error) -> Next {
        let error = match row.repeat {
            Repeat::Never => return Next::Fail(error),
            Repeat::OnceAfterMint if self.minted_anew => return Next::Fail(error),
            Repeat::OnceAfterMint => return Next::MintAnew(error),
            Repeat::IfSafe | Repeat::Always => error.retryable(),
        };
        let allowed = self.safe || row.repeat == Repeat::Always;
        if !allowed || self.retries >= self.limits.max_retries {
            return Next::Fail(error);
        }
        let fraction = self.core.ambient.fraction();
        let pause = match hint {
            Some(hint) if hint > delay::LONGEST_HINT => return Next::Fail(error),
            Some(hint) => delay::after_hint(hint, fraction),
            None => delay::backoff(row.base, self.retries, fraction),
        };
        if self.left().is_some_and(|left| pause >= left) || !self.core.budget.take(row.cost) {
            return Next::Fail(error);
        }
        self.retries += 1;
        self.last_cost = Some(row.cost);
        Next::Pause(pause, error)
    }

    /// What is left of the deadline.
    fn left(&self) -> Option<Duration> {
        self.until.map(|until| until.saturating_sub(self.core.ambient.now()))
    }

    fn keeps_body(&self) -> bool {
        !self.operation.answers_secret
    }

    fn deadline_in_words(&self) -> String {
        format!("the deadline of {:?}", self.limits.deadline.unwrap_or_default())
    }

    /// The time that ran out, after a timeout.
    fn time_in_words(&self) -> String {
        match self.left() {
            Some(Duration::ZERO) => self.deadline_in_words(),
            _ => format!("the attempt's timeout of {:?}", self.limits.timeout),
        }
    }
}

fn header_value(key: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(key)
        .map_err(|source| Error::request("the idempotency key cannot be a header").with_source(source))
}

/// The future's output, or `None` when the time is up first. The future is asked first, so that an answer that is there
/// is never thrown away.
pub(crate) async fn within<F: Future + ?Sized>(
    ambient: &dyn Ambient,
    limit: Option<Duration>,
    mut future: Pin<&mut F>,
) -> Option<F::Output> {
    let mut sleep = None;
    poll_fn(|cx| {
        if let Poll::Ready(output) = future.as_mut().poll(cx) {
            return Poll::Ready(Some(output));
        }
        let Some(limit) = limit else { return Poll::Pending };
        let sleep = sleep.get_or_insert_with(|| ambient.sleep(limit));
        sleep.as_mut().poll(cx).map(|()| None)
    })
    .await
}
