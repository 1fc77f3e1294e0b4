//! The outbox as it is kept in a file: each event once, the parcels by the ids of their events.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Outbox, Parcel, Turn};
use crate::webhooks::Event;

#[derive(Serialize, Deserialize)]
pub(super) struct Saved {
    waiting: Vec<SavedParcel>,
    planned: u64,
    /// For sending again by hand.
    events: Vec<Event>,
    /// Too old for that, and still waiting.
    older_events: Vec<Event>,
    held: bool,
    duplicates: u32,
}

#[derive(Serialize, Deserialize)]
struct SavedParcel {
    turn: Turn,
    endpoint: String,
    event: String,
    attempt: u32,
    persistent: bool,
}

impl From<Outbox> for Saved {
    /// What is under way is saved as waiting: nobody will hear what becomes of it, and twice is better than never.
    fn from(mut outbox: Outbox) -> Self {
        outbox.waiting.extend(outbox.under_way.take());
        let mut known: HashSet<_> = outbox.events.iter().map(|event| event.id().to_owned()).collect();
        let waiting = outbox.waiting.values().map(|parcel| &parcel.event);
        let older = waiting.filter(|event| known.insert(event.id().to_owned()));
        let older_events = older.map(|event| Event::clone(event)).collect();
        let parcels = outbox.waiting.into_iter().map(|(turn, parcel)| SavedParcel {
            turn,
            endpoint: parcel.endpoint,
            event: parcel.event.id().to_owned(),
            attempt: parcel.attempt,
            persistent: parcel.persistent,
        });
        Self {
            waiting: parcels.collect(),
            planned: outbox.planned,
            events: outbox.events.iter().map(|event| Event::clone(event)).collect(),
            older_events,
            held: outbox.held,
            duplicates: outbox.duplicates,
        }
    }
}

impl TryFrom<Saved> for Outbox {
    type Error = &'static str;

    fn try_from(saved: Saved) -> Result<Self, Self::Error> {
        let events: Vec<_> = saved.events.into_iter().map(Arc::new).collect();
        let older = saved.older_events.into_iter().map(Arc::new);
        let known: HashMap<_, _> =
            older.chain(events.iter().cloned()).map(|event| (event.id().to_owned(), event)).collect();
        let waiting = saved.waiting.into_iter().map(|parcel| {
            let event = known.get(&parcel.event).ok_or("a delivery waits for an event that is not there")?;
            let (endpoint, attempt, persistent) = (parcel.endpoint, parcel.attempt, parcel.persistent);
            Ok((parcel.turn, Parcel { endpoint, event: Arc::clone(event), attempt, persistent }))
        });
        Ok(Self {
            waiting: waiting.collect::<Result<_, Self::Error>>()?,
            under_way: None,
            planned: saved.planned,
            events: events.into(),
            held: saved.held,
            duplicates: saved.duplicates,
        })
    }
}
