//! Payments: a draw-down that waits for its release, and repayments that are scheduled or come in by a link.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::World;
use super::schedule::{Due, after};
use super::shelf::Resource;
use crate::page::Slice;
use crate::problem::{FieldError, Problem};
use crate::state::Hides;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Payment {
    pub(super) id: String,
    pub(super) kind: Kind,
    pub(super) amount_pence: i64,
    pub(super) status: PaymentStatus,
    created_at: Timestamp,
    method: Method,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) application_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) failure_code: Option<FailureCode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_on: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) settled_at: Option<Timestamp>,
    #[serde(skip)]
    pub(super) hidden: Hidden,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Hidden {
    /// The link that it came in by.
    pub(super) link: Option<String>,
}

impl Hides for Payment {
    type Hidden = Hidden;

    fn hidden(&self) -> &Hidden {
        &self.hidden
    }

    fn hide(&mut self, hidden: Hidden) {
        self.hidden = hidden;
    }
}

impl Resource for Payment {
    const KIND: &'static str = "payment";

    fn id(&self) -> &str {
        &self.id
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Disbursement,
    Repayment,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Method {
    FasterPayments,
    OpenBanking,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PaymentStatus {
    PendingRelease,
    Scheduled,
    Processing,
    Settled,
    Failed,
    Returned,
}

impl PaymentStatus {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::PendingRelease => "pending_release",
            Self::Scheduled => "scheduled",
            Self::Processing => "processing",
            Self::Settled => "settled",
            Self::Failed => "failed",
            Self::Returned => "returned",
        }
    }
}

/// Why a payment fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FailureCode {
    /// The payer's account does not have it.
    InsufficientFunds,
    /// Something broke on the way.
    TechnicalError,
    /// The payer says that it was not theirs.
    DisputedByCustomer,
}

/// What a draw-down is created from, after validation by the spec.
#[derive(Debug, Deserialize)]
pub(crate) struct NewDisbursement {
    application_id: String,
    amount_pence: Option<i64>,
    reference: Option<String>,
}

/// What a collection is created from, after validation by the spec.
#[derive(Debug, Deserialize)]
pub(crate) struct NewCollection {
    account_id: String,
    amount_pence: i64,
    due_on: Date,
    reference: Option<String>,
}

/// Which payments a list is of.
#[derive(Debug, Default)]
pub(crate) struct PaymentFilter {
    pub(crate) account_id: Option<String>,
    pub(crate) status: Option<String>,
    /// Exclusive.
    pub(crate) created_after: Option<Timestamp>,
    /// Exclusive.
    pub(crate) created_before: Option<Timestamp>,
}

impl PaymentFilter {
    fn lets_through(&self, payment: &Payment) -> bool {
        self.account_id.as_ref().is_none_or(|account| payment.account_id.as_ref() == Some(account))
            && self.status.as_deref().is_none_or(|status| payment.status.as_str() == status)
            && self.created_after.is_none_or(|after| payment.created_at > after)
            && self.created_before.is_none_or(|before| payment.created_at < before)
    }
}

pub(super) fn invalid(field: &str, code: &'static str, message: impl Into<String>) -> Problem {
    let fields = vec![FieldError::new(field, code, message)];
    Problem::of_fields(fields)
        .unwrap_or_else(|| Problem::server_error("A field was refused without a reason."))
}

impl World {
    pub(crate) fn payment(&self, id: &str) -> Result<&Payment, Problem> {
        self.payments.get(id)
    }

    /// Newest first.
    pub(crate) fn payments(&self, filter: &PaymentFilter, slice: &Slice) -> (Vec<&Payment>, Option<u64>) {
        self.payments.page(slice, |payment| filter.lets_through(payment))
    }

    pub(crate) fn create_disbursement(
        &mut self,
        new: NewDisbursement,
        now: Timestamp,
    ) -> Result<Payment, Problem> {
        let offered = self.accepted_offer(&new.application_id)?.amount_pence;
        let amount = new.amount_pence.unwrap_or(offered);
        if let Some(open) = self.open_disbursement(&new.application_id) {
            let (id, status) = (&open.id, open.status.as_str());
            return Err(Problem::invalid_state(format!(
                "{} is drawn down by {id}, which is {status}.",
                new.application_id
            )));
        }
        if amount > offered {
            return Err(invalid(
                "amount_pence",
                "out_of_range",
                format!("must be at most {offered}, what was offered"),
            ));
        }
        let payment = Payment {
            application_id: Some(new.application_id.clone()),
            reference: new.reference,
            ..self.new_payment(Kind::Disbursement, amount, PaymentStatus::PendingRelease, now)
        };
        self.application_mut(&new.application_id)?.hidden.disbursement = Some(payment.id.clone());
        self.payments.put(payment.clone());
        Ok(payment)
    }

    /// The draw-down of an application that has not come to nothing.
    pub(super) fn open_disbursement(&self, application: &str) -> Option<&Payment> {
        let id = self.application(application).ok()?.hidden.disbursement.as_ref()?;
        let payment = self.payments.get(id).ok()?;
        let over = matches!(payment.status, PaymentStatus::Failed | PaymentStatus::Returned);
        (!over).then_some(payment)
    }

    pub(crate) fn create_collection(
        &mut self,
        new: NewCollection,
        now: Timestamp,
    ) -> Result<Payment, Problem> {
        self.check_repayment(&new.account_id, new.amount_pence)?;
        let today = now.to_zoned(TimeZone::UTC).date();
        if new.due_on < today {
            return Err(invalid("due_on", "out_of_range", format!("must not be before today, {today}")));
        }
        let due = new.due_on.to_zoned(TimeZone::UTC).map_or(Timestamp::MAX, |due| due.timestamp());
        let payment = Payment {
            reference: new.reference,
            due_on: Some(new.due_on),
            ..self.repayment(Some(&new.account_id), new.amount_pence, PaymentStatus::Scheduled, now)
        };
        self.schedule.plan(due.max(after(now, self.delays.payment)), Due::StartPayment(payment.id.clone()));
        self.payments.put(payment.clone());
        Ok(payment)
    }

    /// Money that came in by a link; on its way at once.
    pub(super) fn pay_in(
        &mut self,
        account: Option<&str>,
        amount: i64,
        link: &str,
        reference: &str,
        now: Timestamp,
    ) -> Payment {
        let payment = Payment {
            reference: Some(reference.to_owned()),
            hidden: Hidden { link: Some(link.to_owned()) },
            ..self.repayment(account, amount, PaymentStatus::Processing, now)
        };
        self.schedule.plan(after(now, self.delays.payment), Due::SettlePayment(payment.id.clone()));
        self.payments.put(payment.clone());
        payment
    }

    /// A repayment that its account expects from now on.
    fn repayment(
        &mut self,
        account: Option<&str>,
        amount: i64,
        status: PaymentStatus,
        now: Timestamp,
    ) -> Payment {
        let payment = self.new_payment(Kind::Repayment, amount, status, now);
        let Some(account) = account.and_then(|id| self.accounts.get_mut(id).ok()) else { return payment };
        account.expect(&payment.id, amount);
        Payment {
            account_id: Some(account.id.clone()),
            application_id: Some(account.application_id.clone()),
            ..payment
        }
    }

    fn new_payment(&self, kind: Kind, amount: i64, status: PaymentStatus, now: Timestamp) -> Payment {
        let method = match kind {
            Kind::Disbursement => Method::FasterPayments,
            Kind::Repayment => Method::OpenBanking,
        };
        Payment {
            id: self.ids.next("pay"),
            kind,
            amount_pence: amount,
            status,
            created_at: now,
            method,
            account_id: None,
            application_id: None,
            reference: None,
            failure_code: None,
            due_on: None,
            settled_at: None,
            hidden: Hidden::default(),
        }
    }
}
