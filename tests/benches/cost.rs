//! What the client costs beside bare reqwest, in CPU time: `cargo bench -p credicorp-tests`.
//!
//! Criterion measures each side by itself; the table at the end measures both in turns, and its ratios are what counts. No
//! time is asserted.
#![allow(clippy::unwrap_used, reason = "a measurement that cannot go on has failed")]
#![allow(
    missing_docs,
    unreachable_pub,
    missing_debug_implementations,
    reason = "nobody depends on a benchmark"
)]

#[path = "support/server.rs"]
mod server;
mod support;

use std::hint::black_box;
use std::time::Duration;

use credicorp::Client;
use credicorp::types::ApplicationPage;
use credicorp_tests::measure::bare::{self, Bare};
use credicorp_tests::measure::{Side, answers, client};
use criterion::Criterion;
use serde::de::DeserializeOwned;
use server::Server;
use support::cpu::{self, Cpu};
use support::table::{self, Row};
use tokio::runtime::Builder;
use tokio::task::JoinSet;

/// How many calls run at once in the rows that say so.
const AT_ONCE: u32 = 64;

/// One kind of work, which either side can do.
struct Work {
    name: &'static str,
    units: u32,
    bare: Times,
    ours: Times,
}

/// Does the work of one side so many times, and says what CPU time that took.
type Times = Box<dyn Fn(u64) -> Duration>;

fn main() {
    let server = Server::start();
    let rows = rows(&server.base);
    let mut criterion = Criterion::default().with_measurement(Cpu).configure_from_args();
    for work in &rows {
        let mut group = criterion.benchmark_group(work.name);
        group.bench_function(Bare::NAME, |bencher| bencher.iter_custom(&work.bare));
        group.bench_function(Client::NAME, |bencher| bencher.iter_custom(&work.ours));
        group.finish();
    }
    criterion.final_summary();
    // Cargo says `--bench` only where somebody wants numbers: a test run asks for a list, or for one turn of each.
    if std::env::args().any(|argument| argument == "--bench") {
        let measure = |work: &Work| Row::measure(work.name, work.units, &work.bare, &work.ours);
        table::print(&rows.iter().map(measure).collect::<Vec<_>>());
    }
}

fn rows(base: &str) -> Vec<Work> {
    let page = answers::page();
    vec![
        calls("GET, one at a time", base, 1, false),
        calls("POST, one at a time", base, 1, true),
        calls("GET, 64 at once", base, AT_ONCE, false),
        calls("POST, 64 at once", base, AT_ONCE, true),
        Work {
            name: "decode a page of 100",
            units: 1,
            bare: decoder::<bare::ApplicationPage>(page.clone()),
            ours: decoder::<ApplicationPage>(page),
        },
    ]
}

fn calls(name: &'static str, base: &str, at_once: u32, create: bool) -> Work {
    Work {
        name,
        units: at_once,
        bare: caller(Bare::new(base), at_once, create),
        ours: caller(client(base), at_once, create),
    }
}

fn decoder<T: DeserializeOwned>(page: String) -> Times {
    Box::new(move |times| {
        let start = cpu::used();
        for _ in 0..times {
            black_box(serde_json::from_slice::<T>(black_box(page.as_bytes())).unwrap());
        }
        cpu::used() - start
    })
}

/// The calls of one side, on a runtime of its own that is entered once.
fn caller(side: impl Side, at_once: u32, create: bool) -> Times {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    Box::new(move |times| {
        runtime.block_on(async {
            let start = cpu::used();
            for _ in 0..times {
                if at_once == 1 {
                    one(side.clone(), create).await;
                    continue;
                }
                let calls: JoinSet<()> = (0..at_once).map(|_| one(side.clone(), create)).collect();
                calls.join_all().await;
            }
            cpu::used() - start
        })
    })
}

async fn one(side: impl Side, create: bool) {
    if create {
        side.create().await;
    } else {
        side.get().await;
    }
}
