//! Types read what a newer API writes, and write what was set.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use credicorp_gen::types::*;
use serde_json::{Value, json};

fn application(change: Value) -> Result<Application, serde_json::Error> {
    let mut value = json!({
        "id": "app_1", "status": "created", "amount_pence": 2_500_000, "term_months": 12, "created_at": "2026-06-01T09:30:00Z",
    });
    value.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    serde_json::from_value(value)
}

#[test]
fn unknown_values_round_trip_and_never_hide_a_known_one() -> Result<(), serde_json::Error> {
    let known: Outcome = serde_json::from_str(r#""approved""#)?;
    assert_eq!(known, Outcome::Approved);
    let unknown: Outcome = serde_json::from_str(r#""approved_in_part""#)?;
    assert!(matches!(&unknown, Outcome::Unknown(value) if value.as_str() == "approved_in_part"));
    assert_eq!(serde_json::to_string(&unknown)?, r#""approved_in_part""#);
    assert_eq!(
        (unknown.to_string(), format!("{unknown:?}")),
        ("approved_in_part".to_owned(), r#"Unknown("approved_in_part")"#.to_owned())
    );
    assert_eq!(Outcome::from("approved".to_owned()), Outcome::Approved);
    assert_eq!("declined".parse(), Ok(Outcome::Declined));
    for outcome in Outcome::KNOWN {
        assert_eq!(&Outcome::from(outcome.as_str()), outcome);
        assert!(!matches!(outcome, Outcome::Unknown(_)));
    }
    assert!(serde_json::from_str::<Outcome>("3").is_err());
    Ok(())
}

#[test]
fn null_in_an_optional_field_reads_as_absent() {
    let nulls =
        json!({"purpose": null, "metadata": null, "business": null, "decision_id": null, "updated_at": null});
    assert_eq!(application(nulls).unwrap(), application(json!({})).unwrap());
    let decision = json!({"id": "dec_1", "application_id": "app_1", "outcome": "approved"});
    let mut nulls = decision.clone();
    nulls
        .as_object_mut()
        .unwrap()
        .extend([("reasons".to_owned(), Value::Null), ("offers".to_owned(), Value::Null)]);
    let [absent, null] = [decision, nulls].map(|value| serde_json::from_value::<Decision>(value).unwrap());
    assert_eq!((&absent, absent.reasons.len()), (&null, 0));
}

#[test]
fn a_newer_answer_is_read() {
    let newer = application(
        json!({"status": "paused", "colour": {"deep": [1]}, "amount_pence": -9_000_000_000_000_i64, "reference": "x".repeat(10_000)}),
    );
    assert_eq!(newer.unwrap().status, "paused");
}

#[test]
fn what_is_not_set_is_not_written() {
    let new = NewApplication::new(Business::new("16093826"), Pence::from_pounds(25_000), 12);
    let written = serde_json::to_value(&new).unwrap();
    assert_eq!(
        written,
        json!({"business": {"company_number": "16093826"}, "amount_pence": 2_500_000, "term_months": 12})
    );
}

#[test]
fn a_partial_update_tells_an_empty_list_from_none() -> Result<(), serde_json::Error> {
    assert_eq!(serde_json::to_value(WebhookEndpointUpdate::new())?, json!({}));
    let update = WebhookEndpointUpdate::new().enabled_events(Vec::<String>::new());
    assert_eq!(serde_json::to_value(&update)?, json!({"enabled_events": []}));
    let update = update.description("mine").metadata([("a", "b")]);
    assert_eq!(
        serde_json::to_value(&update)?,
        json!({"enabled_events": [], "description": "mine", "metadata": {"a": "b"}})
    );
    for written in ["{}", r#"{"description":"mine"}"#, r#"{"enabled_events":[]}"#] {
        assert_eq!(serde_json::to_string(&serde_json::from_str::<WebhookEndpointUpdate>(written)?)?, written);
    }
    Ok(())
}

#[test]
fn ids_are_strings_of_their_own_type() -> Result<(), serde_json::Error> {
    let id = ApplicationId::from("app_1");
    assert_eq!(
        (id.as_str(), id.as_ref(), format!("{id:>7}"), format!("{id:?}")),
        ("app_1", "app_1", "  app_1".to_owned(), r#"ApplicationId("app_1")"#.to_owned())
    );
    assert_eq!(
        [ApplicationId::from(&id), "app_1".parse().unwrap(), String::from("app_1").into()],
        [id.clone(), id.clone(), id.clone()]
    );
    assert_eq!(serde_json::from_str::<ApplicationId>(&serde_json::to_string(&id)?)?, id);
    let decision = DecisionId::from("dec_1");
    assert_eq!(DecisionOrApplicationId::from(&id), "app_1");
    assert_eq!(
        [DecisionOrApplicationId::from(decision.clone()), DecisionOrApplicationId::from(&decision)],
        ["dec_1", "dec_1"]
    );
    assert_eq!(String::from(id), "app_1");
    Ok(())
}

#[test]
fn a_secret_in_an_answer_is_not_shown() -> Result<(), serde_json::Error> {
    let endpoint: WebhookEndpoint = serde_json::from_value(json!({
        "id": "whend_1", "url": "https://example.com", "enabled_events": ["*"], "status": "enabled",
        "created": "2026-06-01T09:30:00Z", "secret": "whsec_4Td1",
    }))?;
    assert_eq!(endpoint.secret.as_ref().map(Secret::expose), Some("whsec_4Td1"));
    assert!(!format!("{endpoint:?}").contains("whsec_"));
    Ok(())
}
