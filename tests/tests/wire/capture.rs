//! A server that keeps what it received and answers with the spec's examples.

use std::sync::{Arc, Mutex};

use credicorp::ClientBuilder;
use credicorp::call::Mode;
use credicorp_tests::calls;
use httpmock::{HttpMockRequest, HttpMockResponse, MockServer};
use serde_json::Value;

/// The spec as the sandbox has it.
pub(crate) fn spec() -> Value {
    serde_json::from_str(include_str!("../../../credicorp-sandbox/src/generated/partner-v1.json")).unwrap()
}

/// The success that the spec promises for an operation: its status, and its example as the body.
fn promised(spec: &Value, id: &str) -> (u16, Option<Value>) {
    let paths = spec["paths"].as_object().unwrap().values();
    let operation = paths.filter_map(Value::as_object).flat_map(|path| path.values());
    let operation = operation.into_iter().find(|operation| operation["operationId"] == id).unwrap();
    let answers = operation["responses"].as_object().unwrap();
    let (status, answer) = answers.iter().find(|(status, _)| status.starts_with('2')).unwrap();
    let schema = &answer["content"]["application/json"]["schema"]["$ref"];
    let example = schema.as_str().map(|reference| {
        let schema = spec.pointer(reference.trim_start_matches('#')).unwrap();
        schema.get("example").unwrap_or_else(|| panic!("{reference} has no example")).clone()
    });
    (status.parse().unwrap(), example)
}

const EXPIRED: &str =
    r#"{"error":{"type":"authentication_error","code":"token_expired","message":"The token has expired."}}"#;

/// A server on loopback.
pub(crate) struct Capture {
    server: MockServer,
    seen: Arc<Mutex<Vec<HttpMockRequest>>>,
}

impl Capture {
    /// It answers every partner call with what the spec promises for this operation, after so many tokens that it takes
    /// for expired: the one failure that is repeated without a pause.
    pub(crate) fn of(operation: &str, expired: usize) -> Self {
        let spec = spec();
        let (status, body) = promised(&spec, operation);
        let token = promised(&spec, "create_token").1.unwrap();
        let server = MockServer::start();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&seen);
        server.mock(|when, then| {
            when.any_request();
            then.respond_with(move |request: &HttpMockRequest| {
                let is_mint = request.uri().path() == "/oauth/token";
                let mut seen = keep.lock().unwrap();
                seen.push(request.clone());
                let partner_calls = seen.iter().filter(|seen| seen.uri().path() != "/oauth/token").count();
                let answer = HttpMockResponse::builder().header("content-type", "application/json");
                match &body {
                    _ if is_mint => answer.status(200).body(token.to_string()).build(),
                    _ if partner_calls <= expired => answer.status(401).body(EXPIRED).build(),
                    Some(body) => answer.status(status).body(body.to_string()).build(),
                    None => answer.status(status).build(),
                }
            });
        });
        Self { server, seen }
    }

    /// A client of it, of either colour.
    pub(crate) fn client<M: Mode>(&self, builder: ClientBuilder<M>) -> M::Client {
        calls::client(builder, self.server.base_url()).unwrap()
    }

    /// What was received for the operation itself: for the token the mint, for any other the rest.
    pub(crate) fn requests_to(&self, operation: &str) -> Vec<HttpMockRequest> {
        let mints = operation == "create_token";
        let seen = self.seen.lock().unwrap();
        seen.iter().filter(|request| (request.uri().path() == "/oauth/token") == mints).cloned().collect()
    }
}

/// A header of a request.
pub(crate) fn header<'a>(request: &'a HttpMockRequest, name: &str) -> Option<&'a str> {
    let mut headers = request.headers_vec().iter();
    headers.find(|(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}
