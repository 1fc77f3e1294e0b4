//! Handling each event once, although it is delivered at least once.
//!
//! ```
//! use std::time::Duration;
//! use credicorp::webhooks::{Claim, Event, SeenEvents};
//!
//! /// The status to answer a delivery with.
//! async fn receive<S: SeenEvents>(seen: &S, event: Event) -> Result<u16, S::Error> {
//!     match seen.claim(&event.id, Duration::from_secs(60)).await? {
//!         Claim::Done => Ok(200),       // a redelivery of what was handled
//!         Claim::InProgress => Ok(503), // another delivery is being handled: let this one come again
//!         Claim::New => match handle(&event).await {
//!             Ok(()) => seen.done(&event.id).await.map(|()| 200),
//!             Err(_) => seen.release(&event.id).await.map(|()| 500), // it comes again, and is claimed anew
//!         },
//!     }
//! }
//! # async fn handle(_: &Event) -> Result<(), ()> { Ok(()) }
//! ```
//!
//! A claim is a lease: a process that dies while handling loses nothing, because the next delivery after the lease is
//! claimed anew. So let the lease be longer than handling ever takes; a handler that is slower than its lease may meet
//! itself.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::fmt;
use std::future::{Future, ready};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use credicorp_gen::types::EventId;

use crate::ambient::{Ambient, Real};

/// What a claim found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// Nobody has the event, or whoever had it let its lease run out: it is yours. Handle it, then call
    /// [`done`](SeenEvents::done) or [`release`](SeenEvents::release).
    New,
    /// Somebody else is handling it. Answer the delivery with an error status, so that it comes again.
    InProgress,
    /// It was handled. Acknowledge the delivery and do nothing.
    Done,
}

/// Where it is kept which events were handled. Implement it over your database to share it between processes.
pub trait SeenEvents: Send + Sync {
    /// What can go wrong with the store.
    type Error;

    /// Claims an event for as long as the lease. Of any number of claims at one moment exactly one is [`Claim::New`].
    fn claim(&self, id: &EventId, lease: Duration)
    -> impl Future<Output = Result<Claim, Self::Error>> + Send;

    /// The event was handled: it is [`Claim::Done`] from now on.
    fn done(&self, id: &EventId) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// The event was not handled, and may be claimed at once. Nothing happens to one that is done.
    fn release(&self, id: &EventId) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

/// Longer than the 72 hours over which a delivery is attempted again.
const KEPT_FOR: Duration = Duration::from_secs(4 * 24 * 60 * 60);
const KEPT: usize = 100_000;

/// The events seen by this process, in its memory: for one process, and for tests. Cheap to clone; clones share it.
///
/// It keeps the last 100,000 events, for 4 days each. When it is full the oldest event that is done is forgotten first.
#[derive(Clone)]
pub struct SeenInMemory {
    ambient: Arc<dyn Ambient>,
    kept_for: Duration,
    kept: usize,
    events: Arc<Mutex<Events>>,
}

#[derive(Default)]
struct Events {
    by_id: HashMap<EventId, Seen>,
    /// Oldest first. An entry whose number is not that of its event any more is left over.
    order: VecDeque<(u64, EventId)>,
    next: u64,
}

#[derive(Clone, Copy)]
struct Seen {
    number: u64,
    is_done: bool,
    /// When the lease, or the memory, runs out.
    until: Duration,
}

impl SeenInMemory {
    /// Empty, with the bounds by default.
    pub fn new() -> Self {
        Self { ambient: Arc::new(Real::new()), kept_for: KEPT_FOR, kept: KEPT, events: Arc::default() }
    }

    /// How many events are kept at most; at least 1.
    #[must_use]
    pub fn keep(mut self, events: usize) -> Self {
        self.kept = events.max(1);
        self
    }

    /// How long an event that is done is kept. Deliveries are attempted for 72 hours.
    #[must_use]
    pub fn keep_for(mut self, time: Duration) -> Self {
        self.kept_for = time;
        self
    }

    /// How many events are kept now.
    pub fn len(&self) -> usize {
        self.lock().by_id.len()
    }

    /// Whether none is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn lock(&self) -> MutexGuard<'_, Events> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Events {
    fn insert(&mut self, id: &EventId, is_done: bool, until: Duration) {
        let number = self.next;
        self.next += 1;
        self.by_id.insert(id.clone(), Seen { number, is_done, until });
        self.order.push_back((number, id.clone()));
    }

    fn is_left_over(&self, number: u64, id: &EventId) -> bool {
        self.by_id.get(id).is_none_or(|seen| seen.number != number)
    }

    /// Forgets what has run out, and then the oldest until there is room for one more.
    fn make_room(&mut self, now: Duration, kept: usize) {
        while let Some((number, id)) = self.order.front() {
            if !self.is_left_over(*number, id) {
                match self.by_id.get(id) {
                    Some(seen) if seen.until > now => break,
                    _ => self.by_id.remove(id),
                };
            }
            self.order.pop_front();
        }
        while self.by_id.len() >= kept {
            let done = self.order.iter().position(|(number, id)| {
                self.by_id.get(id).is_some_and(|seen| seen.number == *number && seen.is_done)
            });
            let Some((number, id)) = self.order.remove(done.unwrap_or(0)) else { return };
            if !self.is_left_over(number, &id) {
                self.by_id.remove(&id);
            }
        }
    }
}

impl SeenEvents for SeenInMemory {
    type Error = Infallible;

    fn claim(&self, id: &EventId, lease: Duration) -> impl Future<Output = Result<Claim, Infallible>> + Send {
        let now = self.ambient.now();
        let mut events = self.lock();
        let claim = match events.by_id.get(id) {
            Some(seen) if seen.until > now && seen.is_done => Claim::Done,
            Some(seen) if seen.until > now => Claim::InProgress,
            _ => {
                events.by_id.remove(id);
                events.make_room(now, self.kept);
                events.insert(id, false, now.saturating_add(lease));
                Claim::New
            }
        };
        ready(Ok(claim))
    }

    fn done(&self, id: &EventId) -> impl Future<Output = Result<(), Infallible>> + Send {
        let now = self.ambient.now();
        let mut events = self.lock();
        events.by_id.remove(id);
        events.make_room(now, self.kept);
        events.insert(id, true, now.saturating_add(self.kept_for));
        ready(Ok(()))
    }

    fn release(&self, id: &EventId) -> impl Future<Output = Result<(), Infallible>> + Send {
        let mut events = self.lock();
        if events.by_id.get(id).is_some_and(|seen| !seen.is_done) {
            events.by_id.remove(id);
        }
        ready(Ok(()))
    }
}

impl Default for SeenInMemory {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for SeenInMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SeenInMemory").field("len", &self.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
