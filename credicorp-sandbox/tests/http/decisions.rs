use serde_json::json;

use crate::caller::{APPLICATIONS, Caller};

#[tokio::test]
async fn a_decision_is_read_by_its_own_id_or_its_applications() {
    let caller = Caller::start().await;
    let application = caller.submitted("16093826").await;
    caller.decision(&application).await.refused(409, "decision_not_ready");
    caller.pass(299);
    caller.decision(&application).await.refused(409, "decision_not_ready");
    caller.pass(1);
    let reply = caller.decision(&application).await;
    let decision = reply.json();
    assert_eq!(caller.decision(&reply.id()).await.json(), decision);
    assert_eq!((&decision["outcome"], &decision["amount_pence"]), (&json!("approved"), &json!(2_500_000)));
    assert_eq!((&decision["application_id"], &decision["term_months"]), (&json!(application), &json!(12)));
    assert_eq!(decision["decided_at"], "2026-06-29T10:14:02.3Z");
    let offer = &decision["offers"][0];
    assert_eq!((&offer["status"], &offer["decision_id"]), (&json!("open"), &decision["id"]));
    assert_eq!(offer["expires_at"], "2026-07-13T10:14:02.3Z");
}

#[tokio::test]
async fn an_unsubmitted_application_has_no_decision() {
    let caller = Caller::start().await;
    let id = caller.create().await.id();
    caller.pass(3_600_000 - 1_000);
    caller.decision(&id).await.refused(409, "decision_not_ready");
    caller.act(&format!("{APPLICATIONS}/{id}/withdraw")).await;
    caller.decision(&id).await.refused(409, "invalid_state");
    caller.decision("dec_none").await.refused(404, "resource_not_found");
}

#[tokio::test]
async fn a_decline_is_a_success_with_its_reason() {
    let caller = Caller::start().await;
    let id = caller.submitted("00000404").await;
    caller.pass(300);
    let reply = caller.decision(&id).await;
    let decision = reply.json();
    assert_eq!(
        (reply.status, &decision["outcome"], &decision["reasons"]),
        (200, &json!("declined"), &json!(["affordability"]))
    );
    assert_eq!((&decision["offers"], caller.status_of(&id).await.as_str()), (&json!([]), "declined"));
}

#[tokio::test]
async fn a_referral_resolves_to_half_the_amount() {
    let caller = Caller::start().await;
    let id = caller.submitted("00000402").await;
    caller.pass(300);
    let referred = caller.decision(&id).await.json();
    assert_eq!(
        (&referred["outcome"], caller.status_of(&id).await.as_str()),
        (&json!("referred"), "in_review")
    );
    caller.pass(300);
    let resolved = caller.decision(&id).await.json();
    assert_eq!((&resolved["outcome"], &resolved["amount_pence"]), (&json!("approved"), &json!(1_250_000)));
    assert_eq!(resolved["id"], referred["id"]);
}

#[tokio::test]
async fn a_decision_is_refreshed_one_at_a_time() {
    let caller = Caller::start().await;
    let application = caller.submitted("16093826").await;
    caller.pass(300);
    let id = caller.decision(&application).await.id();
    let refresh = format!("/partner/v1/decisions/{id}/refresh");
    let reply = caller.act(&refresh).await;
    assert_eq!((reply.status, reply.id()), (202, id));
    caller.act(&refresh).await.refused(409, "refresh_in_progress");
    caller.pass(300);
    assert_eq!(caller.decision(&application).await.json()["decided_at"], "2026-06-29T10:14:02.6Z");
    assert_eq!(caller.act(&refresh).await.status, 202);
    caller
        .act(&format!("/partner/v1/decisions/{application}/refresh"))
        .await
        .refused(404, "resource_not_found");
}
