//! Decisions: the same company and amount always decide the same way, by the table of test companies.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::World;
use super::application::Status;
use super::offer::Offer;
use super::schedule::{Due, after};
use super::shelf::Resource;
use crate::problem::Problem;
use crate::spec::Outcome;
use crate::state::Hides;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Decision {
    pub(super) id: String,
    pub(super) application_id: String,
    pub(crate) outcome: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount_pence: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    term_months: Option<i64>,
    reasons: Vec<String>,
    conditions: Vec<String>,
    pub(super) offers: Vec<Offer>,
    decided_at: Timestamp,
    #[serde(skip)]
    hidden: Hidden,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Hidden {
    refreshing: bool,
}

impl Hides for Decision {
    type Hidden = Hidden;

    fn hidden(&self) -> &Hidden {
        &self.hidden
    }

    fn hide(&mut self, hidden: Hidden) {
        self.hidden = hidden;
    }
}

impl Resource for Decision {
    const KIND: &'static str = "decision";

    fn id(&self) -> &str {
        &self.id
    }
}

impl World {
    /// By the decision's id or its application's.
    pub(crate) fn decision(&self, id: &str) -> Result<&Decision, Problem> {
        if let Ok(decision) = self.decisions.get(id) {
            return Ok(decision);
        }
        let Ok(application) = self.application(id) else {
            return Err(Problem::resource_not_found("decision", id));
        };
        let decision =
            application.decision_id.as_ref().and_then(|decision| self.decisions.get(decision).ok());
        decision.ok_or_else(|| match application.status {
            Status::Withdrawn => Problem::invalid_state(format!(
                "{id} was withdrawn before it was decided; there will be no decision."
            )),
            status => Problem::decision_not_ready(id, status.as_str()),
        })
    }

    /// Looks at the company again; the outcome is the same, a little later.
    pub(crate) fn refresh_decision(&mut self, id: &str, now: Timestamp) -> Result<Decision, Problem> {
        let due = after(now, self.delays.decision);
        let decision = self.decisions.get_mut(id)?;
        if decision.hidden.refreshing {
            return Err(Problem::refresh_in_progress(id));
        }
        decision.hidden.refreshing = true;
        let answer = decision.clone();
        self.schedule.plan(due, Due::FinishRefresh(id.to_owned()));
        Ok(answer)
    }

    pub(super) fn finish_refresh(&mut self, id: &str, at: Timestamp) {
        if let Ok(decision) = self.decisions.get_mut(id) {
            decision.hidden.refreshing = false;
            decision.decided_at = at;
            self.emit_decision(id, at);
        }
    }

    pub(super) fn decide(&mut self, application: &str, at: Timestamp) {
        let Ok(found) = self.application(application) else { return };
        if found.status != Status::InReview {
            return;
        }
        let Some(company) = self.spec.company(&found.business.company_number) else { return };
        let id = self.ids.next("dec");
        let decision = Decision {
            id: id.clone(),
            application_id: application.to_owned(),
            outcome: company.outcome,
            amount_pence: None,
            term_months: None,
            reasons: company.reason.iter().cloned().collect(),
            conditions: Vec::new(),
            offers: Vec::new(),
            decided_at: at,
            hidden: Hidden::default(),
        };
        let amount = found.amount_pence;
        self.decisions.put(decision);
        if let Ok(application) = self.application_mut(application) {
            application.decision_id = Some(id.clone());
        }
        match company.outcome {
            Outcome::Referred => {
                self.schedule.plan(after(at, self.delays.decision), Due::Resolve(id.clone()));
                self.emit_decision(&id, at);
            }
            outcome => self.conclude(&id, outcome, amount, at),
        }
    }

    /// A referral comes to the outcome that the table has for it.
    pub(super) fn resolve(&mut self, id: &str, at: Timestamp) {
        let Ok(decision) = self.decisions.get(id) else { return };
        let Ok(application) = self.application(&decision.application_id) else { return };
        let Some(company) = self.spec.company(&application.business.company_number) else { return };
        if application.status != Status::InReview {
            return;
        }
        let amount = application.amount_pence * company.final_amount_percent.unwrap_or(100) / 100;
        self.conclude(id, company.final_outcome.unwrap_or(Outcome::Declined), amount, at);
    }

    /// Makes a decision final: the application follows, and an approval carries an offer.
    fn conclude(&mut self, id: &str, outcome: Outcome, amount: i64, at: Timestamp) {
        let Ok(decision) = self.decisions.get(id) else { return };
        let application = decision.application_id.clone();
        let Ok(term) = self.application(&application).map(|application| application.term_months) else {
            return;
        };
        let approved = outcome == Outcome::Approved;
        if let Ok(decision) = self.decisions.get_mut(id) {
            decision.outcome = outcome;
            decision.decided_at = at;
            decision.amount_pence = approved.then_some(amount);
            decision.term_months = approved.then_some(term);
        }
        // It is there: it was looked at just now.
        let _ =
            self.change_status(&application, if approved { Status::Approved } else { Status::Declined }, at);
        self.emit_decision(id, at);
        if approved {
            self.make_offer(id, amount, term, at);
        }
    }

    fn emit_decision(&mut self, id: &str, at: Timestamp) {
        let Ok(decision) = self.decisions.get(id) else { return };
        let mut data = json!({
            "application_id": decision.application_id,
            "decision_id": decision.id,
            "outcome": decision.outcome,
            "reasons": decision.reasons,
            "decided_at": decision.decided_at,
        });
        if let (Some(amount), Some(term)) = (decision.amount_pence, decision.term_months) {
            data["amount_pence"] = amount.into();
            data["term_months"] = term.into();
        }
        self.emit("decision.completed", data, at);
    }
}
