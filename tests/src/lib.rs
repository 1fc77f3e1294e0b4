//! What the tests that span the crates share: a client of a sandbox, and a receiver of webhooks.
//!
//! No test reads the environment, and none has credentials but those that its own sandbox issued.
#![allow(clippy::expect_used, reason = "a test that cannot be set up has failed")]

pub mod calls;
pub mod chaos;
mod generated;
pub mod measure;
pub mod models;

use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use bytes::Bytes;
use credicorp::Client;
use credicorp_sandbox::Sandbox;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// A client with the secret key of this sandbox.
pub fn client(sandbox: &Sandbox) -> Client {
    Client::builder()
        .secret_key(sandbox.secret_key())
        .api_base(sandbox.url())
        .build()
        .expect("a sandbox's key is good")
}

/// A receiver of webhooks on loopback, which takes every delivery with its signature header and answers 200.
#[derive(Debug)]
pub struct Receiver {
    /// Where it listens.
    pub url: String,
    deliveries: mpsc::UnboundedReceiver<(String, Bytes)>,
    _server: JoinSet<()>,
}

impl Receiver {
    /// Starts it.
    pub async fn start() -> Self {
        let (sender, deliveries) = mpsc::unbounded_channel();
        let hook = post(async move |headers: HeaderMap, body: Bytes| {
            let header =
                headers.get("credicorp-signature").and_then(|value| value.to_str().ok()).unwrap_or_default();
            match sender.send((header.to_owned(), body)) {
                Ok(()) => StatusCode::OK,
                Err(_) => StatusCode::SERVICE_UNAVAILABLE,
            }
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback can be listened on");
        let url = format!("http://{}/hook", listener.local_addr().expect("it is bound"));
        let mut server = JoinSet::new();
        server.spawn(async move {
            let _ = axum::serve(listener, axum::Router::new().route("/hook", hook)).await;
        });
        Self { url, deliveries, _server: server }
    }

    /// The signature header and the raw body of the next delivery.
    pub async fn next(&mut self) -> (String, Bytes) {
        self.deliveries.recv().await.expect("the receiver runs as long as this value")
    }
}
