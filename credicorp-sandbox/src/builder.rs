use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;

use crate::blocking::BlockingSandbox;
use crate::error::Error;
use crate::log::Log;
use crate::rate_limit::Tier;
use crate::sandbox::Sandbox;

/// How a sandbox is to be started; see [`Sandbox::builder`].
#[derive(Clone)]
#[must_use]
pub struct Builder {
    pub(crate) port: u16,
    pub(crate) seed: Option<u64>,
    pub(crate) webhook_url: Option<String>,
    pub(crate) allow_remote_webhooks: bool,
    pub(crate) webhook_timeout: Duration,
    pub(crate) frozen_at: Option<Timestamp>,
    pub(crate) decision_delay: Duration,
    pub(crate) payment_delay: Duration,
    pub(crate) token_lifetime: Duration,
    pub(crate) scopes: Option<Vec<String>>,
    pub(crate) tier: Tier,
    pub(crate) log: Option<Log>,
    pub(crate) state_file: Option<PathBuf>,
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            port: 0,
            seed: None,
            webhook_url: None,
            allow_remote_webhooks: false,
            webhook_timeout: Duration::from_secs(10),
            frozen_at: None,
            decision_delay: Duration::from_millis(300),
            payment_delay: Duration::from_secs(1),
            token_lifetime: Duration::from_secs(3600),
            scopes: None,
            tier: Tier::None,
            log: None,
            state_file: None,
        }
    }

    /// The port on 127.0.0.1; 0, the default, takes a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// What ids and credentials follow from; 0 by default. Two sandboxes with the same seed give the same ids in the same order.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// An endpoint that all events are delivered to, as by [`Sandbox::deliver_webhooks_to`].
    pub fn webhook_url(mut self, url: impl Into<String>) -> Self {
        self.webhook_url = Some(url.into());
        self
    }

    /// Sends webhooks to other machines too; by default what is for another machine is recorded as not sent. They go by https, which
    /// takes the feature `rustls`.
    pub fn allow_remote_webhooks(mut self, on: bool) -> Self {
        self.allow_remote_webhooks = on;
        self
    }

    /// How long a webhook endpoint may take to answer; 10 s by default. The one limit that is measured in real time, since the endpoint is
    /// a real program.
    pub fn webhook_timeout(mut self, limit: Duration) -> Self {
        self.webhook_timeout = limit;
        self
    }

    /// Starts with a clock that stands at this time, until it is moved; it runs with real time by default.
    pub fn frozen_at(mut self, at: Timestamp) -> Self {
        self.frozen_at = Some(at);
        self
    }

    /// The time from submitting an application to its decision, from a referral to its end, and that of an identity check, on the sandbox's
    /// clock; 300 ms by default.
    pub fn decision_delay(mut self, delay: Duration) -> Self {
        self.decision_delay = delay;
        self
    }

    /// The time from a payment's start (its release, its day, or the payer's click) to its settling, on the sandbox's clock; 1 s by default.
    pub fn payment_delay(mut self, delay: Duration) -> Self {
        self.payment_delay = delay;
        self
    }

    /// How long an access token is valid, in whole seconds; an hour by default.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.token_lifetime = lifetime;
        self
    }

    /// What the credentials may do; everything by default. A token never holds a scope that is not in here.
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = Some(scopes.into_iter().map(Into::into).collect());
        self
    }

    /// Limits requests as the contract does for this tier, by the sandbox's clock; nothing is limited by default.
    pub fn tier(mut self, tier: Tier) -> Self {
        self.tier = tier;
        self
    }

    /// Writes a line to stderr for each request: method, path, status, operation, request id and time; never a body, a query or a header.
    pub fn log_requests(mut self, on: bool) -> Self {
        self.log = Log::chosen(self.log, Log::Text, on);
        self
    }

    /// The same as a JSON object a line: `method`, `path`, `status` (null after a reset), `operation`, `request_id` and `ms`.
    pub fn log_requests_as_json(mut self, on: bool) -> Self {
        self.log = Log::chosen(self.log, Log::Json, on);
        self
    }

    /// Goes on where another sandbox was when its [`Sandbox::save_state`] wrote this file; if there is no such file yet, the sandbox starts
    /// afresh. Nothing is written to it but by [`Sandbox::save_state`].
    ///
    /// What the API shows is as it was, and so are the credentials and the seed, what is still to happen, idempotency keys, webhook endpoints
    /// with their secrets, and the deliveries that wait. Tokens of before stay valid on the same port; on another one, `handoff_url` and
    /// the `url` of payment links move along. The clock goes on as it went, stopped or running, whatever [`Builder::frozen_at`] says.
    /// [`Builder::webhook_url`] adds no second endpoint. Recorded requests, deliveries that were made, and faults are not restored.
    pub fn state_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.state_file = Some(path.into());
        self
    }

    /// Starts the sandbox on the current Tokio runtime.
    ///
    /// # Errors
    ///
    /// The port is taken; the webhook address is not one on this machine; the state file cannot be read, is damaged, of another format
    /// version, or of another seed than the one that was set.
    pub async fn start(self) -> Result<Sandbox, Error> {
        Sandbox::run(self).await
    }

    /// Starts the sandbox on a thread of its own, for code without a runtime.
    ///
    /// # Errors
    ///
    /// The port is taken, the webhook address is not one on this machine, or there is no thread to be had.
    pub fn start_blocking(self) -> Result<BlockingSandbox, Error> {
        BlockingSandbox::run(self)
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Builder")
            .field("port", &self.port)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}
