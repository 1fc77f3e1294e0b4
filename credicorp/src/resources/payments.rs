//! Money in and money out: links, draw-downs, repayments.

use credicorp_gen::types::{
    AccountId, NewCollection, NewDisbursement, NewPaymentLink, Payment, PaymentId, PaymentLink,
    PaymentLinkId, PaymentPage, PaymentStatus,
};
use jiff::civil::Date;

use super::{query, resource};
use crate::call::{Call, RawResult, Read, Write};
use crate::list::{At, List, Query};

resource! {
    /// Payments: `cc.payments()`.
    Payments
}

impl<M> Payments<M> {
    /// Creates a link at which money is paid in over open banking.
    ///
    /// # Errors
    ///
    /// `validation_error` (422) with every offending field.
    pub fn create_link(&self, new: NewPaymentLink) -> Call<Write<PaymentLink>, M> {
        self.cx.write(move |raw| async move { raw.create_payment_link(&new).await })
    }

    /// Reads a payment link; once it is paid it names its payment.
    ///
    /// # Errors
    ///
    /// `resource_not_found` (404).
    pub fn get_link(&self, id: impl Into<PaymentLinkId>) -> Call<Read<PaymentLink>, M> {
        let id = id.into();
        self.cx.read(move |raw| async move { raw.get_payment_link(&id).await })
    }

    /// Asks for the money of an accepted offer to be paid out. Credicorp releases it by hand, so that the payment begins
    /// as `pending_release`.
    ///
    /// ```no_run
    /// use credicorp::types::NewDisbursement;
    /// # async fn example(cc: credicorp::Client) -> Result<(), credicorp::Error> {
    /// let new = NewDisbursement::new("app_8Kd2c9Qm");
    /// let payment = cc.payments().disburse(new).idempotency_key("draw_down_88421").await?;
    /// println!("{} {}", payment.amount_pence, payment.status);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// `invalid_state` (409) without an accepted offer; `validation_error` (422) over its amount.
    pub fn disburse(&self, new: NewDisbursement) -> Call<Write<Payment>, M> {
        self.cx.write(move |raw| async move { raw.create_disbursement(&new).await })
    }

    /// Schedules a repayment on an account.
    ///
    /// # Errors
    ///
    /// `invalid_state` (409) on an account that is settled or closed; `validation_error` (422).
    pub fn collect(&self, new: NewCollection) -> Call<Write<Payment>, M> {
        self.cx.write(move |raw| async move { raw.create_collection(&new).await })
    }

    /// Reads a payment. One that failed or came back says so in its status and `failure_code`: it is no error.
    ///
    /// # Errors
    ///
    /// `resource_not_found` (404).
    pub fn get(&self, id: impl Into<PaymentId>) -> Call<Read<Payment>, M> {
        let id = id.into();
        self.cx.read(move |raw| async move { raw.get_payment(&id).await })
    }

    /// Lists payments, newest first: one page, or a walk; [`list`](crate::list) has both.
    ///
    /// # Errors
    ///
    /// `invalid_cursor` (400) for a cursor that is not the API's.
    pub fn list(&self) -> Call<List<PaymentQuery>, M> {
        self.cx.list(PaymentQuery::default())
    }
}

query! {
    /// The filters of the list of payments.
    PaymentQuery {
        /// Only payments of this account.
        account_id: AccountId,
        /// Only payments of this status.
        status: PaymentStatus,
        /// Only payments created after this date began (00:00 UTC, exclusive).
        created_after: Date,
        /// Only payments created before this date began (00:00 UTC, exclusive).
        created_before: Date,
    }
    PaymentPage of Payment
}

impl Query for PaymentQuery {
    type Item = Payment;
    type Wire = PaymentPage;

    async fn page(self, raw: credicorp_gen::Client, at: At) -> RawResult<PaymentPage> {
        raw.list_payments(
            self.account_id.as_ref(),
            self.created_after.as_ref(),
            self.created_before.as_ref(),
            at.cursor.as_deref(),
            at.limit,
            self.status.as_ref(),
        )
        .await
    }
}
