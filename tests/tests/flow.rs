//! The whole flow of the quickstart, against the sandbox.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::time::Duration;

use credicorp::types::{ApplicationStatus, Business, NewApplication, Outcome, Purpose};
use credicorp::webhooks::{EventData, Verifier, WebhookFailure};
use credicorp::{Client, Credentials, ErrorKind, Pence};
use credicorp_sandbox::{Fault, Sandbox};
use credicorp_tests::{Receiver, client};

fn new_application() -> NewApplication {
    NewApplication::new(Business::new("16093826"), Pence::from_pounds(25_000), 12)
        .purpose(Purpose::WorkingCapital)
        .redirect_uri("https://yourapp.com/return")
        .metadata([("order", "88421")])
}

/// A sandbox whose clock only the test moves.
async fn sandbox() -> Sandbox {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.clock().set("2026-06-29T10:14:02Z".parse().unwrap());
    sandbox
}

#[tokio::test]
async fn the_main_job_from_end_to_end() {
    let mut receiver = Receiver::start().await;
    let sandbox = sandbox().await;
    let secret = sandbox.deliver_webhooks_to(&receiver.url).unwrap();
    let cc = client(&sandbox);

    let created = cc
        .applications()
        .create(new_application())
        .idempotency_key("order_88421")
        .with_response()
        .await
        .unwrap();
    assert_eq!((created.status().as_u16(), created.attempts(), created.replayed()), (201, 1, false));
    assert_eq!(created.idempotency_key(), Some("order_88421"));
    assert!(created.request_id().unwrap().starts_with("req_"));
    assert!(created.rate_limit().is_some());
    assert_eq!(
        (created.amount_pence, &created.status),
        (Pence::from_pounds(25_000), &ApplicationStatus::Created)
    );
    assert!(created.handoff_url.as_ref().unwrap().starts_with("http"));

    let again = cc
        .applications()
        .create(new_application())
        .idempotency_key("order_88421")
        .with_response()
        .await
        .unwrap();
    assert!(again.replayed());
    assert_eq!(again.id, created.id);
    let reused =
        cc.applications().create(new_application().reference("other")).idempotency_key("order_88421").await;
    assert_eq!(reused.unwrap_err().code(), Some("idempotency_key_reused"));

    let error = cc.applications().decision(&created.id).await.unwrap_err();
    assert_eq!((error.code(), error.status().unwrap().as_u16()), (Some("decision_not_ready"), 409));
    let submitted = cc.applications().submit(&created.id).await.unwrap();
    assert_eq!(submitted.status, ApplicationStatus::Submitted);
    sandbox.clock().advance(Duration::from_secs(1));
    let decision = cc.applications().decision(&created.id).wait(Duration::from_secs(30)).await.unwrap();
    assert_eq!((&decision.outcome, decision.offers.len()), (&Outcome::Approved, 1));
    assert_eq!(cc.applications().get(&created.id).await.unwrap().status, ApplicationStatus::Approved);

    let verifier = Verifier::new([&secret]).unwrap();
    let (event, header, body) = loop {
        let (header, body) = receiver.next().await;
        let event = verifier.construct_event_at(&body, &header, sandbox.clock().now()).unwrap();
        if let EventData::DecisionCompleted(decision) = event.data {
            break (decision, header, body);
        }
    };
    assert_eq!((event.application_id, event.outcome), (created.id.clone(), Outcome::Approved));
    let now = sandbox.clock().now();
    let forged = verifier.construct_event_at(&body[1..], &header, now).unwrap_err();
    assert_eq!(forged.webhook(), Some(&WebhookFailure::NoMatch));
    let replayed = verifier.construct_event_at(&body, &header, now + Duration::from_secs(301)).unwrap_err();
    assert!(matches!(replayed.webhook(), Some(WebhookFailure::OutsideTolerance { skew_seconds: 301.., .. })));

    assert_eq!(sandbox.requests_to("create_token").len(), 1);
    assert_eq!(sandbox.spec_violations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_validation_failure_names_every_field() {
    let sandbox = sandbox().await;
    let wrong = NewApplication::new(Business::new("123"), Pence::from_pounds(1), 600)
        .redirect_uri("https://yourapp.com/return");
    let error = client(&sandbox).applications().create(wrong).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Api, Some("validation_error")));
    let fields: Vec<&str> = error.fields().iter().map(|field| field.field.as_str()).collect();
    assert_eq!(fields, ["amount_pence", "business.company_number", "term_months"]);
    assert!(error.fields().iter().all(|field| field.message.is_some()));
    assert!(error.to_string().starts_with("422 validation_error: "), "{error}");
}

#[tokio::test]
async fn applications_are_walked_page_by_page_while_new_ones_come() {
    let sandbox = sandbox().await;
    let cc = client(&sandbox);
    let mut ids = Vec::new();
    for _ in 0..7 {
        sandbox.clock().advance(Duration::from_secs(1));
        ids.push(cc.applications().create(new_application()).await.unwrap().id);
    }
    ids.reverse();
    let mut items = cc.applications().list().limit(3).prefetch().stream();
    let mut walked = Vec::new();
    while let Some(application) = items.next().await {
        walked.push(application.unwrap().id);
        cc.applications().create(new_application()).await.unwrap();
    }
    assert_eq!(walked, ids, "newest first, each once, whatever came meanwhile");
    let error = cc.applications().list().cursor("bm90IG91cnM").await.unwrap_err();
    assert_eq!(error.code(), Some("invalid_cursor"));
    let page = cc.applications().list().status(ApplicationStatus::Funded).await.unwrap();
    assert!(page.data.is_empty() && !page.has_more && page.next_cursor.is_none());
    let later = cc.applications().list().created_after(jiff::civil::date(2026, 6, 30)).await.unwrap();
    assert!(later.data.is_empty());
}

#[tokio::test]
async fn outcomes_follow_the_test_company() {
    let sandbox = sandbox().await;
    let cc = client(&sandbox);
    for (company, first, last) in [
        ("00000401", Outcome::Approved, Outcome::Approved),
        ("00000402", Outcome::Referred, Outcome::Approved),
        ("00000403", Outcome::Declined, Outcome::Declined),
        ("00000407", Outcome::Declined, Outcome::Declined),
    ] {
        let new = NewApplication::new(Business::new(company), Pence::from_pounds(10_000), 12)
            .redirect_uri("https://yourapp.com/");
        let id = cc.applications().create(new).await.unwrap().id;
        cc.applications().submit(&id).await.unwrap();
        sandbox.clock().advance(Duration::from_millis(300));
        assert_eq!(cc.applications().decision(&id).await.unwrap().outcome, first, "{company}");
        sandbox.clock().advance(Duration::from_secs(2));
        let decision = cc.applications().decision(&id).await.unwrap();
        assert_eq!(decision.outcome, last, "{company}");
        assert_eq!(decision.reasons.is_empty(), last == Outcome::Approved, "{company}");
        if company == "00000402" {
            assert_eq!(decision.amount_pence, Some(Pence::from_pounds(5_000)), "half of what was asked for");
        }
    }
    let real = NewApplication::new(Business::new("00445790"), Pence::from_pounds(10_000), 12)
        .redirect_uri("https://yourapp.com/");
    let error = cc.applications().create(real).await.unwrap_err();
    assert_eq!(error.fields()[0].field, "business.company_number");
}

#[tokio::test]
async fn a_token_that_expires_or_is_revoked_is_replaced_without_a_word() {
    let sandbox = sandbox().await;
    let cc = client(&sandbox);
    cc.applications().list().await.unwrap();
    sandbox.clock().advance(Duration::from_secs(3_601));
    assert_eq!(cc.applications().list().with_response().await.unwrap().attempts(), 2);
    sandbox.revoke_tokens();
    assert_eq!(cc.applications().list().max_retries(0).with_response().await.unwrap().attempts(), 2);
    assert_eq!(sandbox.requests_to("create_token").len(), 3);
}

#[tokio::test]
async fn credentials_scopes_and_withdrawal_are_the_sandboxs_to_judge() {
    let sandbox = sandbox().await;
    let (id, secret) = sandbox.client_credentials();
    let pair = Client::builder().client_credentials(id, secret).api_base(sandbox.url());
    let reader = pair.scopes(["applications:read"]).build().unwrap();
    reader.applications().list().await.unwrap();
    let error = reader.applications().create(new_application()).await.unwrap_err();
    assert_eq!((error.code(), error.attempts()), (Some("insufficient_scope"), 1));
    let unknown =
        client(&sandbox).with_credentials(Credentials::client("cid_sbx_none", "csk_sbx_none")).unwrap();
    let error = unknown.applications().list().await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Auth, Some("invalid_client")));
    let live = client(&sandbox).with_credentials(Credentials::secret_key("sk_live_never")).unwrap();
    let error = live.applications().list().await.unwrap_err();
    assert!(error.to_string().contains("live"), "{error}");

    let cc = client(&sandbox);
    let id = cc.applications().create(new_application()).await.unwrap().id;
    assert_eq!(cc.applications().withdraw(&id).await.unwrap().status, ApplicationStatus::Withdrawn);
    assert_eq!(cc.applications().submit(&id).await.unwrap_err().code(), Some("invalid_state"));
    let missing = cc.applications().get("app_nothere").await.unwrap_err();
    assert_eq!((missing.code(), missing.status().unwrap().as_u16()), (Some("resource_not_found"), 404));
}

#[tokio::test]
async fn a_fault_that_is_not_repeated_keeps_its_status() {
    let sandbox = sandbox().await;
    let cc = client(&sandbox);
    sandbox.inject(Fault::status(502).html("<html>bad gateway</html>"));
    let error = cc.applications().list().max_retries(0).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 502);
    assert!(error.request_id().is_some() && error.body().unwrap().starts_with(b"<html>"));
    cc.applications().list().await.unwrap();
}
