use std::time::Duration;

use credicorp_sandbox::{Fault, Sandbox};
use http::Method;
use serde_json::json;

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

#[tokio::test]
async fn half_a_body_is_a_broken_connection_after_the_effect() {
    let caller = Caller::start().await;
    caller.sandbox.inject(Fault::half_body());
    let create = || {
        let request = caller.request(Method::POST, APPLICATIONS).header("idempotency-key", "order_1");
        request.json(&new_application()).send()
    };
    let mut broken = create().await.unwrap();
    assert_eq!(broken.status(), 201);
    let promised = usize::try_from(broken.content_length().unwrap()).unwrap();
    let (mut got, mut failed) = (0, false);
    while !failed {
        match broken.chunk().await {
            Ok(Some(chunk)) => got += chunk.len(),
            Ok(None) => break,
            Err(_) => failed = true,
        }
    }
    assert!(failed && got == promised / 2, "{got} of {promised}");
    let whole = create().await.unwrap();
    assert_eq!(whole.headers()["idempotency-replayed"], "true");
    assert_eq!(whole.text().await.unwrap().len(), promised);
}

#[tokio::test]
async fn half_of_nothing_is_a_reset() {
    let caller = Caller::start().await;
    let body = json!({ "url": "https://yourapp.com/hook", "enabled_events": ["*"] });
    let id = caller.post("/partner/v1/webhook_endpoints", &body).await.id();
    caller.sandbox.inject(Fault::half_body());
    let path = format!("/partner/v1/webhook_endpoints/{id}");
    assert!(caller.request(Method::DELETE, &path).send().await.is_err());
    caller.get(&path).await.refused(404, "resource_not_found");
}

async fn hits(seed: u64, fault: Fault) -> Vec<bool> {
    let caller = Caller::of(Sandbox::builder().seed(seed)).await;
    caller.sandbox.inject(fault);
    let mut hits = Vec::new();
    for _ in 0..60 {
        hits.push(caller.get(APPLICATIONS).await.status == 503);
    }
    hits
}

#[tokio::test]
async fn chance_follows_from_the_seed() {
    let fault = || Fault::status(503).probability(0.3);
    let (one, again, other) = (hits(7, fault()).await, hits(7, fault()).await, hits(8, fault()).await);
    assert!(one == again && one != other);
    let count = one.iter().filter(|hit| **hit).count();
    assert!((8..=28).contains(&count), "{count} of 60");
    assert!(!hits(7, Fault::status(503).probability(0.0)).await.contains(&true));
    assert!(!hits(7, Fault::status(503).probability(1.0)).await.contains(&false));
    let twice = hits(7, fault().times(2)).await;
    assert_eq!(twice.iter().filter(|hit| **hit).count(), 2);
}

#[tokio::test]
async fn a_fault_that_may_hit_for_ever_ends_by_hand() {
    let caller = Caller::start().await;
    caller.sandbox.inject(Fault::status(503).probability(1.0));
    caller.get(APPLICATIONS).await.refused(503, "service_unavailable");
    caller.sandbox.clear_faults();
    assert_eq!(caller.get(APPLICATIONS).await.status, 200);
}

#[tokio::test]
async fn a_401_once_is_gone_with_the_next_call() {
    let caller = Caller::start().await;
    caller.sandbox.inject(Fault::status(401));
    let error = caller.get(APPLICATIONS).await.refused(401, "unauthorized");
    assert_eq!(error["type"], "authentication_error");
    assert_eq!(caller.get(APPLICATIONS).await.status, 200);
}

#[tokio::test]
async fn what_each_fault_hit_is_counted_even_when_it_is_used_up_or_cleared() {
    let caller = Caller::start().await;
    caller.sandbox.inject(Fault::status(503).times(2));
    caller.sandbox.inject(Fault::status(500).on("get_decision"));
    caller.sandbox.inject(Fault::status(502).probability(1.0));
    for _ in 0..5 {
        caller.get(APPLICATIONS).await;
    }
    caller.sandbox.clear_faults();
    caller.get(APPLICATIONS).await;
    let hits: Vec<_> = caller.sandbox.faults_hit().into_iter().map(|(_, hits)| hits).collect();
    assert_eq!(hits, [2, 0, 3]);
}
