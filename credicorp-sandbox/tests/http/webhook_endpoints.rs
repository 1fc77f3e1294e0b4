use http::Method;
use serde_json::{Value, json};

use crate::caller::{Caller, START};
use crate::receiver::{Receiver, kinds};

const ENDPOINTS: &str = "/partner/v1/webhook_endpoints";

fn new_endpoint() -> Value {
    json!({ "url": "https://yourapp.com/hook", "enabled_events": ["*"] })
}

async fn create(caller: &Caller, url: &str, events: &[&str]) -> Value {
    let reply = caller.post(ENDPOINTS, &json!({ "url": url, "enabled_events": events })).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    reply.json()
}

fn path(endpoint: &Value) -> String {
    format!("{ENDPOINTS}/{}", endpoint["id"].as_str().unwrap())
}

#[tokio::test]
async fn the_secret_is_told_where_it_is_new_and_nowhere_else() {
    let caller = Caller::start().await;
    let mut body = new_endpoint();
    body["description"] = "orders".into();
    body["api_version"] = "2026-06-01".into();
    body["metadata"] = json!({ "team": "credit" });
    let reply = caller.post(ENDPOINTS, &body).await;
    let mut endpoint = reply.json();
    for (name, value) in body.as_object().unwrap() {
        assert_eq!(&endpoint[name], value, "{name}");
    }
    assert_eq!((reply.status, &endpoint["status"]), (201, &json!("enabled")));
    assert_eq!(endpoint["created"], START);
    assert!(reply.id().starts_with("whend_"), "{endpoint}");
    let secret = endpoint.as_object_mut().unwrap().remove("secret").unwrap();
    assert!(secret.as_str().unwrap().starts_with("whsec_") && secret != caller.sandbox.webhook_secret());
    assert_eq!(caller.get(&path(&endpoint)).await.json(), endpoint);
    assert_eq!(caller.get(ENDPOINTS).await.json()["data"], json!([endpoint]));
    assert_eq!(caller.patch(&path(&endpoint), &json!({})).await.json(), endpoint);
    let rotated = caller.act(&format!("{}/rotate_secret", path(&endpoint))).await;
    assert_eq!(rotated.status, 200);
    let new = rotated.json()["secret"].clone();
    assert!(new.as_str().unwrap().starts_with("whsec_") && new != secret);
}

#[tokio::test]
async fn a_repeated_creation_tells_the_same_secret_again() {
    let caller = Caller::start().await;
    let create = || {
        let request = caller.request(Method::POST, ENDPOINTS).header("idempotency-key", "k");
        caller.send(request.json(&new_endpoint()))
    };
    assert_eq!(create().await.json(), create().await.json());
    assert_eq!(caller.get(ENDPOINTS).await.json()["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_endpoint_is_changed_where_it_is_said_and_left_elsewhere() {
    let caller = Caller::start().await;
    let mut endpoint = caller.post(ENDPOINTS, &new_endpoint()).await.json();
    endpoint.as_object_mut().unwrap().remove("secret");
    for (name, value) in [
        ("url", json!("https://yourapp.com/other")),
        ("enabled_events", json!(["payment.*", "offer.created"])),
        ("description", json!("payments")),
        ("metadata", json!({ "team": "payments" })),
        ("status", json!("disabled")),
    ] {
        endpoint[name] = value.clone();
        assert_eq!(caller.patch(&path(&endpoint), &json!({ name: value })).await.json(), endpoint);
    }
    assert_eq!(caller.get(&path(&endpoint)).await.json(), endpoint);
}

#[tokio::test]
async fn a_deleted_endpoint_is_gone_and_the_pages_stay_right() {
    let caller = Caller::start().await;
    let mut created = Vec::new();
    for _ in 0..4 {
        created.push(create(&caller, "https://yourapp.com/hook", &["*"]).await);
    }
    let first = caller.get(&format!("{ENDPOINTS}?limit=2")).await.json();
    let gone = path(&created[2]);
    let reply = caller.delete(&gone).await;
    assert_eq!((reply.status, reply.text.as_str()), (204, ""));
    caller.delete(&gone).await.refused(404, "resource_not_found");
    caller.get(&gone).await.refused(404, "resource_not_found");
    caller.patch(&gone, &json!({})).await.refused(404, "resource_not_found");
    caller.act(&format!("{gone}/rotate_secret")).await.refused(404, "resource_not_found");
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = caller.get(&format!("{ENDPOINTS}?limit=2&cursor={cursor}")).await.json();
    assert_eq!(second["data"][0]["id"], created[1]["id"]);
    assert_eq!(second["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn there_are_twenty_endpoints_at_most() {
    let caller = Caller::start().await;
    let mut last = Value::Null;
    for _ in 0..20 {
        last = create(&caller, "https://yourapp.com/hook", &["*"]).await;
    }
    caller.post(ENDPOINTS, &new_endpoint()).await.refused(409, "invalid_state");
    assert!(caller.sandbox.deliver_webhooks_to("http://127.0.0.1:1/").is_err());
    caller.delete(&path(&last)).await;
    assert_eq!(caller.post(ENDPOINTS, &new_endpoint()).await.status, 201);
}

#[tokio::test]
async fn an_address_is_https_or_on_this_machine() {
    let caller = Caller::start().await;
    for url in ["http://yourapp.com/hook", "http://10.0.0.1/", "ftp://127.0.0.1/"] {
        let mut body = new_endpoint();
        body["url"] = url.into();
        let error = caller.post(ENDPOINTS, &body).await.refused(422, "validation_error");
        assert_eq!(error["fields"][0]["field"], "url", "{url}");
    }
    let endpoint = create(&caller, "http://localhost:1/hook", &["*"]).await;
    caller
        .patch(&path(&endpoint), &json!({ "url": "http://yourapp.com/" }))
        .await
        .refused(422, "validation_error");
    let wrong = json!({ "url": "https://yourapp.com/", "enabled_events": ["payment.**"] });
    caller.post(ENDPOINTS, &wrong).await.refused(422, "validation_error");
}

#[tokio::test]
async fn an_endpoint_gets_what_it_asked_for() {
    let (mut all, mut family, mut one) =
        (Receiver::start().await, Receiver::start().await, Receiver::start().await);
    let caller = Caller::start().await;
    create(&caller, &all.hook(), &["*"]).await;
    create(&caller, &family.hook(), &["application.*", "offer.created"]).await;
    let last = create(&caller, &one.hook(), &["decision.completed"]).await;
    caller.submitted("16093826").await;
    caller.pass(300);
    caller.sandbox.flush_webhooks().await;
    let rest = ["application.submitted", "application.updated", "application.updated", "application.updated"];
    let all = all.events();
    assert_eq!(kinds(&all), [&rest[..], &["decision.completed", "offer.created"]].concat());
    assert_eq!(kinds(&family.events()), [&rest[..], &["offer.created"]].concat());
    assert_eq!(one.events()[0].1["id"], all[4].1["id"]);
    caller.patch(&path(&last), &json!({ "enabled_events": ["application.submitted"] })).await;
    caller.submitted("16093826").await;
    caller.pass(300);
    caller.sandbox.flush_webhooks().await;
    assert_eq!(kinds(&one.events()), ["application.submitted"]);
}

#[tokio::test]
async fn a_disabled_or_deleted_endpoint_gets_nothing() {
    let mut receiver = Receiver::start().await;
    let caller = Caller::start().await;
    let endpoint = create(&caller, &receiver.hook(), &["application.submitted"]).await;
    caller.patch(&path(&endpoint), &json!({ "status": "disabled" })).await;
    caller.submitted("16093826").await;
    caller.patch(&path(&endpoint), &json!({ "status": "enabled" })).await;
    caller.sandbox.flush_webhooks().await;
    assert!(receiver.events().is_empty());
    caller.submitted("16093826").await;
    caller.sandbox.flush_webhooks().await;
    assert_eq!(receiver.events().len(), 1);
    caller.delete(&path(&endpoint)).await;
    caller.submitted("16093826").await;
    caller.sandbox.flush_webhooks().await;
    assert!(receiver.events().is_empty());
}

#[tokio::test]
async fn ids_and_secrets_are_the_same_on_every_run() {
    let (one, two) = (Caller::start().await, Caller::start().await);
    for _ in 0..2 {
        let created = create(&one, "https://yourapp.com/hook", &["*"]).await;
        assert_eq!(created, create(&two, "https://yourapp.com/hook", &["*"]).await);
        let rotate = format!("{}/rotate_secret", path(&created));
        assert_eq!(one.act(&rotate).await.json(), two.act(&rotate).await.json());
    }
}
