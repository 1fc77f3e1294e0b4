//! What is injected: every kind of failure with the same share of the requests, together a fifth of them.

use std::time::Duration;

use credicorp_sandbox::{Fault, Sandbox};

/// The share of the requests that fail.
const SHARE: f64 = 0.2;
const MINT: &str = "create_token";

fn kinds(delay: Duration) -> Vec<(&'static str, Fault)> {
    vec![
        ("429 with Retry-After", Fault::status(429).retry_after(1)),
        ("500", Fault::status(500)),
        ("502 as HTML", Fault::status(502).html("<h1>Bad gateway</h1>")),
        ("503 with Retry-After", Fault::status(503).retry_after(1)),
        ("408", Fault::status(408)),
        ("401", Fault::status(401)),
        ("reset before", Fault::reset_before()),
        ("reset after", Fault::reset_after()),
        ("half a body", Fault::half_body()),
        ("delay", Fault::delay(delay)),
    ]
}

fn kinds_of_mint() -> Vec<(&'static str, Fault)> {
    vec![
        ("mint: 429", Fault::status(429).on(MINT)),
        ("mint: 500", Fault::status(500).on(MINT)),
        ("mint: reset after", Fault::reset_after().on(MINT)),
        ("mint: half a body", Fault::half_body().on(MINT)),
    ]
}

pub(super) fn inject(sandbox: &Sandbox, delay: Duration) {
    for kinds in [kinds(delay), kinds_of_mint()] {
        let share = SHARE / kinds.len() as f64;
        for (before, (_, fault)) in kinds.into_iter().enumerate() {
            // A fault rolls only where those before it missed.
            sandbox.inject(fault.probability(share / (1.0 - share * before as f64)));
        }
    }
}

/// What each kind hit.
pub(super) fn counted(sandbox: &Sandbox) -> Vec<(&'static str, u64)> {
    let kinds = kinds(Duration::ZERO).into_iter().chain(kinds_of_mint());
    kinds.zip(sandbox.faults_hit()).map(|((name, _), (_, hits))| (name, hits)).collect()
}
