//! One exchange over the network: the request goes out, the whole answer comes in.
//!
//! The body is read here, inside the attempt, so that an answer that is cut off is a failed attempt and not a surprise
//! after the last repeat. Tests put a script in the place of the network.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use bytes::{Bytes, BytesMut};
use credicorp_gen::Response;
use http::response::Parts;

use crate::error::{Error, ErrorKind, KEPT_BODY};

/// The longest body that is read.
pub(crate) const LONGEST_BODY: usize = 16 * 1024 * 1024;

/// What an exchange comes to.
pub(crate) type Exchange<'a> = Pin<Box<dyn Future<Output = Result<Response, Failure>> + Send + 'a>>;

/// Whatever can send a request and read the answer.
pub(crate) trait Wire: fmt::Debug + Send + Sync {
    /// Sends once. No timeout, no repeat, no redirect.
    fn exchange(&self, request: reqwest::Request) -> Exchange<'_>;
}

/// Why an attempt gave no complete answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// No connection; nothing was sent.
    NotConnected,
    /// The HTTP stack cannot send such a request; nothing was sent.
    Unsendable,
    /// The time of the attempt ran out.
    TimedOut,
    /// The connection broke, or the answer was not HTTP.
    Broken,
    /// The body is over the limit.
    TooLarge,
}

/// An attempt without a complete answer, with what had come by then.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) why: Why,
    pub(crate) seen: Option<Box<(Parts, Bytes)>>,
    pub(crate) source: Option<reqwest::Error>,
}

impl Failure {
    pub(crate) fn of(why: Why) -> Self {
        Self { why, seen: None, source: None }
    }

    /// Whether the request may have reached the server.
    pub(crate) fn may_have_been_sent(&self) -> bool {
        !matches!(self.why, Why::NotConnected | Why::Unsendable)
    }

    /// The public error. `within` says which time ran out.
    pub(crate) fn into_error(self, within: &str, keep_body: bool) -> Error {
        let (kind, message) = match self.why {
            Why::NotConnected => (ErrorKind::Connect, "no connection could be made".to_owned()),
            Why::Unsendable => (ErrorKind::Request, "such a request cannot be sent".to_owned()),
            Why::TimedOut if self.source.is_some() => {
                (ErrorKind::Timeout, "the connection timed out by a timer of its own".to_owned())
            }
            Why::TimedOut => (ErrorKind::Timeout, format!("no complete answer within {within}")),
            Why::Broken => {
                (ErrorKind::Transport, "the connection broke before the answer was complete".to_owned())
            }
            Why::TooLarge => (ErrorKind::Decode, format!("the answer is over {} MiB", LONGEST_BODY >> 20)),
        };
        let error = match self.seen {
            Some(seen) => Error::undecodable(&seen.0, &seen.1, message, keep_body).with_kind(kind),
            None => Error::network(kind, message),
        };
        match self.source {
            Some(source) => error.with_source(source.without_url()),
            None => error,
        }
    }

    fn from_reqwest(source: reqwest::Error) -> Self {
        let why = if source.is_connect() {
            Why::NotConnected
        } else if source.is_builder() {
            Why::Unsendable
        } else if source.is_timeout() {
            Why::TimedOut
        } else {
            Why::Broken
        };
        Self { why, seen: None, source: Some(source) }
    }
}

impl Wire for reqwest::Client {
    fn exchange(&self, request: reqwest::Request) -> Exchange<'_> {
        Box::pin(async move {
            let mut response = self.execute(request).await.map_err(Failure::from_reqwest)?;
            let mut parts = http::Response::new(()).into_parts().0;
            parts.status = response.status();
            parts.version = response.version();
            parts.headers = std::mem::take(response.headers_mut());
            parts.extensions = std::mem::take(response.extensions_mut());
            match read_body(&mut response).await {
                Ok(body) => Ok(Response::from_parts(parts, body)),
                Err((mut failure, seen)) => {
                    failure.seen = Some(Box::new((parts, seen)));
                    Err(failure)
                }
            }
        })
    }
}

/// Reads to the end, or says why not and what had come.
async fn read_body(response: &mut reqwest::Response) -> Result<Bytes, (Failure, Bytes)> {
    let mut chunks = Chunks::default();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if chunks.len() + chunk.len() > LONGEST_BODY => {
                chunks.push(chunk.slice(..chunk.len().min(KEPT_BODY)));
                return Err((Failure::of(Why::TooLarge), chunks.into_bytes()));
            }
            Ok(Some(chunk)) => chunks.push(chunk),
            Ok(None) => return Ok(chunks.into_bytes()),
            Err(source) => return Err((Failure::from_reqwest(source), chunks.into_bytes())),
        }
    }
}

/// A body as it grows. One that came in one piece, as most do, is never copied.
#[derive(Default)]
struct Chunks {
    first: Bytes,
    rest: BytesMut,
}

impl Chunks {
    fn len(&self) -> usize {
        self.first.len() + self.rest.len()
    }

    fn push(&mut self, chunk: Bytes) {
        if self.len() == 0 {
            self.first = chunk;
        } else {
            if self.rest.is_empty() {
                self.rest.extend_from_slice(&std::mem::take(&mut self.first));
            }
            self.rest.extend_from_slice(&chunk);
        }
    }

    fn into_bytes(self) -> Bytes {
        if self.rest.is_empty() { self.first } else { self.rest.freeze() }
    }
}
