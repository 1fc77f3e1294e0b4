//! Exactly once: applications are created while every fifth request fails in some way, each failed call is repeated under the
//! key that its error names until it succeeds, and then there is one application for each, no more and no less.
//!
//! The driver never sleeps: the pause before its repeats passes on the sandbox's clock. What the client waits by itself takes
//! real time, so that a test leaves every repeat to the driver.

mod faults;
mod report;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use credicorp::types::{Business, NewApplication};
use credicorp::{Client, Error, Pence};
use credicorp_sandbox::Sandbox;
use tokio::task::JoinSet;

pub use report::Report;

/// How long a delayed request is held up, on the sandbox's clock.
const DELAY: Duration = Duration::from_secs(2);
/// What passes on the sandbox's clock before the driver repeats a call.
const PAUSE: Duration = Duration::from_millis(50);
/// Past any number of repeats that chance explains: the call is given up, and counted as lost.
const PATIENCE: u64 = 1_000;
/// So often in a run all tokens are revoked, or expire.
const TOKEN_LOSSES: usize = 20;

/// What a run does.
#[derive(Clone, Debug)]
pub struct Chaos {
    /// How many applications are created.
    pub applications: usize,
    /// How many calls are in flight at once.
    pub in_flight: usize,
    /// What the faults follow from.
    pub seed: u64,
    /// Calls are made with 0 to so many repeats of the client, in turn; the driver does the rest.
    pub max_retries: u32,
    /// The time of an attempt, in real time; one that is shorter than a delay leaves work behind that goes on by itself.
    pub timeout: Duration,
    /// Stops the sandbox's clock: it moves by a millisecond at each turn of the runtime, and nothing waits for real time.
    pub frozen: bool,
    /// Repeats under the key that the error names, as one must. Without it a run shows that duplicates are seen.
    pub keep_keys: bool,
}

impl Chaos {
    /// The whole: 5,000 applications at 64 in flight, in real time.
    pub fn full() -> Self {
        Self {
            applications: 5_000,
            in_flight: 64,
            seed: 1,
            max_retries: 2,
            timeout: Duration::from_secs(1),
            frozen: false,
            keep_keys: true,
        }
    }

    /// The size of a test: nothing in it waits for real time.
    pub fn small() -> Self {
        let hour = Duration::from_secs(3600);
        Self { applications: 250, in_flight: 16, max_retries: 0, timeout: hour, frozen: true, ..Self::full() }
    }

    /// Runs to the end, and counts.
    ///
    /// # Errors
    ///
    /// The sandbox or the client could not be started, or the applications could not be listed in the end.
    pub async fn run(self) -> Result<Report, Box<dyn std::error::Error + Send + Sync>> {
        let mut builder = Sandbox::builder().seed(self.seed);
        if self.frozen {
            builder = builder.frozen_at("2026-06-29T10:14:02Z".parse()?);
        }
        let sandbox = builder.start().await?;
        faults::inject(&sandbox, DELAY);
        let cc = Client::builder()
            .secret_key(sandbox.secret_key())
            .api_base(sandbox.url())
            .max_retries(self.max_retries)
            .timeout(self.timeout)
            .build()?;
        let run =
            Arc::new(Run { chaos: self, sandbox, cc, next: AtomicUsize::new(0), tally: Mutex::default() });
        run.create_all().await?;
        let listed = run.listed().await?;
        Ok(run.report(&listed))
    }
}

/// What is counted while calls run.
#[derive(Debug, Default)]
struct Tally {
    /// The id that each call was answered with in the end, by reference.
    created: BTreeMap<String, String>,
    given_up: u64,
    attempts: u64,
    driver_repeats: u64,
    replayed: u64,
    /// What failed calls said, and how often.
    errors: BTreeMap<String, u64>,
    /// Errors that named no key, or another one than the call had.
    key_mistakes: u64,
    token_losses: u64,
}

#[derive(Debug)]
struct Run {
    chaos: Chaos,
    sandbox: Sandbox,
    cc: Client,
    next: AtomicUsize,
    tally: Mutex<Tally>,
}

impl Run {
    async fn create_all(self: &Arc<Self>) -> Result<(), tokio::task::JoinError> {
        let mut workers = JoinSet::new();
        for _ in 0..self.chaos.in_flight {
            let run = Arc::clone(self);
            workers.spawn(async move {
                loop {
                    let number = run.next.fetch_add(1, Ordering::Relaxed);
                    if number >= run.chaos.applications {
                        return;
                    }
                    run.lose_tokens(number);
                    run.create(number).await;
                }
            });
        }
        while !workers.is_empty() {
            if self.chaos.frozen {
                self.sandbox.clock().advance(Duration::from_millis(1));
                tokio::task::yield_now().await;
                workers.try_join_next().transpose()?;
            } else {
                workers.join_next().await.transpose()?;
            }
        }
        Ok(())
    }

    /// Every now and then all tokens are worth nothing any more.
    fn lose_tokens(&self, number: usize) {
        let period = (self.chaos.applications / TOKEN_LOSSES).max(1);
        if number % period != period / 2 {
            return;
        }
        if (number / period).is_multiple_of(2) {
            self.sandbox.revoke_tokens();
        } else {
            self.sandbox.expire_tokens();
        }
        self.tally(|tally| tally.token_losses += 1);
    }

    /// Creates one application, however often it takes.
    async fn create(&self, number: usize) {
        let reference = format!("chaos_{number}");
        let retries = u32::try_from(number).unwrap_or_default() % (self.chaos.max_retries + 1);
        let new = NewApplication::new(Business::new("16093826"), Pence::from_pounds(25_000), 12)
            .redirect_uri("https://yourapp.com/return")
            .reference(&reference);
        let mut key: Option<String> = None;
        for _ in 0..PATIENCE {
            let mut call = self.cc.applications().create(new.clone()).max_retries(retries);
            if let Some(key) = &key {
                call = call.idempotency_key(key);
            }
            let error = match call.with_response().await {
                Ok(response) => {
                    self.tally(|tally| {
                        tally.attempts += u64::from(response.attempts());
                        tally.replayed += u64::from(response.replayed());
                        tally.created.insert(reference, response.id.to_string());
                    });
                    return;
                }
                Err(error) => error,
            };
            let named = error.idempotency_key().map(str::to_owned);
            let mistaken = named.is_none() || (key.is_some() && named != key);
            self.tally(|tally| {
                tally.attempts += u64::from(error.attempts());
                tally.driver_repeats += 1;
                tally.key_mistakes += u64::from(mistaken);
                *tally.errors.entry(words(&error)).or_default() += 1;
            });
            key = named.filter(|_| self.chaos.keep_keys);
            self.sandbox.clock().advance(PAUSE);
        }
        self.tally(|tally| tally.given_up += 1);
    }

    /// Every application there is, as its reference and its id, asked for without faults.
    async fn listed(&self) -> Result<Vec<(String, String)>, Error> {
        self.sandbox.clear_faults();
        // Whatever a caller left behind has happened by now.
        self.sandbox.clock().advance(DELAY);
        let mut listed = Vec::with_capacity(self.chaos.applications);
        let mut applications = self.cc.applications().list().limit(100).stream();
        while let Some(application) = applications.next().await {
            let application = application?;
            listed.push((application.reference.unwrap_or_default(), application.id.to_string()));
        }
        Ok(listed)
    }

    fn report(&self, listed: &[(String, String)]) -> Report {
        let requests = self.sandbox.requests_to("create_application").len();
        let mints = self.sandbox.requests_to("create_token").len();
        self.tally(|tally| {
            let there: BTreeSet<_> = listed.iter().map(|(reference, id)| (reference, id)).collect();
            let missing = tally.created.iter().filter(|created| !there.contains(created)).count();
            let references: BTreeSet<_> = listed.iter().map(|(reference, _)| reference).collect();
            Report {
                calls: self.chaos.applications,
                in_flight: self.chaos.in_flight,
                requests,
                mints,
                injected: faults::counted(&self.sandbox),
                token_losses: tally.token_losses,
                attempts: tally.attempts,
                driver_repeats: tally.driver_repeats,
                errors: tally.errors.clone(),
                replayed: tally.replayed,
                key_mistakes: tally.key_mistakes,
                listed: listed.len(),
                lost: missing + usize::try_from(tally.given_up).unwrap_or(usize::MAX),
                duplicates: listed.len() - references.len(),
                violations: self.sandbox.spec_violations(),
            }
        })
    }

    fn tally<T>(&self, work: impl FnOnce(&mut Tally) -> T) -> T {
        work(&mut self.tally.lock().expect("nothing panics while it counts"))
    }
}

/// What a call failed with: the status and the code, or the kind.
fn words(error: &Error) -> String {
    match (error.status(), error.code()) {
        (Some(status), Some(code)) => format!("{} {code}", status.as_u16()),
        (Some(status), None) => status.as_u16().to_string(),
        (None, _) => format!("{:?}", error.kind()).to_lowercase(),
    }
}
