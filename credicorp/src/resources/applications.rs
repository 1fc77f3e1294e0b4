//! Loan applications, and the decision on each.

use credicorp_gen::types::{Application, ApplicationId, ApplicationPage, ApplicationStatus, NewApplication};
use jiff::civil::Date;

use super::decisions::DecisionOf;
use super::{query, resource};
use crate::call::{Call, RawResult, Read, Write};
use crate::list::{At, List, Query};

resource! {
    /// Loan applications: `cc.applications()`.
    Applications
}

impl<M> Applications<M> {
    /// Creates an application for a UK company; the applicant goes on at its `handoff_url`.
    ///
    /// ```no_run
    /// use credicorp::types::{Business, NewApplication, Purpose};
    /// use credicorp::Pence;
    /// # async fn example(cc: credicorp::Client) -> Result<(), credicorp::Error> {
    /// let new = NewApplication::new(Business::new("16093826"), Pence::from_pounds(25_000), 12)
    ///     .purpose(Purpose::WorkingCapital)
    ///     .redirect_uri("https://yourapp.com/return");
    /// let application = cc.applications().create(new).idempotency_key("order_88421").await?;
    /// println!("{:?}", application.handoff_url);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// `validation_error` (422) with every offending field; `idempotency_key_reused` (409) if the key was used for
    /// another body within 24 hours.
    pub fn create(&self, new: NewApplication) -> Call<Write<Application>, M> {
        self.cx.write(move |raw| async move { raw.create_application(&new).await })
    }

    /// Reads an application.
    ///
    /// # Errors
    ///
    /// `resource_not_found` (404), also for an application of another project.
    pub fn get(&self, id: impl Into<ApplicationId>) -> Call<Read<Application>, M> {
        let id = id.into();
        self.cx.read(move |raw| async move { raw.get_application(&id).await })
    }

    /// Submits an application for a decision, instead of the applicant at the `handoff_url`.
    ///
    /// # Errors
    ///
    /// `invalid_state` (409) if it was submitted or withdrawn before.
    pub fn submit(&self, id: impl Into<ApplicationId>) -> Call<Write<Application>, M> {
        let id = id.into();
        self.cx.write(move |raw| async move { raw.submit_application(&id).await })
    }

    /// Withdraws an application, before funding only.
    ///
    /// # Errors
    ///
    /// `invalid_state` (409) once it is funded.
    pub fn withdraw(&self, id: impl Into<ApplicationId>) -> Call<Write<Application>, M> {
        let id = id.into();
        self.cx.write(move |raw| async move { raw.withdraw_application(&id).await })
    }

    /// Reads the decision on an application; [`wait`](Call::wait) asks until there is one.
    ///
    /// # Errors
    ///
    /// `decision_not_ready` (409) until there is a decision.
    pub fn decision(&self, id: impl Into<ApplicationId>) -> Call<DecisionOf, M> {
        Call::new(self.cx.clone(), DecisionOf::new(id.into().into()))
    }

    /// Lists applications, newest first: one page, or a walk; [`list`](crate::list) has both.
    ///
    /// # Errors
    ///
    /// `invalid_cursor` (400) for a cursor that is not the API's.
    pub fn list(&self) -> Call<List<ApplicationQuery>, M> {
        self.cx.list(ApplicationQuery::default())
    }
}

query! {
    /// The filters of the list of applications.
    ApplicationQuery {
        /// Only applications of this status.
        status: ApplicationStatus,
        /// Only applications created after this date began (00:00 UTC, exclusive).
        created_after: Date,
        /// Only applications created before this date began (00:00 UTC, exclusive).
        created_before: Date,
    }
    ApplicationPage of Application
}

impl Query for ApplicationQuery {
    type Item = Application;
    type Wire = ApplicationPage;

    async fn page(self, raw: credicorp_gen::Client, at: At) -> RawResult<ApplicationPage> {
        raw.list_applications(
            self.created_after.as_ref(),
            self.created_before.as_ref(),
            at.cursor.as_deref(),
            at.limit,
            self.status.as_ref(),
        )
        .await
    }
}
