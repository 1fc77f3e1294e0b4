//! The public API as users write it: each block compiles with these names and does what it says.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::time::Duration;

use credicorp::types::{ApplicationStatus, Business, NewApplication, Outcome, Purpose};
use credicorp::webhooks::{self, EventData, Verifier};
use credicorp::{Client, Credentials, ErrorKind, Pence};
use credicorp_sandbox::{Fault, Sandbox};
use credicorp_tests::client;
use jiff::civil::date;

fn new_application() -> NewApplication {
    NewApplication::new(Business::new("16093826"), Pence::from_pounds(25_000), 12)
        .purpose(Purpose::WorkingCapital)
        .redirect_uri("https://yourapp.com/return")
        .metadata([("order", "88421")])
}

#[test]
fn configure() {
    let cc = Client::new("sk_test_9fK2c").unwrap();
    assert_eq!(cc.api_base(), "https://sandbox.api.credicorp.co.uk");
    let my_proxy = reqwest_proxy();
    let cc = Client::builder()
        .secret_key("sk_test_9fK2c")
        .scopes(["applications:write", "decisions:read"])
        .api_base("http://127.0.0.1:4010")
        .max_retries(3)
        .timeout(Duration::from_secs(30))
        .connect_timeout(Duration::from_secs(5))
        .deadline(Duration::from_secs(60))
        .app_info("acme-checkout", "2.1.0", Some("https://acme.example"))
        .configure_http(|http| http.proxy(my_proxy))
        .build()
        .unwrap();
    let other_merchant = cc.with_credentials(Credentials::client("cid_sbx_b", "csk_sbx_b")).unwrap();
    assert_eq!(other_merchant.api_base(), cc.api_base());
}

fn reqwest_proxy() -> reqwest::Proxy {
    reqwest::Proxy::all("http://127.0.0.1:9").unwrap()
}

/// A proxy that is configured is not used for a loopback base, where a bearer token would pass through it.
#[tokio::test]
async fn a_proxy_is_passed_by_on_loopback() {
    let sandbox = Sandbox::start().await.unwrap();
    let builder = Client::builder().secret_key(sandbox.secret_key()).api_base(sandbox.url());
    let cc = builder.configure_http(|http| http.proxy(reqwest_proxy())).max_retries(0).build().unwrap();
    cc.applications().list().await.unwrap();
}

#[tokio::test]
async fn create_read_decide() {
    let sandbox = Sandbox::start().await.unwrap();
    let cc = client(&sandbox);
    let application =
        cc.applications().create(new_application()).idempotency_key("order_88421").await.unwrap();
    let line = format!("{} {} {}", application.id, application.amount_pence, application.status);
    assert_eq!(line, format!("{} £25,000.00 created", application.id.as_str()));
    let application = cc.applications().get(&application.id).await.unwrap();
    let application = cc.applications().submit(application.id.as_str()).await.unwrap();
    sandbox.clock().advance(Duration::from_secs(1));
    let decision = cc.applications().decision(&application.id).await.unwrap();
    let waited = cc.applications().decision(&application.id).wait(Duration::from_secs(30)).await.unwrap();
    assert_eq!(decision, waited);
    match decision.outcome {
        Outcome::Approved => {}
        Outcome::Referred | Outcome::Declined => panic!("{:?}", decision.reasons),
        other => panic!("new outcome: {other}"),
    }
}

#[tokio::test]
async fn lists() {
    let sandbox = Sandbox::start().await.unwrap();
    let cc = client(&sandbox);
    for _ in 0..3 {
        cc.applications().create(new_application()).await.unwrap();
    }
    let mut funded = cc
        .applications()
        .list()
        .status(ApplicationStatus::Funded)
        .created_after(date(2026, 6, 1))
        .limit(50)
        .stream();
    assert!(funded.next().await.is_none());
    assert_eq!(funded.cursor(), None);

    let page = cc.applications().list().limit(2).await.unwrap();
    assert_eq!((page.data.len(), page.has_more), (2, true));
    let page = cc.applications().list().limit(2).cursor(page.next_cursor.unwrap()).await.unwrap();
    assert_eq!((page.data.len(), page.has_more), (1, false));

    let mut pages = cc.applications().list().limit(1).pages();
    let mut items = cc.applications().list().limit(1).prefetch().stream();
    for _ in 0..3 {
        let page = pages.next().await.unwrap().unwrap();
        assert_eq!(page.data[0], items.next().await.unwrap().unwrap());
    }
    assert!(pages.next().await.is_none() && items.next().await.is_none());
}

#[tokio::test]
async fn per_call_and_what_came_back() {
    let sandbox = Sandbox::start().await.unwrap();
    let cc = client(&sandbox);
    let id = cc.applications().create(new_application()).await.unwrap().id;
    let call = cc.applications().get(&id).timeout(Duration::from_secs(5)).deadline(Duration::from_secs(9));
    let response = call.max_retries(0).header("x-trace", "1").with_response().await.unwrap();
    assert_eq!((response.status().as_u16(), response.attempts(), response.idempotency_key()), (200, 1, None));
    assert!(response.request_id().unwrap().starts_with("req_"));
    assert!(!response.replayed());
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.id, id);
    assert_eq!(response.into_inner().id, id);
    let seen = sandbox.requests_to("get_application");
    assert_eq!(seen[0].headers["x-trace"], "1");
}

#[tokio::test]
async fn escape_hatches() {
    let sandbox = Sandbox::start().await.unwrap();
    let cc = client(&sandbox);
    let body = serde_json::json!({
        "business": {"company_number": "16093826"},
        "amount_pence": 2_500_000,
        "term_months": 12,
        "redirect_uri": "https://yourapp.com/return",
    });
    let call = cc.request(http::Method::POST, "/partner/v1/applications").json(&body);
    let value: serde_json::Value = call.idempotency_key("order_88421").await.unwrap();
    assert_eq!(value["status"], "created");
    let listed = cc.request(http::Method::GET, "/partner/v1/applications").query([("limit", "1")]);
    let listed: serde_json::Value = listed.await.unwrap();
    assert_eq!(listed["data"][0]["id"], value["id"]);
    let error = cc.request::<()>(http::Method::GET, "/partner/v1/brand_new").await.unwrap_err();
    assert_eq!(error.code(), Some("route_not_found"));

    let token = cc.access_token().await.unwrap();
    assert!(!format!("{token:?}").contains(token.expose()));
    let response = cc.applications().list().with_response().await.unwrap();
    let raw: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
    assert_eq!(raw["data"][0]["id"], value["id"]);
    assert!(response.headers().contains_key("ratelimit-limit"));
    let (id, secret) = sandbox.client_credentials();
    let other = cc.with_credentials(Credentials::client(id, secret)).unwrap();
    assert_eq!(other.applications().list().await.unwrap().data.len(), 1);
    assert_eq!(sandbox.requests_to("create_token").len(), 2, "a token of its own");
}

#[tokio::test]
async fn blocking_code() {
    let sandbox = Sandbox::start().await.unwrap();
    let (key, base) = (sandbox.secret_key().to_owned(), sandbox.url().to_owned());
    let script = move || -> Result<Vec<String>, credicorp::Error> {
        let cc = credicorp::blocking::Client::builder().secret_key(key).api_base(base).build()?;
        let application =
            cc.applications().create(new_application()).idempotency_key("order_88421").send()?;
        let mut ids = vec![application.id.to_string()];
        for application in cc.applications().list().limit(50).iter() {
            ids.push(application?.id.to_string());
        }
        Ok(ids)
    };
    let ids = tokio::task::spawn_blocking(script).await.unwrap().unwrap();
    assert!(ids.len() == 2 && ids[0] == ids[1], "{ids:?}");
}

#[tokio::test]
async fn errors() {
    let sandbox = Sandbox::start().await.unwrap();
    let cc = client(&sandbox);
    sandbox.inject(Fault::status(503));
    let error = cc.applications().create(new_application()).max_retries(0).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Api);
    assert!(error.to_string().starts_with("503 service_unavailable: "), "{error}");
    assert!(error.to_string().ends_with(", 1 attempt)"), "{error}");
    assert!(error.may_have_been_sent() && error.is_retryable());
    assert!(error.rate_limit().is_some() && error.retry_after().is_none() && error.webhook().is_none());
    let key = error.idempotency_key().unwrap().to_owned();
    let created = cc.applications().create(new_application()).idempotency_key(&key).await.unwrap();
    assert_eq!(cc.applications().list().await.unwrap().data, [created]);
}

#[test]
fn webhook_events() {
    let body =
        br#"{"id":"evt_1","type":"decision.completed","created":"2026-06-29T10:14:02Z","livemode":false,
        "api_version":"2026-06-01","data":{"application_id":"app_1","outcome":"approved"}}"#;
    let header = webhooks::testing::sign(body, "whsec_4Td1", "2026-06-29T10:14:02Z".parse().unwrap());
    let verifier = Verifier::new(["whsec_new", "whsec_4Td1"]).unwrap().tolerance(Duration::from_secs(300));
    let event = verifier.construct_event_at(body, &header, "2026-06-29T10:16:02Z".parse().unwrap()).unwrap();
    match &event.data {
        EventData::DecisionCompleted(decision) => {
            assert_eq!(format!("{} {}", decision.application_id, decision.outcome), "app_1 approved");
        }
        EventData::Unknown(json) => panic!("{} {json}", event.kind),
        _ => panic!("{}", event.kind),
    }
    let delivery = webhooks::testing::event("payment.settled", "whsec_4Td1").unwrap();
    let cc = Client::new("sk_test_9fK2c").unwrap();
    let event =
        cc.webhooks().construct_event(&delivery.body, &delivery.signature_header, "whsec_4Td1").unwrap();
    let EventData::PaymentSettled(payment) = &event.data else { panic!("{}", event.kind) };
    assert_eq!(payment.payment_id, "pay_2Mf6j9Ra");
    let stale = webhooks::construct_event(body, &header, "whsec_4Td1").unwrap_err();
    assert_eq!(stale.kind(), ErrorKind::Webhook);
}
