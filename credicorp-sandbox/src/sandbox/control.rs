//! What others than the partner do: the lender's staff, the payer, the banks.

use jiff::Timestamp;

use super::Sandbox;
use crate::error::Error;
use crate::problem::Problem;
use crate::world::{FailureCode, World};

impl Sandbox {
    /// Opens the manual gate in front of a draw-down: `pending_release` becomes `processing`, and settles by the clock. Then the account is
    /// open and the application is funded.
    ///
    /// # Errors
    ///
    /// There is no such payment, or it is not pending release.
    pub fn release_disbursement(&self, payment_id: impl AsRef<str>) -> Result<(), Error> {
        self.control(|world, now| world.release_disbursement(payment_id.as_ref(), now))
    }

    /// Settles a scheduled or processing payment now, ahead of the clock.
    ///
    /// # Errors
    ///
    /// There is no such payment, or it is in another state.
    pub fn settle_payment(&self, payment_id: impl AsRef<str>) -> Result<(), Error> {
        self.control(|world, now| world.settle_payment(payment_id.as_ref(), now))
    }

    /// Has a payment fail that has not settled yet. A draw-down can be asked for again, a link can be paid again.
    ///
    /// # Errors
    ///
    /// There is no such payment, or it has settled, failed or been returned.
    pub fn fail_payment(&self, payment_id: impl AsRef<str>, code: FailureCode) -> Result<(), Error> {
        self.control(|world, now| world.fail_payment(payment_id.as_ref(), code, now))
    }

    /// Has a processing or settled payment go back. A repayment is owed again; a draw-down that had settled closes its account.
    ///
    /// # Errors
    ///
    /// There is no such payment, it is in another state, or it is a draw-down whose account has repayments.
    pub fn return_payment(&self, payment_id: impl AsRef<str>) -> Result<(), Error> {
        self.control(|world, now| world.return_payment(payment_id.as_ref(), now))
    }

    /// Pays a payment link, as its payer does. Gives the id of the payment, which settles by the clock.
    ///
    /// # Errors
    ///
    /// There is no such link, it is not open, it is being paid, or its account does not owe that much any more.
    pub fn pay_link(&self, link_id: impl AsRef<str>) -> Result<String, Error> {
        self.control(|world, now| world.pay_link(link_id.as_ref(), now))
    }

    /// Cancels an open payment link.
    ///
    /// # Errors
    ///
    /// There is no such link, or it is not open.
    pub fn cancel_link(&self, link_id: impl AsRef<str>) -> Result<(), Error> {
        self.control(|world, _| world.cancel_link(link_id.as_ref()))
    }

    /// Ends a pending identity check as failed, for this reason.
    ///
    /// # Errors
    ///
    /// There is no such check, or it has ended.
    pub fn fail_identity_check(
        &self,
        check_id: impl AsRef<str>,
        reason: impl AsRef<str>,
    ) -> Result<(), Error> {
        self.control(|world, now| world.fail_identity_check(check_id.as_ref(), reason.as_ref(), now))
    }

    fn control<T>(&self, work: impl FnOnce(&mut World, Timestamp) -> Result<T, Problem>) -> Result<T, Error> {
        self.shared.world(work).map_err(|problem| Error::new(problem.message))
    }
}
