//! A path value that is no id never leaves.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use credicorp_gen::{Client, Error, ResponseValue};
use support::{Recorder, now};

const NO_IDS: [&str; 17] = [
    "",
    ".",
    "..",
    "a\\b",
    "x/../y",
    "a/b",
    "/",
    "%2e%2e",
    "x%2F..%2Fy",
    "a b",
    "a?b",
    "a#b",
    "a.b",
    "é",
    "a\nb",
    "a\0b",
    "{id}",
];

fn refused<T>(result: Result<ResponseValue<T>, Error>, id: &str) -> String {
    match result {
        Err(Error::Request(problem)) => problem,
        other => panic!("{id:?} gave {other:?}"),
    }
}

#[test]
fn what_is_no_id_fails_before_a_url_is_built() {
    let recorder = Recorder::answering(200, "{}");
    let client: Client = recorder.client();
    let long = "a".repeat(256);
    for id in NO_IDS.into_iter().chain([long.as_str()]) {
        refused(now(client.get_application(&id.into())), id);
        refused(now(client.submit_application(&id.into())), id);
        refused(now(client.get_decision(&id.into())), id);
        refused(now(client.accept_offer(&id.into())), id);
        refused(now(client.get_payment_link(&id.into())), id);
        refused(now(client.get_account_schedule(&id.into())), id);
        refused(now(client.get_identity_check(&id.into())), id);
        refused(now(client.delete_webhook_endpoint(&id.into())), id);
    }
    assert!(recorder.requests().is_empty());
}

#[test]
fn the_refusal_says_what_is_wrong_and_does_not_repeat_the_value() {
    let client = Recorder::answering(200, "{}").client();
    let long = "a".repeat(256);
    for (id, problem) in
        [("sk/test", "has '/'"), ("a\nb", "has '\\n'"), ("", "is empty"), (&long, "has 256 characters")]
    {
        let told = refused(now(client.get_application(&id.into())), id);
        assert_eq!(told, format!("an id is 1 to 255 letters, digits, `_` and `-`, and this one {problem}"));
    }
}

#[test]
fn an_id_stands_in_the_path_as_it_is() {
    let longest = "a".repeat(255);
    for id in ["app_8Kd2c9Qm", "0", "-", "A-Z_09", &longest] {
        let recorder = Recorder::answering(204, "");
        now(recorder.client().delete_webhook_endpoint(&id.into())).unwrap();
        let (request, operation) = recorder.request();
        assert_eq!(request.url().as_str(), format!("https://api.example/partner/v1/webhook_endpoints/{id}"));
        assert_eq!(operation.id, "delete_webhook_endpoint");
    }
}

#[test]
fn a_base_that_the_url_does_not_begin_with_fails_before_anything_is_sent() {
    let recorder = Recorder::answering(204, "");
    for base in [
        "https://api.example/",
        "HTTPS://api.example",
        "https://api.example/../x",
        "https://user:pass@api.example",
        "https://api.example/?x=",
        "https://api.example/#",
        "https:",
        "nonsense",
        "",
    ] {
        let result = now(recorder.client_of(base).delete_webhook_endpoint(&"whend_1".into()));
        let problem = refused(result, base);
        assert!(!problem.contains("pass"), "{problem}");
    }
    assert!(recorder.requests().is_empty());
}
