use std::time::Duration;

use credicorp_sandbox::Fault;
use http::Method;
use serde_json::{Value, json};

use crate::caller::{APPLICATIONS, Caller, new_application};

async fn count(caller: &Caller) -> usize {
    caller.get(&format!("{APPLICATIONS}?limit=100")).await.json()["data"].as_array().unwrap().len()
}

#[tokio::test]
async fn the_same_request_is_executed_once() {
    let caller = Caller::start().await;
    let first = caller.create_under("order_1", &new_application()).await;
    let again = caller.create_under("order_1", &new_application()).await;
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!(first.text, again.text);
    assert_eq!(
        (first.header("idempotency-replayed"), again.header("idempotency-replayed")),
        (None, Some("true"))
    );
    assert_ne!(first.header("credicorp-request-id"), again.header("credicorp-request-id"));
    assert_eq!(count(&caller).await, 1);
    caller.create_under("order_2", &new_application()).await;
    caller.create().await;
    caller.create().await;
    assert_eq!(count(&caller).await, 4);
}

#[tokio::test]
async fn another_body_under_the_key_is_refused() {
    let caller = Caller::start().await;
    caller.create_under("order_1", &new_application()).await;
    let mut other = new_application();
    other["amount_pence"] = json!(300_000);
    caller.create_under("order_1", &other).await.refused(409, "idempotency_key_reused");
    assert_eq!(caller.create_under("order_1", &new_application()).await.status, 201);
}

#[tokio::test]
async fn a_key_counts_for_one_endpoint_and_one_resource() {
    let caller = Caller::start().await;
    let under =
        |path: String| caller.send(caller.request(Method::POST, &path).header("idempotency-key", "k"));
    let (one, other) = (caller.create().await.id(), caller.create().await.id());
    assert_eq!(under(format!("{APPLICATIONS}/{one}/submit")).await.status, 200);
    under(format!("{APPLICATIONS}/{other}/submit")).await.refused(409, "idempotency_key_reused");
    assert_eq!(under(format!("{APPLICATIONS}/{other}/withdraw")).await.status, 200);
    let again = under(format!("{APPLICATIONS}/{one}/submit")).await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (200, Some("true")));
}

#[tokio::test]
async fn a_refusal_is_kept_and_a_failure_is_not() {
    let mut caller = Caller::start().await;
    caller.create_under("bad", &json!({})).await.refused(422, "validation_error");
    let again = caller.create_under("bad", &json!({})).await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (422, Some("true")));
    caller.create_under("bad", &new_application()).await.refused(409, "idempotency_key_reused");

    caller.sandbox.inject(Fault::status(503));
    caller.create_under("failed", &new_application()).await.refused(503, "service_unavailable");
    let after = caller.create_under("failed", &new_application()).await;
    assert_eq!((after.status, after.header("idempotency-replayed")), (201, None));

    caller.sandbox.revoke_tokens();
    caller.create_under("unauthorized", &new_application()).await.refused(401, "token_revoked");
    caller.mint().await;
    assert_eq!(caller.create_under("unauthorized", &new_application()).await.status, 201);
}

#[tokio::test]
async fn a_key_is_kept_for_24_hours() {
    let mut caller = Caller::start().await;
    let first = caller.create_under("order_1", &new_application()).await.id();
    caller.pass(24 * 3_600_000 - 1);
    caller.mint().await;
    assert_eq!(caller.create_under("order_1", &new_application()).await.id(), first);
    caller.pass(1);
    assert_ne!(caller.create_under("order_1", &new_application()).await.id(), first);
}

#[tokio::test]
async fn the_syntax_of_a_key_is_checked() {
    let caller = Caller::start().await;
    let long = "k".repeat(255);
    assert_eq!(caller.create_under(&long, &new_application()).await.status, 201);
    for key in ["", "two words", "ключ", &format!("{long}k")] {
        let request = caller.request(Method::POST, APPLICATIONS).header("idempotency-key", key.as_bytes());
        let error = caller.send(request.json(&new_application())).await.refused(422, "validation_error");
        assert_eq!(error["fields"][0]["field"], "Idempotency-Key", "{key}");
    }
}

#[tokio::test]
async fn a_payment_needs_a_key() {
    let caller = Caller::start().await;
    for path in ["payments/links", "payments/disbursements", "payments/collections", "identity/checks"] {
        let error =
            caller.post(&format!("/partner/v1/{path}"), &json!({})).await.refused(422, "parameter_missing");
        assert_eq!(
            (&error["param"], &error["fields"][0]["field"]),
            (&json!("Idempotency-Key"), &json!("Idempotency-Key"))
        );
    }
}

#[tokio::test]
async fn while_the_first_call_runs_its_key_is_in_progress() {
    let caller = Caller::start().await;
    caller.sandbox.inject(Fault::delay(Duration::from_secs(10)).on("create_application"));
    let body = new_application();
    let first = caller.create_under("order_1", &body);
    let meanwhile = async {
        while caller.sandbox.requests_to("create_application").is_empty() {
            tokio::task::yield_now().await;
        }
        caller.create_under("order_1", &body).await.refused(409, "idempotency_key_in_progress");
        let mut other = body.clone();
        other["term_months"] = json!(24);
        caller.create_under("order_1", &other).await.refused(409, "idempotency_key_reused");
        caller.pass(10_000);
    };
    let (first, ()) = tokio::join!(first, meanwhile);
    assert_eq!(first.status, 201);
    assert_eq!(caller.create_under("order_1", &body).await.id(), first.id());
}

#[tokio::test]
async fn a_call_goes_on_when_its_caller_goes_away() {
    let caller = Caller::start().await;
    caller.sandbox.inject(Fault::delay(Duration::from_secs(10)));
    let body = new_application();
    tokio::select! {
        _ = caller.create_under("order_1", &body) => panic!("the clock stands"),
        () = async {
            while caller.sandbox.requests_to("create_application").is_empty() {
                tokio::task::yield_now().await;
            }
        } => {}
    }
    caller.pass(10_000);
    let again = loop {
        let reply = caller.create_under("order_1", &body).await;
        if reply.status == 201 {
            break reply;
        }
        reply.refused(409, "idempotency_key_in_progress");
    };
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(count(&caller).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_under_one_key_are_one_application() {
    let caller = std::sync::Arc::new(Caller::start().await);
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..32 {
        let caller = std::sync::Arc::clone(&caller);
        calls.spawn(async move {
            let reply = caller.create_under("order_1", &new_application()).await;
            (reply.status, reply.json()["id"].clone())
        });
    }
    let replies: Vec<(u16, Value)> = calls.join_all().await;
    let created: Vec<_> = replies.iter().filter(|(status, _)| *status == 201).collect();
    assert!(!created.is_empty() && created.iter().all(|(_, id)| *id == created[0].1), "{replies:?}");
    assert!(replies.iter().all(|(status, _)| [201, 409].contains(status)), "{replies:?}");
    assert_eq!(count(&caller).await, 1);
}
