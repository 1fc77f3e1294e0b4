use credicorp_sandbox::FailureCode;
use serde_json::json;

use crate::caller::{ACCOUNTS, APPLICATIONS, Caller, DISBURSEMENTS, PAYMENTS};
use crate::receiver::{Receiver, data, kinds};

#[tokio::test]
async fn a_draw_down_waits_for_its_release_and_then_funds_the_application() {
    let mut receiver = Receiver::start().await;
    let caller = Caller::start().await;
    let (application, id) = caller.drawn().await;
    caller.sandbox.deliver_webhooks_to(receiver.hook()).unwrap();
    caller.pass(3_000_000);
    let payment = caller.payment(&id).await;
    assert_eq!(
        payment,
        json!({
            "id": id, "kind": "disbursement", "amount_pence": 2_500_000, "status": "pending_release",
            "created_at": "2026-06-29T10:14:02.3Z", "method": "faster_payments", "application_id": application,
        })
    );
    caller.sandbox.release_disbursement(&id).unwrap();
    assert!(caller.sandbox.release_disbursement(&id).is_err());
    caller.pass(999);
    assert_eq!(caller.payment(&id).await["status"], "processing");
    assert_eq!(caller.status_of(&application).await, "approved");
    caller.pass(1);
    let payment = caller.payment(&id).await;
    assert_eq!(
        (&payment["status"], &payment["settled_at"]),
        (&json!("settled"), &json!("2026-06-29T11:04:03.3Z"))
    );
    let funded = caller.get(&format!("{APPLICATIONS}/{application}")).await.json();
    assert_eq!((&funded["status"], &funded["account_id"]), (&json!("funded"), &payment["account_id"]));
    caller.sandbox.flush_webhooks().await;
    let events = receiver.events();
    let account = &payment["account_id"];
    assert_eq!(
        kinds(&events),
        ["payment.settled", "application.funded", "application.updated", "account.updated"]
    );
    assert_eq!(
        events[0].1["data"],
        json!({
            "payment_id": id, "account_id": account, "application_id": application,
            "amount_pence": 2_500_000, "kind": "disbursement",
        })
    );
    assert_eq!(events[1].1["data"], json!({ "application_id": application, "account_id": account }));
    assert_eq!(events[3].1["data"]["balance_pence"], 2_687_500);
}

#[tokio::test]
async fn nothing_is_drawn_down_without_an_accepted_offer() {
    let caller = Caller::start().await;
    let (application, _) = caller.approved().await;
    let body = json!({ "application_id": application });
    caller.post_under("a", DISBURSEMENTS, &body).await.refused(409, "invalid_state");
    let created = caller.create().await.id();
    caller
        .post_under("b", DISBURSEMENTS, &json!({ "application_id": created }))
        .await
        .refused(409, "invalid_state");
    let unknown = json!({ "application_id": "app_none" });
    caller.post_under("c", DISBURSEMENTS, &unknown).await.refused(404, "resource_not_found");
    caller.post(DISBURSEMENTS, &body).await.refused(422, "parameter_missing");
}

#[tokio::test]
async fn an_application_is_drawn_down_once_and_within_its_offer() {
    let caller = Caller::start().await;
    let (application, offer) = caller.approved().await;
    caller.act(&format!("/partner/v1/offers/{offer}/accept")).await;
    let body =
        |amount: i64| json!({ "application_id": application, "amount_pence": amount, "reference": "r" });
    let error =
        caller.post_under("a", DISBURSEMENTS, &body(2_500_001)).await.refused(422, "validation_error");
    assert_eq!(error["param"], "amount_pence");
    let payment = caller.post_under("b", DISBURSEMENTS, &body(1_000_000)).await.json();
    assert_eq!((&payment["amount_pence"], &payment["reference"]), (&json!(1_000_000), &json!("r")));
    caller.post_under("c", DISBURSEMENTS, &body(1)).await.refused(409, "invalid_state");
    let again = caller.post_under("b", DISBURSEMENTS, &body(1_000_000)).await;
    assert_eq!((again.header("idempotency-replayed"), again.json()), (Some("true"), payment));
}

#[tokio::test]
async fn a_failed_draw_down_can_be_asked_for_again() {
    let mut receiver = Receiver::start().await;
    let caller = Caller::start().await;
    caller.sandbox.deliver_webhooks_to(receiver.hook()).unwrap();
    let (application, first) = caller.drawn().await;
    caller.sandbox.fail_payment(&first, FailureCode::TechnicalError).unwrap();
    let failed = caller.payment(&first).await;
    assert_eq!((&failed["status"], &failed["failure_code"]), (&json!("failed"), &json!("technical_error")));
    let body = json!({ "application_id": application });
    let second = caller.post_under("second", DISBURSEMENTS, &body).await.id();
    caller.sandbox.release_disbursement(&second).unwrap();
    caller.sandbox.return_payment(&second).unwrap();
    caller.pass(1_000);
    assert_eq!(caller.payment(&second).await["status"], "returned");
    let third = caller.post_under("third", DISBURSEMENTS, &body).await.id();
    caller.sandbox.release_disbursement(&third).unwrap();
    caller.pass(1_000);
    assert_eq!(caller.status_of(&application).await, "funded");
    caller.sandbox.flush_webhooks().await;
    let events = receiver.events();
    let failures: Vec<_> =
        data(&events, "payment.failed").iter().map(|data| data["payment_id"].clone()).collect();
    assert_eq!(failures, [json!(first), json!(second)]);
}

#[tokio::test]
async fn a_funded_application_is_not_withdrawn() {
    let caller = Caller::start().await;
    let (waiting, pending) = caller.drawn().await;
    assert_eq!(caller.act(&format!("{APPLICATIONS}/{waiting}/withdraw")).await.json()["status"], "withdrawn");
    assert_eq!(caller.payment(&pending).await["status"], "failed");
    assert!(caller.sandbox.release_disbursement(&pending).is_err());
    let (application, payment) = caller.drawn().await;
    let withdraw = format!("{APPLICATIONS}/{application}/withdraw");
    caller.sandbox.release_disbursement(&payment).unwrap();
    caller.act(&withdraw).await.refused(409, "invalid_state");
    caller.pass(1_000);
    caller.act(&withdraw).await.refused(409, "invalid_state");
}

#[tokio::test]
async fn a_draw_down_that_went_back_closes_its_account() {
    let caller = Caller::start().await;
    let (_, payment) = caller.drawn().await;
    caller.sandbox.release_disbursement(&payment).unwrap();
    caller.sandbox.settle_payment(&payment).unwrap();
    let account = caller.payment(&payment).await["account_id"].as_str().unwrap().to_owned();
    assert_eq!(caller.account(&account).await["status"], "active");
    caller.sandbox.return_payment(&payment).unwrap();
    let closed = caller.account(&account).await;
    assert_eq!((&closed["status"], &closed["balance_pence"]), (&json!("closed"), &json!(0)));
    let schedule = caller.get(&format!("{ACCOUNTS}/{account}/schedule")).await.json();
    assert_eq!(schedule["data"], json!([]));
}

#[tokio::test]
async fn payments_are_listed_by_account_status_and_day() {
    let caller = Caller::start().await;
    let account = caller.funded().await;
    let (_, pending) = caller.drawn().await;
    for (query, count) in [
        ("".to_owned(), 2),
        (format!("account_id={account}"), 1),
        ("account_id=acc_none".to_owned(), 0),
        ("status=pending_release".to_owned(), 1),
        (format!("account_id={account}&status=failed"), 0),
        ("created_before=2026-06-29".to_owned(), 0),
        ("created_after=2026-06-29".to_owned(), 2),
    ] {
        let page = caller.get(&format!("{PAYMENTS}?{query}")).await.json();
        assert_eq!(page["data"].as_array().unwrap().len(), count, "{query}");
    }
    let first = caller.get(&format!("{PAYMENTS}?limit=1")).await.json();
    assert_eq!((&first["data"][0]["id"], &first["has_more"]), (&json!(pending), &json!(true)));
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = caller.get(&format!("{PAYMENTS}?limit=1&cursor={cursor}")).await.json();
    assert_eq!((&second["data"][0]["account_id"], &second["has_more"]), (&json!(account), &json!(false)));
    caller.get(&format!("{APPLICATIONS}?cursor={cursor}")).await.refused(400, "invalid_cursor");
    caller.get(&format!("{PAYMENTS}?status=lost")).await.refused(422, "validation_error");
    caller.get(&format!("{PAYMENTS}/pay_none")).await.refused(404, "resource_not_found");
}
