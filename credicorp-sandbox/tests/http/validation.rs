use http::Method;
use serde_json::{Value, json};

use crate::caller::{APPLICATIONS, Caller, new_application};

fn fields(error: &Value) -> Vec<(&str, &str)> {
    let fields = error["fields"].as_array().unwrap();
    fields.iter().map(|field| (field["field"].as_str().unwrap(), field["code"].as_str().unwrap())).collect()
}

/// The right body with one member changed, or taken out by `null`.
fn with(name: &str, value: Value) -> Value {
    let mut body = new_application();
    body[name] = value;
    body
}

#[tokio::test]
async fn every_offending_field_is_named_at_once() {
    let caller = Caller::start().await;
    let body = json!({
        "business": { "company_number": "123" },
        "amount_pence": 1,
        "purpose": "yacht",
        "applicant": { "first_name": "" },
        "metadata": { "a": 5 },
    });
    let error = caller.post(APPLICATIONS, &body).await.refused(422, "validation_error");
    assert_eq!(
        fields(&error),
        [
            ("amount_pence", "out_of_range"),
            ("applicant.email", "parameter_missing"),
            ("applicant.first_name", "invalid_length"),
            ("business.company_number", "invalid_length"),
            ("metadata.a", "invalid_type"),
            ("purpose", "invalid_value"),
            ("term_months", "parameter_missing"),
        ]
    );
    assert_eq!(
        (error["type"].as_str(), error["param"].as_str()),
        (Some("invalid_request_error"), Some("amount_pence"))
    );
    assert!(
        error["fields"]
            .as_array()
            .unwrap()
            .iter()
            .all(|field| !field["message"].as_str().unwrap().is_empty())
    );
}

#[tokio::test]
async fn the_limits_are_those_of_the_contract() {
    let caller = Caller::start().await;
    for (name, value, good) in [
        ("amount_pence", json!(100_000), true),
        ("amount_pence", json!(99_999), false),
        ("amount_pence", json!(25_000_000), true),
        ("amount_pence", json!(25_000_001), false),
        ("amount_pence", json!(100_000.5), false),
        ("amount_pence", json!("100000"), false),
        ("term_months", json!(3), true),
        ("term_months", json!(2), false),
        ("term_months", json!(60), true),
        ("term_months", json!(61), false),
        ("redirect_uri", json!("http://localhost/return"), true),
        ("redirect_uri", json!("/return"), false),
        ("redirect_uri", json!("javascript:alert(1)"), false),
        ("applicant", json!({ "email": "ada@example.com" }), true),
        ("applicant", json!({ "email": "ada" }), false),
        ("metadata", (0..20).map(|n| (n.to_string(), json!("x"))).collect::<Value>(), true),
        ("metadata", (0..21).map(|n| (n.to_string(), json!("x"))).collect::<Value>(), false),
    ] {
        let reply = caller.post(APPLICATIONS, &with(name, value.clone())).await;
        if good {
            assert_eq!(reply.status, 201, "{name} {value}: {}", reply.text);
        } else {
            let error = reply.refused(422, "validation_error");
            assert!(fields(&error)[0].0.starts_with(name), "{error}");
        }
    }
}

#[tokio::test]
async fn a_real_company_is_refused() {
    let caller = Caller::start().await;
    let error = caller.post(APPLICATIONS, &with("business", json!({ "company_number": "00445790" }))).await;
    let error = error.refused(422, "validation_error");
    assert_eq!(fields(&error), [("business.company_number", "unknown_company")]);
    assert!(error["fields"][0]["message"].as_str().unwrap().contains("16093826"));
}

#[tokio::test]
async fn the_email_is_required_only_without_a_way_back() {
    let caller = Caller::start().await;
    let error =
        caller.post(APPLICATIONS, &with("redirect_uri", Value::Null)).await.refused(422, "validation_error");
    assert_eq!(fields(&error), [("applicant.email", "parameter_missing")]);
    let mut body = with("redirect_uri", Value::Null);
    body["applicant"] = json!({ "email": "ada@example.com" });
    assert_eq!(caller.post(APPLICATIONS, &body).await.status, 201);
}

#[tokio::test]
async fn null_reads_as_absent_and_metadata_comes_back() {
    let caller = Caller::start().await;
    let mut body = with("metadata", json!({ "order": "88421" }));
    body["purpose"] = Value::Null;
    body["applicant"] = json!({ "email": null });
    let created = caller.post(APPLICATIONS, &body).await.json();
    assert_eq!((created.get("purpose"), &created["metadata"]), (None, &json!({ "order": "88421" })));
}

#[tokio::test]
async fn an_unknown_field_is_400_and_comes_before_the_rest() {
    let caller = Caller::start().await;
    let mut body = with("amount", json!(5));
    body["business"]["name"] = json!("x");
    body["term_months"] = json!(0);
    let error = caller.post(APPLICATIONS, &body).await.refused(400, "unknown_field");
    assert_eq!(fields(&error), [("amount", "unknown_field"), ("business.name", "unknown_field")]);
    assert_eq!(error["param"], "amount");
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_refused_for_its_own_reason() {
    let caller = Caller::start().await;
    let request = |media_type: Option<&str>, body: &'static str| {
        let request = caller.request(Method::POST, APPLICATIONS).body(body);
        match media_type {
            Some(media_type) => request.header("content-type", media_type),
            None => request,
        }
    };
    for (media_type, body, status, code) in [
        (Some("application/json"), "{", 400, "invalid_json"),
        (Some("application/json"), "", 400, "invalid_json"),
        (None, "{}", 400, "missing_content_type"),
        (None, "", 400, "missing_content_type"),
        (Some("text/plain"), "{}", 415, "unsupported_media_type"),
        (Some("application/json; charset=utf-8"), "[]", 422, "validation_error"),
        (Some("Application/JSON"), "null", 422, "validation_error"),
    ] {
        caller.send(request(media_type, body)).await.refused(status, code);
    }
}

#[tokio::test]
async fn a_body_over_a_mebibyte_is_too_large() {
    let caller = Caller::start().await;
    for (size, status) in [(1024 * 1024, 400), (1024 * 1024 + 1, 413), (4 * 1024 * 1024, 413)] {
        let request = caller.request(Method::POST, APPLICATIONS).header("content-type", "application/json");
        assert_eq!(caller.send(request.body(vec![b'x'; size])).await.status, status, "{size}");
    }
    let huge = caller.open(Method::POST, "/oauth/token").body(vec![b'x'; 1024 * 1024 + 1]);
    assert_eq!(caller.send(huge).await.status, 413);
}

#[tokio::test]
async fn the_query_is_validated_by_the_spec_too() {
    let caller = Caller::start().await;
    for (query, status, code, field) in [
        ("limit=0", 422, "validation_error", "limit"),
        ("limit=101", 422, "validation_error", "limit"),
        ("limit=ten", 422, "validation_error", "limit"),
        ("limit=5&limit=6", 422, "validation_error", "limit"),
        ("status=lost", 422, "validation_error", "status"),
        ("created_after=2026-02-30", 422, "validation_error", "created_after"),
        ("created_before=yesterday", 422, "validation_error", "created_before"),
        ("cursor=", 422, "validation_error", "cursor"),
        ("created_affter=2026-06-01", 400, "unknown_field", "created_affter"),
    ] {
        let error = caller.get(&format!("{APPLICATIONS}?{query}")).await.refused(status, code);
        assert_eq!(fields(&error)[0].0, field, "{query}");
    }
    let error =
        caller.get(&format!("{APPLICATIONS}?limit=0&status=lost")).await.refused(422, "validation_error");
    assert_eq!(fields(&error).len(), 2);
}
