//! What is to happen when: by time, then in the order of planning.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::state::entries;

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Due {
    /// The application goes from submitted to in review.
    Review(String),
    /// The application is decided.
    Decide(String),
    /// The referred decision comes to its end.
    Resolve(String),
    FinishRefresh(String),
    /// The decision's offers have been open for long enough.
    ExpireOffers(String),
    /// The collection is on its way.
    StartPayment(String),
    SettlePayment(String),
    /// The account must have had an instalment by now.
    EndInstalmentDay(String),
    ExpireLink(String),
    /// The identity check comes to its end.
    EndCheck(String),
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Schedule {
    planned: u64,
    #[serde(with = "entries")]
    waiting: BTreeMap<(Timestamp, u64), Due>,
}

impl Schedule {
    pub(super) fn plan(&mut self, at: Timestamp, due: Due) {
        self.planned += 1;
        self.waiting.insert((at, self.planned), due);
    }

    pub(super) fn next(&self) -> Option<Timestamp> {
        self.waiting.first_key_value().map(|((at, _), _)| *at)
    }

    /// Takes out the first thing that is due by now.
    pub(super) fn pop(&mut self, now: Timestamp) -> Option<(Timestamp, Due)> {
        let entry = self.waiting.first_entry().filter(|entry| entry.key().0 <= now)?;
        let ((at, _), due) = entry.remove_entry();
        Some((at, due))
    }
}

/// Later by a duration; at most the end of the calendar.
pub(super) fn after(at: Timestamp, time: std::time::Duration) -> Timestamp {
    at.saturating_add(time).unwrap_or(Timestamp::MAX)
}
