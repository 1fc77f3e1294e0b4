//! What goes over the wire, seen by a server that nobody here wrote.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod capture;
mod idempotency;
mod snapshots;

use credicorp::Client;
use credicorp_tests::calls::first_application;
use httpmock::MockServer;
use serde_json::json;

fn client(server: &MockServer) -> Client {
    let builder = Client::builder().secret_key("sk_test_wire").api_base(server.base_url());
    builder.app_info("acme-checkout", "2.1.0", Some("https://acme.example")).build().unwrap()
}

async fn mint(server: &MockServer) -> httpmock::Mock<'_> {
    server
        .mock_async(|when, then| {
            when.method("POST")
                .path("/oauth/token")
                .header("authorization", "Basic c2tfdGVzdF93aXJlOg==")
                .header("content-type", "application/x-www-form-urlencoded")
                .body("grant_type=client_credentials");
            then.status(200)
                .json_body(json!({"access_token": "wire-token", "token_type": "bearer", "expires_in": 3600}));
        })
        .await
}

#[tokio::test]
async fn create_application_as_the_seed_shows_it() {
    let server = MockServer::start_async().await;
    let token = mint(&server).await;
    let create = server
        .mock_async(|when, then| {
            when.method("POST")
                .path("/partner/v1/applications")
                .header("authorization", "Bearer wire-token")
                .header("idempotency-key", "order_88421")
                .header("content-type", "application/json")
                .header("accept", "application/json")
                .header_matches(
                    "user-agent",
                    r"^acme-checkout/2\.1\.0 \(\+https://acme\.example\) credicorp-rust/\d",
                )
                .json_body(json!({
                    "business": {"company_number": "16093826"},
                    "amount_pence": 2_500_000,
                    "term_months": 12,
                    "purpose": "working_capital",
                    "applicant": {"email": "ada@example.com"},
                    "redirect_uri": "https://yourapp.com/return",
                }));
            then.status(201).json_body(json!({
                "id": "app_8Kd2c9Qm",
                "status": "created",
                "amount_pence": 2_500_000,
                "term_months": 12,
                "handoff_url": "https://apply.credicorp.co.uk/s/3fa7",
                "created_at": "2026-06-29T10:14:02Z",
                "brand_new": {"field": 1},
            }));
        })
        .await;
    let application = client(&server)
        .applications()
        .create(first_application())
        .idempotency_key("order_88421")
        .await
        .unwrap();
    let line = format!("{} {} {}", application.id, application.amount_pence, application.status);
    assert_eq!(line, "app_8Kd2c9Qm £25,000.00 created");
    assert_eq!(application.created_at.to_string(), "2026-06-29T10:14:02Z");
    assert_eq!((token.calls_async().await, create.calls_async().await), (1, 1));
}

#[test]
fn the_operations_of_the_api() {
    let line = |operation: &credicorp_gen::Operation| {
        format!(
            "{} {} {} scope={} key={:?}{}",
            operation.id,
            operation.method,
            operation.path,
            operation.scope.unwrap_or("none"),
            operation.idempotency,
            if operation.answers_secret { " answers a secret" } else { "" }
        )
    };
    let lines: Vec<String> = credicorp_gen::OPERATIONS.iter().map(line).collect();
    insta::assert_snapshot!(lines.join("\n"));
}
