//! Applications: created, submitted or withdrawn by the partner; reviewed and decided by the schedule.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::payment::PaymentStatus;
use super::schedule::{Due, after};
use super::shelf::Resource;
use super::{JOURNEYS, World};
use crate::page::Slice;
use crate::problem::{FieldError, Problem};
use crate::spec::Spec;
use crate::state::{Hides, Move};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Application {
    pub(crate) id: String,
    pub(crate) status: Status,
    pub(super) amount_pence: i64,
    pub(super) term_months: i64,
    pub(crate) created_at: Timestamp,
    updated_at: Timestamp,
    pub(super) handoff_url: String,
    pub(super) business: Business,
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) redirect_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    introduction_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) decision_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) account_id: Option<String>,
    #[serde(skip)]
    pub(super) hidden: Hidden,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Hidden {
    /// The latest draw-down.
    pub(super) disbursement: Option<String>,
}

impl Hides for Application {
    type Hidden = Hidden;

    fn hidden(&self) -> &Hidden {
        &self.hidden
    }

    fn hide(&mut self, hidden: Hidden) {
        self.hidden = hidden;
    }
}

impl Resource for Application {
    const KIND: &'static str = "application";

    fn id(&self) -> &str {
        &self.id
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    Created,
    Submitted,
    InReview,
    Approved,
    Declined,
    Funded,
    Withdrawn,
}

impl Application {
    pub(super) fn moved(&mut self, moved: Move<'_>) {
        moved.address(&mut self.handoff_url);
    }
}

impl Status {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Submitted => "submitted",
            Self::InReview => "in_review",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Funded => "funded",
            Self::Withdrawn => "withdrawn",
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Business {
    pub(super) company_number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

/// What an application is created from, after validation by the spec.
#[derive(Debug, Deserialize)]
pub(crate) struct NewApplication {
    business: NewBusiness,
    amount_pence: i64,
    term_months: i64,
    purpose: Option<String>,
    redirect_uri: Option<String>,
    reference: Option<String>,
    introduction_id: Option<String>,
    metadata: Option<Map<String, Value>>,
}

#[derive(Debug, Deserialize)]
struct NewBusiness {
    company_number: String,
}

impl NewApplication {
    /// What the spec cannot say: real companies are refused, and the applicant must be able to come back.
    pub(crate) fn check(spec: &Spec, body: &Value) -> Vec<FieldError> {
        let mut fields = Vec::new();
        let number = body.pointer("/business/company_number").and_then(Value::as_str);
        if number.is_some_and(|number| spec.company(number).is_none()) {
            let known: Vec<_> =
                spec.companies.iter().map(|company| company.company_number.as_str()).collect();
            let message = format!("is not a test company; the sandbox knows {}", known.join(", "));
            fields.push(FieldError::new("business.company_number", "unknown_company", message));
        }
        fields.extend(check_redirect_uri(body));
        fields
    }
}

/// A payer or applicant is sent back to a web page, never to anything else that a browser opens.
pub(super) fn check_redirect_uri(body: &Value) -> Option<FieldError> {
    let wrong = body.get("redirect_uri").and_then(Value::as_str).filter(|uri| !is_web_address(uri));
    wrong.map(|_| FieldError::new("redirect_uri", "invalid_format", "must be an http or https address"))
}

fn is_web_address(uri: &str) -> bool {
    reqwest::Url::parse(uri).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// Which applications a list is of.
#[derive(Debug, Default)]
pub(crate) struct ApplicationFilter {
    pub(crate) status: Option<String>,
    /// Exclusive.
    pub(crate) created_after: Option<Timestamp>,
    /// Exclusive.
    pub(crate) created_before: Option<Timestamp>,
}

impl ApplicationFilter {
    fn lets_through(&self, application: &Application) -> bool {
        self.status.as_deref().is_none_or(|status| application.status.as_str() == status)
            && self.created_after.is_none_or(|after| application.created_at > after)
            && self.created_before.is_none_or(|before| application.created_at < before)
    }
}

impl World {
    pub(crate) fn create_application(&mut self, new: NewApplication, now: Timestamp) -> Application {
        let name = self.spec.company(&new.business.company_number).and_then(|company| company.name.clone());
        let application = Application {
            id: self.ids.next("app"),
            status: Status::Created,
            amount_pence: new.amount_pence,
            term_months: new.term_months,
            created_at: now,
            updated_at: now,
            handoff_url: format!("{}{JOURNEYS}{}", self.url, self.ids.next("journey")),
            business: Business { company_number: new.business.company_number, name },
            purpose: new.purpose,
            redirect_uri: new.redirect_uri,
            reference: new.reference,
            introduction_id: new.introduction_id,
            metadata: new.metadata,
            decision_id: None,
            account_id: None,
            hidden: Hidden::default(),
        };
        self.applications.put(application.clone());
        application
    }

    pub(crate) fn application(&self, id: &str) -> Result<&Application, Problem> {
        self.applications.get(id)
    }

    pub(super) fn application_mut(&mut self, id: &str) -> Result<&mut Application, Problem> {
        self.applications.get_mut(id)
    }

    /// Newest first.
    pub(crate) fn applications(
        &self,
        filter: &ApplicationFilter,
        slice: &Slice,
    ) -> (Vec<&Application>, Option<u64>) {
        self.applications.page(slice, |application| filter.lets_through(application))
    }

    pub(crate) fn submit_application(&mut self, id: &str, now: Timestamp) -> Result<Application, Problem> {
        let status = self.application(id)?.status;
        if status != Status::Created {
            let status = status.as_str();
            return Err(Problem::invalid_state(format!(
                "{id} is {status}; only a created one can be submitted."
            )));
        }
        self.emit(
            "application.submitted",
            serde_json::json!({ "application_id": id, "status": "submitted" }),
            now,
        );
        self.change_status(id, Status::Submitted, now)?;
        self.schedule.plan(after(now, self.delays.decision / 3), Due::Review(id.to_owned()));
        self.schedule.plan(after(now, self.delays.decision), Due::Decide(id.to_owned()));
        self.application(id).cloned()
    }

    pub(crate) fn withdraw_application(&mut self, id: &str, now: Timestamp) -> Result<Application, Problem> {
        let application = self.application(id)?;
        if matches!(application.status, Status::Declined | Status::Funded | Status::Withdrawn) {
            let status = application.status.as_str();
            return Err(Problem::invalid_state(format!(
                "{id} is {status}; there is nothing left to withdraw."
            )));
        }
        let decision = application.decision_id.clone();
        match self.open_disbursement(id).map(|payment| (payment.id.clone(), payment.status)) {
            Some((payment, PaymentStatus::PendingRelease)) => {
                self.undo_payment(&payment, PaymentStatus::Failed, None, now);
            }
            Some((payment, _)) => {
                return Err(Problem::invalid_state(format!("{id} is being funded by {payment}.")));
            }
            None => {}
        }
        if let Some(decision) = decision {
            self.expire_offers(&decision);
        }
        self.change_status(id, Status::Withdrawn, now)?;
        self.application(id).cloned()
    }

    pub(super) fn review(&mut self, id: &str, at: Timestamp) {
        if self.application(id).is_ok_and(|application| application.status == Status::Submitted) {
            // It is there: it was looked at just now.
            let _ = self.change_status(id, Status::InReview, at);
        }
    }

    pub(super) fn change_status(&mut self, id: &str, status: Status, at: Timestamp) -> Result<(), Problem> {
        let application = self.application_mut(id)?;
        let previous = std::mem::replace(&mut application.status, status);
        application.updated_at = at;
        let data = serde_json::json!({
            "application_id": id,
            "status": status,
            "previous": { "status": previous },
        });
        self.emit("application.updated", data, at);
        Ok(())
    }
}
