//! Identity checks: pending until the clock ends them. They pass, but for applications that the table declines as `identity_unverified`, and
//! for those that were failed by hand.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::World;
use super::schedule::{Due, after};
use super::shelf::Resource;
use crate::problem::Problem;
use crate::state::Hides;

/// The reason by which the table declines companies whose people it cannot verify.
const UNVERIFIED: &str = "identity_unverified";

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct IdentityCheck {
    id: String,
    status: CheckStatus,
    created_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    application_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    completed_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum CheckStatus {
    Pending,
    Passed,
    Failed,
}

impl Hides for IdentityCheck {
    type Hidden = ();

    fn hidden(&self) -> &() {
        &()
    }

    fn hide(&mut self, (): ()) {}
}

impl Resource for IdentityCheck {
    const KIND: &'static str = "identity check";

    fn id(&self) -> &str {
        &self.id
    }
}

/// What a check is created from, after validation by the spec. Nothing is kept of the person.
#[derive(Debug, Deserialize)]
pub(crate) struct NewIdentityCheck {
    application_id: Option<String>,
    reference: Option<String>,
}

impl World {
    pub(crate) fn create_identity_check(
        &mut self,
        new: NewIdentityCheck,
        now: Timestamp,
    ) -> Result<IdentityCheck, Problem> {
        if let Some(application) = &new.application_id {
            self.application(application)?;
        }
        let check = IdentityCheck {
            id: self.ids.next("idc"),
            status: CheckStatus::Pending,
            created_at: now,
            application_id: new.application_id,
            reference: new.reference,
            completed_at: None,
            reasons: Vec::new(),
        };
        self.schedule.plan(after(now, self.delays.decision), Due::EndCheck(check.id.clone()));
        self.checks.put(check.clone());
        Ok(check)
    }

    pub(crate) fn identity_check(&self, id: &str) -> Result<&IdentityCheck, Problem> {
        self.checks.get(id)
    }

    /// By the clock, as the table has it.
    pub(super) fn end_check(&mut self, id: &str, at: Timestamp) {
        let Ok(check) = self.checks.get(id) else { return };
        let application = check.application_id.as_ref().and_then(|id| self.application(id).ok());
        let company = application.and_then(|found| self.spec.company(&found.business.company_number));
        let reason = company.and_then(|company| company.reason.clone()).filter(|reason| reason == UNVERIFIED);
        // One that ended by hand stays as it is.
        let _ = self.complete_check(id, reason, at);
    }

    pub(crate) fn fail_identity_check(
        &mut self,
        id: &str,
        reason: &str,
        now: Timestamp,
    ) -> Result<(), Problem> {
        self.complete_check(id, Some(reason.to_owned()), now)
    }

    fn complete_check(&mut self, id: &str, reason: Option<String>, at: Timestamp) -> Result<(), Problem> {
        let check = self.checks.get_mut(id)?;
        if check.status != CheckStatus::Pending {
            return Err(Problem::invalid_state(format!("{id} has ended already.")));
        }
        check.status = if reason.is_some() { CheckStatus::Failed } else { CheckStatus::Passed };
        check.completed_at = Some(at);
        check.reasons.extend(reason);
        let mut data = json!({ "identity_check_id": id, "status": check.status });
        if let Some(application) = &check.application_id {
            data["application_id"] = application.as_str().into();
        }
        self.emit("identity.check.completed", data, at);
        Ok(())
    }
}
