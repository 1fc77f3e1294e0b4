//! What is to be sent when: each event to each of its endpoints, at once, and again on the contract's schedule as long as it fails.

mod saved;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Event;
use crate::record::KEPT;
use saved::Saved;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// From one failed attempt to the next: at once, 1 min, 5 min, 30 min, 2 h after the event, then every 10 h up to 72 h.
const PAUSES: [Duration; 11] = [
    Duration::from_secs(MINUTE),
    Duration::from_secs(4 * MINUTE),
    Duration::from_secs(25 * MINUTE),
    Duration::from_secs(90 * MINUTE),
    Duration::from_secs(10 * HOUR),
    Duration::from_secs(10 * HOUR),
    Duration::from_secs(10 * HOUR),
    Duration::from_secs(10 * HOUR),
    Duration::from_secs(10 * HOUR),
    Duration::from_secs(10 * HOUR),
    Duration::from_secs(10 * HOUR),
];

/// One event on its way to one endpoint.
#[derive(Clone, Debug)]
pub(super) struct Parcel {
    pub(super) endpoint: String,
    pub(super) event: Arc<Event>,
    /// 1 for the first.
    pub(super) attempt: u32,
    /// Whether a failure is followed by another attempt; not if it was sent by hand.
    pub(super) persistent: bool,
}

/// When to send, then in the order of planning.
type Turn = (Timestamp, u64);

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(into = "Saved", try_from = "Saved")]
pub(super) struct Outbox {
    waiting: BTreeMap<Turn, Parcel>,
    /// Taken out, and neither sent nor given up yet.
    under_way: Option<(Turn, Parcel)>,
    planned: u64,
    /// For sending again by hand.
    events: VecDeque<Arc<Event>>,
    held: bool,
    /// How many of the next events that somebody wants go out twice.
    pub(super) duplicates: u32,
}

impl Outbox {
    /// Plans the first attempts of an event.
    pub(super) fn publish<'a>(
        &mut self,
        event: Event,
        takers: impl Iterator<Item = &'a str> + Clone,
        now: Timestamp,
    ) {
        let event = Arc::new(event);
        let twice = self.duplicates > 0 && takers.clone().next().is_some();
        self.duplicates -= u32::from(twice);
        let copies = if twice { 2 } else { 1 };
        for _ in 0..copies {
            for endpoint in takers.clone() {
                self.plan(now, Parcel::new(endpoint, &event, true));
            }
        }
        if self.events.len() == KEPT {
            self.events.pop_front();
        }
        self.events.push_back(event);
    }

    pub(super) fn event(&self, id: &str) -> Option<&Arc<Event>> {
        self.events.iter().rev().find(|event| event.id() == id)
    }

    /// The events after that one, the latest first.
    pub(super) fn events_after(&self, id: Option<&str>) -> impl Iterator<Item = &Arc<Event>> {
        self.events.iter().rev().take_while(move |event| Some(event.id()) != id)
    }

    /// Plans one more attempt, by hand.
    pub(super) fn again(&mut self, endpoint: &str, event: &Arc<Event>, now: Timestamp) {
        self.plan(now, Parcel::new(endpoint, event, false));
    }

    /// Plans the attempt after one that failed at this time, unless it was the last.
    pub(super) fn retry(&mut self, mut parcel: Parcel, at: Timestamp) {
        let pause =
            usize::try_from(parcel.attempt).ok().and_then(|attempt| PAUSES.get(attempt.checked_sub(1)?));
        if let Some(pause) = pause.filter(|_| parcel.persistent) {
            parcel.attempt += 1;
            self.plan(at.saturating_add(*pause).unwrap_or(Timestamp::MAX), parcel);
        }
    }

    fn plan(&mut self, at: Timestamp, parcel: Parcel) {
        self.planned += 1;
        self.waiting.insert((at, self.planned), parcel);
    }

    /// When something is to be sent next.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        self.waiting.first_key_value().filter(|_| !self.held).map(|((at, _), _)| *at)
    }

    /// Takes out the first parcel that is due by now, in place of the one before. It is under way until it has [`Outbox::arrived`].
    pub(super) fn pop(&mut self, now: Timestamp) -> Option<Parcel> {
        let due = self.next_due().filter(|at| *at <= now);
        self.under_way = due.and_then(|_| self.waiting.pop_first());
        self.under_way.as_ref().map(|(_, parcel)| parcel.clone())
    }

    /// Whether something is under way.
    pub(super) fn is_busy(&self) -> bool {
        self.under_way.is_some()
    }

    /// What was under way is not any more, for better or worse.
    pub(super) fn arrived(&mut self) {
        self.under_way = None;
    }

    /// Nothing is due until [`Outbox::release`].
    pub(super) fn hold(&mut self) {
        self.held = true;
    }

    /// Lets go of what was held; what is due by now in reverse order, if so asked.
    pub(super) fn release(&mut self, reverse: bool, now: Timestamp) {
        self.held = false;
        if reverse {
            let later = self.waiting.split_off(&(now, u64::MAX));
            let due = std::mem::replace(&mut self.waiting, later);
            for parcel in due.into_values().rev() {
                self.plan(now, parcel);
            }
        }
    }
}

impl Parcel {
    fn new(endpoint: &str, event: &Arc<Event>, persistent: bool) -> Self {
        Self { endpoint: endpoint.to_owned(), event: Arc::clone(event), attempt: 1, persistent }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn publish(outbox: &mut Outbox, id: &str, takers: &[&str]) {
        let event = Event::new(id.to_owned(), "offer.created", json!({ "offer_id": "off_1" }), NOW);
        outbox.publish(event, takers.iter().copied(), NOW);
    }

    fn drain(outbox: &mut Outbox) -> Vec<(String, String)> {
        std::iter::from_fn(|| outbox.pop(NOW))
            .map(|parcel| (parcel.event.id().to_owned(), parcel.endpoint))
            .collect()
    }

    fn pair(event: &str, endpoint: &str) -> (String, String) {
        (event.to_owned(), endpoint.to_owned())
    }

    #[test]
    fn a_failing_delivery_is_tried_twelve_times_over_72_hours() {
        let mut outbox = Outbox::default();
        publish(&mut outbox, "evt_1", &["a"]);
        let mut times = Vec::new();
        while let Some(at) = outbox.next_due() {
            times.push(at.as_second());
            let parcel = outbox.pop(at).unwrap();
            outbox.retry(parcel, at);
        }
        let hours = |hours: u64| (hours * HOUR) as i64;
        let expected = [
            0,
            60,
            300,
            1800,
            hours(2),
            hours(12),
            hours(22),
            hours(32),
            hours(42),
            hours(52),
            hours(62),
            hours(72),
        ];
        assert_eq!(times, expected);
    }

    #[test]
    fn what_was_sent_by_hand_is_not_repeated() {
        let mut outbox = Outbox::default();
        publish(&mut outbox, "evt_1", &[]);
        let event = Arc::clone(outbox.event("evt_1").unwrap());
        outbox.again("a", &event, NOW);
        let parcel = outbox.pop(NOW).unwrap();
        outbox.retry(parcel, NOW);
        assert_eq!(outbox.next_due(), None);
    }

    #[test]
    fn the_next_events_go_out_twice_on_demand() {
        let mut outbox = Outbox { duplicates: 1, ..Outbox::default() };
        publish(&mut outbox, "evt_0", &[]);
        publish(&mut outbox, "evt_1", &["a", "b"]);
        publish(&mut outbox, "evt_2", &["a"]);
        let once = [pair("evt_1", "a"), pair("evt_1", "b")];
        assert_eq!(drain(&mut outbox), [&once[..], &once, &[pair("evt_2", "a")]].concat());
    }

    #[test]
    fn what_was_held_comes_in_either_order() {
        for (reverse, order) in [(false, ["evt_1", "evt_2"]), (true, ["evt_2", "evt_1"])] {
            let mut outbox = Outbox::default();
            outbox.hold();
            publish(&mut outbox, "evt_1", &["a"]);
            publish(&mut outbox, "evt_2", &["a"]);
            assert!(outbox.pop(NOW).is_none() && outbox.next_due().is_none());
            outbox.release(reverse, NOW);
            assert_eq!(drain(&mut outbox), order.map(|event| pair(event, "a")));
        }
    }
}
