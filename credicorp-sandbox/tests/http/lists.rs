use serde_json::Value;

use crate::caller::{APPLICATIONS, Caller};

async fn page(caller: &Caller, query: &str) -> Value {
    let reply = caller.get(&format!("{APPLICATIONS}?{query}")).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()
}

fn ids(page: &Value) -> Vec<String> {
    page["data"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_list_is_walked_newest_first_while_it_grows() {
    let caller = Caller::start().await;
    let mut created = Vec::new();
    for _ in 0..5 {
        created.push(caller.create().await.id());
    }
    created.reverse();
    let first = page(&caller, "limit=2").await;
    caller.create().await;
    let second = page(&caller, &format!("limit=2&cursor={}", first["next_cursor"].as_str().unwrap())).await;
    caller.create().await;
    let third = page(&caller, &format!("limit=2&cursor={}", second["next_cursor"].as_str().unwrap())).await;
    assert_eq!([ids(&first), ids(&second), ids(&third)].concat(), created);
    assert_eq!((&first["has_more"], &third["has_more"]), (&Value::Bool(true), &Value::Bool(false)));
    assert_eq!(third["next_cursor"], Value::Null);
    let resumed = page(&caller, &format!("limit=4&cursor={}", first["next_cursor"].as_str().unwrap())).await;
    assert_eq!(ids(&resumed), created[2..]);
}

#[tokio::test]
async fn a_page_has_25_items_unless_said_otherwise() {
    let caller = Caller::start().await;
    for _ in 0..26 {
        caller.create().await;
    }
    assert_eq!(ids(&page(&caller, "").await).len(), 25);
    assert_eq!(ids(&page(&caller, "limit=100").await).len(), 26);
}

#[tokio::test]
async fn an_empty_list_is_one_empty_page() {
    let caller = Caller::start().await;
    let empty = page(&caller, "").await;
    assert_eq!(
        (ids(&empty).len(), &empty["has_more"], &empty["next_cursor"]),
        (0, &Value::Bool(false), &Value::Null)
    );
}

#[tokio::test]
async fn filters_go_together_and_hold_for_every_page() {
    let caller = Caller::start().await;
    let mut submitted = Vec::new();
    for _ in 0..3 {
        caller.create().await;
        submitted.push(caller.submitted("16093826").await);
    }
    submitted.reverse();
    let first = page(&caller, "status=submitted&limit=2").await;
    let rest =
        page(&caller, &format!("status=submitted&limit=2&cursor={}", first["next_cursor"].as_str().unwrap()))
            .await;
    assert_eq!([ids(&first), ids(&rest)].concat(), submitted);
    assert!(ids(&page(&caller, "status=submitted&created_before=2026-06-29").await).is_empty());
    assert!(ids(&page(&caller, "status=funded").await).is_empty());
}

#[tokio::test]
async fn dates_are_exclusive_and_begin_at_midnight_utc() {
    let caller = Caller::start().await;
    let mut created = Vec::new();
    for at in ["2026-06-28T23:59:59.999Z", "2026-06-29T00:00:00Z", "2026-06-29T00:00:00.001Z"] {
        caller.sandbox.clock().set(at.parse().unwrap());
        created.push(caller.create().await.id());
    }
    assert_eq!(ids(&page(&caller, "created_after=2026-06-29").await), created[2..]);
    assert_eq!(ids(&page(&caller, "created_before=2026-06-29").await), created[..1]);
    assert_eq!(ids(&page(&caller, "created_after=2026-06-28&created_before=2026-06-30").await).len(), 3);
}

#[tokio::test]
async fn a_cursor_that_was_not_given_is_refused() {
    let caller = Caller::start().await;
    caller.create().await;
    caller.create().await;
    let cursor = page(&caller, "limit=1").await["next_cursor"].as_str().unwrap().to_owned();
    for wrong in ["b3BhcXVl", "x", &cursor[1..], &format!("{cursor}AA")] {
        let error =
            caller.get(&format!("{APPLICATIONS}?cursor={wrong}")).await.refused(400, "invalid_cursor");
        assert_eq!(error["param"], "cursor");
    }
}
