//! What an endpoint builds, and what it makes of the answer.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::{error::Error as _, sync::Arc};

use credicorp_gen::{Client, Error, Idempotency, OPERATIONS, Session, operation, types::*};
use jiff::civil::date;
use serde_json::{Value, json};
use support::{BASE, Recorder, Refuser, body, now, query};

const APPLICATION: &str = r#"{"id":"app_1","status":"created","amount_pence":2500000,"term_months":12,"created_at":"2026-06-01T09:30:00Z"}"#;

fn new_application() -> NewApplication {
    NewApplication::new(Business::new("16093826"), Pence::from_pounds(25_000), 12)
}

#[test]
fn a_body_is_json_and_holds_what_was_set() {
    let recorder = Recorder::answering(201, APPLICATION);
    let new = new_application()
        .purpose(Purpose::WorkingCapital)
        .redirect_uri("https://yourapp.com/return")
        .metadata([("order", "88421")]);
    let application = now(recorder.client().create_application(&new)).unwrap().into_inner();
    assert_eq!(application.id, "app_1");
    assert_eq!(application.amount_pence.to_string(), "£25,000.00");

    let (request, operation) = recorder.request();
    assert_eq!((request.method().as_str(), operation.id), ("POST", "create_application"));
    assert_eq!(request.url().as_str(), "https://api.example/partner/v1/applications");
    assert_eq!(request.headers()["content-type"], "application/json");
    assert_eq!(request.headers().len(), 1, "nothing else: {:?}", request.headers());
    assert_eq!(
        serde_json::from_str::<Value>(body(&request)).unwrap(),
        json!({
            "business": {"company_number": "16093826"}, "amount_pence": 2_500_000, "term_months": 12,
            "purpose": "working_capital", "redirect_uri": "https://yourapp.com/return", "metadata": {"order": "88421"},
        })
    );
}

#[test]
fn a_query_holds_what_was_given_and_nothing_else() {
    let recorder = Recorder::answering(200, r#"{"data":[],"has_more":false,"next_cursor":null}"#);
    let client = recorder.client();
    now(client.list_applications(None, None, None, None, None)).unwrap();
    assert_eq!(recorder.request().0.url().as_str(), "https://api.example/partner/v1/applications");

    let (after, status) = (date(2026, 6, 1), ApplicationStatus::from("brand new & odd"));
    let page = now(client.list_applications(Some(&after), None, Some("c+/=&?#"), Some(50), Some(&status)))
        .unwrap()
        .into_inner();
    assert_eq!((page.data, page.has_more, page.next_cursor), (vec![], false, None));
    let pairs = query(&recorder.request().0);
    let pairs: Vec<(&str, &str)> =
        pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(
        pairs,
        [
            ("created_after", "2026-06-01"),
            ("cursor", "c+/=&?#"),
            ("limit", "50"),
            ("status", "brand new & odd")
        ]
    );
}

#[test]
fn a_token_request_is_a_form() {
    let recorder =
        Recorder::answering(200, r#"{"access_token":"eyJ","token_type":"Bearer","expires_in":3600}"#);
    let ask = TokenRequest::new("client_credentials").client_id("cid_1").client_secret("csk_&1").scope("a b");
    let token = now(recorder.client().create_token(&ask)).unwrap().into_inner();
    assert_eq!(token.access_token.expose(), "eyJ");
    let (request, operation) = recorder.request();
    assert_eq!(request.headers()["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(
        body(&request),
        "client_id=cid_1&client_secret=csk_%261&grant_type=client_credentials&scope=a+b"
    );
    assert!(!operation.authenticated && operation.answers_secret);
    for shown in [format!("{ask:?}"), format!("{token:?}")] {
        assert!(!shown.contains("csk_") && !shown.contains("eyJ") && shown.contains("[redacted]"), "{shown}");
    }
}

#[test]
fn an_answer_keeps_its_head_its_extensions_and_its_body() {
    let recorder = Recorder::answering(200, APPLICATION);
    let answer = now(recorder.client().get_application(&"app_1".into())).unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["credicorp-request-id"]),
        (200, &http::HeaderValue::from_static("req_1"))
    );
    assert_eq!(format!("{answer:?}"), "ResponseValue { status: 200, .. }");
    let (application, parts, body) = answer.into_parts();
    assert_eq!(application.id, "app_1");
    assert_eq!(parts.extensions.get::<&str>(), Some(&"what the transport knows"));
    assert_eq!(body, APPLICATION);
}

#[test]
fn a_success_of_another_status_is_read_like_the_documented_one() {
    let application =
        now(Recorder::answering(200, APPLICATION).client().create_application(&new_application()));
    assert_eq!(application.unwrap().into_inner().term_months, 12);
}

#[test]
fn a_success_that_does_not_decode_keeps_the_answer_and_shows_no_body() {
    for text in ["", "<html>private</html>", r#"{"id":"private"}"#, r#"{"id":"app_1","status":["private"]}"#]
    {
        let client = Recorder::answering(200, text).client();
        let error = now(client.get_application(&"app_1".into())).unwrap_err();
        assert!(
            !format!("{error:?}").contains("html") && !format!("{error} {error:?}").contains("private"),
            "{error:?}"
        );
        assert!(error.source().is_some());
        let Error::Decode { response, .. } = error else { panic!("{error:?}") };
        assert_eq!((response.status().as_u16(), response.body().as_ref()), (200, text.as_bytes()));
        assert_eq!(response.headers()["credicorp-request-id"], "req_1");
    }
}

#[test]
fn a_success_with_a_secret_that_does_not_decode_keeps_no_trace_of_it() {
    for text in [
        r#"{"access_token":"eyJ","token_type":["eyJ"]}"#,
        r#"{"access_token":"eyJ","expires_in":"eyJ"}"#,
        r#""eyJ""#,
    ] {
        let ask = TokenRequest::new("client_credentials");
        let error = now(Recorder::answering(200, text).client().create_token(&ask)).unwrap_err();
        let Error::Decode { response, source } = &error else { panic!("{error:?}") };
        assert!(response.body().is_empty());
        assert!(source.to_string().contains(" at line 1 column "), "{source}");
        assert!(!format!("{error:?} {error} {source}").contains("eyJ"));
    }
}

#[test]
fn the_transports_error_comes_back_whole() {
    let client = Client::new_with_client(
        BASE,
        reqwest::Client::new(),
        Session::from(Arc::new(Refuser(BASE.parse().unwrap()))),
    );
    let error = now(client.get_application(&"app_1".into())).unwrap_err();
    assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("no route"));
    assert!(matches!(error, Error::Transport(_)));
}

#[test]
fn an_answer_that_is_no_success_is_told_even_so() {
    let error =
        now(Recorder::answering(404, "private").client().get_application(&"app_1".into())).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("private"));
    let Error::Unexpected(response) = error else { panic!("{error:?}") };
    assert_eq!(response.status().as_u16(), 404);
}

#[test]
fn operations_say_what_their_requests_need() {
    let create = operation("create_application").unwrap();
    assert_eq!(
        (create.scope, create.authenticated, create.answers_secret),
        (Some("applications:write"), true, false)
    );
    for (id, idempotency) in [
        ("create_application", Idempotency::Optional),
        ("get_application", Idempotency::None),
        ("create_disbursement", Idempotency::Required),
        ("create_identity_check", Idempotency::Required),
        ("create_token", Idempotency::None),
    ] {
        assert_eq!(operation(id).unwrap().idempotency, idempotency, "{id}");
    }
    let secret: Vec<&str> = OPERATIONS
        .iter()
        .filter(|operation| operation.answers_secret)
        .map(|operation| operation.id)
        .collect();
    assert!(
        secret.contains(&"create_webhook_endpoint") && secret.contains(&"rotate_webhook_secret"),
        "{secret:?}"
    );
    assert!(operation("lost").is_none());
    assert_eq!(OPERATIONS.iter().filter(|operation| !operation.authenticated).count(), 1);
}

#[test]
fn futures_can_move_between_threads() {
    fn assert_send<T: Send>(_: &T) {}
    fn assert_shared<T: Send + Sync + 'static>() {}
    assert_shared::<Client>();
    assert_shared::<Error>();
    let client = Recorder::answering(200, "{}").client();
    assert_send(&client.list_applications(None, None, None, None, None));
}
