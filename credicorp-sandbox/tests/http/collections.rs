use credicorp_sandbox::FailureCode;
use serde_json::{Value, json};

use crate::caller::{ACCOUNTS, COLLECTIONS, Caller};
use crate::receiver::{Receiver, data};

async fn collect(caller: &Caller, account: &str, amount: i64, due_on: &str) -> String {
    let body = json!({ "account_id": account, "amount_pence": amount, "due_on": due_on });
    let reply = caller.post_under(&format!("{account}-{amount}-{due_on}"), COLLECTIONS, &body).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    reply.id()
}

async fn statuses(caller: &Caller, account: &str) -> Vec<Value> {
    let schedule = caller.get(&format!("{ACCOUNTS}/{account}/schedule")).await.json();
    schedule["data"].as_array().unwrap().iter().map(|instalment| instalment["status"].clone()).collect()
}

#[tokio::test]
async fn a_collection_is_made_on_its_day_and_pays_an_instalment() {
    let mut receiver = Receiver::start().await;
    let caller = Caller::for_years().await;
    let account = caller.funded().await;
    caller.sandbox.deliver_webhooks_to(receiver.hook()).unwrap();
    let id = collect(&caller, &account, 223_958, "2026-07-29").await;
    let payment = caller.payment(&id).await;
    assert_eq!(
        payment,
        json!({
            "id": id, "kind": "repayment", "amount_pence": 223_958, "status": "scheduled", "method": "open_banking",
            "created_at": "2026-06-29T10:14:03.3Z", "account_id": account,
            "application_id": payment["application_id"], "due_on": "2026-07-29",
        })
    );
    caller.until("2026-07-28T23:59:59Z");
    assert_eq!(caller.payment(&id).await["status"], "scheduled");
    caller.until("2026-07-29T00:00:00Z");
    assert_eq!(caller.payment(&id).await["status"], "processing");
    caller.pass(1_000);
    let payment = caller.payment(&id).await;
    assert_eq!(
        (&payment["status"], &payment["settled_at"]),
        (&json!("settled"), &json!("2026-07-29T00:00:01Z"))
    );
    let paid = caller.account(&account).await;
    assert_eq!((&paid["balance_pence"], &paid["status"]), (&json!(2_463_542), &json!("active")));
    assert_eq!(paid["next_payment"]["due_on"], "2026-08-29");
    let schedule = caller.get(&format!("{ACCOUNTS}/{account}/schedule")).await.json();
    assert_eq!(
        (&schedule["data"][0]["status"], &schedule["data"][0]["payment_id"]),
        (&json!("paid"), &json!(id))
    );
    caller.sandbox.flush_webhooks().await;
    let events = receiver.events();
    assert_eq!(data(&events, "payment.settled")[0]["kind"], "repayment");
    assert_eq!(data(&events, "account.updated")[0]["balance_pence"], 2_463_542);
}

#[tokio::test]
async fn a_failed_collection_leads_into_arrears_and_a_later_one_out_of_them() {
    let mut receiver = Receiver::start().await;
    let caller = Caller::for_years().await;
    let account = caller.funded().await;
    caller.sandbox.deliver_webhooks_to(receiver.hook()).unwrap();
    let id = collect(&caller, &account, 223_958, "2026-07-29").await;
    caller.until("2026-07-29T00:00:00Z");
    caller.sandbox.fail_payment(&id, FailureCode::InsufficientFunds).unwrap();
    caller.until("2026-07-30T00:00:00Z");
    assert_eq!(caller.payment(&id).await["failure_code"], "insufficient_funds");
    assert_eq!(caller.account(&account).await["status"], "in_arrears");
    collect(&caller, &account, 223_958, "2026-07-30").await;
    caller.pass(2_000);
    let account_now = caller.account(&account).await;
    assert_eq!((&account_now["status"], &account_now["arrears_pence"]), (&json!("active"), &json!(0)));
    assert_eq!(statuses(&caller, &account).await[..2], [json!("paid"), json!("due")]);
    caller.sandbox.flush_webhooks().await;
    let events = receiver.events();
    assert_eq!(data(&events, "payment.failed")[0]["failure_code"], "insufficient_funds");
    let states: Vec<_> = data(&events, "account.updated").iter().map(|data| data["status"].clone()).collect();
    assert_eq!(states, ["in_arrears", "active"]);
}

#[tokio::test]
async fn a_returned_repayment_is_owed_again() {
    let caller = Caller::for_years().await;
    let account = caller.funded().await;
    let id = collect(&caller, &account, 2_687_500, "2026-06-29").await;
    caller.pass(2_000);
    let settled = caller.account(&account).await;
    assert_eq!((&settled["status"], &settled["balance_pence"]), (&json!("settled"), &json!(0)));
    assert_eq!(settled.get("next_payment"), None);
    assert!(statuses(&caller, &account).await.iter().all(|status| status == "paid"));
    caller.sandbox.return_payment(&id).unwrap();
    assert!(caller.sandbox.return_payment(&id).is_err());
    let payment = caller.payment(&id).await;
    assert_eq!(
        (&payment["status"], &payment["failure_code"]),
        (&json!("returned"), &json!("disputed_by_customer"))
    );
    let owed = caller.account(&account).await;
    assert_eq!((&owed["status"], &owed["balance_pence"]), (&json!("active"), &json!(2_687_500)));
}

#[tokio::test]
async fn a_part_of_an_instalment_is_still_owed() {
    let caller = Caller::for_years().await;
    let account = caller.funded().await;
    let first = collect(&caller, &account, 300_000, "2026-06-29").await;
    caller.sandbox.settle_payment(&first).unwrap();
    assert_eq!(statuses(&caller, &account).await[..3], ["paid", "due", "due"]);
    let next = caller.account(&account).await["next_payment"].clone();
    assert_eq!(next, json!({ "due_on": "2026-08-29", "amount_pence": 2 * 223_958 - 300_000 }));
    caller.until("2026-08-30T00:00:00Z");
    assert_eq!(caller.account(&account).await["arrears_pence"], 2 * 223_958 - 300_000);
}

#[tokio::test]
async fn no_more_is_collected_than_is_owed() {
    let caller = Caller::for_years().await;
    let account = caller.funded().await;
    let body = |amount: i64, due_on: &str| json!({ "account_id": account, "amount_pence": amount, "due_on": due_on });
    collect(&caller, &account, 2_000_000, "2026-07-01").await;
    for (key, amount, due_on, field) in [
        ("a", 687_501, "2026-07-01", "amount_pence"),
        ("b", 1, "2026-06-28", "due_on"),
        ("c", 0, "2026-07-01", "amount_pence"),
    ] {
        let error =
            caller.post_under(key, COLLECTIONS, &body(amount, due_on)).await.refused(422, "validation_error");
        assert_eq!(error["fields"][0]["field"], field);
    }
    collect(&caller, &account, 687_500, "2026-07-01").await;
    caller.until("2026-07-01T00:00:01Z");
    caller.post_under("d", COLLECTIONS, &body(1, "2026-07-02")).await.refused(409, "invalid_state");
    let unknown = json!({ "account_id": "acc_none", "amount_pence": 1, "due_on": "2026-07-02" });
    caller.post_under("e", COLLECTIONS, &unknown).await.refused(404, "resource_not_found");
    caller.post(COLLECTIONS, &unknown).await.refused(422, "parameter_missing");
}
