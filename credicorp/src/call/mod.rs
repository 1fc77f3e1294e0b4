//! One prepared call: what it does, how it is run, and the options that every call has.
//!
//! A resource method hands out a [`Call`], which does nothing until it is awaited. Its first parameter, the *plan*, says
//! what the call does: [`Read`], [`Write`], [`List`], [`Wait`] or [`Custom`]. Its second, the *mode*, says how it is run:
//! [`Async`] is awaited, `Blocking` sent. Options that belong to one plan exist on that plan alone: an idempotency key on a
//! read does not compile.
//!
//! ```no_run
//! use std::time::Duration;
//! # async fn example(cc: credicorp::Client) -> Result<(), credicorp::Error> {
//! let response = cc
//!     .applications()
//!     .get("app_1")
//!     .timeout(Duration::from_secs(5))
//!     .max_retries(0)
//!     .header("x-trace", "1")
//!     .with_response()
//!     .await?;
//! println!("{} {:?} {}", response.status(), response.request_id(), response.attempts());
//! # Ok(()) }
//! ```
//!
//! ```compile_fail
//! # fn example(cc: credicorp::Client) {
//! let read = cc.applications().get("app_1").idempotency_key("order_88421");
//! # }
//! ```
//!
//! # Cancel safety
//!
//! A call may be dropped at any await. A write that was dropped may have been sent, and the key that was made for it is
//! gone with it: set a [key of your own](Call::idempotency_key) on every write that you may drop, and prefer
//! [`deadline`](Call::deadline), whose error tells the key, to a timeout around the call.

mod context;
mod custom;
mod mode;
mod plan;
mod wait;

use std::fmt;
use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

pub(crate) use context::{Context, finish};
pub use custom::Custom;
#[cfg(feature = "blocking")]
pub use mode::Blocking;
pub use mode::{Async, Mode};
pub use plan::{Keyed, Plan, Read, Write};
pub(crate) use plan::{RawResult, Sealed};
pub use wait::Wait;

pub use crate::list::List;

use crate::error::Error;
use crate::response::Response;

/// The future of a call that answers the whole response.
pub type ResponseFuture<T> = Pin<Box<dyn Future<Output = Result<Response<T>, Error>> + Send>>;

/// The future of a call.
#[must_use = "a future does nothing until it is awaited"]
pub struct CallFuture<T>(ResponseFuture<T>);

impl<T> Future for CallFuture<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(cx).map(|answer| answer.map(Response::into_inner))
    }
}

impl<T> fmt::Debug for CallFuture<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallFuture").finish_non_exhaustive()
    }
}

/// A prepared call. Await it, or with a blocking client send it; before that set its options.
#[must_use = "a call does nothing until it is awaited (blocking: sent)"]
pub struct Call<P, M = Async> {
    pub(crate) cx: Context,
    pub(crate) plan: P,
    mode: PhantomData<fn() -> M>,
}

/// A prepared call that answers a whole [`Response`] instead of the value alone.
#[must_use = "a call does nothing until it is awaited (blocking: sent)"]
pub struct WithResponse<P, M = Async>(Call<P, M>);

impl<P, M> Call<P, M> {
    pub(crate) fn new(cx: Context, plan: P) -> Self {
        Self { cx, plan, mode: PhantomData }
    }

    /// The same options for another plan.
    pub(crate) fn map<Q>(self, change: impl FnOnce(P) -> Q) -> Call<Q, M> {
        Call::new(self.cx, change(self.plan))
    }

    /// The time of one attempt, in place of the client's.
    pub fn timeout(mut self, attempt: Duration) -> Self {
        self.cx.options.set_timeout(attempt);
        self
    }

    /// The time of the whole call, repeats and waits included, in place of the client's.
    pub fn deadline(mut self, call: Duration) -> Self {
        self.cx.options.set_deadline(call);
        self
    }

    /// How often the call is repeated at most, in place of the client's. 0 turns repeats off, but not the one repeat
    /// with a fresh token after a 401.
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.cx.options.set_max_retries(retries);
        self
    }

    /// Adds a header. One that belongs to the client (`authorization`, `idempotency-key`, `host`, `content-*`) or that
    /// cannot be sent fails the call before anything is sent.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.cx.options.set_header(name, value);
        self
    }

    /// Adds parameters to the query, for filters that this version has no method for. One that the call sets itself fails
    /// the call before anything is sent.
    pub fn query<N: AsRef<str>, V: AsRef<str>>(mut self, pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        for (name, value) in pairs {
            self.cx.options.add_query(name.as_ref(), value.as_ref());
        }
        self
    }

    /// Answers the whole response: status, headers, request id, attempts and key, with the value.
    pub fn with_response(self) -> WithResponse<P, M> {
        WithResponse(self)
    }
}

impl<P: Plan, M> Call<P, M> {
    /// Starts the plan; how it is waited for is the mode's.
    pub(crate) fn start(self) -> CallFuture<P::Output> {
        CallFuture(self.plan.start(self.cx))
    }
}

impl<P: Keyed, M> Call<P, M> {
    /// Your key for this write, 1 to 255 visible ASCII characters: an order number, say. A call under the same key has
    /// one effect, however often it is made within 24 hours. Without it a random key is made for each call, which the
    /// answer and the error tell; only your own survives a call that you drop.
    pub fn idempotency_key(mut self, key: &str) -> Self {
        self.cx.options.set_key(key);
        self
    }
}

impl<P: Plan> IntoFuture for WithResponse<P, Async> {
    type Output = Result<Response<P::Output>, Error>;
    type IntoFuture = ResponseFuture<P::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.0.plan.start(self.0.cx)
    }
}

impl<P: Plan> IntoFuture for Call<P, Async> {
    type Output = Result<P::Output, Error>;
    type IntoFuture = CallFuture<P::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.start()
    }
}

#[cfg(feature = "blocking")]
impl<P: Plan> WithResponse<P, Blocking> {
    /// Runs the call to its end on this thread.
    ///
    /// # Errors
    ///
    /// Those of the call; of kind [`Request`](crate::ErrorKind::Request) on a thread that is polling a task, see
    /// [`blocking`](crate::blocking).
    pub fn send(self) -> Result<Response<P::Output>, Error> {
        let core = std::sync::Arc::clone(&self.0.cx.account.core);
        core.runtime.run(self.0.plan.start(self.0.cx))?
    }
}

#[cfg(feature = "blocking")]
impl<P: Plan> Call<P, Blocking> {
    /// Runs the call to its end on this thread.
    ///
    /// # Errors
    ///
    /// Those of the call; of kind [`Request`](crate::ErrorKind::Request) on a thread that is polling a task, see
    /// [`blocking`](crate::blocking).
    pub fn send(self) -> Result<P::Output, Error> {
        Ok(self.with_response().send()?.into_inner())
    }
}

impl<P: Clone, M> Clone for Call<P, M> {
    fn clone(&self) -> Self {
        Self::new(self.cx.clone(), self.plan.clone())
    }
}

impl<P, M> fmt::Debug for Call<P, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("options", &self.cx.options).finish_non_exhaustive()
    }
}

impl<P, M> fmt::Debug for WithResponse<P, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WithResponse").field(&self.0).finish()
    }
}
