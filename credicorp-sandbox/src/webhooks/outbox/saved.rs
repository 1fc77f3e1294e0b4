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

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::{Value, json};

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn outbox() -> Outbox {
        let mut outbox = Outbox::default();
        for id in ["evt_1", "evt_2"] {
            let event = Event::new(id.to_owned(), "offer.created", json!({ "offer_id": "off_1" }), NOW);
            outbox.publish(event, ["a", "b"].into_iter(), NOW);
        }
        outbox
    }

    fn restored(outbox: &Outbox) -> Outbox {
        serde_json::from_str(&serde_json::to_string(outbox).unwrap()).unwrap()
    }

    fn drain(mut outbox: Outbox) -> Vec<(String, String, u32)> {
        let all = Timestamp::MAX;
        std::iter::from_fn(|| outbox.pop(all))
            .map(|parcel| (parcel.event.id().to_owned(), parcel.endpoint, parcel.attempt))
            .collect()
    }

    #[test]
    fn what_waits_is_sent_in_the_same_order() {
        let mut outbox = outbox();
        let failed = outbox.pop(NOW).unwrap();
        outbox.arrived();
        outbox.retry(failed, NOW);
        let order = drain(restored(&outbox));
        assert_eq!((order.len(), order.last().unwrap()), (4, &("evt_1".to_owned(), "a".to_owned(), 2)));
        assert_eq!(order, drain(outbox));
    }

    #[test]
    fn what_is_under_way_is_sent_again() {
        let mut busy = outbox();
        assert!(busy.pop(NOW).is_some());
        let next = restored(&busy);
        assert!(busy.is_busy() && !next.is_busy());
        assert_eq!(drain(next), drain(outbox()));
    }

    #[test]
    fn an_event_that_is_too_old_to_redeliver_is_still_sent() {
        let mut outbox = outbox();
        outbox.events.pop_front();
        let next = restored(&outbox);
        assert!(next.event("evt_1").is_none() && next.event("evt_2").is_some());
        assert_eq!(drain(next), drain(outbox));
    }

    #[test]
    fn what_was_held_is_held() {
        let mut outbox = outbox();
        outbox.hold();
        outbox.duplicates = 3;
        let mut next = restored(&outbox);
        assert_eq!((next.next_due(), next.duplicates), (None, 3));
        next.release(false, NOW);
        assert_eq!(drain(next).len(), 4);
    }

    #[test]
    fn a_delivery_without_its_event_is_damage() {
        let mut saved: Value = serde_json::to_value(outbox()).unwrap();
        saved["events"] = json!([]);
        assert!(serde_json::from_value::<Outbox>(saved).is_err());
    }
}
