//! Loan applications, and the decision on each.

use std::time::Duration;

use credicorp_gen::ResponseValue;
use credicorp_gen::types::{
    Application, ApplicationId, ApplicationPage, ApplicationStatus, Decision, NewApplication,
};
use jiff::civil::Date;

use super::resource;
use crate::call::{Call, Context, Plan, Read, ResponseFuture, Sealed, Wait, Write, finish};
use crate::list::{List, Page, Query};

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
        Call::new(self.cx.clone(), DecisionOf(id.into()))
    }

    /// Lists applications, newest first: one page if awaited, or a walk by [`stream`](Call::stream) or
    /// [`pages`](Call::pages).
    ///
    /// # Errors
    ///
    /// `invalid_cursor` (400) for a cursor that is not the API's.
    pub fn list(&self) -> Call<List<ApplicationQuery>, M> {
        Call::new(self.cx.clone(), List::new(ApplicationQuery::default()))
    }
}

/// The filters of the list of applications.
#[derive(Debug, Clone, Default)]
pub struct ApplicationQuery {
    status: Option<ApplicationStatus>,
    created_after: Option<Date>,
    created_before: Option<Date>,
}

impl<M> Call<List<ApplicationQuery>, M> {
    /// Only applications of this status.
    pub fn status(mut self, status: impl Into<ApplicationStatus>) -> Self {
        self.plan.query.status = Some(status.into());
        self
    }

    /// Only applications created after this date began (00:00 UTC, exclusive).
    pub fn created_after(mut self, date: Date) -> Self {
        self.plan.query.created_after = Some(date);
        self
    }

    /// Only applications created before this date began (00:00 UTC, exclusive).
    pub fn created_before(mut self, date: Date) -> Self {
        self.plan.query.created_before = Some(date);
        self
    }
}

impl Sealed for ApplicationQuery {}

impl Query for ApplicationQuery {
    type Item = Application;
    type Wire = ApplicationPage;

    async fn page(
        self,
        raw: credicorp_gen::Client,
        limit: Option<i32>,
        cursor: Option<String>,
    ) -> Result<ResponseValue<ApplicationPage>, credicorp_gen::Error> {
        let Self { status, created_after, created_before } = self;
        raw.list_applications(
            created_after.as_ref(),
            created_before.as_ref(),
            cursor.as_deref(),
            limit,
            status.as_ref(),
        )
        .await
    }
}

impl From<ApplicationPage> for Page<Application> {
    fn from(page: ApplicationPage) -> Self {
        Self::new(page.data, page.has_more, page.next_cursor)
    }
}

/// Reads the decision on an application.
#[derive(Debug, Clone)]
pub struct DecisionOf(ApplicationId);

impl Sealed for DecisionOf {}

impl Plan for DecisionOf {
    type Output = Decision;

    fn start(self, cx: Context) -> ResponseFuture<Decision> {
        Box::pin(async move { finish(cx.raw().get_decision(&self.0.into()).await) })
    }
}

impl<M> Call<DecisionOf, M> {
    /// Asks until there is a decision of any outcome, a referral included, backing off up to 5 s between two polls.
    ///
    /// # Errors
    ///
    /// When the time is up: the last `decision_not_ready`, of kind [`Timeout`](crate::ErrorKind::Timeout).
    pub fn wait(self, within: Duration) -> Call<Wait<DecisionOf>, M> {
        self.map(|decision| Wait::new(decision, within))
    }
}
