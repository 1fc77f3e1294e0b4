//! The state behind the API: one project's applications and decisions, and what is to happen to them.
//!
//! Nothing happens by itself. What is due by the clock happens, at the time that it was due, before anybody looks: [`World::settle`].

mod application;
mod decision;
mod schedule;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::ids::Ids;
use crate::spec::Spec;
use crate::webhooks::Event;

pub(crate) use application::{Application, ApplicationFilter, NewApplication};

use decision::Decision;
use schedule::{Due, Schedule};

#[derive(Debug)]
pub(crate) struct World {
    spec: &'static Spec,
    ids: Arc<Ids>,
    /// From submitting to the decision, and from a referral to its end.
    decision_delay: Duration,
    /// Where hosted journeys begin.
    journeys: String,
    /// Oldest first; the place in here is what cursors point at.
    applications: Vec<Application>,
    places: HashMap<String, usize>,
    decisions: HashMap<String, Decision>,
    schedule: Schedule,
    events: Vec<Event>,
}

impl World {
    pub(crate) fn new(spec: &'static Spec, ids: Arc<Ids>, url: &str, decision_delay: Duration) -> Self {
        Self {
            spec,
            ids,
            decision_delay,
            journeys: format!("{url}{JOURNEYS}"),
            applications: Vec::new(),
            places: HashMap::new(),
            decisions: HashMap::new(),
            schedule: Schedule::default(),
            events: Vec::new(),
        }
    }

    /// Lets everything happen that is due by now.
    pub(crate) fn settle(&mut self, now: Timestamp) {
        while let Some((at, due)) = self.schedule.pop(now) {
            match due {
                Due::Review(application) => self.review(&application, at),
                Due::Decide(application) => self.decide(&application, at),
                Due::Resolve(decision) => self.resolve(&decision, at),
                Due::FinishRefresh(decision) => self.finish_refresh(&decision, at),
                Due::ExpireOffers(decision) => self.expire_offers(&decision),
            }
        }
    }

    /// When something happens next.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        self.schedule.next()
    }

    /// The events since the last call.
    pub(crate) fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    fn emit(&mut self, kind: &'static str, data: serde_json::Value, at: Timestamp) {
        self.events.push(Event::new(self.ids.next("evt"), kind, data, at));
    }
}

/// The path below which the hosted journeys are.
pub(crate) const JOURNEYS: &str = "/s/";

#[cfg(test)]
mod tests;
