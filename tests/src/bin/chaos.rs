//! The exactly-once test in full: 5,000 applications at 64 in flight, with a fifth of the requests failing.
//!
//! Prints what was injected, repeated, replayed and lost; fails if anything was lost or is there twice. A number as its
//! argument is the seed of the faults.

use std::process::ExitCode;
use std::time::Instant;

use credicorp_tests::chaos::Chaos;

#[tokio::main]
#[allow(clippy::disallowed_methods, reason = "it measures how long the run takes")]
async fn main() -> Result<ExitCode, Box<dyn std::error::Error + Send + Sync>> {
    let mut chaos = Chaos::full();
    if let Some(seed) = std::env::args().nth(1) {
        chaos.seed = seed.parse()?;
    }
    let start = Instant::now();
    let report = chaos.run().await?;
    println!("{report}");
    println!("{:<36}{:>7.1}s", "elapsed", start.elapsed().as_secs_f64());
    if report.exactly_once() {
        println!("each application was created exactly once");
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("NOT exactly once");
    Ok(ExitCode::FAILURE)
}
