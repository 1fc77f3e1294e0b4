//! What the caller gets: reading is total, and each failure keeps its status, request id and first bytes.

use std::future::IntoFuture;

use bytes::Bytes;
use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestRunner};

use crate::error::KEPT_BODY;
use crate::test_support::{APPLICATION, Script, Step, answer, clock, coded, ok};
use crate::types::{Business, NewApplication};
use crate::{Error, ErrorKind, Pence};

async fn get(step: Step) -> Error {
    let script = Script::calls([step.header("credicorp-request-id", "req_h")]);
    script.client(&clock()).applications().get("app_1").max_retries(0).await.unwrap_err()
}

#[tokio::test]
async fn whatever_comes_keeps_status_request_id_and_first_bytes() {
    let html = "<html>503 upstream</html>";
    let big = Bytes::from(vec![b'x'; 15 * 1024 * 1024]);
    type Row<'a> = (&'a str, Step, u16, ErrorKind, Option<&'a [u8]>);
    let rows: Vec<Row<'_>> = vec![
        ("HTML 503", answer(503).body(html), 503, ErrorKind::Api, Some(html.as_bytes())),
        ("empty 429", answer(429), 429, ErrorKind::RateLimited, None),
        (
            "truncated JSON",
            answer(500).body(r#"{"error":{"code":"server"#),
            500,
            ErrorKind::Api,
            Some(br#"{"error":{"code":"server"#),
        ),
        (
            "wrong types",
            answer(400).body(r#"{"error":{"code":7,"fields":"x"}}"#),
            400,
            ErrorKind::Api,
            Some(br#"{"error":{"code":7,"fields":"x"}}"#),
        ),
        ("an array", answer(404).body("[]"), 404, ErrorKind::Api, Some(b"[]")),
        ("a redirect", answer(302).header("location", "https://evil.example"), 302, ErrorKind::Api, None),
        ("a large body", answer(500).body(big.clone()), 500, ErrorKind::Api, Some(&big[..KEPT_BODY])),
        ("a 200 that is not JSON", answer(200).body(html), 200, ErrorKind::Decode, Some(html.as_bytes())),
        ("a 200 of another shape", answer(200).body("{}"), 200, ErrorKind::Decode, Some(b"{}")),
        ("an empty 200", answer(200), 200, ErrorKind::Decode, None),
    ];
    for (name, step, status, kind, body) in rows {
        let error = get(step).await;
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status), "{name}");
        assert_eq!(error.kind(), kind, "{name}");
        assert_eq!(error.request_id(), Some("req_h"), "{name}");
        assert_eq!(error.body(), body, "{name}");
        assert_eq!(error.attempts(), 1, "{name}");
        let shown = format!("{error} {error:?}");
        assert!(shown.contains(&status.to_string()) && shown.contains("req_h"), "{name}: {shown}");
        assert!(!shown.contains("upstream") && !shown.contains("xxxx"), "{name}: {shown}");
    }
}

#[tokio::test]
async fn an_api_error_is_read_whole() {
    let body = r#"{"error":{"type":"invalid_request_error","code":"validation_error","message":"two fields are wrong",
        "doc_url":"https://docs.example/errors","request_id":"req_b","param":"reference",
        "fields":[{"field":"amount_pence","code":"too_small","message":"at least 100000"},{"field":"amount_pence"}, 7],
        "details":[{"field":"amount_pence","code":"too_small","message":"at least 100000"},{"field":"term_months"},"purpose"]}}"#;
    let error = Script::calls([answer(422).body(body)])
        .client(&clock())
        .applications()
        .get("app_1")
        .await
        .unwrap_err();
    assert_eq!(error.code(), Some("validation_error"));
    assert_eq!(error.error_type(), Some("invalid_request_error"));
    assert_eq!(error.doc_url(), Some("https://docs.example/errors"));
    assert_eq!(error.request_id(), Some("req_b"), "without a header, from the body");
    let fields: Vec<&str> = error.fields().iter().map(|field| field.field.as_str()).collect();
    assert_eq!(fields, ["amount_pence", "amount_pence", "term_months", "purpose", "reference"]);
    assert_eq!(error.fields()[0].message.as_deref(), Some("at least 100000"));
    assert_eq!(error.to_string(), "422 validation_error: two fields are wrong (req_b, 1 attempt)");
}

#[tokio::test]
async fn display_is_one_line_that_no_server_can_break() {
    let step = answer(400).body(
        "{\"error\":{\"code\":\"bad\\ncode\",\"message\":\"a\\r\\n\\u001b[31mforged log line\\u202e\"}}",
    );
    let shown = get(step).await.to_string();
    assert!(shown.chars().all(|character| !character.is_control() && character != '\u{202e}'), "{shown:?}");
    let long = answer(400).body(format!(r#"{{"error":{{"message":"{}"}}}}"#, "m".repeat(100_000)));
    assert!(get(long).await.to_string().len() < 1_000);
}

#[tokio::test]
async fn values_of_a_body_do_not_reach_the_message() {
    for body in [
        r#"{"id":"app_1","status":"created","amount_pence":"hunter2","term_months":12,"created_at":"2026-06-29T10:14:02Z"}"#,
        r#"{"id":"app_1","status":"created","amount_pence":1,"term_months":12,"created_at":"hunter2"}"#,
        r#""hunter2, expected x""#,
        r#"{"id":{"hunter2":1}}"#,
    ] {
        let error = get(answer(200).body(body)).await;
        let chain = format!("{error} {error:?} {:?}", std::error::Error::source(&error));
        assert!(!chain.contains("hunter2"), "{chain}");
        assert!(error.message().contains("line"), "{error}");
    }
    let missing = get(answer(200).body(r#"{"id":"app_1"}"#)).await;
    assert!(missing.message().contains("missing field `"), "{missing}");
}

#[tokio::test]
async fn a_mint_that_is_not_understood_shows_nothing_of_it() {
    for body in [
        r#""hunter2""#,
        r#"{"access_token":{"hunter2":1}}"#,
        r#"{"access_token":"hunter2\n"}"#,
        "hunter2",
        r#"{"access_token":""}"#,
    ] {
        let script = Script::calls([]).mints([answer(200).body(body)]);
        let error = script.client(&clock()).applications().get("app_1").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{body}");
        assert_eq!(error.body(), None);
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
        assert_eq!(
            (error.attempts(), error.may_have_been_sent()),
            (0, false),
            "the call itself was not sent"
        );
    }
}

#[tokio::test]
async fn a_response_tells_what_happened() {
    let created = ok()
        .header("x-credicorp-request-id", "req_x")
        .header("ratelimit-limit", "10")
        .header("ratelimit-remaining", "9")
        .header("ratelimit-reset", "1")
        .header("idempotency-replayed", "true");
    let script = Script::calls([coded(500, "server_error"), created]);
    let new = NewApplication::new(Business::new("16093826"), Pence::from_pounds(25_000), 12);
    let response = script.client(&clock()).applications().create(new).with_response().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.request_id(), Some("req_x"));
    assert_eq!(response.attempts(), 2);
    assert!(response.replayed());
    assert_eq!(response.body(), APPLICATION);
    let limit = response.rate_limit().unwrap();
    assert_eq!(
        (limit.limit, limit.remaining, limit.reset),
        (Some(10), Some(9), Some(std::time::Duration::from_secs(1)))
    );
    let keys: Vec<_> =
        script.seen().iter().map(|seen| seen.header("idempotency-key").unwrap().to_owned()).collect();
    assert_eq!(keys, [response.idempotency_key().unwrap(), response.idempotency_key().unwrap()]);
    assert_eq!(response.id.as_str(), "app_1", "derefs to the value");
}

/// One client for all cases: making one reads the system's certificates.
fn for_any<T: std::fmt::Debug>(
    strategy: impl Strategy<Value = T>,
    check: impl Fn(&dyn Fn(Step) -> Error, T) -> Result<(), TestCaseError>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let script = Script::calls([]);
    let client = script.client(&clock());
    let get = |step| {
        script.then_calls([step]);
        runtime.block_on(client.applications().get("app_1").max_retries(0).into_future()).unwrap_err()
    };
    TestRunner::default().run(&strategy, |value| check(&get, value)).unwrap();
}

#[test]
fn any_bytes_as_a_body_are_read() {
    // A 401 would be asked for twice.
    let status = (200_u16..600).prop_filter("401", |status| *status != 401);
    for_any((status, proptest::collection::vec(any::<u8>(), 0..300)), |get, (status, body)| {
        let error = get(answer(status).body(body.clone()));
        prop_assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
        prop_assert_eq!(error.body().unwrap_or_default(), &body[..]);
        prop_assert!(error.to_string().chars().all(|character| !character.is_control()));
        Ok(())
    });
}

#[test]
fn any_json_as_an_error_is_read() {
    for_any((".{0,40}", "\\PC{0,40}", 402_u16..600), |get, (code, message, status)| {
        let body = serde_json::json!({"error": {"code": code, "message": message, "fields": [code, {"field": message}]}});
        let error = get(answer(status).body(body.to_string()));
        prop_assert_eq!(error.code(), Some(code.as_str()));
        prop_assert_eq!(error.message(), message.as_str());
        Ok(())
    });
}
