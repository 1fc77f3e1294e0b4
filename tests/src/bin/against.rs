//! Makes every call of the tests of the wire to a server that holds them against the spec, such as a mock that was started on
//! it: `against <base>`.
//!
//! A request that the server refuses, and an answer that the client cannot read, is named, and the exit code is 1.
#![allow(clippy::expect_used, reason = "a program that cannot start has nothing else to say")]

use std::process::ExitCode;

use axum::http::StatusCode;
use credicorp::{Client, Error, blocking};
use credicorp_tests::calls::{self, How, READS, WRITES, call, first_application, send};

/// How many answers of each operation are made up.
const ROUNDS: u32 = 20;

/// What was made so far, and what went wrong of it.
#[derive(Default)]
struct Tally {
    calls: u32,
    failed: u32,
    /// Calls that the mock failed, not the client.
    unanswered: u32,
}

impl Tally {
    fn count<T>(&mut self, operation: &str, way: &str, result: Result<T, Error>) {
        self.calls += 1;
        let Err(error) = result else { return };
        self.failed += 1;
        println!("{operation} ({way}): {error:?}");
    }
}

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [base] = arguments.as_slice() else {
        eprintln!("against <base>");
        return ExitCode::from(2);
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("tokio starts");
    let mut tally = Tally::default();
    runtime.block_on(by_async(base, &mut tally));
    by_blocking(base, &mut tally);
    runtime.block_on(made_up(base, &mut tally));
    let operations = READS.len() + WRITES.len() + 1;
    println!("{} calls of {operations} operations, {} failed", tally.calls, tally.failed);
    println!("not counted: {} answers that the mock could not make up", tally.unanswered);
    if tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// With a secret key, under keys of the client's and of the caller's.
async fn by_async(base: &str, tally: &mut Tally) {
    let cc = calls::client(Client::builder(), base).expect("the base is good");
    tally.count("create_token", "async", cc.access_token().await);
    for operation in READS.iter().chain(WRITES) {
        tally.count(operation, "async", call(&cc, operation, How::default()).await);
    }
    for operation in WRITES {
        let how = How { key: Some("order_88421"), ..How::default() };
        tally.count(operation, "async, under a key of the caller's", call(&cc, operation, how).await);
    }
    let first = cc.applications().create(first_application()).max_retries(0).await;
    tally.count("create_application", "async, as documented", first);
}

/// With a client pair, which goes to the token endpoint another way than a secret key.
fn by_blocking(base: &str, tally: &mut Tally) {
    let builder = blocking::Client::builder().client_credentials("cid_sbx_wire", "csk_sbx_wire");
    let cc = builder.api_base(base).build().expect("the base is good");
    tally.count("create_token", "blocking", cc.access_token());
    for operation in READS.iter().chain(WRITES) {
        tally.count(operation, "blocking", send(&cc, operation, How::default()));
    }
}

/// Asks a mock for answers that it makes up from the schemas, where the others are the spec's examples.
///
/// Prism holds its own answers against the spec too, and says 500 of one that it has made up wrongly, as with more pairs of
/// metadata than there may be. That is no answer; each operation must have had some all the same.
async fn made_up(base: &str, tally: &mut Tally) {
    let cc = calls::client(Client::builder(), base).expect("the base is good");
    for operation in READS.iter().chain(WRITES) {
        let mut answers = 0;
        for seed in 1..=ROUNDS {
            let wish = format!("dynamic=true, seed={seed}");
            let result =
                call(&cc, operation, How { header: Some(("prefer", &wish)), ..How::default() }).await;
            if result.as_ref().is_err_and(|error| error.status() == Some(StatusCode::INTERNAL_SERVER_ERROR)) {
                tally.unanswered += 1;
                continue;
            }
            answers += 1;
            tally.count(operation, &wish, result);
        }
        if answers == 0 {
            tally.failed += 1;
            println!("{operation}: the mock made up no answer in {ROUNDS} rounds");
        }
    }
}
