//! A sandbox that goes on from a state file is the sandbox of before: nothing shows that there was a restart, but for its port.

use std::path::Path;
use std::time::Duration;

use axum::http::HeaderMap;
use credicorp_sandbox::{Builder, Sandbox};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::caller::{
    ACCOUNTS, APPLICATIONS, COLLECTIONS, Caller, DISBURSEMENTS, PAYMENTS, new_application, start_time,
};
use crate::receiver::Receiver;

const LINKS: &str = "/partner/v1/payments/links";
const CHECKS: &str = "/partner/v1/identity/checks";
const ENDPOINTS: &str = "/partner/v1/webhook_endpoints";

fn builder(file: &Path) -> Builder {
    Sandbox::builder().state_file(file).token_lifetime(Duration::from_secs(10 * 365 * 24 * 3600))
}

/// Saves, ends the sandbox, and goes on with another one.
async fn restarted(caller: Caller, file: &Path) -> Caller {
    caller.sandbox.save_state().unwrap();
    caller.sandbox.stop().await;
    Caller::of(builder(file)).await
}

/// What one run of the story knows.
struct Story {
    _folder: TempDir,
    file: std::path::PathBuf,
    receiver: Receiver,
    caller: Caller,
    in_review: String,
    drawn: String,
    kept: Value,
    link: String,
    check: String,
}

fn application_of(company: &str) -> Value {
    let mut body = new_application();
    body["business"]["company_number"] = company.into();
    body["metadata"] = json!({ "zeta": "last", "alpha": "first" });
    body
}

/// An account with a paid and a missed instalment; applications, a decision, offers, payments, a link and a check in all their states; a
/// rotated endpoint whose last delivery failed.
async fn story() -> Story {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("state.json");
    let receiver = Receiver::start().await;
    let caller = Caller::of(builder(&file)).await;
    let body =
        json!({ "url": receiver.hook(), "enabled_events": ["application.*", "decision.*", "identity.*"] });
    let endpoint = caller.post(ENDPOINTS, &body).await.id();

    let account = caller.funded().await;
    let due = json!({ "account_id": account, "amount_pence": 223_958, "due_on": "2026-07-29" });
    assert_eq!(caller.post_under("paid", COLLECTIONS, &due).await.status, 201);
    caller.until("2026-08-30T09:00:00Z");
    let later = json!({ "account_id": account, "amount_pence": 100, "due_on": "2026-09-10" });
    assert_eq!(caller.post_under("scheduled", COLLECTIONS, &later).await.status, 201);
    caller.approved().await;
    let (_, drawn) = caller.drawn().await;
    caller.submitted("00000403").await;
    caller.submitted("00000402").await;
    caller.pass(300);
    let withdrawn = caller.create().await.id();
    caller.act(&format!("{APPLICATIONS}/{withdrawn}/withdraw")).await;
    caller.sandbox.flush_webhooks().await;

    caller.act(&format!("{ENDPOINTS}/{endpoint}/rotate_secret")).await;
    receiver.answer(500);
    let in_review = caller.submitted("16093826").await;
    caller.sandbox.flush_webhooks().await;
    caller.pass(100);
    caller.submitted("00000404").await;
    let kept = application_of("16093826");
    assert_eq!(caller.create_under("kept", &kept).await.status, 201);
    let link = json!({ "amount_pence": 5_000, "reference": "INV-42", "account_id": account });
    let link = caller.post_under("link", LINKS, &link).await.id();
    let subject = json!({ "first_name": "Ada", "last_name": "Lovelace", "date_of_birth": "1985-12-10" });
    let check = caller.post_under("check", CHECKS, &json!({ "subject": subject })).await.id();
    caller.sandbox.flush_webhooks().await;
    Story { _folder: folder, file, receiver, caller, in_review, drawn, kept, link, check }
}

impl Story {
    /// Without what differs from run to run: the ports.
    fn without_ports(&self, text: &str) -> String {
        text.replace(self.caller.sandbox.url(), "http://sandbox")
            .replace(&self.receiver.url, "http://receiver")
    }

    async fn read(&self, path: &str) -> String {
        let reply = self.caller.get(path).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        self.without_ports(&reply.text)
    }

    /// Everything that the API shows, byte for byte.
    async fn everything(&self) -> Vec<String> {
        let mut seen = Vec::new();
        for list in [APPLICATIONS, PAYMENTS, ACCOUNTS, ENDPOINTS] {
            let page = self.read(&format!("{list}?limit=100")).await;
            for item in serde_json::from_str::<Value>(&page).unwrap()["data"].as_array().unwrap() {
                let id = item["id"].as_str().unwrap();
                seen.push(self.read(&format!("{list}/{id}")).await);
                if let Some(decision) = item["decision_id"].as_str() {
                    seen.push(self.read(&format!("/partner/v1/decisions/{decision}")).await);
                }
                if list == ACCOUNTS {
                    seen.push(self.read(&format!("{list}/{id}/schedule")).await);
                }
            }
            seen.push(page);
        }
        seen.push(self.read(&format!("{LINKS}/{}", self.link)).await);
        seen.push(self.read(&format!("{CHECKS}/{}", self.check)).await);
        seen
    }

    /// What the receiver got since the last call: who it was from, how it was signed, and what it said.
    fn received(&mut self) -> Vec<(String, String, Value)> {
        let header = |headers: &HeaderMap, name: &str| headers[name].to_str().unwrap().to_owned();
        let events = self.receiver.events().into_iter();
        events
            .map(|(headers, event)| {
                (header(&headers, "credicorp-delivery"), header(&headers, "credicorp-signature"), event)
            })
            .collect()
    }

    /// The rest of the story, and all that comes of it.
    async fn go_on(&mut self) -> (Vec<String>, Vec<(String, String, Value)>) {
        self.received();
        let caller = &self.caller;
        self.receiver.answer(204);
        let mut answers =
            vec![caller.create_under("kept", &self.kept).await.text, caller.create().await.text];
        caller.pass(200);
        answers.push(caller.decision(&self.in_review).await.text);
        let offer = caller.decision(&self.in_review).await.json()["offers"][0]["id"].clone();
        let accept = format!("/partner/v1/offers/{}/accept", offer.as_str().unwrap());
        answers.push(caller.act(&accept).await.text);
        caller.sandbox.release_disbursement(&self.drawn).unwrap();
        caller.sandbox.pay_link(&self.link).unwrap();
        caller.sandbox.flush_webhooks().await;
        caller.pass(59_900);
        caller.sandbox.flush_webhooks().await;
        caller.until("2026-09-30T00:00:00Z");
        caller.sandbox.flush_webhooks().await;
        let mut seen: Vec<_> = answers.iter().map(|text| self.without_ports(text)).collect();
        seen.extend(self.everything().await);
        (seen, self.received())
    }
}

#[tokio::test]
async fn everything_reads_as_it_did() {
    let mut story = story().await;
    let before = story.everything().await;
    for part in [
        "created",
        "submitted",
        "in_review",
        "approved",
        "declined",
        "funded",
        "withdrawn",
        "referred",
        "in_arrears",
        "paid",
        "missed",
        "pending_release",
        "scheduled",
        "settled",
        "accepted",
        "open",
        "pending",
    ] {
        assert!(before.iter().any(|text| text.contains(&format!(r#":"{part}""#))), "{part}");
    }
    story.caller = restarted(story.caller, &story.file).await;
    assert_eq!(story.everything().await, before);
    assert_eq!(story.caller.sandbox.clock().now(), "2026-08-30T09:00:01Z".parse().unwrap());
}

#[tokio::test]
async fn what_was_to_happen_happens_as_if_nothing_had_been() {
    let (mut straight, mut restarted_story) = (story().await, story().await);
    restarted_story.caller = restarted(restarted_story.caller, &restarted_story.file).await;
    let (shown, sent) = straight.go_on().await;
    let (shown_later, sent_later) = restarted_story.go_on().await;
    assert_eq!(shown, shown_later);
    assert_eq!(sent, sent_later);
    let signed_twice = sent.iter().filter(|(_, signature, _)| signature.matches("v1=").count() == 2);
    assert!(signed_twice.count() > 10, "the old secret still signs");
}

#[tokio::test]
async fn a_delivery_that_failed_comes_again_once() {
    let mut story = story().await;
    story.received();
    story.caller = restarted(story.caller, &story.file).await;
    story.receiver.answer(204);
    story.caller.sandbox.flush_webhooks().await;
    assert!(story.received().is_empty());
    story.caller.pass(59_000);
    story.caller.sandbox.flush_webhooks().await;
    assert!(story.received().iter().all(|(_, _, event)| event["type"] != "application.submitted"));
    story.caller.pass(1_000);
    story.caller.sandbox.flush_webhooks().await;
    let received = story.received();
    story.caller.pass(24 * 3_600_000);
    story.caller.sandbox.flush_webhooks().await;
    assert!(story.received().is_empty(), "it was taken");
    let submitted: Vec<_> = received
        .into_iter()
        .filter(|(_, _, event)| event["type"] == "application.submitted")
        .map(|(_, _, event)| event["data"]["application_id"].clone())
        .collect();
    assert_eq!((submitted.len(), &submitted[0]), (2, &json!(story.in_review)));
    assert!(story.caller.sandbox.deliveries().iter().any(|delivery| delivery.attempt() == 2));
    let event = story.caller.sandbox.deliveries()[0].event_id().to_owned();
    story.caller.sandbox.redeliver_event(event).unwrap();
}

#[tokio::test]
async fn a_key_of_before_replays_and_leads_to_the_sandbox_that_runs() {
    let mut story = story().await;
    let before = story.caller.create_under("kept", &story.kept).await.json();
    story.caller = restarted(story.caller, &story.file).await;
    let again = story.caller.create_under("kept", &story.kept).await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (201, Some("true")));
    let again = again.json();
    assert_eq!(again["id"], before["id"]);
    let shown = story.caller.get(&format!("{APPLICATIONS}/{}", again["id"].as_str().unwrap())).await.json();
    assert_eq!(again["handoff_url"], shown["handoff_url"]);
    assert!(again["handoff_url"].as_str().unwrap().starts_with(story.caller.sandbox.url()));
    let mut other = story.kept.clone();
    other["amount_pence"] = json!(300_000);
    story.caller.create_under("kept", &other).await.refused(409, "idempotency_key_reused");
    let link = story.caller.get(&format!("{LINKS}/{}", story.link)).await.json();
    assert!(link["url"].as_str().unwrap().starts_with(story.caller.sandbox.url()));
}

#[tokio::test]
async fn a_cursor_of_before_goes_on() {
    let mut story = story().await;
    let page = story.caller.get(&format!("{APPLICATIONS}?limit=2")).await.json();
    let rest = format!("{APPLICATIONS}?limit=100&cursor={}", page["next_cursor"].as_str().unwrap());
    let before = story.read(&rest).await;
    story.caller = restarted(story.caller, &story.file).await;
    assert_eq!(story.read(&rest).await, before);
}

#[tokio::test]
async fn the_endpoint_of_the_start_is_there_once() {
    let mut receiver = Receiver::start().await;
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("state.json");
    let start = || Caller::of(builder(&file).webhook_url(receiver.hook()));
    let first = start().await;
    let secret = first.sandbox.webhook_secret().to_owned();
    first.sandbox.save_state().unwrap();
    let second = start().await;
    assert_eq!(second.sandbox.webhook_secret(), secret);
    second.submitted("16093826").await;
    second.sandbox.flush_webhooks().await;
    second.sandbox.save_state().unwrap();
    let endpoints = second.get(ENDPOINTS).await.json();
    assert_eq!(endpoints["data"].as_array().unwrap().len(), 1);
    let elsewhere = Caller::of(builder(&file).webhook_url(format!("{}/elsewhere", receiver.url))).await;
    assert_eq!(elsewhere.get(ENDPOINTS).await.json()["data"].as_array().unwrap().len(), 2);
    assert_eq!(receiver.events().len(), 2, "submitted and updated, each once");
}

#[tokio::test]
async fn a_deleted_endpoint_stays_deleted() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("state.json");
    let caller = Caller::of(builder(&file)).await;
    let body = json!({ "url": "http://127.0.0.1:1/", "enabled_events": ["*"] });
    let endpoint = format!("{ENDPOINTS}/{}", caller.post(ENDPOINTS, &body).await.id());
    assert_eq!(caller.delete(&endpoint).await.status, 204);
    let caller = restarted(caller, &file).await;
    caller.get(&endpoint).await.refused(404, "resource_not_found");
}

#[tokio::test]
async fn a_draw_down_of_before_is_not_asked_for_twice() {
    let mut story = story().await;
    story.caller = restarted(story.caller, &story.file).await;
    let application = story.caller.payment(&story.drawn).await["application_id"].clone();
    let again =
        story.caller.post_under("again", DISBURSEMENTS, &json!({ "application_id": application })).await;
    again.refused(409, "invalid_state");
}

#[tokio::test]
async fn the_clock_of_the_file_is_the_one_that_counts() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("state.json");
    let caller = Caller::of(builder(&file)).await;
    caller.pass(3_600_000);
    let caller = restarted(caller, &file).await;
    assert_eq!(caller.sandbox.clock().now(), start_time() + Duration::from_secs(3600));
}
