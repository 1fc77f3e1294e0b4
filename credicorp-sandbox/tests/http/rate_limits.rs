use std::time::Duration;

use credicorp_sandbox::{Fault, Sandbox, Tier};
use http::Method;
use tokio::task::JoinSet;

use crate::caller::{APPLICATIONS, Caller, Reply, new_application};

async fn caller(tier: Tier) -> Caller {
    Caller::of(Sandbox::builder().tier(tier)).await
}

fn numbers(reply: &Reply) -> [u64; 3] {
    ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"]
        .map(|name| reply.header(name).unwrap().parse().unwrap())
}

#[tokio::test]
async fn a_tier_gives_its_burst_and_then_its_rate() {
    for (tier, burst, pause) in [(Tier::Build, 50, 100), (Tier::Launch, 100, 40), (Tier::Scale, 400, 10)] {
        let caller = caller(tier).await;
        for left in (0..burst).rev() {
            let reply = caller.get("/partner/v1/accounts").await;
            assert_eq!((reply.status, numbers(&reply)[1]), (200, left));
        }
        let refused = caller.get("/partner/v1/accounts").await;
        let error = refused.refused(429, "rate_limited");
        assert_eq!(
            (error["type"].as_str(), refused.header("retry-after")),
            (Some("rate_limit_error"), Some("1"))
        );
        assert_eq!(numbers(&refused)[..2], [burst, 0]);
        caller.pass(pause - 1);
        caller.get("/partner/v1/accounts").await.refused(429, "rate_limited");
        caller.pass(1);
        assert_eq!(caller.get("/partner/v1/accounts").await.status, 200);
        caller.get("/partner/v1/accounts").await.refused(429, "rate_limited");
    }
}

#[tokio::test]
async fn an_operation_can_have_a_limit_of_its_own() {
    let caller = caller(Tier::Scale).await;
    for _ in 0..5 {
        assert_eq!(caller.create_under("k", &new_application()).await.status, 201);
    }
    let refused = caller.create_under("k", &new_application()).await;
    refused.refused(429, "rate_limited");
    assert_eq!(numbers(&refused), [5, 0, 1]);
    let list = caller.get(APPLICATIONS).await;
    assert_eq!((list.status, numbers(&list)[..2].to_vec()), (200, vec![400, 394]));
    caller.pass(200);
    assert_eq!(caller.create_under("k", &new_application()).await.status, 201);
}

#[tokio::test]
async fn a_refused_write_did_not_happen_and_its_key_is_free() {
    let caller = caller(Tier::Build).await;
    for _ in 0..5 {
        caller.create().await;
    }
    caller.create_under("k", &new_application()).await.refused(429, "rate_limited");
    caller.pass(1_000);
    let reply = caller.create_under("k", &new_application()).await;
    assert_eq!((reply.status, reply.header("idempotency-replayed")), (201, None));
    let list = caller.get(APPLICATIONS).await.json();
    assert_eq!(list["data"].as_array().unwrap().len(), 6);
}

#[tokio::test]
async fn so_many_requests_run_at_a_time_and_no_more() {
    let caller = caller(Tier::Build).await;
    caller.sandbox.inject(Fault::delay(Duration::from_secs(1)).times(10));
    let mut running = JoinSet::new();
    for _ in 0..10 {
        running.spawn(caller.request(Method::GET, APPLICATIONS).send());
    }
    while !caller.sandbox.pending_faults().is_empty() {
        tokio::task::yield_now().await;
    }
    caller.get(APPLICATIONS).await.refused(429, "rate_limited");
    caller.pass(1_000);
    while let Some(reply) = running.join_next().await {
        assert_eq!(reply.unwrap().unwrap().status(), 200);
    }
    assert_eq!(caller.get(APPLICATIONS).await.status, 200);
}

#[tokio::test]
async fn nothing_is_limited_unless_a_tier_is_chosen() {
    let caller = Caller::start().await;
    for _ in 0..60 {
        assert_eq!(caller.create_under("k", &new_application()).await.status, 201);
    }
}
