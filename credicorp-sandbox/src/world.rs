//! The state behind the API: one project's applications, decisions, payments, accounts and checks, and what is to happen to them.
//!
//! Nothing happens by itself. What is due by the clock happens, at the time that it was due, before anybody looks: [`World::settle`].

mod account;
mod application;
mod decision;
mod identity;
mod link;
mod offer;
mod payment;
mod schedule;
mod settlement;
mod shelf;
mod view;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::Ids;
use crate::spec::Spec;
use crate::state::{Move, Whole};
use crate::webhooks::Event;

pub(crate) use account::Account;
pub(crate) use application::{Application, ApplicationFilter, NewApplication};
pub(crate) use identity::NewIdentityCheck;
pub(crate) use link::{NewPaymentLink, PaymentLink};
pub use payment::FailureCode;
pub(crate) use payment::{NewCollection, NewDisbursement, PaymentFilter};

use decision::Decision;
use identity::IdentityCheck;
use payment::Payment;
use schedule::{Due, Schedule};
use shelf::Shelf;

#[derive(Debug)]
pub(crate) struct World {
    spec: &'static Spec,
    ids: Arc<Ids>,
    delays: Delays,
    /// Where the sandbox's own pages are.
    url: String,
    applications: Shelf<Application>,
    decisions: Shelf<Decision>,
    /// The decision of each offer.
    offers: HashMap<String, String>,
    payments: Shelf<Payment>,
    accounts: Shelf<Account>,
    links: Shelf<PaymentLink>,
    checks: Shelf<IdentityCheck>,
    schedule: Schedule,
    events: Vec<Event>,
}

/// The state as it is kept in a file. What follows from the rest is not in it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Saved {
    applications: Vec<Whole<Application>>,
    decisions: Vec<Whole<Decision>>,
    payments: Vec<Whole<Payment>>,
    accounts: Vec<Whole<Account>>,
    links: Vec<Whole<PaymentLink>>,
    checks: Vec<Whole<IdentityCheck>>,
    schedule: Schedule,
}

/// How long things take, by the sandbox's clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Delays {
    /// From submitting to the decision, from a referral to its end, and from an identity check's start to its end.
    pub(crate) decision: Duration,
    /// From a payment's start to its settling.
    pub(crate) payment: Duration,
}

impl World {
    pub(crate) fn new(spec: &'static Spec, ids: Arc<Ids>, url: &str, delays: Delays) -> Self {
        Self {
            spec,
            ids,
            delays,
            url: url.to_owned(),
            applications: Shelf::default(),
            decisions: Shelf::default(),
            offers: HashMap::new(),
            payments: Shelf::default(),
            accounts: Shelf::default(),
            links: Shelf::default(),
            checks: Shelf::default(),
            schedule: Schedule::default(),
            events: Vec::new(),
        }
    }

    /// What is not announced yet is not in it: [`World::take_events`] comes first.
    pub(crate) fn save(&self) -> Saved {
        Saved {
            applications: self.applications.save(),
            decisions: self.decisions.save(),
            payments: self.payments.save(),
            accounts: self.accounts.save(),
            links: self.links.save(),
            checks: self.checks.save(),
            schedule: self.schedule.clone(),
        }
    }

    pub(crate) fn restore(&mut self, saved: Saved, moved: Move<'_>) {
        self.applications = Shelf::restored(saved.applications, |application| application.moved(moved));
        self.decisions = Shelf::restored(saved.decisions, |_| {});
        self.payments = Shelf::restored(saved.payments, |_| {});
        self.accounts = Shelf::restored(saved.accounts, |_| {});
        self.links = Shelf::restored(saved.links, |link| link.moved(moved));
        self.checks = Shelf::restored(saved.checks, |_| {});
        self.schedule = saved.schedule;
        let offers = self
            .decisions
            .iter()
            .flat_map(|decision| decision.offers.iter().map(|offer| (offer.id.clone(), decision.id.clone())));
        self.offers = offers.collect();
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
                Due::StartPayment(payment) => self.start_payment(&payment, at),
                Due::SettlePayment(payment) => self.settle_if_processing(&payment, at),
                Due::EndInstalmentDay(account) => self.end_instalment_day(&account, at),
                Due::ExpireLink(link) => self.expire_link(&link),
                Due::EndCheck(check) => self.end_check(&check, at),
            }
        }
    }

    pub(crate) fn delays(&self) -> Delays {
        self.delays
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
/// The path below which the pages of payment links are.
pub(crate) const PAY_PAGES: &str = "/pay/";

#[cfg(test)]
mod tests;
#[cfg(test)]
mod walk;
