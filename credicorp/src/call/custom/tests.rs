use http::Method;
use serde_json::{Value, json};

use crate::ErrorKind;
use crate::test_support::{Script, answer, clock, coded};

#[tokio::test]
async fn it_goes_the_way_of_every_call() {
    let script = Script::calls([coded(503, "service_unavailable"), answer(200).body(r#"{"a":1}"#)]);
    let cc = script.client(&clock());
    let call =
        cc.request::<Value>(Method::POST, "/partner/v1/brand_new").query([("a", "b c&d=ä"), ("a", "2")]);
    let response = call.json(&json!({"n": 1})).header("x-trace", "1").with_response().await.unwrap();
    assert_eq!(response.attempts(), 2);
    let key = response.idempotency_key().unwrap().to_owned();
    assert_eq!(response.into_inner(), json!({"a": 1}));
    for seen in script.seen() {
        assert_eq!(seen.path, "/partner/v1/brand_new?a=b+c%26d%3D%C3%A4&a=2");
        assert_eq!(seen.body, r#"{"n":1}"#);
        for (name, value) in [
            ("authorization", "Bearer token-1"),
            ("content-type", "application/json"),
            ("accept", "application/json"),
            ("x-trace", "1"),
            ("idempotency-key", key.as_str()),
        ] {
            assert_eq!(seen.header(name), Some(value));
        }
    }
}

#[tokio::test]
async fn every_method_that_changes_something_sends_a_key_and_the_others_none() {
    let methods = [Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let script = Script::calls(vec![answer(204); 7]);
    let cc = script.client(&clock());
    for method in &methods {
        cc.request::<()>(method.clone(), "/partner/v1/x").await.unwrap();
    }
    for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
        let nothing: Option<Value> = cc.request(method, "/partner/v1/x").await.unwrap();
        assert_eq!(nothing, None, "an empty answer reads as null");
    }
    let keyed: Vec<bool> =
        script.seen().iter().map(|seen| seen.header("idempotency-key").is_some()).collect();
    assert_eq!(keyed, [true, true, true, true, false, false, false]);

    let script = Script::calls([answer(204)]);
    let cc = script.client(&clock());
    cc.request::<()>(Method::PUT, "/partner/v1/x").idempotency_key("mine").await.unwrap();
    assert_eq!(script.seen()[0].header("idempotency-key"), Some("mine"));
}

#[tokio::test]
async fn what_cannot_be_is_an_error_and_nothing_is_sent() {
    struct Unwritable;
    impl serde::Serialize for Unwritable {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("no"))
        }
    }
    let script = Script::calls([]);
    let cc = script.client(&clock());
    let get = |path: &str| cc.request::<Value>(Method::GET, path);
    let errors = [
        get("//evil.example/x").await.unwrap_err(),
        get("/partner/v1/../x").await.unwrap_err(),
        get("/partner/v1/x?a=b").await.unwrap_err(),
        get("/x").idempotency_key("mine").await.unwrap_err(),
        get("/x").header("authorization", "Bearer mine").await.unwrap_err(),
        cc.request::<Value>(Method::TRACE, "/x").await.unwrap_err(),
        cc.request::<Value>(Method::from_bytes(b"PURGE").unwrap(), "/x").await.unwrap_err(),
        cc.request::<Value>(Method::POST, "/x").json(&Unwritable).await.unwrap_err(),
        cc.applications().list().limit(5).query([("limit", "6")]).await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Request, "{error}");
        assert!(!error.may_have_been_sent());
    }
    assert_eq!((script.seen().len(), script.seen_mints().len()), (0, 0));
}

#[tokio::test]
async fn a_query_goes_with_any_call_and_with_every_page_of_a_walk() {
    let page =
        |next: &str| answer(200).body(format!(r#"{{"data":[],"has_more":true,"next_cursor":{next}}}"#));
    let script = Script::calls([page(r#""c1""#), page("null")]);
    let mut pages = script.client(&clock()).applications().list().query([("sector", "retail")]).pages();
    while let Some(page) = pages.next().await {
        page.unwrap();
    }
    let paths: Vec<_> = script.seen().into_iter().map(|seen| seen.path).collect();
    assert_eq!(
        paths,
        ["/partner/v1/applications?sector=retail", "/partner/v1/applications?cursor=c1&sector=retail"]
    );
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_keeps_its_status_and_no_body() {
    let secret = r#"{"secret":"whsec_hunter2"}"#;
    let script = Script::calls([
        answer(200).body(secret).header("credicorp-request-id", "req_1"),
        answer(422).body(secret),
    ]);
    let cc = script.client(&clock());
    for status in [200, 422] {
        let error = cc.request::<u32>(Method::GET, "/partner/v1/x").await.unwrap_err();
        assert_eq!((error.status().unwrap().as_u16(), error.body().map(|body| body.len())), (status, None));
        assert!(!format!("{error:?} {error}").contains("hunter2"));
    }
}
