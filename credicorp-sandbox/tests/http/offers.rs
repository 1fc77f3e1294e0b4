use serde_json::json;

use crate::caller::{APPLICATIONS, Caller, START};
use crate::receiver::{Receiver, data};

#[tokio::test]
async fn an_offer_is_accepted_once() {
    let mut receiver = Receiver::start().await;
    let caller = Caller::start().await;
    caller.sandbox.deliver_webhooks_to(receiver.hook()).unwrap();
    let (application, id) = caller.approved().await;
    let path = format!("/partner/v1/offers/{id}/accept");
    caller.pass(1_000);
    let offer = caller.act(&path).await.json();
    assert_eq!((&offer["id"], &offer["status"]), (&json!(id), &json!("accepted")));
    assert_eq!(offer["accepted_at"], "2026-06-29T10:14:03.3Z");
    assert_eq!(caller.decision(&application).await.json()["offers"], json!([offer]));
    caller.act(&path).await.refused(409, "invalid_state");
    caller.sandbox.flush_webhooks().await;
    let expected =
        json!({ "offer_id": id, "decision_id": offer["decision_id"], "application_id": application });
    assert_eq!(data(&receiver.events(), "offer.accepted"), [&expected]);
}

#[tokio::test]
async fn an_accepted_offer_does_not_expire() {
    let caller = Caller::for_years().await;
    let ((accepted, offer), (waiting, late)) = (caller.approved().await, caller.approved().await);
    caller.act(&format!("/partner/v1/offers/{offer}/accept")).await;
    caller.pass(14 * 24 * 3_600_000);
    for (application, status) in [(accepted, "accepted"), (waiting, "expired")] {
        assert_eq!(caller.decision(&application).await.json()["offers"][0]["status"], status);
    }
    caller.act(&format!("/partner/v1/offers/{late}/accept")).await.refused(409, "invalid_state");
}

#[tokio::test]
async fn the_offer_of_a_withdrawn_application_is_not_accepted() {
    let caller = Caller::start().await;
    let (application, offer) = caller.approved().await;
    caller.act(&format!("{APPLICATIONS}/{application}/withdraw")).await;
    caller.act(&format!("/partner/v1/offers/{offer}/accept")).await.refused(409, "invalid_state");
    caller.act("/partner/v1/offers/off_none/accept").await.refused(404, "resource_not_found");
    assert_eq!(caller.sandbox.clock().now().to_string(), START.replace("02Z", "02.3Z"));
}
