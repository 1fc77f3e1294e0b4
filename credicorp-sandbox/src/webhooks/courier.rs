//! The one task that empties the outbox.
//!
//! It also wakes when something is due by the sandbox's clock, so that a decision is announced without anybody asking for it.

use std::future;
use std::sync::Arc;

use http::header::CONTENT_TYPE;
use reqwest::redirect::Policy;

use super::delivery::Outcome;
use super::office::{Attempt, Rules};
use super::signature::signature;
use crate::shared::Shared;

/// Whatever is due happens, whatever is to be sent is sent, and then the task waits for more of either, until the sandbox closes.
pub(crate) async fn deliver_until_closed(shared: Arc<Shared>) {
    let webhooks = &shared.webhooks;
    let mut http = None;
    loop {
        let settled = shared.settle();
        while let Some(attempt) = webhooks.begin(shared.clock.now()) {
            let client = http.get_or_insert_with(|| client(webhooks.rules));
            let outcome = send(client, &attempt).await;
            webhooks.ended(attempt, outcome);
        }
        let next_due = settled.into_iter().chain(webhooks.next_due()).min();
        let due = async {
            match next_due {
                Some(at) => shared.clock.reach(at).await,
                None => future::pending().await,
            }
        };
        tokio::select! {
            () = due => {}
            () = webhooks.woken.notified() => {}
            () = shared.closed() => return,
        }
    }
}

async fn send(client: &Result<reqwest::Client, String>, attempt: &Attempt) -> Outcome {
    let Some(url) = &attempt.target else { return Outcome::NotSent };
    let client = match client {
        Ok(client) => client,
        Err(why) => return Outcome::Unanswered(why.clone()),
    };
    let body = attempt.parcel.event.body();
    let request = client
        .post(url.clone())
        .header(CONTENT_TYPE, "application/json")
        .header("Credicorp-Signature", signature(&attempt.secrets, body, attempt.at.as_second()))
        .header("Credicorp-Delivery", &attempt.id)
        .body(body.clone());
    match request.send().await {
        Ok(response) => Outcome::Answered(response.status().as_u16()),
        Err(error) => Outcome::Unanswered(chain(&error.without_url())),
    }
}

fn client(rules: Rules) -> Result<reqwest::Client, String> {
    let builder = reqwest::Client::builder().redirect(Policy::none()).timeout(rules.timeout).no_proxy();
    builder.user_agent("Credicorp-Webhooks/1.0").build().map_err(|error| chain(&error))
}

fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |error| error.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
