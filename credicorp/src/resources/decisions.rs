//! Decisions: what Credicorp would lend, and why not.

use std::time::Duration;

use credicorp_gen::types::{Decision, DecisionId, DecisionOrApplicationId};

use super::resource;
use crate::call::{Call, Context, Plan, ResponseFuture, Sealed, Wait, Write, finish};

resource! {
    /// Decisions: `cc.decisions()`.
    Decisions
}

impl<M> Decisions<M> {
    /// Reads a decision by its own id or by that of its application; [`wait`](Call::wait) asks until there is one.
    ///
    /// # Errors
    ///
    /// `decision_not_ready` (409) until there is a decision; `resource_not_found` (404).
    pub fn get(&self, id: impl Into<DecisionOrApplicationId>) -> Call<DecisionOf, M> {
        Call::new(self.cx.clone(), DecisionOf::new(id.into()))
    }

    /// Asks for the decision to be made anew, for a referral that waits on something that has since come in. It answers
    /// with the decision as it stands; the new one comes by webhook, or by [`get`](Self::get).
    ///
    /// # Errors
    ///
    /// `refresh_in_progress` (409) while one is running.
    pub fn refresh(&self, id: impl Into<DecisionId>) -> Call<Write<Decision>, M> {
        let id = id.into();
        self.cx.write(move |raw| async move { raw.refresh_decision(&id).await })
    }
}

/// Reads a decision.
#[derive(Debug, Clone)]
pub struct DecisionOf(DecisionOrApplicationId);

impl DecisionOf {
    pub(super) fn new(id: DecisionOrApplicationId) -> Self {
        Self(id)
    }
}

impl Sealed for DecisionOf {}

impl Plan for DecisionOf {
    type Output = Decision;

    fn start(self, cx: Context) -> ResponseFuture<Decision> {
        Box::pin(async move { finish(cx.raw().get_decision(&self.0).await) })
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
