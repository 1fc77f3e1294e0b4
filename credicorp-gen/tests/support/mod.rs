//! A transport that keeps what it is given and answers what it was told.

#![allow(dead_code, reason = "each test uses what it needs")]

use std::{
    pin::pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use credicorp_gen::{Client, Error, Operation, Response, Session, Transport, TransportFuture};

pub(crate) const BASE: &str = "https://api.example";

#[derive(Debug)]
pub(crate) struct Recorder {
    base: reqwest::Url,
    status: u16,
    body: &'static str,
    seen: Mutex<Vec<(reqwest::Request, &'static Operation)>>,
}

impl Recorder {
    pub(crate) fn answering(status: u16, body: &'static str) -> Arc<Self> {
        Arc::new(Self { base: BASE.parse().unwrap(), status, body, seen: Mutex::default() })
    }

    pub(crate) fn client(self: &Arc<Self>) -> Client {
        self.client_of(BASE)
    }

    pub(crate) fn client_of(self: &Arc<Self>, base: &str) -> Client {
        Client::new_with_client(base, reqwest::Client::new(), Session::from(Arc::clone(self)))
    }

    pub(crate) fn requests(&self) -> Vec<(reqwest::Request, &'static Operation)> {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }

    /// The only request that was sent.
    pub(crate) fn request(&self) -> (reqwest::Request, &'static Operation) {
        let mut requests = self.requests();
        assert_eq!(requests.len(), 1);
        requests.remove(0)
    }
}

impl Transport for Recorder {
    fn base(&self) -> &reqwest::Url {
        &self.base
    }

    fn send<'a>(&'a self, request: reqwest::Request, operation: &'static Operation) -> TransportFuture<'a> {
        self.seen.lock().unwrap().push((request, operation));
        let mut response = Response::new(Bytes::from_static(self.body.as_bytes()));
        *response.status_mut() = http::StatusCode::from_u16(self.status).unwrap();
        response.headers_mut().insert("credicorp-request-id", http::HeaderValue::from_static("req_1"));
        response.extensions_mut().insert("what the transport knows");
        Box::pin(async { Ok(response) })
    }
}

/// A transport that fails with an error of its own.
#[derive(Debug)]
pub(crate) struct Refuser(pub(crate) reqwest::Url);

impl Transport for Refuser {
    fn base(&self) -> &reqwest::Url {
        &self.0
    }

    fn send<'a>(&'a self, _: reqwest::Request, _: &'static Operation) -> TransportFuture<'a> {
        Box::pin(async { Err(Error::Transport("no route".into())) })
    }
}

/// The value of a future that never waits.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the call waits for something"),
    }
}

/// The query of a request as pairs.
pub(crate) fn query(request: &reqwest::Request) -> Vec<(String, String)> {
    request.url().query_pairs().into_owned().collect()
}

/// The body of a request as text.
pub(crate) fn body(request: &reqwest::Request) -> &str {
    std::str::from_utf8(request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default()).unwrap()
}
