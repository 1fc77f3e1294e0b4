use serde_json::{Value, json};

use crate::caller::{Caller, START};
use crate::receiver::{Receiver, data};

const CHECKS: &str = "/partner/v1/identity/checks";

async fn create(caller: &Caller, application: Option<&str>) -> Value {
    let subject = json!({ "first_name": "Ada", "last_name": "Lovelace", "date_of_birth": "1985-12-10" });
    let mut body = json!({ "subject": subject, "reference": "ours" });
    if let Some(application) = application {
        body["application_id"] = application.into();
    }
    let reply = caller.post_under(application.unwrap_or("none"), CHECKS, &body).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    reply.json()
}

async fn check(caller: &Caller, check: &Value) -> Value {
    caller.get(&format!("{CHECKS}/{}", check["id"].as_str().unwrap())).await.json()
}

#[tokio::test]
async fn a_check_is_pending_until_the_clock_ends_it() {
    let mut receiver = Receiver::start().await;
    let caller = Caller::start().await;
    caller.sandbox.deliver_webhooks_to(receiver.hook()).unwrap();
    let created = create(&caller, None).await;
    let id = created["id"].as_str().unwrap();
    assert!(id.starts_with("idc_"));
    assert_eq!(created, json!({ "id": id, "status": "pending", "created_at": START, "reference": "ours" }));
    caller.pass(299);
    assert_eq!(check(&caller, &created).await, created);
    caller.pass(1);
    let ended = check(&caller, &created).await;
    assert_eq!(
        (&ended["status"], &ended["completed_at"]),
        (&json!("passed"), &json!("2026-06-29T10:14:02.3Z"))
    );
    assert!(caller.sandbox.fail_identity_check(id, "document_expired").is_err());
    caller.sandbox.flush_webhooks().await;
    let expected = json!({ "identity_check_id": id, "status": "passed" });
    assert_eq!(data(&receiver.events(), "identity.check.completed"), [&expected]);
}

#[tokio::test]
async fn a_check_fails_where_the_table_cannot_verify_and_by_hand() {
    let caller = Caller::start().await;
    let (verified, unverified) = (caller.submitted("16093826").await, caller.submitted("00000405").await);
    let (good, bad) = (create(&caller, Some(&verified)).await, create(&caller, Some(&unverified)).await);
    let by_hand = create(&caller, None).await;
    caller.sandbox.fail_identity_check(by_hand["id"].as_str().unwrap(), "document_expired").unwrap();
    caller.pass(300);
    for (created, status, reasons) in [
        (good, "passed", Value::Null),
        (bad, "failed", json!(["identity_unverified"])),
        (by_hand, "failed", json!(["document_expired"])),
    ] {
        let ended = check(&caller, &created).await;
        assert_eq!((&ended["status"], &ended["reasons"]), (&json!(status), &reasons));
        assert_eq!(ended["application_id"], created["application_id"]);
    }
}

#[tokio::test]
async fn a_check_needs_a_person_and_a_known_application() {
    let caller = Caller::start().await;
    let subject = json!({ "first_name": "Ada", "last_name": "Lovelace", "date_of_birth": "1985-12-10" });
    let unknown = json!({ "subject": subject, "application_id": "app_none" });
    caller.post_under("a", CHECKS, &unknown).await.refused(404, "resource_not_found");
    caller.post_under("b", CHECKS, &json!({ "subject": {} })).await.refused(422, "validation_error");
    caller.post(CHECKS, &json!({ "subject": subject })).await.refused(422, "parameter_missing");
    caller.get(&format!("{CHECKS}/idc_none")).await.refused(404, "resource_not_found");
}
