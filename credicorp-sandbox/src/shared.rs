//! What every request of one sandbox shares.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;

use crate::builder::Builder;
use crate::clock::Clock;
use crate::credentials::Credentials;
use crate::error::Error;
use crate::fault::Faults;
use crate::idempotency::IdempotencyKeys;
use crate::ids::Ids;
use crate::log::Log;
use crate::page::Cursors;
use crate::rate_limit::RateLimits;
use crate::record::Requests;
use crate::spec::Spec;
use crate::state::{Move, State, StateFile};
use crate::sync::lock;
use crate::tasks::Tasks;
use crate::tokens::Tokens;
use crate::webhooks::{Registry, Rules, Webhooks};
use crate::world::{Delays, World};

/// The one project of a sandbox; both kinds of credentials belong to it.
pub(crate) const PROJECT: &str = "proj_sandbox";

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) spec: &'static Spec,
    pub(crate) url: String,
    pub(crate) clock: Clock,
    pub(crate) ids: Arc<Ids>,
    pub(crate) credentials: Credentials,
    /// What the credentials may do.
    pub(crate) scopes: Vec<String>,
    pub(crate) tokens: Tokens,
    pub(crate) cursors: Cursors,
    pub(crate) keys: IdempotencyKeys,
    pub(crate) faults: Faults,
    pub(crate) rate_limits: RateLimits,
    pub(crate) requests: Requests,
    pub(crate) webhooks: Webhooks,
    pub(crate) tasks: Tasks,
    pub(crate) log: Option<Log>,
    seed: u64,
    state_file: Option<StateFile>,
    /// Turns true when the sandbox is to take no more requests.
    closing: watch::Sender<bool>,
    world: Mutex<World>,
    violations: Mutex<Vec<String>>,
}

impl Shared {
    pub(crate) fn new(builder: &Builder, url: String) -> Result<Arc<Self>, Error> {
        let spec = Spec::load()?;
        let state_file = builder.state_file.as_deref().map(StateFile::at).transpose()?;
        let (seed, restored) = match &state_file {
            Some(file) => file.load(builder.seed)?,
            None => (builder.seed, None),
        };
        let seed = seed.unwrap_or_default();
        let ids = Arc::new(Ids::new(seed));
        let credentials = Credentials::new(&ids);
        let lifetime = builder.token_lifetime;
        let delays = Delays { decision: builder.decision_delay, payment: builder.payment_delay };
        let webhook_rules =
            Rules { allow_remote: builder.allow_remote_webhooks, timeout: builder.webhook_timeout };
        let shared = Self {
            spec,
            clock: Clock::new(builder.frozen_at),
            scopes: builder.scopes.clone().unwrap_or_else(|| spec.scopes.clone()),
            tokens: Tokens::new(ids.secret("token", 32), url.clone(), lifetime),
            cursors: Cursors::new(ids.secret("cursor", 32)),
            keys: IdempotencyKeys::default(),
            faults: Faults::new(seed),
            rate_limits: RateLimits::new(builder.tier),
            requests: Requests::default(),
            webhooks: Webhooks::new(Arc::clone(&ids), webhook_rules),
            tasks: Tasks::new(),
            log: builder.log,
            closing: watch::Sender::new(false),
            world: Mutex::new(World::new(spec, Arc::clone(&ids), &url, delays)),
            violations: Mutex::default(),
            seed,
            state_file,
            credentials,
            ids,
            url,
        };
        if let Some(state) = restored {
            shared.restore(state);
        }
        if let Some(url) = &builder.webhook_url
            && !shared.webhooks.has(url, &shared.credentials.webhook_secret)
        {
            shared.deliver_webhooks_to(url)?;
        }
        Ok(Arc::new(shared))
    }

    /// Everything that outlives the sandbox, as of one moment of its world.
    fn state(&self) -> State {
        // A key must not be saved without what was done under it: the keys come first. An id must not be given twice: the ids come last.
        let keys = self.keys.save();
        let world = lock(&self.world);
        State {
            seed: self.seed,
            url: self.url.clone(),
            clock: self.clock.save(),
            keys,
            world: world.save(),
            webhooks: self.webhooks.save(),
            tokens: self.tokens.save(),
            ids: self.ids.save(),
        }
    }

    fn restore(&self, state: State) {
        let moved = Move { from: &state.url, to: &self.url };
        self.clock.restore(state.clock);
        self.keys.restore(state.keys, moved);
        lock(&self.world).restore(state.world, moved);
        self.webhooks.restore(state.webhooks);
        self.tokens.restore(state.tokens);
        self.ids.restore(state.ids);
    }

    /// Writes the state to its file now.
    pub(crate) fn save_state(&self) -> Result<(), Error> {
        match &self.state_file {
            Some(file) => file.save(|| self.state()),
            None => Err(Error::new("there is no state file to save to; Builder::state_file sets one")),
        }
    }

    /// Registers an endpoint for every event from now on, signed with the sandbox's own secret.
    pub(crate) fn deliver_webhooks_to(&self, url: &str) -> Result<(), Error> {
        self.settle();
        self.webhooks.register(url, &self.credentials.webhook_secret, self.clock.now())
    }

    /// Works on the webhook endpoints, after everything that is due was announced to them.
    pub(crate) fn endpoints<T>(&self, work: impl FnOnce(&mut Registry, Timestamp) -> T) -> T {
        self.settle();
        let now = self.clock.now();
        self.webhooks.endpoints(|endpoints| work(endpoints, now))
    }

    /// Lets what is due happen, does `work` on the state, and announces what came of both.
    pub(crate) fn world<T>(&self, work: impl FnOnce(&mut World, Timestamp) -> T) -> T {
        let mut world = lock(&self.world);
        let now = self.clock.now();
        let due_before = world.next_due();
        world.settle(now);
        let result = work(&mut world, now);
        let events = world.take_events();
        let changed = !events.is_empty() || world.next_due() != due_before;
        for event in events.iter().filter(|_| cfg!(debug_assertions)) {
            if let Some(why) = self.spec.event_violation(event.kind(), event.body()) {
                self.report_violation(format!("event {}: {why}", event.kind()));
            }
        }
        // Under the lock, so that events are queued in the order in which they happened.
        self.webhooks.publish(events, now);
        drop(world);
        if changed {
            self.webhooks.wake();
        }
        result
    }

    /// Lets what is due happen; when something is due next.
    pub(crate) fn settle(&self) -> Option<Timestamp> {
        self.world(|world, _| world.next_due())
    }

    /// Moves the clock on, and lets happen what falls due by it.
    pub(crate) fn pass(&self, time: Duration) {
        self.clock.advance(time);
        self.settle();
    }

    /// How long a decision takes.
    pub(crate) fn decision_delay(&self) -> Duration {
        lock(&self.world).delays().decision
    }

    /// Waits until every attempt that is due by the clock has been made.
    pub(crate) async fn flush_webhooks(&self) {
        self.settle();
        self.webhooks.wake();
        self.webhooks.idle(|| self.clock.now()).await;
    }

    pub(crate) fn report_violation(&self, violation: String) {
        lock(&self.violations).push(violation);
    }

    pub(crate) fn violations(&self) -> Vec<String> {
        lock(&self.violations).clone()
    }

    /// Waits until the sandbox takes no more requests.
    pub(crate) async fn closed(&self) {
        // The sender is in self: it outlives the wait.
        let _ = self.closing.subscribe().wait_for(|closing| *closing).await;
    }

    /// Ends every task now.
    pub(crate) fn stop(&self) {
        self.closing.send_replace(true);
        self.tasks.stop();
    }

    /// Takes no more connections, lets running requests finish for at most this long, and ends the rest.
    pub(crate) async fn close(&self, limit: Duration) {
        self.closing.send_replace(true);
        self.tasks.drain(limit).await;
    }
}
