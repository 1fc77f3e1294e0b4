//! Every operation on the wire, through both colours: what was sent, and what the answer was read as.
//!
//! Redacted by rule: credentials, generated keys, and the version in the `User-Agent`. `Host` and the length of a body are
//! left out.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use credicorp::{Client, blocking};
use credicorp_gen::OPERATIONS;
use credicorp_tests::calls::{How, READS, WRITES, call, send};
use httpmock::HttpMockRequest;
use serde_json::Value;

use super::capture::Capture;

const MINT: &str = "create_token";

/// A request as text, redacted.
fn sent(request: &HttpMockRequest) -> String {
    let uri = request.uri();
    let mut text = format!("{} {}\n", request.method_str(), uri.path());
    for (name, value) in request.query_params() {
        text += &format!("  ? {name} = {value}\n");
    }
    let mut headers: Vec<(String, String)> = request.headers_vec().clone();
    headers.sort();
    for (name, value) in headers {
        let value = match name.to_ascii_lowercase().as_str() {
            "host" | "content-length" => continue,
            "authorization" => format!("{} [credential]", value.split(' ').next().unwrap()),
            "idempotency-key" => "[key]".to_owned(),
            "user-agent" => value.replace(env!("CARGO_PKG_VERSION"), "[version]"),
            _ => value,
        };
        text += &format!("  {name}: {value}\n");
    }
    let body = request.body_string();
    match serde_json::from_str::<Value>(&body) {
        Ok(json) => text + &format!("{json:#}\n"),
        Err(_) if body.is_empty() => text,
        Err(_) => text + &body + "\n",
    }
}

fn one(operation: &str, capture: &Capture) -> String {
    let requests = capture.requests_to(operation);
    assert_eq!(requests.len(), 1, "{operation}");
    sent(&requests[0])
}

/// What an operation sends and gives, asynchronously.
async fn by_async(operation: &str) -> String {
    let capture = Capture::of(operation, 0);
    let cc = capture.client(Client::builder());
    let value = match operation {
        MINT => format!("{:#?}", cc.access_token().await.unwrap()),
        _ => call(&cc, operation, How::default()).await.unwrap().value,
    };
    format!("{}\n-> {value}\n", one(operation, &capture))
}

/// The same through the blocking client.
fn by_blocking(operation: &str) -> String {
    let capture = Capture::of(operation, 0);
    let cc = capture.client(blocking::Client::builder());
    let value = match operation {
        MINT => format!("{:#?}", cc.access_token().unwrap()),
        _ => send(&cc, operation, How::default()).unwrap().value,
    };
    format!("{}\n-> {value}\n", one(operation, &capture))
}

#[test]
fn every_operation_has_a_call_and_a_snapshot() {
    let called: BTreeSet<&str> = READS.iter().chain(WRITES).copied().chain([MINT]).collect();
    let known: BTreeSet<&str> = OPERATIONS.iter().map(|operation| operation.id).collect();
    assert_eq!(called, known, "calls.rs has one call of each operation");

    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wire/snapshots");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let kept: BTreeSet<String> = files.filter(|file| file.starts_with("operation__")).collect();
    let expected: BTreeSet<String> = known.iter().map(|id| format!("operation__{id}.snap")).collect();
    assert_eq!(kept, expected, "a snapshot for each operation, and none that is left over");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_on_the_wire_and_both_colours_alike() {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for operation in OPERATIONS {
        let snapshot = by_async(operation.id).await;
        let blocking = tokio::task::spawn_blocking(|| by_blocking(operation.id)).await.unwrap();
        assert_eq!(blocking, snapshot, "{} differs between the colours", operation.id);
        for secret in ["sk_test_wire", "c2tfdGVzdF93aXJl", "eyJ", "whsec_"] {
            assert!(!snapshot.contains(secret), "{} shows {secret}", operation.id);
        }
        settings.bind(|| insta::assert_snapshot!(format!("operation__{}", operation.id), snapshot));
    }
}
