//! The endpoints and the outbox under one lock, and the record of what was sent.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::Url;
use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, watch};

use super::address::{is_local, is_loopback};
use super::delivery::Outcome;
use super::endpoint::{Endpoint, NewEndpoint};
use super::outbox::{Outbox, Parcel};
use super::registry::Registry;
use super::{Delivery, Event};
use crate::error::Error;
use crate::ids::Ids;
use crate::record::KEPT;
use crate::state::Whole;
use crate::sync::lock;

/// What the sandbox's owner chose.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    /// Whether other machines are sent to.
    pub(crate) allow_remote: bool,
    /// How long an endpoint may take to answer, in real time.
    pub(crate) timeout: Duration,
}

pub(crate) struct Webhooks {
    pub(super) rules: Rules,
    ids: Arc<Ids>,
    state: Mutex<State>,
    deliveries: Mutex<VecDeque<Delivery>>,
    /// Changes whenever there may be nothing left to send.
    progress: watch::Sender<()>,
    pub(super) woken: Notify,
}

struct State {
    registry: Registry,
    outbox: Outbox,
}

/// The endpoints and the outbox as they are kept in a file.
#[derive(Serialize, Deserialize)]
pub(crate) struct Saved {
    endpoints: Vec<Whole<Endpoint>>,
    outbox: Outbox,
}

/// One attempt that is to be made now.
pub(super) struct Attempt {
    pub(super) id: String,
    pub(super) parcel: Parcel,
    /// `None` if it is on another machine, which is not sent to.
    pub(super) target: Option<Url>,
    url: String,
    pub(super) secrets: Vec<String>,
    pub(super) at: Timestamp,
}

impl Webhooks {
    pub(crate) fn new(ids: Arc<Ids>, rules: Rules) -> Self {
        let registry = Registry::new(Arc::clone(&ids));
        Self {
            rules,
            ids,
            state: Mutex::new(State { registry, outbox: Outbox::default() }),
            deliveries: Mutex::default(),
            progress: watch::Sender::new(()),
            woken: Notify::new(),
        }
    }

    /// Works on the endpoints.
    pub(crate) fn endpoints<T>(&self, work: impl FnOnce(&mut Registry) -> T) -> T {
        work(&mut lock(&self.state).registry)
    }

    /// Registers an endpoint of the owner's for every type of event from now on.
    pub(crate) fn register(&self, url: &str, secret: &str, now: Timestamp) -> Result<(), Error> {
        let remote = || self.rules.allow_remote && Url::parse(url).is_ok_and(|url| url.scheme() == "https");
        if !is_local(url) && !remote() {
            return Err(Error::new(format!(
                "{url:?} is no webhook address for the sandbox: it sends to http or https on 127.0.0.1, [::1] or \
                 localhost, and to https elsewhere only if remote webhooks are allowed"
            )));
        }
        let mut state = lock(&self.state);
        let added = state.registry.add(NewEndpoint::of_everything(url), Some(secret.to_owned()), now);
        added.map(drop).map_err(|problem| Error::new(problem.message))
    }

    /// Whether an endpoint of the owner's is there already, in order.
    pub(crate) fn has(&self, url: &str, secret: &str) -> bool {
        lock(&self.state).registry.has(url, secret)
    }

    pub(crate) fn save(&self) -> Saved {
        let state = lock(&self.state);
        Saved { endpoints: state.registry.save(), outbox: state.outbox.clone() }
    }

    pub(crate) fn restore(&self, saved: Saved) {
        let state = &mut *lock(&self.state);
        state.registry.restore(saved.endpoints);
        state.outbox = saved.outbox;
    }

    /// Plans the delivery of events to the endpoints that want them.
    pub(crate) fn publish(&self, events: Vec<Event>, now: Timestamp) {
        let State { registry, outbox, .. } = &mut *lock(&self.state);
        for event in events {
            let takers: Vec<_> = registry.takers(event.kind()).collect();
            outbox.publish(event, takers.into_iter(), now);
        }
    }

    /// Sends an event once more to every endpoint that wants it; how many these are.
    pub(crate) fn redeliver(&self, event: &str, now: Timestamp) -> Result<usize, Error> {
        let State { registry, outbox, .. } = &mut *lock(&self.state);
        let Some(event) = outbox.event(event).cloned() else {
            return Err(Error::new(format!("there was no event {event}")));
        };
        let takers: Vec<_> = registry.takers(event.kind()).collect();
        takers.iter().for_each(|endpoint| outbox.again(endpoint, &event, now));
        self.wake();
        Ok(takers.len())
    }

    pub(crate) fn duplicate(&self, events: u32) {
        lock(&self.state).outbox.duplicates = events;
    }

    pub(crate) fn hold(&self) {
        lock(&self.state).outbox.hold();
        self.progress.send_replace(());
    }

    pub(crate) fn release(&self, reverse: bool, now: Timestamp) {
        lock(&self.state).outbox.release(reverse, now);
        self.wake();
    }

    /// Has the task look at the outbox and the schedule again.
    pub(crate) fn wake(&self) {
        self.woken.notify_one();
    }

    /// Waits until nothing is due; `now` is asked again after each delivery.
    pub(crate) async fn idle(&self, now: impl Fn() -> Timestamp) {
        let mut progress = self.progress.subscribe();
        loop {
            progress.borrow_and_update();
            {
                let state = lock(&self.state);
                if !state.outbox.is_busy() && state.outbox.next_due().is_none_or(|at| at > now()) {
                    return;
                }
            }
            // The sender is in self: it outlives the wait.
            let _ = progress.changed().await;
        }
    }

    pub(crate) fn deliveries(&self) -> Vec<Delivery> {
        lock(&self.deliveries).iter().cloned().collect()
    }

    /// The id of the latest event.
    pub(crate) fn last_event(&self) -> Option<String> {
        lock(&self.state).outbox.events_after(None).next().map(|event| event.id().to_owned())
    }

    /// The events after that one, the latest first.
    pub(crate) fn events_after(&self, id: Option<&str>) -> Vec<Arc<Event>> {
        lock(&self.state).outbox.events_after(id).cloned().collect()
    }

    pub(super) fn next_due(&self) -> Option<Timestamp> {
        lock(&self.state).outbox.next_due()
    }

    /// The next attempt that is due; the sandbox is busy until it has [`Webhooks::ended`].
    pub(super) fn begin(&self, now: Timestamp) -> Option<Attempt> {
        let state = &mut *lock(&self.state);
        while let Some(parcel) = state.outbox.pop(now) {
            // What was on its way to an endpoint that is gone or disabled by now is lost.
            let Ok(endpoint) = state.registry.get(&parcel.endpoint) else { continue };
            if !endpoint.is_enabled() {
                continue;
            }
            let target = Url::parse(&endpoint.url).ok();
            return Some(Attempt {
                id: self.ids.next("whd"),
                target: target.filter(|url| self.rules.allow_remote || is_loopback(url)),
                url: endpoint.url.clone(),
                secrets: endpoint.secrets(now),
                at: now,
                parcel,
            });
        }
        self.progress.send_replace(());
        None
    }

    /// Records what became of an attempt, and draws the consequences.
    pub(super) fn ended(&self, attempt: Attempt, outcome: Outcome) {
        let delivery = Delivery {
            id: attempt.id,
            endpoint_id: attempt.parcel.endpoint.clone(),
            event_id: attempt.parcel.event.id().to_owned(),
            event_type: attempt.parcel.event.kind().to_owned(),
            url: attempt.url,
            body: attempt.parcel.event.body().clone(),
            attempt: attempt.parcel.attempt,
            at: attempt.at,
            outcome,
        };
        let (sent, succeeded) = (delivery.sent(), delivery.succeeded());
        {
            let mut deliveries = lock(&self.deliveries);
            if deliveries.len() == KEPT {
                deliveries.pop_front();
            }
            deliveries.push_back(delivery);
        }
        let mut state = lock(&self.state);
        state.outbox.arrived();
        if let Ok(endpoint) = state.registry.get_mut(&attempt.parcel.endpoint) {
            match (sent, succeeded) {
                (false, _) => {}
                (true, true) => endpoint.succeeded(),
                (true, false) => {
                    endpoint.failed(attempt.at);
                    state.outbox.retry(attempt.parcel, attempt.at);
                }
            }
        }
        drop(state);
        self.progress.send_replace(());
    }
}

impl fmt::Debug for Webhooks {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Webhooks").field("rules", &self.rules).finish_non_exhaustive()
    }
}
