//! The blocking client against the blocking sandbox, in code without a runtime and beside one.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use credicorp::Pence;
use credicorp::blocking::Client;
use credicorp::types::{ApplicationStatus, Business, NewApplication, Outcome};
use credicorp_sandbox::{BlockingSandbox, Fault, Sandbox};
use credicorp_tests::Receiver;
use tokio::runtime::Runtime;

fn client(sandbox: &BlockingSandbox) -> Client {
    Client::builder().secret_key(sandbox.secret_key()).api_base(sandbox.url()).build().unwrap()
}

fn new_application() -> NewApplication {
    NewApplication::new(Business::new("16093826"), Pence::from_pounds(25_000), 12)
        .redirect_uri("https://yourapp.com/return")
}

fn address(sandbox: &BlockingSandbox) -> SocketAddr {
    sandbox.url().strip_prefix("http://").unwrap().parse().unwrap()
}

/// A whole application.
fn decide(sandbox: &BlockingSandbox) {
    let cc = client(sandbox);
    sandbox.clock().freeze();
    let application = cc.applications().create(new_application()).send().unwrap();
    cc.applications().submit(&application.id).send().unwrap();
    sandbox.clock().advance(Duration::from_secs(1));
    let decision = cc.applications().decision(&application.id).send().unwrap();
    assert_eq!(decision.outcome, Outcome::Approved);
    assert_eq!(sandbox.requests_to("create_application").len(), 1);
}

#[test]
fn a_plain_thread_needs_no_runtime() {
    let sandbox = Sandbox::start_blocking().unwrap();
    decide(&sandbox);
    sandbox.inject(Fault::status(422));
    let error = client(&sandbox).applications().create(new_application()).send().unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 422);
}

#[test]
fn it_is_shared_between_threads() {
    let sandbox = Sandbox::builder().seed(7).start_blocking().unwrap();
    let cc = client(&sandbox);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| cc.applications().create(new_application()).send().unwrap());
        }
    });
    assert_eq!(sandbox.requests_to("create_application").len(), 8);
}

#[tokio::test]
async fn it_works_in_spawn_blocking() {
    tokio::task::spawn_blocking(|| decide(&Sandbox::start_blocking().unwrap())).await.unwrap();
}

#[tokio::test]
async fn it_starts_flushes_and_stops_inside_a_task() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let cc = credicorp::Client::builder().secret_key(sandbox.secret_key()).api_base(sandbox.url());
    let created = cc.build().unwrap().applications().create(new_application()).await.unwrap();
    assert_eq!(created.status, ApplicationStatus::Created);
    sandbox.flush_webhooks();
    sandbox.stop();
}

#[test]
fn webhooks_are_there_after_a_flush() {
    let runtime = Runtime::new().unwrap();
    let receiver = runtime.block_on(Receiver::start());
    let sandbox = Sandbox::start_blocking().unwrap();
    sandbox.deliver_webhooks_to(&receiver.url).unwrap();
    decide(&sandbox);
    sandbox.flush_webhooks();
    let deliveries = sandbox.deliveries();
    assert!(deliveries.iter().any(|delivery| delivery.event_type() == "decision.completed"));
    assert!(deliveries.iter().all(|delivery| delivery.status() == Some(200)), "{deliveries:?}");
}

#[test]
fn its_port_is_closed_when_it_is_dropped_or_stopped() {
    for ended in [drop, BlockingSandbox::stop] {
        let sandbox = Sandbox::start_blocking().unwrap();
        let address = address(&sandbox);
        decide(&sandbox);
        TcpStream::connect(address).unwrap();
        ended(sandbox);
        assert!(TcpStream::connect(address).is_err());
    }
}

#[test]
fn a_taken_port_is_named() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let error = Sandbox::builder().port(address(&sandbox).port()).start_blocking().unwrap_err();
    assert!(error.to_string().contains("cannot be opened"), "{error}");
}
