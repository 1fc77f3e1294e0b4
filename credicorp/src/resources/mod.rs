//! The resources of the API. Each reads like its page in the API reference; a method prepares a call and sends nothing.

mod applications;

pub use applications::{ApplicationQuery, Applications, DecisionOf};

/// A resource: a prepared context, and the mode of the client that it came from.
macro_rules! resource {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name<M = $crate::call::Async> {
            cx: $crate::call::Context,
            mode: std::marker::PhantomData<fn() -> M>,
        }

        impl<M> $name<M> {
            pub(crate) fn new(cx: $crate::call::Context) -> Self {
                Self { cx, mode: std::marker::PhantomData }
            }
        }
    };
}
use resource;
