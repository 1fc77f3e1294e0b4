use credicorp_sandbox::FailureCode;
use serde_json::{Value, json};

use crate::caller::{COLLECTIONS, Caller, START};
use crate::receiver::{Receiver, data};

const LINKS: &str = "/partner/v1/payments/links";

async fn create(caller: &Caller, body: &Value) -> Value {
    let reply = caller.post_under(&body.to_string(), LINKS, body).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    reply.json()
}

async fn link(caller: &Caller, link: &Value) -> Value {
    caller.get(&format!("{LINKS}/{}", id(link))).await.json()
}

fn id(link: &Value) -> &str {
    link["id"].as_str().unwrap()
}

#[tokio::test]
async fn a_link_is_paid_by_its_payer_and_settles_by_the_clock() {
    let mut receiver = Receiver::start().await;
    let caller = Caller::start().await;
    caller.sandbox.deliver_webhooks_to(receiver.hook()).unwrap();
    let created = create(&caller, &json!({ "amount_pence": 5_000, "reference": "INV-42" })).await;
    assert_eq!(
        created,
        json!({
            "id": created["id"], "url": created["url"], "status": "open", "amount_pence": 5_000,
            "reference": "INV-42", "created_at": START, "expires_at": "2026-07-06T10:14:02Z",
        })
    );
    assert!(id(&created).starts_with("plink_"));
    assert!(created["url"].as_str().unwrap().starts_with(caller.sandbox.url()));
    let payment = caller.sandbox.pay_link(id(&created)).unwrap();
    assert!(caller.sandbox.pay_link(id(&created)).is_err(), "it is being paid");
    let paying = link(&caller, &created).await;
    assert_eq!((&paying["status"], &paying["payment_id"]), (&json!("open"), &json!(payment)));
    assert_eq!(caller.payment(&payment).await["status"], "processing");
    caller.pass(1_000);
    assert_eq!(link(&caller, &created).await["status"], "paid");
    let settled = caller.payment(&payment).await;
    assert_eq!((&settled["status"], &settled["reference"]), (&json!("settled"), &json!("INV-42")));
    assert!(caller.sandbox.pay_link(id(&created)).is_err());
    caller.sandbox.flush_webhooks().await;
    let expected = json!({ "payment_id": payment, "amount_pence": 5_000, "kind": "repayment" });
    assert_eq!(data(&receiver.events(), "payment.settled"), [&expected]);
}

#[tokio::test]
async fn a_link_pays_into_its_account() {
    let caller = Caller::for_years().await;
    let account = caller.funded().await;
    let body = |amount: i64| json!({ "amount_pence": amount, "reference": "r", "account_id": account });
    caller.post_under("much", LINKS, &body(2_687_501)).await.refused(422, "validation_error");
    let one = create(&caller, &body(2_687_500)).await;
    let other = create(&caller, &body(1)).await;
    caller.sandbox.pay_link(id(&one)).unwrap();
    assert!(caller.sandbox.pay_link(id(&other)).is_err(), "all is on its way");
    caller.pass(1_000);
    assert_eq!(caller.account(&account).await["status"], "settled");
    caller.post_under("late", LINKS, &body(2)).await.refused(409, "invalid_state");
    let due = json!({ "account_id": account, "amount_pence": 1, "due_on": "2026-07-01" });
    caller.post_under("due", COLLECTIONS, &due).await.refused(409, "invalid_state");
    let unknown = json!({ "amount_pence": 1, "reference": "r", "account_id": "acc_none" });
    caller.post_under("none", LINKS, &unknown).await.refused(404, "resource_not_found");
}

#[tokio::test]
async fn a_failed_payment_leaves_the_link_open() {
    let caller = Caller::start().await;
    let created = create(&caller, &json!({ "amount_pence": 5_000, "reference": "r" })).await;
    let first = caller.sandbox.pay_link(id(&created)).unwrap();
    caller.sandbox.fail_payment(&first, FailureCode::InsufficientFunds).unwrap();
    caller.pass(1_000);
    assert_eq!(link(&caller, &created).await["status"], "open");
    let second = caller.sandbox.pay_link(id(&created)).unwrap();
    caller.sandbox.settle_payment(&second).unwrap();
    let paid = link(&caller, &created).await;
    assert_eq!((&paid["status"], &paid["payment_id"]), (&json!("paid"), &json!(second)));
    caller.sandbox.return_payment(&second).unwrap();
    assert_eq!(link(&caller, &created).await["status"], "paid");
}

#[tokio::test]
async fn a_link_ends_after_a_week_or_by_hand() {
    let caller = Caller::for_years().await;
    let old = create(&caller, &json!({ "amount_pence": 5_000, "reference": "old" })).await;
    let cancelled = create(&caller, &json!({ "amount_pence": 5_000, "reference": "cancelled" })).await;
    caller.sandbox.cancel_link(id(&cancelled)).unwrap();
    caller.pass(7 * 24 * 3_600_000);
    for (created, status) in [(old, "expired"), (cancelled, "cancelled")] {
        assert_eq!(link(&caller, &created).await["status"], status);
        assert!(caller.sandbox.pay_link(id(&created)).is_err());
        assert!(caller.sandbox.cancel_link(id(&created)).is_err());
    }
}

#[tokio::test]
async fn a_link_is_validated_as_the_spec_says() {
    let caller = Caller::start().await;
    for (key, body, status, code) in [
        ("a", json!({ "amount_pence": 5_000 }), 422, "validation_error"),
        (
            "b",
            json!({ "amount_pence": 5_000, "reference": "r", "redirect_uri": "ftp://x/" }),
            422,
            "validation_error",
        ),
        ("c", json!({ "amount_pence": 5_000, "reference": "r", "colour": "red" }), 400, "unknown_field"),
    ] {
        caller.post_under(key, LINKS, &body).await.refused(status, code);
    }
    let body = json!({ "amount_pence": 5_000, "reference": "r" });
    caller.post(LINKS, &body).await.refused(422, "parameter_missing");
    caller.get(&format!("{LINKS}/plink_none")).await.refused(404, "resource_not_found");
}
