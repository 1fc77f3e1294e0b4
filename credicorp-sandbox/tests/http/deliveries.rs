use std::collections::BTreeSet;
use std::time::Duration;

use axum::http::HeaderMap;
use credicorp_sandbox::{Delivery, Sandbox};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::caller::Caller;
use crate::receiver::Receiver;

const ENDPOINTS: &str = "/partner/v1/webhook_endpoints";
const HOUR: u64 = 60 * 60 * 1000;

/// An endpoint for the submission of applications: one event each.
async fn endpoint(caller: &Caller, url: &str) -> Value {
    let body = json!({ "url": url, "enabled_events": ["application.submitted"] });
    caller.post(ENDPOINTS, &body).await.json()
}

async fn status(caller: &Caller, endpoint: &Value) -> Value {
    caller.get(&format!("{ENDPOINTS}/{}", endpoint["id"].as_str().unwrap())).await.json()["status"].clone()
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers[name].to_str().unwrap()
}

/// The codes of a signature, after its time.
fn codes(headers: &HeaderMap) -> (i64, Vec<&str>) {
    let mut parts = header(headers, "credicorp-signature").split(',');
    let seconds = parts.next().unwrap().strip_prefix("t=").unwrap().parse().unwrap();
    (seconds, parts.map(|part| part.strip_prefix("v1=").unwrap()).collect())
}

fn sign(secret: &Value, seconds: i64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_str().unwrap().as_bytes()).unwrap();
    mac.update(format!("{seconds}.").as_bytes());
    mac.update(body);
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn a_failed_delivery_comes_again_signed_afresh_when_the_clock_says_so() {
    let mut receiver = Receiver::start().await;
    let caller = Caller::start().await;
    endpoint(&caller, &receiver.hook()).await;
    receiver.answer(500);
    caller.submitted("16093826").await;
    caller.sandbox.flush_webhooks().await;
    assert_eq!(receiver.events().len(), 1);
    let mut seen = Vec::new();
    for (milliseconds, comes) in [(59_999, 0), (1, 1), (239_999, 0), (1, 1), (25 * 60_000, 1)] {
        caller.pass(milliseconds);
        caller.sandbox.flush_webhooks().await;
        let events = receiver.events();
        assert_eq!(events.len(), comes, "{milliseconds}");
        seen.extend(events);
    }
    receiver.answer(204);
    caller.pass(2 * HOUR);
    caller.sandbox.flush_webhooks().await;
    seen.extend(receiver.events());
    caller.pass(100 * HOUR);
    caller.sandbox.flush_webhooks().await;
    assert_eq!((seen.len(), receiver.events().len()), (4, 0), "a success is the last attempt");
    let distinct =
        |name: &str| seen.iter().map(|(headers, _)| header(headers, name)).collect::<BTreeSet<_>>();
    assert_eq!((distinct("credicorp-delivery").len(), distinct("credicorp-signature").len()), (4, 4));
    assert_eq!(seen.iter().map(|(_, event)| event["id"].as_str().unwrap()).collect::<BTreeSet<_>>().len(), 1);
    let attempts: Vec<_> = caller.sandbox.deliveries().iter().map(Delivery::attempt).collect();
    assert_eq!(attempts, [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn a_failing_endpoint_is_tried_twelve_times_in_72_hours() {
    let receiver = Receiver::start().await;
    let caller = Caller::start().await;
    endpoint(&caller, &format!("{}/elsewhere", receiver.url)).await;
    caller.submitted("16093826").await;
    caller.sandbox.flush_webhooks().await;
    let start = caller.sandbox.clock().now();
    for _ in 0..80 {
        caller.pass(HOUR);
        caller.sandbox.flush_webhooks().await;
    }
    let deliveries = caller.sandbox.deliveries();
    assert_eq!(deliveries.len(), 12);
    assert!(deliveries.iter().all(|delivery| delivery.status() == Some(307)));
    assert!(deliveries[11].at().duration_since(start).as_hours() <= 78);
}

#[tokio::test]
async fn both_secrets_sign_for_a_day_after_a_rotation() {
    let mut receiver = Receiver::start().await;
    let caller = Caller::of(Sandbox::builder().token_lifetime(Duration::from_secs(30 * 24 * 3600))).await;
    let endpoint = endpoint(&caller, &receiver.hook()).await;
    let id = endpoint["id"].as_str().unwrap();
    let rotated = caller.act(&format!("{ENDPOINTS}/{id}/rotate_secret")).await.json();
    for (milliseconds, secrets) in
        [(0, &[&rotated, &endpoint][..]), (24 * HOUR - 1, &[&rotated, &endpoint]), (1, &[&rotated])]
    {
        caller.pass(milliseconds);
        caller.submitted("16093826").await;
        let (headers, body) = receiver.received.recv().await.unwrap();
        let (seconds, codes) = codes(&headers);
        assert_eq!(seconds, caller.sandbox.clock().now().as_second());
        let expected: Vec<_> =
            secrets.iter().map(|endpoint| sign(&endpoint["secret"], seconds, &body)).collect();
        assert_eq!(codes, expected);
    }
}

#[tokio::test]
async fn a_week_of_nothing_but_failures_disables_the_endpoint() {
    let mut receiver = Receiver::start().await;
    let caller = Caller::of(Sandbox::builder().token_lifetime(Duration::from_secs(30 * 24 * 3600))).await;
    let endpoint = endpoint(&caller, &receiver.hook()).await;
    receiver.answer(503);
    for day in 0..8 {
        assert_eq!(status(&caller, &endpoint).await, "enabled", "day {day}");
        caller.submitted("16093826").await;
        caller.sandbox.flush_webhooks().await;
        caller.pass(24 * HOUR);
    }
    caller.sandbox.flush_webhooks().await;
    assert_eq!(status(&caller, &endpoint).await, "disabled");
    receiver.answer(204);
    receiver.events();
    caller.submitted("16093826").await;
    caller.pass(HOUR);
    caller.sandbox.flush_webhooks().await;
    assert!(receiver.events().is_empty());
}

#[tokio::test]
async fn an_event_is_redelivered_on_demand() {
    let mut receiver = Receiver::start().await;
    let caller = Caller::start().await;
    endpoint(&caller, &receiver.hook()).await;
    caller.submitted("16093826").await;
    caller.sandbox.flush_webhooks().await;
    let first = receiver.events().remove(0);
    caller.pass(5_000);
    let id = first.1["id"].as_str().unwrap();
    assert_eq!(caller.sandbox.redeliver_event(id).unwrap(), 1);
    caller.sandbox.flush_webhooks().await;
    let again = receiver.events().remove(0);
    assert_eq!(again.1, first.1);
    for name in ["credicorp-delivery", "credicorp-signature"] {
        assert_ne!(header(&again.0, name), header(&first.0, name));
    }
    assert!(caller.sandbox.redeliver_event("evt_none").is_err());
}

#[tokio::test]
async fn events_come_twice_on_demand() {
    let mut receiver = Receiver::start().await;
    let caller = Caller::start().await;
    endpoint(&caller, &receiver.hook()).await;
    caller.sandbox.duplicate_webhooks(1);
    caller.submitted("16093826").await;
    caller.submitted("16093826").await;
    caller.sandbox.flush_webhooks().await;
    let events = receiver.events();
    assert_eq!(events.len(), 3);
    assert_eq!(events[0].1, events[1].1);
    assert_ne!(header(&events[0].0, "credicorp-delivery"), header(&events[1].0, "credicorp-delivery"));
}

#[tokio::test]
async fn events_come_in_reverse_on_demand() {
    let mut receiver = Receiver::start().await;
    let caller = Caller::start().await;
    endpoint(&caller, &receiver.hook()).await;
    caller.sandbox.hold_webhooks();
    let (one, two) = (caller.submitted("16093826").await, caller.submitted("16093826").await);
    caller.sandbox.flush_webhooks().await;
    assert!(receiver.events().is_empty());
    caller.sandbox.release_webhooks_in_reverse();
    caller.sandbox.flush_webhooks().await;
    let order: Vec<_> =
        receiver.events().iter().map(|(_, event)| event["data"]["application_id"].clone()).collect();
    assert_eq!(order, [json!(two), json!(one)]);
    caller.sandbox.hold_webhooks();
    let (one, two) = (caller.submitted("16093826").await, caller.submitted("16093826").await);
    caller.sandbox.release_webhooks();
    caller.sandbox.flush_webhooks().await;
    let order: Vec<_> =
        receiver.events().iter().map(|(_, event)| event["data"]["application_id"].clone()).collect();
    assert_eq!(order, [json!(one), json!(two)]);
}

#[tokio::test]
async fn what_is_for_another_machine_is_recorded_as_not_sent() {
    let caller = Caller::start().await;
    let endpoint = endpoint(&caller, "https://credicorp.invalid/hook").await;
    caller.submitted("16093826").await;
    caller.sandbox.flush_webhooks().await;
    caller.pass(HOUR - 1_000);
    caller.sandbox.flush_webhooks().await;
    let deliveries = caller.sandbox.deliveries();
    assert_eq!(deliveries.len(), 1);
    let delivery = &deliveries[0];
    assert!(!delivery.sent() && !delivery.succeeded() && delivery.status().is_none());
    assert_eq!(endpoint["id"], delivery.endpoint_id());
    assert!(delivery.error().unwrap().contains("not sent"));
}

#[tokio::test]
async fn other_machines_are_sent_to_if_the_owner_says_so() {
    let caller = Caller::of(Sandbox::builder().allow_remote_webhooks(true)).await;
    // Not loopback by its name, and nobody answers there: the attempt is made, and fails.
    caller.sandbox.deliver_webhooks_to("https://0.0.0.0:1/hook").unwrap();
    assert!(caller.sandbox.deliver_webhooks_to("http://0.0.0.0:1/hook").is_err());
    caller.submitted("16093826").await;
    caller.sandbox.flush_webhooks().await;
    assert!(caller.sandbox.deliveries().iter().all(|delivery| delivery.sent() && !delivery.succeeded()));
}

#[tokio::test]
async fn an_endpoint_that_does_not_answer_in_time_has_failed() {
    let receiver = Receiver::start().await;
    let caller = Caller::of(Sandbox::builder().webhook_timeout(Duration::from_millis(20))).await;
    endpoint(&caller, &format!("{}/hang", receiver.url)).await;
    caller.submitted("16093826").await;
    caller.sandbox.flush_webhooks().await;
    let delivery = caller.sandbox.deliveries().remove(0);
    assert!(
        delivery.sent() && delivery.status().is_none() && delivery.error().unwrap().contains("timed out")
    );
}
