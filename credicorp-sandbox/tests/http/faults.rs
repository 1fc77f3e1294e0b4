use std::time::Duration;

use credicorp_sandbox::Fault;
use http::Method;

use crate::caller::{APPLICATIONS, Caller, new_application, start_time};

#[tokio::test]
async fn a_fault_hits_as_often_as_it_says_and_then_no_more() {
    let caller = Caller::start().await;
    caller.sandbox.inject(Fault::status(503).retry_after(1).times(2));
    for _ in 0..2 {
        let reply = caller.get(APPLICATIONS).await;
        let error = reply.refused(503, "service_unavailable");
        assert_eq!((error["type"].as_str(), reply.header("retry-after")), (Some("api_error"), Some("1")));
        assert_eq!(error["request_id"].as_str(), reply.header("credicorp-request-id"));
    }
    assert_eq!(caller.get(APPLICATIONS).await.status, 200);
    assert!(caller.sandbox.pending_faults().is_empty());
}

#[tokio::test]
async fn faults_are_used_in_their_order_one_a_request() {
    let caller = Caller::start().await;
    caller.sandbox.inject(Fault::status(500));
    caller.sandbox.inject(Fault::status(429).retry_after(7).on("get_decision"));
    caller.sandbox.inject(Fault::status(502));
    caller.sandbox.inject(Fault::status(404).times(0));
    assert_eq!(caller.get(APPLICATIONS).await.status, 500);
    assert_eq!(caller.get(APPLICATIONS).await.status, 502);
    assert_eq!(caller.get(APPLICATIONS).await.status, 200);
    caller.decision("dec_1").await.refused(429, "rate_limited");
}

#[tokio::test]
async fn the_token_endpoint_fails_only_when_it_is_named() {
    let mut caller = Caller::start().await;
    caller.sandbox.inject(Fault::status(503));
    caller.mint().await;
    caller.sandbox.inject(Fault::status(429).retry_after(2).on("create_token"));
    let reply = caller.token(Some((caller.sandbox.secret_key(), "")), "grant_type=client_credentials").await;
    assert_eq!(
        (reply.status, reply.json()["error"].as_str(), reply.header("retry-after")),
        (429, Some("rate_limited"), Some("2"))
    );
    assert_eq!(caller.get(APPLICATIONS).await.status, 503);
}

#[tokio::test]
async fn a_fault_can_say_anything() {
    let caller = Caller::start().await;
    caller.sandbox.inject(Fault::status(502));
    caller.sandbox.inject(Fault::status(503).html("<p>down</p>"));
    caller.sandbox.inject(
        Fault::status(500).body("{\"error\":").header("x-proxy", "a").header("content-type", "text/x-odd"),
    );
    caller.sandbox.inject(Fault::status(503).retry_after_date(start_time() + Duration::from_secs(5)));
    let proxy = caller.get(APPLICATIONS).await;
    assert!(
        proxy.text.starts_with("<html>") && proxy.header("content-type") == Some("text/html"),
        "{proxy:?}"
    );
    assert_eq!(caller.get(APPLICATIONS).await.text, "<p>down</p>");
    let odd = caller.get(APPLICATIONS).await;
    assert_eq!(
        (odd.text.as_str(), odd.header("x-proxy"), odd.header("content-type")),
        ("{\"error\":", Some("a"), Some("text/x-odd"))
    );
    let dated = caller.get(APPLICATIONS).await;
    assert_eq!(dated.header("retry-after"), Some("Mon, 29 Jun 2026 10:14:07 GMT"));
    assert_eq!(dated.header("date"), Some("Mon, 29 Jun 2026 10:14:02 GMT"));
}

#[tokio::test]
async fn a_misspelt_operation_is_not_a_silent_fault() {
    let caller = Caller::start().await;
    caller.sandbox.inject(Fault::status(503).on("create_aplication"));
    for _ in 0..3 {
        let error = caller.get(APPLICATIONS).await.refused(500, "server_error");
        assert!(error["message"].as_str().unwrap().contains("create_aplication"), "{error}");
    }
}

#[tokio::test]
async fn a_delay_is_on_the_sandboxs_clock() {
    let caller = Caller::start().await;
    caller.sandbox.inject(Fault::delay(Duration::from_secs(3600)).on("list_applications"));
    let advance = async {
        while caller.sandbox.requests_to("list_applications").is_empty() {
            tokio::task::yield_now().await;
        }
        assert_eq!(caller.sandbox.requests_to("list_applications")[0].status, None);
        caller.pass(3_600_000);
    };
    let (reply, ()) = tokio::join!(caller.get(APPLICATIONS), advance);
    assert_eq!(reply.status, 200);
}

#[tokio::test]
async fn a_reset_before_executes_nothing_and_after_everything() {
    let caller = Caller::start().await;
    caller.sandbox.inject(Fault::reset_before());
    caller.sandbox.inject(Fault::reset_after());
    let create = || {
        let request = caller.request(Method::POST, APPLICATIONS).header("idempotency-key", "order_1");
        caller.try_send(request.json(&new_application()))
    };
    for _ in 0..2 {
        let error = create().await.unwrap_err();
        assert!(error.is_request(), "{error:?}");
    }
    let third = create().await.unwrap();
    assert_eq!((third.status, third.header("idempotency-replayed")), (201, Some("true")));
    let statuses: Vec<_> =
        caller.sandbox.requests_to("create_application").iter().map(|request| request.status).collect();
    assert_eq!(statuses.iter().flatten().count(), 1);
}
