//! An answer that was a success: the decoded value, and all that came with it.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode, response::Parts};
use serde::de::DeserializeOwned;

use crate::{Error, Operation, Response};

/// A decoded answer with its status, headers, extensions and raw body.
///
/// `Debug` shows the status alone.
pub struct ResponseValue<T> {
    inner: T,
    parts: Parts,
    body: Bytes,
}

impl<T> ResponseValue<T> {
    /// The value.
    pub fn into_inner(self) -> T {
        self.inner
    }

    /// The value, the head of the answer with what the transport put into its extensions, and the body as it came.
    pub fn into_parts(self) -> (T, Parts, Bytes) {
        (self.inner, self.parts, self.body)
    }

    /// The status, always a 2xx.
    pub fn status(&self) -> StatusCode {
        self.parts.status
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }
}

impl<T: DeserializeOwned> ResponseValue<T> {
    /// Reads the body. The generated code awaits this, hence `async`.
    #[allow(clippy::unused_async, reason = "the generated code awaits it")]
    pub(crate) async fn from_response(response: Response) -> Result<Self, Error> {
        match serde_json::from_slice(response.body()) {
            Ok(inner) => {
                let (parts, body) = response.into_parts();
                Ok(Self { inner, parts, body })
            }
            Err(source) => Err(undecodable(response, source)),
        }
    }
}

impl ResponseValue<()> {
    /// An answer whose body does not matter.
    pub(crate) fn empty(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        Self { inner: (), parts, body }
    }
}

/// An operation that answers with a secret keeps no body. Its answers alone carry the operation: a map of extensions that
/// grows is a tenth of what the client adds to a call.
fn undecodable(mut response: Response, source: serde_json::Error) -> Error {
    if response.extensions().get::<&'static Operation>().is_some() {
        *response.body_mut() = Bytes::new();
    }
    Error::Decode { response: Box::new(response), source: source.into() }
}

impl<T> fmt::Debug for ResponseValue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseValue").field("status", &self.parts.status).finish_non_exhaustive()
    }
}
