use serde_json::json;

use crate::caller::{APPLICATIONS, Caller, START, new_application};

#[tokio::test]
async fn what_was_sent_comes_back() {
    let caller = Caller::start().await;
    let body = json!({
        "business": { "company_number": "00000401" },
        "amount_pence": 1_000_000,
        "term_months": 24,
        "purpose": "stock",
        "redirect_uri": "https://yourapp.com/return",
        "reference": "ours",
        "introduction_id": "intro",
        "metadata": { "order": "88421" },
    });
    let reply = caller.post(APPLICATIONS, &body).await;
    let application = reply.json();
    assert_eq!(reply.status, 201);
    for (name, value) in body.as_object().unwrap() {
        if name != "business" {
            assert_eq!(&application[name], value, "{name}");
        }
    }
    assert_eq!(application["business"], json!({ "company_number": "00000401", "name": "Healthy Ltd" }));
    assert_eq!((&application["status"], &application["created_at"]), (&json!("created"), &json!(START)));
    let id = reply.id();
    assert!(id.strip_prefix("app_").is_some_and(|rest| rest.len() == 8), "{id}");
    assert_eq!(caller.get(&format!("{APPLICATIONS}/{id}")).await.json(), application);
}

#[tokio::test]
async fn a_run_gives_the_same_ids_again() {
    let (one, two) = (Caller::start().await, Caller::start().await);
    for _ in 0..3 {
        assert_eq!(one.create().await.id(), two.create().await.id());
    }
}

#[tokio::test]
async fn an_application_goes_through_its_life_by_the_clock() {
    let caller = Caller::start().await;
    let id = caller.submitted("16093826").await;
    let mut seen = vec![caller.status_of(&id).await];
    for _ in 0..3 {
        caller.pass(100);
        seen.push(caller.status_of(&id).await);
    }
    assert_eq!(seen, ["submitted", "in_review", "in_review", "approved"]);
    let application = caller.get(&format!("{APPLICATIONS}/{id}")).await.json();
    assert_eq!(application["updated_at"], "2026-06-29T10:14:02.3Z");
    assert!(application["decision_id"].as_str().unwrap().starts_with("dec_"));
}

#[tokio::test]
async fn only_a_created_application_is_submitted() {
    let caller = Caller::start().await;
    let id = caller.submitted("16093826").await;
    caller.act(&format!("{APPLICATIONS}/{id}/submit")).await.refused(409, "invalid_state");
    caller.act(&format!("{APPLICATIONS}/app_none/submit")).await.refused(404, "resource_not_found");
}

#[tokio::test]
async fn an_application_is_withdrawn_once_and_not_after_its_end() {
    let caller = Caller::start().await;
    let created = caller.create().await.id();
    let approved = caller.submitted("16093826").await;
    let declined = caller.submitted("00000403").await;
    caller.pass(300);
    for id in [created, approved] {
        let withdraw = format!("{APPLICATIONS}/{id}/withdraw");
        assert_eq!(caller.act(&withdraw).await.json()["status"], "withdrawn");
        caller.act(&withdraw).await.refused(409, "invalid_state");
    }
    caller.act(&format!("{APPLICATIONS}/{declined}/withdraw")).await.refused(409, "invalid_state");
}

#[tokio::test]
async fn an_unknown_application_is_404() {
    let caller = Caller::start().await;
    let error = caller.get(&format!("{APPLICATIONS}/app_none")).await.refused(404, "resource_not_found");
    assert_eq!(error["type"], "invalid_request_error");
    let sent = caller.post(APPLICATIONS, &new_application()).await;
    assert_eq!(sent.status, 201);
}
