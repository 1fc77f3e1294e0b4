//! How payments go on: released by hand, started and settled by the clock, failed and returned by hand.
//!
//! A draw-down that settles funds its application and opens the account. A repayment that settles lowers what the account owes, and
//! raises it again if it is returned. A draw-down that fails can be asked for again.

use jiff::Timestamp;
use serde_json::json;

use super::World;
use super::application::Status;
use super::payment::{FailureCode, Kind, Payment, PaymentStatus};
use super::schedule::{Due, after};
use crate::problem::Problem;

impl World {
    /// Opens the manual gate in front of a draw-down.
    pub(crate) fn release_disbursement(&mut self, id: &str, now: Timestamp) -> Result<(), Problem> {
        self.expect_status(id, "released", &[PaymentStatus::PendingRelease])?;
        self.start_payment(id, now);
        Ok(())
    }

    /// The money is on its way, until it settles by the clock.
    pub(super) fn start_payment(&mut self, id: &str, at: Timestamp) {
        let waits = |payment: &&mut Payment| {
            matches!(payment.status, PaymentStatus::PendingRelease | PaymentStatus::Scheduled)
        };
        if let Some(payment) = self.payments.get_mut(id).ok().filter(waits) {
            payment.status = PaymentStatus::Processing;
            self.schedule.plan(after(at, self.delays.payment), Due::SettlePayment(id.to_owned()));
        }
    }

    /// Settles a payment now that would have settled later.
    pub(crate) fn settle_payment(&mut self, id: &str, now: Timestamp) -> Result<(), Problem> {
        self.expect_status(id, "settled", &[PaymentStatus::Scheduled, PaymentStatus::Processing])?;
        self.conclude_payment(id, now);
        Ok(())
    }

    /// By the clock, unless something else became of it.
    pub(super) fn settle_if_processing(&mut self, id: &str, at: Timestamp) {
        if self.payments.get(id).is_ok_and(|payment| payment.status == PaymentStatus::Processing) {
            self.conclude_payment(id, at);
        }
    }

    fn conclude_payment(&mut self, id: &str, at: Timestamp) {
        let Ok(payment) = self.payments.get_mut(id) else { return };
        payment.status = PaymentStatus::Settled;
        payment.settled_at = Some(at);
        let payment = payment.clone();
        match payment.kind {
            Kind::Disbursement => self.fund(&payment, at),
            Kind::Repayment => {
                self.emit_settled(&payment, at);
                self.change_account(payment.account_id.as_deref(), at, |account| {
                    account.settled(&payment.id, payment.amount_pence);
                });
                self.link_paid(payment.hidden.link.as_deref());
            }
        }
    }

    /// A draw-down arrived: the account is opened, the application is funded.
    fn fund(&mut self, payment: &Payment, at: Timestamp) {
        let Some(application) = &payment.application_id else { return };
        let account = self.open_account(application, payment.amount_pence, at);
        let mut payment = payment.clone();
        payment.account_id.clone_from(&account);
        if let Ok(stored) = self.payments.get_mut(&payment.id) {
            stored.account_id.clone_from(&account);
        }
        if let Ok(application) = self.application_mut(application) {
            application.account_id.clone_from(&account);
        }
        self.emit_settled(&payment, at);
        self.emit("application.funded", json!({ "application_id": application, "account_id": account }), at);
        // It is there: the offer was accepted for it.
        let _ = self.change_status(application, Status::Funded, at);
        if let Some(account) = account {
            self.emit_account(&account, None, at);
        }
    }

    /// A payment that does not go through, for this reason.
    pub(crate) fn fail_payment(
        &mut self,
        id: &str,
        code: FailureCode,
        now: Timestamp,
    ) -> Result<(), Problem> {
        const UNSETTLED: [PaymentStatus; 3] =
            [PaymentStatus::PendingRelease, PaymentStatus::Scheduled, PaymentStatus::Processing];
        self.expect_status(id, "failed", &UNSETTLED)?;
        self.undo_payment(id, PaymentStatus::Failed, Some(code), now);
        Ok(())
    }

    /// A payment that arrived, or nearly so, and went back.
    pub(crate) fn return_payment(&mut self, id: &str, now: Timestamp) -> Result<(), Problem> {
        let payment =
            self.expect_status(id, "returned", &[PaymentStatus::Processing, PaymentStatus::Settled])?;
        let code = match payment.kind {
            Kind::Disbursement => FailureCode::TechnicalError,
            Kind::Repayment => FailureCode::DisputedByCustomer,
        };
        // What a draw-down opened when it settled.
        let account = payment.account_id.clone().filter(|_| payment.kind == Kind::Disbursement);
        if let Some(account) = &account
            && self.account(account)?.is_touched()
        {
            return Err(Problem::invalid_state(format!(
                "{id} opened {account}, which has repayments; it cannot be returned any more."
            )));
        }
        self.undo_payment(id, PaymentStatus::Returned, Some(code), now);
        self.change_account(account.as_deref(), now, super::Account::close);
        Ok(())
    }

    pub(super) fn undo_payment(
        &mut self,
        id: &str,
        status: PaymentStatus,
        code: Option<FailureCode>,
        at: Timestamp,
    ) {
        let Ok(payment) = self.payments.get_mut(id) else { return };
        payment.status = status;
        payment.failure_code = code;
        let payment = payment.clone();
        self.emit("payment.failed", references(&payment, json!({ "failure_code": code })), at);
        if payment.kind == Kind::Repayment {
            self.change_account(payment.account_id.as_deref(), at, |account| account.undone(&payment.id));
            self.link_unpaid(payment.hidden.link.as_deref(), at);
        }
    }

    fn expect_status(&self, id: &str, wish: &str, wanted: &[PaymentStatus]) -> Result<&Payment, Problem> {
        let payment = self.payments.get(id)?;
        if wanted.contains(&payment.status) {
            return Ok(payment);
        }
        let status = payment.status.as_str();
        Err(Problem::invalid_state(format!("{id} is {status}; it cannot be {wish}.")))
    }

    fn emit_settled(&mut self, payment: &Payment, at: Timestamp) {
        let own = json!({ "amount_pence": payment.amount_pence, "kind": payment.kind });
        self.emit("payment.settled", references(payment, own), at);
    }
}

/// The data of an event about a payment: what it is, what it belongs to, and what the type adds.
fn references(payment: &Payment, mut data: serde_json::Value) -> serde_json::Value {
    data["payment_id"] = payment.id.as_str().into();
    for (name, id) in [("account_id", &payment.account_id), ("application_id", &payment.application_id)] {
        if let Some(id) = id {
            data[name] = id.as_str().into();
        }
    }
    if let Some(fields) = data.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    data
}
