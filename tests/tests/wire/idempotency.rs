//! The idempotency of each operation: every write sends a key, the caller's or its own; no read sends one.

use std::collections::HashSet;

use credicorp::Client;
use credicorp_gen::{Idempotency, OPERATIONS};
use credicorp_tests::calls::{How, READS, WRITES, call};

use super::capture::{Capture, header};

/// The keys that were sent for an operation, in order.
fn keys(capture: &Capture, operation: &str) -> Vec<Option<String>> {
    let requests = capture.requests_to(operation);
    requests.iter().map(|request| header(request, "idempotency-key").map(str::to_owned)).collect()
}

#[test]
fn writes_are_what_the_spec_says_takes_a_key() {
    let keyed = |takes: bool| {
        let operations = OPERATIONS.iter().filter(move |operation| operation.authenticated);
        let operations = operations.filter(move |of| (of.idempotency != Idempotency::None) == takes);
        operations.map(|operation| operation.id).collect::<HashSet<_>>()
    };
    assert_eq!(keyed(true), WRITES.iter().copied().collect());
    assert_eq!(keyed(false), READS.iter().copied().collect());
}

#[tokio::test]
async fn every_write_sends_a_key_with_retries_off_too_and_each_call_its_own() {
    for operation in WRITES {
        let capture = Capture::of(operation, 0);
        let cc = capture.client(Client::builder());
        let first = call(&cc, operation, How::default()).await.unwrap();
        let second = call(&cc, operation, How::default()).await.unwrap();
        assert!(first.key.is_some() && first.key != second.key, "{operation}");
        assert_eq!(keys(&capture, operation), [first.key, second.key], "{operation}");
    }
}

#[tokio::test]
async fn the_callers_key_wins() {
    for operation in WRITES {
        let capture = Capture::of(operation, 0);
        let cc = capture.client(Client::builder());
        let outcome = call(&cc, operation, How { key: Some("order_88421"), ..How::default() }).await.unwrap();
        let callers = Some("order_88421".to_owned());
        assert_eq!(outcome.key, callers, "{operation}");
        assert_eq!(keys(&capture, operation), [callers], "{operation}");
    }
}

/// The pipeline's own tests do so for each sort of failure, on a clock that the test moves.
#[tokio::test]
async fn every_repeat_of_a_write_bears_the_key_of_the_first_attempt() {
    for operation in WRITES {
        let capture = Capture::of(operation, 1);
        let outcome = call(&capture.client(Client::builder()), operation, How::default()).await.unwrap();
        assert_eq!(outcome.attempts, 2, "{operation}");
        assert!(outcome.key.is_some(), "{operation}");
        assert_eq!(keys(&capture, operation), [outcome.key.clone(), outcome.key], "{operation}");
    }
}

#[tokio::test]
async fn no_read_sends_a_key() {
    for operation in READS {
        let capture = Capture::of(operation, 0);
        let cc = capture.client(Client::builder());
        let outcome = call(&cc, operation, How::default()).await.unwrap();
        assert_eq!((outcome.key, keys(&capture, operation)), (None, vec![None]), "{operation}");
    }
}
