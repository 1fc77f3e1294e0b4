//! The token cache's scenarios, over a scripted network and a clock that only the test moves.

use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::ambient::Manual;
use crate::test_support::{Script, Step, answer, clock, coded, ok, token};
use crate::{Client, Credentials, Error, ErrorKind};

/// `sk_test_hunter2:`, the key of [`Script::client`], as HTTP Basic carries it.
const BASIC: &str = "Basic c2tfdGVzdF9odW50ZXIyOg==";

async fn call(client: &Client) -> Result<(), Error> {
    client.applications().get("app_1").await.map(drop)
}

fn bearers(script: &Script) -> Vec<String> {
    script.seen().iter().map(|seen| seen.header("authorization").unwrap_or("none").to_owned()).collect()
}

/// Lets every task run until it waits.
async fn settle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}

/// Spawns that many calls; the test is on one thread, so that they all wait before it goes on.
async fn burst(client: &Client, count: usize) -> tokio::task::JoinSet<Result<(), Error>> {
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..count {
        let client = client.clone();
        calls.spawn(async move { call(&client).await });
    }
    settle().await;
    calls
}

#[tokio::test]
async fn a_token_is_minted_lazily_and_kept() {
    let script = Script::calls([ok(), ok()]);
    let client = script.client_with(&clock(), |builder| builder.scopes(["b:read", "a:read"]));
    assert!(script.seen_mints().is_empty());
    call(&client).await.unwrap();
    call(&client).await.unwrap();
    assert_eq!(bearers(&script), ["Bearer token-1", "Bearer token-1"]);
    let [mint] = &script.seen_mints()[..] else { panic!("one mint") };
    assert_eq!(mint.header("authorization"), Some(BASIC));
    assert_eq!(mint.body, "grant_type=client_credentials&scope=a%3Aread%20b%3Aread");
    assert_eq!(mint.header("idempotency-key"), None);
}

#[tokio::test]
async fn a_client_pair_goes_in_the_form() {
    let script = Script::calls([ok()]);
    let client =
        script.client(&clock()).with_credentials(Credentials::client("cid_sbx_1", "csk_sbx_a&b")).unwrap();
    call(&client).await.unwrap();
    let mint = &script.seen_mints()[0];
    assert_eq!(mint.header("authorization"), None);
    assert_eq!(mint.body, "grant_type=client_credentials&client_id=cid_sbx_1&client_secret=csk_sbx_a%26b");
}

#[tokio::test]
async fn a_thousand_concurrent_calls_mint_once() {
    let gate = Arc::new(Semaphore::new(0));
    let script = Script::calls(vec![ok(); 1_000]).mints([Step::Gate(Arc::clone(&gate), Box::new(token(1)))]);
    let client = script.client(&clock());
    let calls = burst(&client, 1_000).await;
    assert_eq!((script.seen_mints().len(), script.seen().len()), (1, 0));
    gate.add_permits(1);
    assert!(calls.join_all().await.into_iter().all(|outcome| outcome.is_ok()));
    assert_eq!(script.seen_mints().len(), 1);
    assert_eq!(bearers(&script), vec!["Bearer token-1"; 1_000]);
}

#[tokio::test]
async fn one_failure_is_shared_by_the_waiters_of_one_flight_and_no_others() {
    let gate = Arc::new(Semaphore::new(0));
    let refusal = answer(401).body(r#"{"error":"invalid_client","error_description":"unknown key"}"#);
    let script = Script::calls([ok()]).mints([Step::Gate(Arc::clone(&gate), Box::new(refusal))]);
    let client = script.client(&clock());
    let calls = burst(&client, 100).await;
    gate.add_permits(1);
    for outcome in calls.join_all().await {
        let error = outcome.unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Auth, Some("invalid_client")));
        assert_eq!((error.attempts(), error.may_have_been_sent()), (0, false));
        assert!(error.to_string().contains("no token could be minted (attempts: 1): unknown key"), "{error}");
    }
    assert_eq!(script.seen_mints().len(), 1, "no loop on a 401 of the token endpoint");
    call(&client).await.unwrap();
    assert_eq!(script.seen_mints().len(), 2, "whoever comes later starts anew");
}

#[tokio::test]
async fn when_the_minter_is_dropped_the_waiters_carry_on() {
    let gate = Arc::new(Semaphore::new(0));
    let script = Script::calls([ok(), ok()]).mints([Step::Gate(Arc::clone(&gate), Box::new(token(1)))]);
    let client = script.client(&clock());
    let mut leader = burst(&client, 1).await;
    let waiters = burst(&client, 2).await;
    leader.abort_all();
    settle().await;
    gate.add_permits(1);
    assert!(waiters.join_all().await.into_iter().all(|outcome| outcome.is_ok()));
    assert_eq!(script.seen_mints().len(), 1);
    assert_eq!(bearers(&script), ["Bearer token-1", "Bearer token-1"]);
}

/// As a prefetch does, or a branch of a select: polled once, kept, and not polled again for the time being.
#[tokio::test]
async fn a_minter_that_nobody_polls_holds_nobody_up() {
    let gate = Arc::new(Semaphore::new(0));
    let script = Script::calls([ok(), ok()]).mints([Step::Gate(Arc::clone(&gate), Box::new(token(1)))]);
    let client = script.client(&clock());
    let mut leader = Box::pin(client.applications().get("app_1").into_future());
    assert!(poll_once(&mut leader).is_none());
    gate.add_permits(1);
    call(&client).await.unwrap();
    leader.await.unwrap();
    assert_eq!(script.seen_mints().len(), 1);
}

#[tokio::test]
async fn short_deadlines_cannot_keep_a_token_from_being_minted() {
    let gate = Arc::new(Semaphore::new(0));
    let script = Script::calls([ok()]).mints([Step::Gate(Arc::clone(&gate), Box::new(token(1)))]);
    let client = script.client(&clock());
    for _ in 0..3 {
        let error =
            client.applications().get("app_1").deadline(Duration::from_millis(200)).await.unwrap_err();
        assert_eq!((error.kind(), error.may_have_been_sent()), (ErrorKind::Timeout, false));
    }
    gate.add_permits(1);
    client.applications().get("app_1").deadline(Duration::from_millis(200)).await.unwrap();
    assert_eq!(script.seen_mints().len(), 1, "each went on with the mint of the one before");
}

#[tokio::test]
async fn a_mint_that_nobody_is_left_to_want_is_dropped_with_the_client() {
    let script = Script::calls([]).mints([Step::Never]);
    let client = script.client(&clock());
    let core = Arc::downgrade(client.shared_core());
    client.applications().get("app_1").deadline(Duration::from_millis(200)).await.unwrap_err();
    drop(client);
    assert!(core.upgrade().is_none(), "the core went with the last client");
}

#[tokio::test]
async fn a_dropped_waiter_harms_nobody() {
    let gate = Arc::new(Semaphore::new(0));
    let script = Script::calls([ok()]).mints([Step::Gate(Arc::clone(&gate), Box::new(token(1)))]);
    let client = script.client(&clock());
    let mut first = Box::pin(client.applications().get("app_1").into_future());
    assert!(poll_once(&mut first).is_none());
    let mut second = Box::pin(client.applications().get("app_1").into_future());
    assert!(poll_once(&mut second).is_none());
    drop(second);
    gate.add_permits(1);
    first.await.unwrap();
}

/// Polls once.
fn poll_once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    match std::pin::Pin::new(future).poll(&mut std::task::Context::from_waker(std::task::Waker::noop())) {
        std::task::Poll::Ready(output) => Some(output),
        std::task::Poll::Pending => None,
    }
}

#[tokio::test]
async fn an_early_renewal_is_one_callers_and_the_others_go_on() {
    let gate = Arc::new(Semaphore::new(0));
    let script = Script::calls(vec![ok(); 5]);
    // No sleep passes by itself: the renewer waits for the gate.
    let clock = Manual::new(Duration::ZERO);
    let client = script.client(&clock);
    call(&client).await.unwrap();
    clock.advance(Duration::from_secs(3_500));
    script.then_mints([Step::Gate(Arc::clone(&gate), Box::new(token(2)))]);
    let calls = burst(&client, 3).await;
    assert_eq!((script.seen_mints().len(), script.seen().len()), (2, 3), "two went on with the old token");
    gate.add_permits(1);
    calls.join_all().await;
    call(&client).await.unwrap();
    assert_eq!(
        bearers(&script)[1..],
        ["Bearer token-1", "Bearer token-1", "Bearer token-2", "Bearer token-2"]
    );
}

#[tokio::test]
async fn an_early_renewal_that_fails_keeps_the_good_token_and_backs_off() {
    let script = Script::calls(vec![ok(); 6]);
    let clock = clock();
    let client = script.client(&clock);
    call(&client).await.unwrap();
    clock.advance(Duration::from_secs(3_500));
    script.then_mints([coded(400, "server_error")]);
    call(&client).await.unwrap();
    assert_eq!(script.seen_mints().len(), 2);
    clock.advance(Duration::from_millis(4_999));
    call(&client).await.unwrap();
    assert_eq!(script.seen_mints().len(), 2, "held off for five seconds");
    clock.advance(Duration::from_millis(1));
    call(&client).await.unwrap();
    assert_eq!(script.seen_mints().len(), 3);
    assert_eq!(bearers(&script), ["Bearer token-1", "Bearer token-1", "Bearer token-1", "Bearer token-3"]);
}

/// A renewal that hangs costs the call that tries it half of its deadline at most, and nobody else anything.
#[tokio::test]
async fn an_early_renewal_that_hangs_does_not_fail_the_call() {
    let script = Script::calls(vec![ok(); 5]);
    let clock = clock();
    let client = script.client(&clock);
    call(&client).await.unwrap();
    clock.advance(Duration::from_secs(3_500));
    script.then_mints([Step::Never]);
    client.applications().get("app_1").deadline(Duration::from_secs(4)).await.unwrap();
    assert_eq!(clock.slept(), [Duration::from_secs(2)]);
    call(&client).await.unwrap();
    assert_eq!(clock.slept().len(), 1, "held off");
    clock.advance(Duration::from_secs(5));
    call(&client).await.unwrap();
    assert_eq!(clock.slept()[1..], [Duration::from_secs(5)]);
    assert_eq!(bearers(&script), ["Bearer token-1"; 4]);
    assert_eq!(script.seen_mints().len(), 2, "the renewal is one, however often it is looked at");
}

#[tokio::test]
async fn an_early_renewal_whose_token_cannot_be_kept_keeps_the_good_one() {
    let script = Script::calls(vec![ok(); 3]);
    let clock = clock();
    let client = script.client(&clock);
    call(&client).await.unwrap();
    clock.advance(Duration::from_secs(3_500));
    script.then_mints([answer(200).body(r#"{"access_token":"brief","expires_in":0}"#)]);
    call(&client).await.unwrap();
    call(&client).await.unwrap();
    assert_eq!(bearers(&script), ["Bearer token-1", "Bearer brief", "Bearer token-1"]);
}

#[tokio::test]
async fn a_token_that_expires_in_the_middle_of_a_burst_is_renewed_once() {
    let gate = Arc::new(Semaphore::new(0));
    let script = Script::calls(vec![ok(); 101]);
    let clock = clock();
    let client = script.client(&clock);
    call(&client).await.unwrap();
    clock.advance(Duration::from_secs(3_570));
    script.then_mints([Step::Gate(Arc::clone(&gate), Box::new(token(2)))]);
    let calls = burst(&client, 100).await;
    assert_eq!(
        (script.seen_mints().len(), script.seen().len()),
        (2, 1),
        "all wait in the last thirty seconds"
    );
    gate.add_permits(1);
    calls.join_all().await;
    assert_eq!(bearers(&script)[1..], vec!["Bearer token-2"; 100]);
}

#[tokio::test]
async fn many_refused_at_once_mint_once() {
    let gate = Arc::new(Semaphore::new(0));
    let refused = Step::Gate(Arc::clone(&gate), Box::new(coded(401, "token_revoked")));
    let script = Script::calls([ok()]);
    let client = script.client(&clock());
    call(&client).await.unwrap();
    script.then_calls(vec![refused; 50]);
    script.then_calls(vec![ok(); 50]);
    let calls = burst(&client, 50).await;
    gate.add_permits(50);
    assert!(calls.join_all().await.into_iter().all(|outcome| outcome.is_ok()));
    assert_eq!(script.seen_mints().len(), 2);
    assert_eq!(bearers(&script)[51..], vec!["Bearer token-2"; 50]);
}

#[tokio::test]
async fn a_late_401_for_an_old_token_does_not_drop_the_new_one() {
    let gate = Arc::new(Semaphore::new(0));
    let late = Step::Gate(Arc::clone(&gate), Box::new(answer(401)));
    let script = Script::calls([late, answer(401), ok(), ok()]);
    let client = script.client(&clock());
    let slow = burst(&client, 1).await;
    call(&client).await.unwrap();
    gate.add_permits(1);
    slow.join_all().await;
    assert_eq!(script.seen_mints().len(), 2);
    assert_eq!(bearers(&script)[1..], ["Bearer token-1", "Bearer token-2", "Bearer token-2"]);
}

#[tokio::test]
async fn odd_lifetimes() {
    let lived = |expires_in: &str| answer(200).body(format!(r#"{{"access_token":"t"{expires_in}}}"#));
    for (expires_in, kept_for) in [
        (r#","expires_in":0"#, 0),
        (r#","expires_in":-5"#, 0),
        ("", 240),
        (r#","expires_in":null"#, 240),
        (r#","expires_in":1e300"#, 86_280),
    ] {
        let clock = clock();
        let script = Script::calls(vec![ok(); 3]).mints([lived(expires_in), lived(expires_in)]);
        let client = script.client(&clock);
        call(&client).await.unwrap();
        clock.advance(Duration::from_secs(u64::max(kept_for, 1) - 1));
        call(&client).await.unwrap();
        assert_eq!(script.seen_mints().len(), if kept_for == 0 { 2 } else { 1 }, "{expires_in}");
        clock.advance(Duration::from_secs(1));
        call(&client).await.unwrap();
        assert_eq!(script.seen_mints().len(), if kept_for == 0 { 3 } else { 2 }, "{expires_in}");
    }
}

#[tokio::test]
async fn a_mint_runs_under_the_clients_options_and_is_repeated() {
    let script = Script::calls([ok()]).mints([answer(503), answer(503), token(3)]);
    let clock = clock();
    let client = script.client(&clock);
    client.applications().get("app_1").max_retries(0).header("x-trace", "1").await.unwrap();
    assert_eq!(script.seen_mints().len(), 3, "the call allows no repeats, the client does");
    assert!(script.seen_mints().iter().all(|mint| mint.header("x-trace").is_none()));
    assert_eq!(clock.slept(), [Duration::from_millis(250), Duration::from_millis(500)]);
}

#[tokio::test]
async fn a_deadline_ends_the_wait_for_a_token() {
    let script = Script::calls([]).mints([Step::Never]);
    let clock = Manual::new(Duration::from_secs(10));
    let client = script.client(&clock);
    let error = client.applications().get("app_1").deadline(Duration::from_secs(5)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!((error.attempts(), error.may_have_been_sent()), (0, false));
}

#[tokio::test]
async fn credentials_share_connections_and_keep_their_own_tokens() {
    let script = Script::calls(vec![ok(); 4]);
    let clock = clock();
    let client = script.client(&clock);
    let other = || client.with_credentials(Credentials::client("cid_sbx_b", "csk_sbx_b")).unwrap();
    call(&client).await.unwrap();
    call(&other()).await.unwrap();
    call(&other()).await.unwrap();
    call(&client).await.unwrap();
    assert_eq!(bearers(&script), ["Bearer token-1", "Bearer token-2", "Bearer token-2", "Bearer token-1"]);
    let live = client.with_credentials(Credentials::secret_key("sk_live_1")).unwrap();
    assert_eq!(live.environment(), crate::Environment::Live, "a loopback base takes both");
}

#[tokio::test]
async fn caches_that_nobody_needs_are_forgotten() {
    let script = Script::calls([ok()]);
    let clock = clock();
    let client = script.client(&clock);
    let of = |number: usize| {
        client.with_credentials(Credentials::client(format!("cid_sbx_{number}"), "csk_sbx_1")).unwrap()
    };
    call(&of(0)).await.unwrap();
    (1..100).for_each(|number| drop(of(number)));
    assert!(client.core().tokens.len() <= 3, "this client's, the one with a live token, the last");
    clock.advance(Duration::from_secs(3_600));
    drop(of(200));
    assert_eq!(client.core().tokens.len(), 2);
}
