use serde_json::{Value, json};

use crate::caller::{ACCOUNTS, Caller};
use crate::receiver::{Receiver, data};

async fn schedule(caller: &Caller, account: &str) -> Vec<Value> {
    let schedule = caller.get(&format!("{ACCOUNTS}/{account}/schedule")).await;
    schedule.json()["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn an_account_opens_with_its_schedule() {
    let caller = Caller::start().await;
    let id = caller.funded().await;
    let account = caller.account(&id).await;
    assert_eq!(
        account,
        json!({
            "id": id, "application_id": account["application_id"], "status": "active", "principal_pence": 2_500_000,
            "balance_pence": 2_687_500, "arrears_pence": 0, "opened_at": "2026-06-29T10:14:03.3Z",
            "next_payment": { "due_on": "2026-07-29", "amount_pence": 223_958 },
        })
    );
    let schedule = schedule(&caller, &id).await;
    assert_eq!(schedule[0], json!({ "due_on": "2026-07-29", "amount_pence": 223_958, "status": "due" }));
    assert_eq!(schedule[11], json!({ "due_on": "2027-06-29", "amount_pence": 223_962, "status": "due" }));
    let total: i64 = schedule.iter().map(|instalment| instalment["amount_pence"].as_i64().unwrap()).sum();
    assert_eq!((schedule.len(), total), (12, 2_687_500));
}

#[tokio::test]
async fn what_is_not_there_by_the_end_of_its_day_is_in_arrears() {
    let mut receiver = Receiver::start().await;
    let caller = Caller::for_years().await;
    let id = caller.funded().await;
    caller.sandbox.deliver_webhooks_to(receiver.hook()).unwrap();
    caller.until("2026-07-29T23:59:59.999Z");
    assert_eq!(caller.account(&id).await["status"], "active");
    caller.until("2026-07-30T00:00:00Z");
    let account = caller.account(&id).await;
    assert_eq!((&account["status"], &account["arrears_pence"]), (&json!("in_arrears"), &json!(223_958)));
    assert_eq!(account["next_payment"]["due_on"], "2026-08-29");
    assert_eq!(schedule(&caller, &id).await[0]["status"], "missed");
    caller.until("2026-08-30T00:00:00Z");
    assert_eq!(caller.account(&id).await["arrears_pence"], 447_916);
    caller.sandbox.flush_webhooks().await;
    let events = receiver.events();
    let updates = data(&events, "account.updated");
    assert_eq!(
        updates[0],
        &json!({
            "account_id": id, "status": "in_arrears", "balance_pence": 2_687_500, "arrears_pence": 223_958,
            "previous": { "status": "active", "balance_pence": 2_687_500, "arrears_pence": 0 },
        })
    );
    assert_eq!(updates.len(), 2);
}

#[tokio::test]
async fn accounts_are_listed_newest_first() {
    let caller = Caller::start().await;
    let (one, two) = (caller.funded().await, caller.funded().await);
    let first = caller.get(&format!("{ACCOUNTS}?limit=1")).await.json();
    assert_eq!(first["data"][0]["id"], two);
    let cursor = first["next_cursor"].as_str().unwrap();
    caller.funded().await;
    let second = caller.get(&format!("{ACCOUNTS}?limit=1&cursor={cursor}")).await.json();
    assert_eq!((&second["data"][0]["id"], &second["next_cursor"]), (&json!(one), &Value::Null));
}

#[tokio::test]
async fn an_unknown_account_is_404() {
    let caller = Caller::start().await;
    caller.get(&format!("{ACCOUNTS}/acc_none")).await.refused(404, "resource_not_found");
    caller.get(&format!("{ACCOUNTS}/acc_none/schedule")).await.refused(404, "resource_not_found");
}

#[tokio::test]
async fn the_same_steps_give_the_same_account_on_every_run() {
    let (one, two) = (Caller::start().await, Caller::start().await);
    let (first, second) = (one.funded().await, two.funded().await);
    assert_eq!(one.account(&first).await, two.account(&second).await);
    assert_eq!(schedule(&one, &first).await, schedule(&two, &second).await);
}
