//! The contract's rate limits: a bucket for the project, one for each operation that has a limit of its own, and requests at a time.
//!
//! Nothing is limited unless a [`Tier`] was chosen. The buckets fill by the sandbox's clock: on one that stands, what is used up stays
//! used up until it is moved. The token endpoint is not limited; a fault can have it answer 429.

use std::collections::HashMap;
use std::sync::Mutex;

use http::{HeaderMap, HeaderName, HeaderValue, header};
use jiff::Timestamp;

use crate::problem::Problem;
use crate::spec::Operation;
use crate::sync::lock;

/// How much a project may ask for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Tier {
    /// As much as it likes. The headers show `build` at rest.
    #[default]
    None,
    /// The sandbox's: 10 a second, 50 at once, 10 at a time.
    Build,
    /// 25 a second, 100 at once, 20 at a time.
    Launch,
    /// 100 a second, 400 at once, 50 at a time.
    Scale,
}

impl Tier {
    /// The bucket, and how many requests at a time.
    fn limits(self) -> Option<(Bucket, usize)> {
        match self {
            Self::None => None,
            Self::Build => Some((Bucket::new(10, 50), 10)),
            Self::Launch => Some((Bucket::new(25, 100), 20)),
            Self::Scale => Some((Bucket::new(100, 400), 50)),
        }
    }
}

const SECOND: i128 = 1_000_000_000;

/// A bucket of tokens, kept as the time at which it is full again.
#[derive(Clone, Debug)]
struct Bucket {
    /// Nanoseconds for one token.
    interval: i128,
    burst: i128,
    full_at: i128,
}

impl Bucket {
    fn new(per_second: u32, burst: u32) -> Self {
        Self {
            interval: SECOND / i128::from(per_second.max(1)),
            burst: i128::from(burst.max(1)),
            full_at: i128::MIN,
        }
    }

    /// The nanoseconds until it is full; never more than from empty, even if the clock was set back.
    fn missing(&self, now: i128) -> i128 {
        self.full_at.saturating_sub(now).clamp(0, self.interval * self.burst)
    }

    fn tokens(&self, now: i128) -> i128 {
        self.burst - (self.missing(now) + self.interval - 1) / self.interval
    }

    fn take(&mut self, now: i128) {
        self.full_at = now + self.missing(now) + self.interval;
    }

    /// The whole seconds until there is a token.
    fn wait(&self, now: i128) -> i128 {
        seconds(self.missing(now) - self.interval * (self.burst - 1)).max(1)
    }

    fn headers(&self, now: i128) -> [(HeaderName, HeaderValue); 3] {
        [(LIMIT, self.burst), (REMAINING, self.tokens(now)), (RESET, seconds(self.missing(now)))]
            .map(|(name, value)| (name, HeaderValue::from(u64::try_from(value).unwrap_or(0))))
    }
}

fn seconds(nanoseconds: i128) -> i128 {
    (nanoseconds + SECOND - 1) / SECOND
}

const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

#[derive(Debug)]
pub(crate) struct RateLimits(Option<Mutex<State>>);

#[derive(Debug)]
struct State {
    project: Bucket,
    operations: HashMap<String, Bucket>,
    at_a_time: usize,
    running: usize,
}

/// One running request; dropped when it has been answered.
#[derive(Debug)]
pub(crate) struct Admitted<'a>(&'a RateLimits);

impl RateLimits {
    pub(crate) fn new(tier: Tier) -> Self {
        Self(tier.limits().map(|(project, at_a_time)| {
            Mutex::new(State { project, operations: HashMap::new(), at_a_time, running: 0 })
        }))
    }

    /// Takes a token from every bucket that the operation draws on, or from none.
    pub(crate) fn admit(&self, operation: &Operation, now: Timestamp) -> Result<Admitted<'_>, Problem> {
        let admitted = Admitted(self);
        let Some(state) = &self.0 else { return Ok(admitted) };
        let mut state = lock(state);
        // Counted before anything is refused: a refusal drops the guard.
        state.running += 1;
        let result = state.take(operation, now.as_nanosecond());
        drop(state);
        result.map(|()| admitted)
    }

    /// Adds what every answer carries.
    pub(crate) fn add_headers(&self, headers: &mut HeaderMap, now: Timestamp) {
        let values = match &self.0 {
            Some(state) => lock(state).project.headers(now.as_nanosecond()),
            None => [(LIMIT, 10_u64), (REMAINING, 9), (RESET, 1)]
                .map(|(name, value)| (name, HeaderValue::from(value))),
        };
        for (name, value) in values {
            headers.entry(name).or_insert(value);
        }
    }
}

impl State {
    fn take(&mut self, operation: &Operation, now: i128) -> Result<(), Problem> {
        if self.running > self.at_a_time {
            let message = format!("More than {} requests at a time.", self.at_a_time);
            return Err(refusal(message, 1, &self.project, now));
        }
        if self.project.tokens(now) < 1 {
            return Err(refusal("Too many requests.".to_owned(), self.project.wait(now), &self.project, now));
        }
        if let Some(limit) = operation.per_second {
            let bucket =
                self.operations.entry(operation.id.clone()).or_insert_with(|| Bucket::new(limit, limit));
            if bucket.tokens(now) < 1 {
                let message = format!("More than {limit} requests a second for {}.", operation.id);
                return Err(refusal(message, bucket.wait(now), bucket, now));
            }
            bucket.take(now);
        }
        self.project.take(now);
        Ok(())
    }
}

fn refusal(message: String, wait: i128, bucket: &Bucket, now: i128) -> Problem {
    let mut problem = Problem::rate_limited(message);
    problem.headers.push((header::RETRY_AFTER, HeaderValue::from(u64::try_from(wait).unwrap_or(1))));
    problem.headers.extend(bucket.headers(now));
    problem
}

impl Drop for Admitted<'_> {
    fn drop(&mut self) {
        if let Some(state) = &self.0.0 {
            lock(state).running -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i128 = 1_000 * SECOND;

    fn empty() -> Bucket {
        let mut bucket = Bucket::new(10, 50);
        for left in (0..50).rev() {
            bucket.take(NOW);
            assert_eq!(bucket.tokens(NOW), left);
        }
        bucket
    }

    #[test]
    fn a_bucket_gives_its_burst_and_then_its_rate() {
        let bucket = empty();
        for (milliseconds, tokens) in [(0, 0), (99, 0), (100, 1), (999, 9), (1_000, 10), (60_000, 50)] {
            assert_eq!(bucket.tokens(NOW + milliseconds * SECOND / 1_000), tokens, "{milliseconds}");
        }
        assert_eq!((bucket.wait(NOW), seconds(bucket.missing(NOW))), (1, 5));
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_lock_the_bucket() {
        let bucket = empty();
        assert_eq!(bucket.tokens(0), 0);
        assert_eq!(bucket.wait(0), 1);
    }
}
