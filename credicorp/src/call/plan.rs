//! What a call does once it runs.

use std::fmt;
use std::future::Future;

use credicorp_gen::ResponseValue;

use super::ResponseFuture;
use super::context::{Context, finish};

/// What a call does. Sealed: the plans of this crate and no others.
pub trait Plan: Sealed + Send + 'static {
    /// What the call answers.
    type Output: Send + 'static;

    #[doc(hidden)]
    fn start(self, cx: Context) -> ResponseFuture<Self::Output>;
}

/// What sends an idempotency key: [`Write`], and [`Custom`](super::Custom) where its method changes something.
pub trait Keyed: Plan {}

impl<T: Send + 'static> Keyed for Write<T> {}

/// Keeps [`Plan`] and the other open doors to this crate.
pub trait Sealed {}

/// What a generated endpoint answers.
pub(crate) type RawResult<T> = Result<ResponseValue<T>, credicorp_gen::Error>;

/// One generated endpoint with its arguments.
struct Endpoint<T>(Box<dyn FnOnce(Context) -> ResponseFuture<T> + Send>);

impl<T> Endpoint<T> {
    fn new<F>(endpoint: impl FnOnce(credicorp_gen::Client) -> F + Send + 'static) -> Self
    where
        F: Future<Output = RawResult<T>> + Send + 'static,
    {
        Self(Box::new(move |cx| Box::pin(async move { finish(endpoint(cx.raw()).await) })))
    }
}

macro_rules! endpoint_plan {
    ($(#[$doc:meta])* $plan:ident) => {
        $(#[$doc])*
        pub struct $plan<T>(Endpoint<T>);

        impl<T> $plan<T> {
            pub(crate) fn new<F>(endpoint: impl FnOnce(credicorp_gen::Client) -> F + Send + 'static) -> Self
            where
                F: Future<Output = RawResult<T>> + Send + 'static,
            {
                Self(Endpoint::new(endpoint))
            }
        }

        impl<T> Sealed for $plan<T> {}

        impl<T: Send + 'static> Plan for $plan<T> {
            type Output = T;

            fn start(self, cx: Context) -> ResponseFuture<T> {
                (self.0.0)(cx)
            }
        }

        impl<T> fmt::Debug for $plan<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($plan))
            }
        }
    };
}

endpoint_plan! {
    /// Reads one thing; sends no key.
    Read
}

endpoint_plan! {
    /// Changes something, under an idempotency key.
    Write
}
