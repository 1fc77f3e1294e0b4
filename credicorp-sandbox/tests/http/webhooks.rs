use std::collections::BTreeSet;
use std::time::Duration;

use axum::http::HeaderMap;
use credicorp_sandbox::Sandbox;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use tokio::net::TcpListener;

use crate::caller::{Caller, START, start_time};
use crate::receiver::{Receiver, kinds};

#[tokio::test]
async fn every_change_is_delivered_in_order_and_when_it_is_due() {
    let mut endpoint = Receiver::start().await;
    let caller = Caller::of(Sandbox::builder().webhook_url(format!("{}/hook", endpoint.url))).await;
    let id = caller.submitted("16093826").await;
    caller.sandbox.flush_webhooks().await;
    assert_eq!(kinds(&endpoint.events()), ["application.submitted", "application.updated"]);
    caller.pass(299);
    caller.sandbox.flush_webhooks().await;
    assert_eq!(kinds(&endpoint.events()), ["application.updated"]);
    caller.pass(1);
    caller.sandbox.flush_webhooks().await;
    let events = endpoint.events();
    assert_eq!(kinds(&events), ["application.updated", "decision.completed", "offer.created"]);
    let (_, event) = &events[1];
    assert_eq!(
        (&event["livemode"], &event["created"]),
        (&Value::Bool(false), &Value::from("2026-06-29T10:14:02.3Z"))
    );
    assert_eq!(
        (&event["data"]["application_id"], &event["data"]["outcome"]),
        (&Value::from(id), &Value::from("approved"))
    );
    assert_eq!(
        event["data"]["decision_id"],
        caller.decision(event["data"]["application_id"].as_str().unwrap()).await.json()["id"]
    );
}

#[tokio::test]
async fn nobody_need_ask_for_a_decision_to_be_announced() {
    let mut endpoint = Receiver::start().await;
    let caller = Caller::of(Sandbox::builder().webhook_url(format!("{}/hook", endpoint.url))).await;
    caller.submitted("00000403").await;
    caller.pass(300);
    loop {
        let (_, body) = endpoint.received.recv().await.unwrap();
        let event: Value = serde_json::from_slice(&body).unwrap();
        if event["type"] == "decision.completed" {
            assert_eq!(event["data"]["outcome"], "declined");
            break;
        }
    }
}

#[tokio::test]
async fn a_running_clock_needs_no_hand() {
    let mut endpoint = Receiver::start().await;
    let caller = Caller::of(Sandbox::builder().decision_delay(Duration::from_millis(3))).await;
    caller.sandbox.deliver_webhooks_to(format!("{}/hook", endpoint.url)).unwrap();
    caller.sandbox.clock().resume();
    caller.submitted("16093826").await;
    while {
        let (_, body) = endpoint.received.recv().await.unwrap();
        serde_json::from_slice::<Value>(&body).unwrap()["type"] != "offer.created"
    } {}
}

#[tokio::test]
async fn a_delivery_is_signed_over_its_very_bytes() {
    let mut endpoint = Receiver::start().await;
    let caller = Caller::start().await;
    let secret = caller.sandbox.deliver_webhooks_to(format!("{}/hook", endpoint.url)).unwrap();
    assert!(secret == caller.sandbox.webhook_secret() && secret.starts_with("whsec_"));
    caller.submitted("16093826").await;
    let (headers, body) = endpoint.received.recv().await.unwrap();
    let seconds = start_time().as_second().to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(seconds.as_bytes());
    mac.update(b".");
    mac.update(&body);
    let code: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(headers["credicorp-signature"], format!("t={seconds},v1={code}"));
    assert_eq!(headers["content-type"], "application/json");
    assert!(headers["credicorp-delivery"].to_str().unwrap().starts_with("whd_"));
}

#[tokio::test]
async fn each_endpoint_gets_each_event_from_its_registration_on() {
    let (mut early, mut late) = (Receiver::start().await, Receiver::start().await);
    let caller = Caller::start().await;
    caller.sandbox.deliver_webhooks_to(format!("{}/hook", early.url)).unwrap();
    caller.submitted("16093826").await;
    caller.sandbox.deliver_webhooks_to(format!("{}/hook", late.url)).unwrap();
    caller.pass(300);
    caller.sandbox.flush_webhooks().await;
    let (early, late) = (early.events(), late.events());
    assert_eq!((early.len(), late.len()), (6, 4));
    let id = |event: &(HeaderMap, Value)| event.1["id"].as_str().unwrap().to_owned();
    assert_eq!(early[2..].iter().map(id).collect::<Vec<_>>(), late.iter().map(id).collect::<Vec<_>>());
    let deliveries: BTreeSet<_> =
        early.iter().chain(&late).map(|(headers, _)| headers["credicorp-delivery"].as_bytes()).collect();
    assert_eq!(deliveries.len(), 10);
}

#[tokio::test]
async fn what_became_of_a_delivery_is_recorded() {
    let endpoint = Receiver::start().await;
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let caller = Caller::start().await;
    for url in
        [format!("{}/hook", endpoint.url), format!("{}/elsewhere", endpoint.url), format!("http://{gone}/")]
    {
        caller.sandbox.deliver_webhooks_to(url).unwrap();
    }
    caller.submitted("16093826").await;
    caller.sandbox.flush_webhooks().await;
    let deliveries = caller.sandbox.deliveries();
    let outcomes: Vec<_> =
        deliveries[..3].iter().map(|delivery| (delivery.status(), delivery.succeeded())).collect();
    assert_eq!(outcomes, [(Some(204), true), (Some(307), false), (None, false)]);
    assert!(deliveries[2].error().is_some() && deliveries[0].error().is_none());
    assert_eq!(
        (deliveries[0].event_type(), deliveries[0].at().to_string().as_str()),
        ("application.submitted", START)
    );
    assert!(deliveries[0].event_id() == deliveries[1].event_id() && deliveries[0].id() != deliveries[1].id());
    assert_eq!(deliveries.len(), 6);
}

#[tokio::test]
async fn nothing_is_sent_to_another_machine() {
    let error = Sandbox::builder().webhook_url("https://example.com/hook").start().await.unwrap_err();
    assert!(error.to_string().contains("127.0.0.1"), "{error}");
    let sandbox = Sandbox::start().await.unwrap();
    assert!(sandbox.deliver_webhooks_to("http://10.0.0.1/hook").is_err());
}
