//! A webhook endpoint on loopback that keeps what it gets, and answers as it is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Redirect;
use axum::routing::post;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

pub(crate) struct Receiver {
    pub(crate) url: String,
    pub(crate) received: mpsc::UnboundedReceiver<(HeaderMap, Bytes)>,
    status: Arc<AtomicU16>,
    _server: JoinSet<()>,
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let (sender, received) = mpsc::unbounded_channel();
        let status = Arc::new(AtomicU16::new(204));
        let hook = {
            let status = Arc::clone(&status);
            async move |headers: HeaderMap, body: Bytes| {
                sender.send((headers, body)).unwrap();
                StatusCode::from_u16(status.load(Ordering::SeqCst)).unwrap()
            }
        };
        let router = Router::new()
            .route("/hook", post(hook))
            .route("/hang", post(std::future::pending::<()>))
            .route("/elsewhere", post(async || Redirect::temporary("/hook")));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, received, status, _server: server }
    }

    pub(crate) fn hook(&self) -> String {
        format!("{}/hook", self.url)
    }

    /// Answers with this status from now on.
    pub(crate) fn answer(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    /// What came since the last call.
    pub(crate) fn events(&mut self) -> Vec<(HeaderMap, Value)> {
        let mut events = Vec::new();
        while let Ok((headers, body)) = self.received.try_recv() {
            events.push((headers, serde_json::from_slice(&body).unwrap()));
        }
        events
    }
}

pub(crate) fn kinds(events: &[(HeaderMap, Value)]) -> Vec<&str> {
    events.iter().map(|(_, event)| event["type"].as_str().unwrap()).collect()
}

/// The data of the events of one type.
pub(crate) fn data<'a>(events: &'a [(HeaderMap, Value)], kind: &str) -> Vec<&'a Value> {
    events.iter().filter(|(_, event)| event["type"] == kind).map(|(_, event)| &event["data"]).collect()
}
