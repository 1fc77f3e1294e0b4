use http::Method;
use serde_json::{Value, json};

use crate::caller::{APPLICATIONS, Caller, START};
use crate::receiver::Receiver;

#[tokio::test]
async fn it_tells_what_it_is_and_what_it_can_do() {
    let caller = Caller::start().await;
    let about = caller.knock(caller.open(Method::GET, "/_sandbox")).await.json();
    assert_eq!((&about["now"], &about["clock"]), (&json!(START), &json!("frozen")));
    assert_eq!(about["url"], caller.sandbox.url());
    let commands = about["commands"].as_array().unwrap();
    assert!(commands.iter().any(|command| command["command"] == "payments/release"), "{about}");
}

#[tokio::test]
async fn the_clock_is_moved_stopped_and_set() {
    let caller = Caller::start().await;
    let moved = caller.control("clock/advance", &json!({ "seconds": 1.5 })).await;
    assert_eq!((moved.status, moved.json()), (200, json!({ "now": "2026-06-29T10:14:03.5Z" })));
    let set = caller.control("clock/set", &json!({ "at": "2030-01-01T00:00:00Z" })).await;
    assert_eq!(set.json()["now"], "2030-01-01T00:00:00Z");
    assert_eq!(caller.control("clock/resume", &json!({})).await.status, 200);
    assert_eq!(caller.control("clock/freeze", &json!({})).await.status, 200);
    let about = caller.knock(caller.open(Method::GET, "/_sandbox")).await.json();
    assert_eq!(about["clock"], "frozen");
}

#[tokio::test]
async fn a_fault_is_injected_listed_and_forgotten() {
    let caller = Caller::start().await;
    let fault = json!({ "status": 503, "retry_after": 7, "times": 2, "on": "list_applications" });
    assert_eq!(caller.control("faults/inject", &fault).await.status, 200);
    let failed = caller.get(APPLICATIONS).await;
    assert_eq!((failed.status, failed.header("retry-after")), (503, Some("7")));
    let about = caller.knock(caller.open(Method::GET, "/_sandbox")).await.json();
    let written = "status=503,on=list_applications,times=2";
    assert_eq!(about["pending_faults"], json!([written]));
    assert_eq!(about["faults_hit"], json!([{ "fault": written, "requests": 1 }]));
    assert_eq!(about["spec_violations"], json!([]));
    assert_eq!(caller.control("faults/clear", &json!({})).await.status, 200);
    assert_eq!(caller.get(APPLICATIONS).await.status, 200);

    let wrong = caller.control("faults/inject", &json!({ "status": 503, "on": "list_aplications" })).await;
    let error = wrong.refused(422, "validation_error");
    let said = error["message"].as_str().unwrap();
    assert!(said.contains("list_applications") && said.contains("retry_after"), "{said}");
}

#[tokio::test]
async fn a_loan_is_paid_out_and_paid_back_by_commands() {
    let caller = Caller::for_years().await;
    let (application, draw) = caller.drawn().await;
    assert_eq!(caller.control("payments/release", &json!({ "payment_id": draw })).await.status, 200);
    caller.control("payments/release", &json!({ "payment_id": draw })).await.refused(409, "invalid_state");
    assert_eq!(caller.control("payments/settle", &json!({ "payment_id": draw })).await.status, 200);
    assert_eq!(caller.status_of(&application).await, "funded");
    caller
        .control("payments/return", &json!({ "payment_id": "pay_none" }))
        .await
        .refused(404, "resource_not_found");
    let body = json!({ "payment_id": draw, "code": "bad_luck" });
    caller.control("payments/fail", &body).await.refused(422, "validation_error");
}

#[tokio::test]
async fn tokens_end_on_demand() {
    let mut caller = Caller::start().await;
    assert_eq!(caller.control("tokens/expire", &json!({})).await.status, 200);
    caller.get(APPLICATIONS).await.refused(401, "token_expired");
    caller.mint().await;
    assert_eq!(caller.control("tokens/revoke", &json!({})).await.status, 200);
    caller.get(APPLICATIONS).await.refused(401, "token_revoked");
}

#[tokio::test]
async fn an_event_is_triggered_delivered_and_delivered_again() {
    let caller = Caller::start().await;
    let mut receiver = Receiver::start().await;
    let answer = caller.control("webhooks/deliver_to", &json!({ "url": receiver.hook() })).await.json();
    assert_eq!(answer["secret"], caller.sandbox.webhook_secret());

    let triggered = caller.control("trigger", &json!({ "event": "application.funded" })).await.json();
    let events = triggered["events"].as_array().unwrap();
    let funded = events.iter().find(|event| event["type"] == "application.funded").unwrap();
    assert_eq!(caller.control("webhooks/flush", &json!({})).await.status, 200);
    let delivered = caller.knock(caller.open(Method::GET, "/_sandbox/deliveries")).await.json();
    assert_eq!(delivered["data"].as_array().unwrap().len(), events.len());
    assert_eq!(receiver.events().len(), events.len());

    let again = caller.control("webhooks/redeliver", &json!({ "event_id": funded["id"] })).await.json();
    assert_eq!(again, json!({ "endpoints": 1 }));
    assert_eq!(caller.control("webhooks/flush", &json!({})).await.status, 200);
    assert_eq!(receiver.events()[0].1["id"], funded["id"]);
    let last = caller.knock(caller.open(Method::GET, "/_sandbox/deliveries?limit=1")).await.json();
    assert_eq!((&last["data"][0]["event_id"], &last["data"][0]["status"]), (&funded["id"], &json!(204)));
}

#[tokio::test]
async fn what_was_received_is_told_without_credentials() {
    let caller = Caller::start().await;
    caller.create_under("key_1", &crate::caller::new_application()).await;
    let list = |query: &str| caller.open(Method::GET, &format!("/_sandbox/requests{query}"));
    let all = caller.knock(list("")).await;
    let secrets = [caller.sandbox.secret_key(), "Bearer", "client_credentials"];
    assert!(!secrets.iter().any(|secret| all.text.contains(secret)), "{}", all.text);
    let created = caller.knock(list("?operation=create_application")).await.json();
    let request = &created["data"][0];
    assert_eq!((created["data"].as_array().unwrap().len(), &request["status"]), (1, &json!(201)));
    assert_eq!(request["headers"]["idempotency-key"], "key_1");
    let body: Value = serde_json::from_str(request["body"].as_str().unwrap()).unwrap();
    assert_eq!(body, crate::caller::new_application());
    caller.knock(list("?colour=red")).await.refused(422, "validation_error");
    assert_eq!(caller.control("requests/clear", &json!({})).await.status, 200);
    assert_eq!(caller.knock(list("")).await.json(), json!({ "data": [] }));
}

#[tokio::test]
async fn a_page_of_somebody_else_cannot_drive_it() {
    let caller = Caller::start().await;
    let advance = || caller.open(Method::POST, "/_sandbox/clock/advance").body(r#"{"seconds":60}"#);
    let json = || advance().header("content-type", "application/json");
    caller.knock(json().header("origin", "https://evil.example")).await.refused(403, "foreign_origin");
    caller.knock(json().header("origin", "null")).await.refused(403, "foreign_origin");
    caller.knock(json().header("host", "rebound.example")).await.refused(403, "foreign_host");
    // What a form, which needs nobody's leave, can send.
    for media_type in ["text/plain", "application/x-www-form-urlencoded"] {
        caller
            .knock(advance().header("content-type", media_type))
            .await
            .refused(415, "unsupported_media_type");
    }
    caller.knock(advance()).await.refused(400, "missing_content_type");
    for path in ["/", "/_sandbox", "/_sandbox/requests", "/s/journey_1", "/pay/pay_page_1"] {
        let foreign = caller.open(Method::GET, path).header("host", "rebound.example");
        caller.knock(foreign).await.refused(403, "foreign_host");
    }
    assert_eq!(caller.sandbox.clock().now().to_string(), START);
    let own = json().header("origin", caller.sandbox.url());
    assert_eq!(caller.knock(own).await.status, 200);
}

#[tokio::test]
async fn an_unknown_command_is_named() {
    let caller = Caller::start().await;
    let error = caller.control("clock/stop", &json!({})).await.refused(404, "resource_not_found");
    assert!(error["message"].as_str().unwrap().contains("clock/stop"));
    caller.knock(caller.open(Method::GET, "/_sandbox/secrets")).await.refused(404, "resource_not_found");
    let broken =
        caller.open(Method::POST, "/_sandbox/clock/freeze").header("content-type", "application/json");
    caller.knock(broken.body("{")).await.refused(400, "invalid_json");
}
