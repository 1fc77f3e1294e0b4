//! A call of an endpoint that this crate has no method for.

use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;
use credicorp_gen::Operation;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Call, Context, Keyed, Plan, ResponseFuture, Sealed};
use crate::error::Error;
use crate::response::Response;

/// A call of a path of your own; made by [`Client::request`](crate::Client::request).
///
/// It goes the way of every call: token, idempotency key (unless the method is safe), repeats, deadline, errors. The answer
/// is read as any type that serde reads, an empty one as JSON's `null`: `()` insists on that, and `serde::de::IgnoredAny`
/// takes whatever comes.
///
/// The path begins with one `/` and holds no `//`, `\`, `?`, `#`, dot segment, or encoded form of these, so that it is what
/// it looks like, under the configured base; parameters go by [`query`](Call::query). As nobody knows whether the endpoint
/// answers with a secret, its errors keep no body.
///
/// ```no_run
/// # async fn example(cc: credicorp::Client) -> Result<(), credicorp::Error> {
/// let body = serde_json::json!({"reference": "INV-42"});
/// let value: serde_json::Value = cc
///     .request(http::Method::POST, "/partner/v1/brand_new")
///     .query([("a", "b")])
///     .json(&body)
///     .await?;
/// # Ok(()) }
/// ```
pub struct Custom<T> {
    method: Method,
    path: String,
    body: Option<Bytes>,
    /// A body that cannot be written.
    wrong: Option<Error>,
    answer: PhantomData<fn() -> T>,
}

impl<T> Custom<T> {
    pub(crate) fn new(method: Method, path: String) -> Self {
        Self { method, path, body: None, wrong: None, answer: PhantomData }
    }

    /// The request, and what the pipeline must know of it.
    fn request(self, cx: &Context) -> Result<(reqwest::Request, &'static Operation), Error> {
        if let Some(wrong) = self.wrong {
            return Err(wrong);
        }
        let operation = Operation::unlisted(&self.method).ok_or_else(|| {
            Error::request(format!("the method {} is not one that HTTP defines", self.method))
        })?;
        if operation.method.is_safe() && cx.options.key().is_some() {
            return Err(Error::request(format!(
                "a {} changes nothing and takes no idempotency key: leave it out",
                self.method
            )));
        }
        let mut request =
            reqwest::Request::new(self.method, cx.account.core.base.url_of_callers(&self.path)?);
        if let Some(body) = self.body {
            request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *request.body_mut() = Some(body.into());
        }
        Ok((request, operation))
    }
}

impl<T, M> Call<Custom<T>, M> {
    /// Sends this as the body. What cannot be written as JSON fails the call before anything is sent.
    pub fn json(mut self, body: &(impl Serialize + ?Sized)) -> Self {
        match serde_json::to_vec(body) {
            Ok(body) => self.plan.body = Some(body.into()),
            Err(source) => {
                let wrong = Error::request("the body cannot be written as JSON").with_source(source);
                self.plan.wrong = Some(wrong);
            }
        }
        self
    }
}

impl<T> Sealed for Custom<T> {}

impl<T: DeserializeOwned + Send + 'static> Keyed for Custom<T> {}

impl<T: DeserializeOwned + Send + 'static> Plan for Custom<T> {
    type Output = T;

    fn start(self, cx: Context) -> ResponseFuture<T> {
        Box::pin(self.run(cx))
    }
}

impl<T: DeserializeOwned> Custom<T> {
    async fn run(self, cx: Context) -> Result<Response<T>, Error> {
        let (mut request, operation) = self.request(&cx)?;
        let mut answer = cx.send_with_token(&mut request, operation).await?;
        let body: &[u8] = if answer.body().is_empty() { b"null" } else { answer.body() };
        match serde_json::from_slice(body) {
            Ok(value) => {
                let (parts, body) = answer.into_parts();
                Ok(Response::new(value, parts, body))
            }
            Err(source) => {
                *answer.body_mut() = Bytes::new();
                Err(credicorp_gen::Error::Decode { response: Box::new(answer), source: source.into() }.into())
            }
        }
    }
}

impl<T> Clone for Custom<T> {
    fn clone(&self) -> Self {
        let Self { method, path, body, wrong, answer } = self;
        Self {
            method: method.clone(),
            path: path.clone(),
            body: body.clone(),
            wrong: wrong.clone(),
            answer: *answer,
        }
    }
}

/// The path may hold ids, and the body anything.
impl<T> fmt::Debug for Custom<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Custom").field("method", &self.method).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
