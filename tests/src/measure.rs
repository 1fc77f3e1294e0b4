//! The two sides of every measurement: this client, and bare reqwest as people write it.
//!
//! Both make the same calls to the same server, decode into types with the same fields, and share one build of reqwest. Bare
//! reqwest has no timeout, no retries and no idempotency key, and its token is given: all that the client does more is in
//! the difference.

pub mod answers;
pub mod bare;

use std::future::Future;

use credicorp::types::{Business, NewApplication, Purpose};
use credicorp::{Client, Pence};

/// The id that is read.
pub const ID: &str = "app_8Kd2c9Qm";

/// One side of a measurement.
pub trait Side: Clone + Send + Sync + 'static {
    /// Its name in tables.
    const NAME: &'static str;

    /// Reads one application.
    fn get(&self) -> impl Future<Output = ()> + Send;

    /// Creates one application.
    fn create(&self) -> impl Future<Output = ()> + Send;
}

/// This client with its defaults.
pub fn client(base: &str) -> Client {
    Client::builder().secret_key("sk_test_9fK2c").api_base(base).build().expect("the base is good")
}

impl Side for Client {
    const NAME: &'static str = "credicorp";

    async fn get(&self) {
        self.applications().get(ID).await.expect("the server answers");
    }

    async fn create(&self) {
        let new = NewApplication::new(Business::new("16093826"), Pence::from_pounds(25_000), 12)
            .purpose(Purpose::WorkingCapital)
            .redirect_uri("https://yourapp.com/return")
            .metadata([("order", "88421")]);
        self.applications().create(new).await.expect("the server answers");
    }
}
