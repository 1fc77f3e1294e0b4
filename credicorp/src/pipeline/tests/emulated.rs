//! The pipeline against the sandbox, on a clock that only the test moves.

use std::time::Duration;

use credicorp_sandbox::{Fault, Sandbox};

use crate::Client;
use crate::Pence;
use crate::test_support::{HOUR, clock};
use crate::types::{Business, NewApplication};

fn new_application() -> NewApplication {
    NewApplication::new(Business::new("16093826"), Pence::from_pounds(25_000), 12)
        .redirect_uri("https://yourapp.com/return")
}

#[tokio::test]
async fn a_write_that_fails_twice_is_one_application() {
    let sandbox = Sandbox::start().await.unwrap();
    let clock = clock();
    let builder = Client::builder().secret_key(sandbox.secret_key()).api_base(sandbox.url()).timeout(HOUR);
    let client = builder.ambient(clock.clone()).build().unwrap();
    sandbox.inject(Fault::status(503).retry_after(1).times(2));
    let response = client.applications().create(new_application()).with_response().await.unwrap();
    assert_eq!(response.attempts(), 3);
    assert_eq!(
        clock.slept(),
        [Duration::from_secs(2), Duration::from_secs(2)],
        "the hint and all of the jitter"
    );
    let requests = sandbox.requests_to("create_application");
    assert_eq!(requests.len(), 3);
    let keys: Vec<_> =
        requests.iter().map(|request| request.headers["idempotency-key"].to_str().unwrap()).collect();
    assert_eq!(keys, [response.idempotency_key().unwrap(); 3]);
    assert_eq!(client.applications().list().await.unwrap().data.len(), 1);
}

#[tokio::test]
async fn a_token_endpoint_that_fails_is_asked_again() {
    let sandbox = Sandbox::start().await.unwrap();
    let clock = clock();
    let builder = Client::builder().secret_key(sandbox.secret_key()).api_base(sandbox.url()).timeout(HOUR);
    let client = builder.ambient(clock.clone()).build().unwrap();
    sandbox.inject(Fault::status(429).retry_after(2).times(2).on("create_token"));
    client.applications().list().await.unwrap();
    assert_eq!(sandbox.requests_to("create_token").len(), 3);
    assert_eq!(clock.slept(), [Duration::from_secs(3), Duration::from_secs(3)]);
}
