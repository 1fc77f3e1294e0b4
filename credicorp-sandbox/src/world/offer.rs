//! Offers: made by an approval, open for two weeks, accepted once.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::World;
use super::application::Status;
use super::schedule::{Due, after};
use crate::problem::Problem;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Offer {
    pub(super) id: String,
    decision_id: String,
    pub(super) amount_pence: i64,
    pub(super) term_months: i64,
    status: OfferStatus,
    total_cost_pence: i64,
    expires_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OfferStatus {
    Open,
    Accepted,
    Expired,
}

const OFFER_LIFETIME: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// What is paid back: 7.5 % a year on the whole amount.
pub(super) fn total_cost(amount_pence: i64, term_months: i64) -> i64 {
    amount_pence + amount_pence * 75 * term_months / 12_000
}

impl World {
    /// Makes the offer of an approval.
    pub(super) fn make_offer(&mut self, decision: &str, amount: i64, term: i64, at: Timestamp) {
        let id = self.ids.next("off");
        let expires_at = after(at, OFFER_LIFETIME);
        let offer = Offer {
            id: id.clone(),
            decision_id: decision.to_owned(),
            amount_pence: amount,
            term_months: term,
            status: OfferStatus::Open,
            total_cost_pence: total_cost(amount, term),
            expires_at,
            accepted_at: None,
        };
        let Ok(decision) = self.decisions.get_mut(decision) else { return };
        decision.offers.push(offer);
        let data =
            json!({ "offer_id": id, "decision_id": decision.id, "application_id": decision.application_id });
        self.schedule.plan(expires_at, Due::ExpireOffers(decision.id.clone()));
        self.offers.insert(id, decision.id.clone());
        self.emit("offer.created", data, at);
    }

    pub(crate) fn accept_offer(&mut self, id: &str, now: Timestamp) -> Result<Offer, Problem> {
        let decision = self.offers.get(id).and_then(|decision| self.decisions.get_mut(decision).ok());
        let offer = decision.and_then(|decision| decision.offers.iter_mut().find(|offer| offer.id == id));
        let offer = offer.ok_or_else(|| Problem::resource_not_found("offer", id))?;
        match offer.status {
            OfferStatus::Open => {}
            OfferStatus::Accepted => {
                return Err(Problem::invalid_state(format!("{id} is accepted already.")));
            }
            OfferStatus::Expired => return Err(Problem::invalid_state(format!("{id} has expired."))),
        }
        offer.status = OfferStatus::Accepted;
        offer.accepted_at = Some(now);
        let offer = offer.clone();
        let application =
            self.decisions.get(&offer.decision_id).ok().map(|decision| &decision.application_id);
        let data = json!({ "offer_id": id, "decision_id": offer.decision_id, "application_id": application });
        self.emit("offer.accepted", data, now);
        Ok(offer)
    }

    /// The offer that an application can draw on.
    pub(super) fn accepted_offer(&self, application: &str) -> Result<&Offer, Problem> {
        let found = self.application(application)?;
        let decision = found.decision_id.as_ref().and_then(|decision| self.decisions.get(decision).ok());
        let mut offers = decision.into_iter().flat_map(|decision| &decision.offers);
        let offer = offers.find(|offer| offer.status == OfferStatus::Accepted);
        offer.filter(|_| found.status == Status::Approved).ok_or_else(|| {
            let status = found.status.as_str();
            Problem::invalid_state(format!(
                "{application} is {status}, without an accepted offer to draw on."
            ))
        })
    }

    /// Ends what nobody accepted.
    pub(super) fn expire_offers(&mut self, decision: &str) {
        let offers = self.decisions.get_mut(decision).into_iter().flat_map(|decision| &mut decision.offers);
        offers
            .filter(|offer| offer.status == OfferStatus::Open)
            .for_each(|offer| offer.status = OfferStatus::Expired);
    }
}
