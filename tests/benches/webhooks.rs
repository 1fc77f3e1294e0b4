//! What a webhook costs beside bare HMAC-SHA256 over the same bytes: `cargo bench -p credicorp-tests --bench webhooks`.
//!
//! The table at the end measures both sides in turns, and its ratios are what counts. No time is asserted.
#![allow(clippy::unwrap_used, reason = "a measurement that cannot go on has failed")]
#![allow(
    missing_docs,
    unreachable_pub,
    missing_debug_implementations,
    reason = "nobody depends on a benchmark"
)]

mod support;

use std::hint::black_box;
use std::time::Duration;

use credicorp::webhooks::{Verifier, testing};
use criterion::Criterion;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;
use support::cpu::{self, Cpu};
use support::table::{self, Row};

const SECRET: &str = "whsec_4Td1example";
const TIME: &str = "1782728042";

struct Work {
    name: &'static str,
    bare: Times,
    ours: Times,
}

/// Does the work of one side so many times, and says what CPU time that took.
type Times = Box<dyn Fn(u64) -> Duration>;

fn main() {
    let work = [
        verify("verify 1 KiB", 1),
        verify("verify 10 KiB", 10),
        verify("verify 100 KiB", 100),
        construct("construct an event of 1 KiB", 1),
        construct("construct an event of 10 KiB", 10),
        construct("construct an event of 100 KiB", 100),
    ];
    let mut criterion = Criterion::default().with_measurement(Cpu).configure_from_args();
    for work in &work {
        let mut group = criterion.benchmark_group(work.name);
        group.bench_function("bare HMAC", |bencher| bencher.iter_custom(&work.bare));
        group.bench_function("credicorp", |bencher| bencher.iter_custom(&work.ours));
        group.finish();
    }
    criterion.final_summary();
    if std::env::args().any(|argument| argument == "--bench") {
        let measure = |work: &Work| Row::measure(work.name, 1, &work.bare, &work.ours);
        table::print(&work.iter().map(measure).collect::<Vec<_>>());
    }
}

/// An event of about so many KiB: a decision, with fields that this version does not know.
fn event(kib: usize) -> Vec<u8> {
    let head = r#"{"id":"evt_1Qz8n0Tf","type":"decision.completed","created":"2026-06-29T10:14:02Z","livemode":false,"api_version":"2026-06-01","data":{"application_id":"app_8Kd2c9Qm","decision_id":"dec_7Hw3r5Zp","outcome":"approved","amount_pence":2500000,"term_months":12,"decided_at":"2026-06-29T10:14:05Z","reasons":[],"history":["#;
    let entry =
        r#"{"at":"2026-06-29T10:14:02Z","status":"in_review","amount_pence":2500000,"note":"checked"},"#;
    let tail = "null]}}";
    let entries = (kib * 1024 - head.len() - tail.len()) / entry.len();
    [head, &entry.repeat(entries), tail].concat().into_bytes()
}

fn timed(work: impl Fn() + 'static) -> Times {
    Box::new(move |times| {
        let start = cpu::used();
        for _ in 0..times {
            work();
        }
        cpu::used() - start
    })
}

fn bare(body: Vec<u8>) -> Times {
    let key = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    timed(move || {
        let mut mac = key.clone();
        mac.update(TIME.as_bytes());
        mac.update(b".");
        mac.update(&body);
        black_box(mac.finalize());
    })
}

fn ours(body: Vec<u8>, check: impl Fn(&Verifier, &[u8], &str, Timestamp) + 'static) -> Times {
    let now = Timestamp::from_second(TIME.parse().unwrap()).unwrap();
    let verifier = Verifier::new([SECRET]).unwrap();
    let header = testing::sign(&body, SECRET, now);
    timed(move || check(&verifier, &body, &header, now))
}

fn verify(name: &'static str, kib: usize) -> Work {
    Work {
        name,
        bare: bare(event(kib)),
        ours: ours(event(kib), |verifier, body, header, now| {
            black_box(verifier.verify_at(body, header, now)).unwrap();
        }),
    }
}

fn construct(name: &'static str, kib: usize) -> Work {
    Work {
        name,
        bare: bare(event(kib)),
        ours: ours(event(kib), |verifier, body, header, now| {
            black_box(verifier.construct_event_at(body, header, now)).unwrap();
        }),
    }
}
