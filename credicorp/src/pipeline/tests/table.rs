//! The truth table at work: what is sent, how long is waited, and what the caller gets.

use std::sync::Arc;
use std::time::Duration;

use crate::ambient::Ambient;
use crate::pipeline::classify::{Repeat, Signal, TABLE};
use crate::pipeline::run::{Limits, Run};
use crate::pipeline::wire::Why;
use crate::test_support::{HOUR, Script, Step, answer, clock, coded, named, ok};
use crate::{Error, ErrorKind};

/// How a call may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Read,
    KeyedWrite,
    KeylessWrite,
}

/// What came of a call: its outcome, the requests, and the waits in milliseconds.
struct Ran {
    outcome: Result<u32, Error>,
    requests: usize,
    keys: Vec<Option<String>>,
    waits: Vec<u128>,
}

/// Runs one call of a sort through a script, with all of the jitter.
async fn run(sort: Sort, max_retries: u32, steps: Vec<Step>) -> Ran {
    run_within(sort, max_retries, None, steps).await
}

async fn run_within(sort: Sort, max_retries: u32, deadline: Option<Duration>, steps: Vec<Step>) -> Ran {
    let clock = clock();
    let script = Script::calls(steps);
    let client = script.client(&clock);
    let core = client.core();
    let operation = named(if sort == Sort::Read { "get_application" } else { "create_application" });
    let key = (sort == Sort::KeyedWrite).then(|| Arc::from("order_1"));
    let mut request =
        reqwest::Request::new(operation.method.clone(), "http://127.0.0.1:9/partner/v1/x".parse().unwrap());
    if let Some(key) = &key {
        let key: &str = key;
        request.headers_mut().insert("idempotency-key", key.parse().unwrap());
    }
    let limits = Limits { max_retries, timeout: HOUR, deadline };
    let answer = Run::new(core, operation, limits, key).drive(&mut request, Some(&client.tokens())).await;
    let seen = script.seen();
    Ran {
        outcome: answer.map(|answer| answer.extensions().get::<crate::error::Facts>().unwrap().attempts),
        requests: seen.len(),
        keys: seen.iter().map(|seen| seen.header("idempotency-key").map(str::to_owned)).collect(),
        waits: clock.slept().iter().map(Duration::as_millis).collect(),
    }
}

/// The step that brings a signal about.
fn step(signal: Signal) -> Step {
    match signal {
        Signal::Success => ok(),
        Signal::Replayed => answer(503).header("idempotency-replayed", "true"),
        Signal::Unauthorized => coded(401, "unauthorized"),
        Signal::RequestTimeout => answer(408),
        Signal::KeyInProgress => coded(409, "idempotency_key_in_progress"),
        Signal::Throttled => coded(429, "rate_limited"),
        Signal::ServerFailed => coded(503, "service_unavailable"),
        Signal::Refused => coded(422, "validation_error"),
        Signal::NotConnected => Step::Fail(Why::NotConnected),
        Signal::Unsendable => Step::Fail(Why::Unsendable),
        Signal::TimedOut => Step::Fail(Why::TimedOut),
        Signal::Broken => Step::Fail(Why::Broken),
        Signal::TooLarge => Step::Fail(Why::TooLarge),
    }
}

/// Each row of the table, for each sort of call: failing for ever, the call is tried as often as the row says, waits the
/// sum of the delays, and carries one key throughout.
#[tokio::test]
async fn every_row_for_every_sort_of_call() {
    for row in &TABLE {
        for sort in [Sort::Read, Sort::KeyedWrite, Sort::KeylessWrite] {
            let repeated = match row.repeat {
                Repeat::Never => false,
                Repeat::OnceAfterMint => false,
                Repeat::IfSafe => sort != Sort::KeylessWrite,
                Repeat::Always => true,
            };
            let (requests, waits): (usize, &[u128]) = match (repeated, row.repeat, row.signal) {
                (true, _, Signal::Throttled) => (4, &[1_000, 2_000, 4_000]),
                (true, ..) => (4, &[250, 500, 1_000]),
                (false, Repeat::OnceAfterMint, _) => (2, &[]),
                (false, ..) => (1, &[]),
            };
            let ran = run(sort, 3, vec![step(row.signal); 5]).await;
            let name = format!("{:?} {sort:?}", row.signal);
            assert_eq!(ran.requests, requests, "{name}");
            assert_eq!(ran.waits, waits, "{name}");
            let key = (sort == Sort::KeyedWrite).then(|| "order_1".to_owned());
            assert!(ran.keys.iter().all(|sent| *sent == key), "{name}: {:?}", ran.keys);
            match ran.outcome {
                Ok(attempts) => assert_eq!((row.signal, attempts), (Signal::Success, 1)),
                Err(error) => {
                    assert_eq!(error.attempts() as usize, requests, "{name}");
                    assert_eq!(
                        error.is_retryable(),
                        matches!(row.repeat, Repeat::IfSafe | Repeat::Always),
                        "{name}"
                    );
                    let unsent = matches!(row.signal, Signal::NotConnected | Signal::Unsendable);
                    assert_eq!(error.may_have_been_sent(), !unsent, "{name}");
                    assert_eq!(error.idempotency_key(), key.as_deref(), "{name}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_call_that_recovers_says_how_often_it_was_sent() {
    let ran = run(Sort::KeyedWrite, 3, vec![answer(500), Step::Fail(Why::Broken), ok()]).await;
    assert_eq!(ran.outcome.unwrap(), 3);
    assert_eq!(ran.waits, [250, 500]);
}

#[tokio::test]
async fn no_retries_is_one_attempt_and_a_401_is_still_repeated_once() {
    assert_eq!(run(Sort::Read, 0, vec![answer(503)]).await.requests, 1);
    let ran = run(Sort::Read, 0, vec![answer(401), ok()]).await;
    assert_eq!((ran.outcome.unwrap(), ran.requests), (2, 2));
    let error = run(Sort::Read, 0, vec![answer(401), answer(401)]).await.outcome.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Auth, 2));
}

#[tokio::test]
async fn a_hint_is_kept_to_and_a_long_one_is_the_callers() {
    let hinted = |hint: &str| vec![answer(429).header("retry-after", hint), ok()];
    assert_eq!(
        run(Sort::Read, 3, hinted("7")).await.waits,
        [8_000],
        "the hint and all of the jitter, a second"
    );
    assert_eq!(run(Sort::Read, 3, hinted("0")).await.waits, [1_000]);
    assert_eq!(run(Sort::Read, 3, hinted("60")).await.waits, [61_000]);
    let date = hinted("Mon, 29 Jun 2026 10:14:12 GMT");
    assert_eq!(run(Sort::Read, 3, date).await.waits, [11_000], "ten seconds from the clock's start");
    let error = run(Sort::Read, 3, hinted("61")).await.outcome.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::RateLimited, 1));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(61)));
    let error =
        run(Sort::Read, 3, vec![answer(503).header("retry-after", "3600")]).await.outcome.unwrap_err();
    assert_eq!((error.retry_after(), error.is_retryable()), (Some(HOUR), true));
}

#[tokio::test]
async fn a_wait_that_would_pass_the_deadline_is_not_begun() {
    let deadline = Some(Duration::from_millis(1_000));
    let ran = run_within(Sort::Read, 9, deadline, vec![answer(503); 9]).await;
    assert_eq!(ran.waits, [250, 500], "the third wait, a second, would end after the deadline");
    assert_eq!(ran.outcome.unwrap_err().status().unwrap(), 503);
    let ran = run_within(Sort::Read, 9, deadline, vec![answer(503).header("retry-after", "5")]).await;
    assert_eq!((ran.requests, ran.waits.len()), (1, 0));
}

/// A deadline that passes while a repeat is prepared keeps what the last answer said.
#[tokio::test]
async fn a_deadline_that_passes_between_two_attempts_keeps_the_last_answer() {
    let clock = clock();
    let script = Script::calls([answer(401).header("credicorp-request-id", "req_last")]);
    script.then_mints([crate::test_support::token(1), Step::Never]);
    let client = script.client(&clock);
    let error = client.applications().get("app_1").deadline(Duration::from_secs(2)).await.unwrap_err();
    assert_eq!((error.kind(), error.request_id()), (ErrorKind::Timeout, Some("req_last")));
    assert!(error.may_have_been_sent() && error.is_retryable());
}

/// The last attempt was not sent, but one before it may have been.
#[tokio::test]
async fn a_refused_connection_does_not_hide_that_it_may_have_been_sent() {
    let steps = vec![Step::Fail(Why::TimedOut), Step::Fail(Why::NotConnected)];
    let error = run(Sort::KeyedWrite, 1, steps).await.outcome.unwrap_err();
    assert_eq!((error.kind(), error.may_have_been_sent()), (ErrorKind::Transport, true));
}

#[tokio::test]
async fn a_deadline_shortens_the_attempt() {
    let clock = clock();
    let script = Script::calls([Step::Never]);
    let client = script.client_with(&clock, |builder| builder.deadline(Duration::from_secs(2)));
    let error = client.applications().get("app_1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.to_string().contains("the deadline of 2s"), "{error}");
    assert!(error.may_have_been_sent());
    assert_eq!(clock.slept(), [Duration::from_secs(2)]);
}

#[tokio::test]
async fn an_attempt_that_hangs_is_cut_off_and_repeated() {
    let clock = clock();
    let script = Script::calls([Step::Never, ok()]);
    let client = script.client_with(&clock, |builder| builder.timeout(Duration::from_secs(30)));
    let response = client.applications().get("app_1").with_response().await.unwrap();
    assert_eq!(response.attempts(), 2);
    assert_eq!(clock.slept(), [Duration::from_secs(30), Duration::from_millis(250)]);
}

#[tokio::test]
async fn an_empty_budget_gives_the_error_at_once_and_successes_fill_it() {
    let clock = clock();
    let script = Script::calls(vec![answer(503); 36]);
    let client = script.client_with(&clock, |builder| builder.max_retries(100));
    let error = client.applications().get("app_1").await.unwrap_err();
    assert_eq!(error.attempts(), 36, "35 repeats cost 490 of 500");
    assert_eq!(client.core().budget.left(), 10);
    script.then_calls([answer(503)]);
    assert_eq!(client.applications().get("app_1").await.unwrap_err().attempts(), 1);
    script.then_calls([answer(429), ok(), ok(), ok()]);
    let recovered = client.applications().get("app_1").with_response().await.unwrap();
    assert_eq!(
        (recovered.attempts(), client.core().budget.left()),
        (2, 10),
        "a throttled repeat costs 5 and gives it back"
    );
    client.applications().get("app_1").await.unwrap();
    client.applications().get("app_1").await.unwrap();
    assert_eq!(client.core().budget.left(), 12);
}

#[tokio::test]
async fn jitter_spreads_over_the_whole_delay() {
    for (fraction, expected) in [(0.0, 0), (0.5, 125)] {
        let clock = clock().jitter(fraction);
        let client = Script::calls([answer(503), ok()]).client(&clock);
        client.applications().get("app_1").await.unwrap();
        assert_eq!(clock.slept(), [Duration::from_millis(expected)]);
    }
    assert!(
        (0..1000)
            .map(|_| crate::ambient::Real::new().fraction())
            .all(|fraction| (0.0..1.0).contains(&fraction))
    );
}
