//! Makes so many calls to a server and ends, for whoever counts instructions: `calls <side> <method> <count> <base>`.
#![allow(clippy::expect_used, reason = "a measurement that cannot go on has failed")]

use credicorp_tests::measure::{Side, bare::Bare, client};

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [side, method, count, base] = arguments.as_slice() else {
        eprintln!("calls <bare|credicorp> <get|post> <count> <base>");
        std::process::exit(2);
    };
    let count = count.parse().expect("the count is a number");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("tokio starts");
    match side.as_str() {
        "bare" => runtime.block_on(run(&Bare::new(base), method, count)),
        _ => runtime.block_on(run(&client(base), method, count)),
    }
}

async fn run(side: &impl Side, method: &str, count: u32) {
    for _ in 0..count {
        match method {
            "get" => side.get().await,
            _ => side.create().await,
        }
    }
}
