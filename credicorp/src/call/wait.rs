//! Waiting for what is not there yet, by asking again.

use std::time::Duration;

use super::Plan;
use super::context::Context;
use super::plan::Sealed;
use crate::error::{Error, ErrorKind};
use crate::response::Response;

/// The pause after the first poll; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Polls until the answer is there, backing off up to 5 s, for at most the time given.
///
/// When the time is up the call fails with the last answer, of kind `Timeout`. A deadline, the call's or the client's,
/// counts for the whole wait.
#[derive(Debug, Clone)]
pub struct Wait<P> {
    plan: P,
    within: Duration,
}

impl<P> Wait<P> {
    pub(crate) fn new(plan: P, within: Duration) -> Self {
        Self { plan, within }
    }
}

impl<P> Sealed for Wait<P> {}

impl<P: Plan + Clone + Sync> Plan for Wait<P> {
    type Output = P::Output;

    fn start(self, cx: Context) -> super::ResponseFuture<P::Output> {
        Box::pin(self.run(cx))
    }
}

impl<P: Plan + Clone + Sync> Wait<P> {
    async fn run(self, cx: Context) -> Result<Response<P::Output>, Error> {
        let ambient = cx.account.core.ambient.clone();
        let deadline = cx.options.limits(cx.account.core.limits).deadline;
        let within = deadline.map_or(self.within, |deadline| deadline.min(self.within));
        let until = ambient.now().saturating_add(within);
        let mut pause = FIRST_PAUSE;
        let mut not_yet: Option<Error> = None;
        loop {
            let left = until.saturating_sub(ambient.now());
            if let Some(error) = not_yet.take_if(|_| left.is_zero()) {
                return Err(error.with_kind(ErrorKind::Timeout).retryable());
            }
            let mut cx = cx.clone();
            // No time at all is one poll.
            if !left.is_zero() {
                cx.options.set_left(left);
            }
            match self.plan.clone().start(cx).await {
                Err(error) if is_not_ready(&error) => not_yet = Some(error),
                // The poll was cut short by our own time: what is known is that there was no answer yet.
                Err(error) if error.kind() == ErrorKind::Timeout && ambient.now() >= until => {
                    return Err(
                        not_yet.map_or(error, |error| error.with_kind(ErrorKind::Timeout).retryable())
                    );
                }
                answer => return answer,
            }
            let hint = not_yet.as_ref().and_then(Error::retry_after).unwrap_or_default();
            let jittered = pause.mul_f64(0.5 + ambient.fraction() / 2.0).max(hint);
            ambient.sleep(jittered.min(until.saturating_sub(ambient.now()))).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

fn is_not_ready(error: &Error) -> bool {
    error.code() == Some("decision_not_ready")
}
