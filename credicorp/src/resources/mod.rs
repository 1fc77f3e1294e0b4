//! The resources of the API. Each reads like its page in the API reference; a method prepares a call and sends nothing.
//!
//! ```no_run
//! use credicorp::types::{NewCollection, NewPaymentLink};
//! use credicorp::Pence;
//! use jiff::civil::date;
//!
//! # async fn example(cc: credicorp::Client) -> Result<(), credicorp::Error> {
//! let account = cc.accounts().get("acc_5Tn8v1Lx").await?;
//! for instalment in cc.accounts().schedule(&account.id).await?.data {
//!     println!("{} {} {}", instalment.due_on, instalment.amount_pence, instalment.status);
//! }
//! let link = cc.payments().create_link(NewPaymentLink::new(Pence::from_pounds(2_000), "INV-42")).await?;
//! let payment = cc
//!     .payments()
//!     .collect(NewCollection::new(&account.id, Pence::from_pounds(2_000), date(2026, 8, 1)))
//!     .idempotency_key("collection_2026_08")
//!     .await?;
//! # Ok(()) }
//! ```

mod accounts;
mod applications;
mod decisions;
mod identity;
mod offers;
mod payments;
mod webhooks;

pub use accounts::{AccountQuery, Accounts};
pub use applications::{ApplicationQuery, Applications};
pub use decisions::{DecisionOf, Decisions};
pub use identity::Identity;
pub use offers::Offers;
pub use payments::{PaymentQuery, Payments};
pub use webhooks::{WebhookEndpointQuery, Webhooks};

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

/// The filters of a list, a setter for each, and its page as every page is.
macro_rules! query {
    (
        $(#[$doc:meta])*
        $query:ident { $($(#[$about:meta])* $filter:ident: $of:ty,)* }
        $page:ident of $item:ident
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default)]
        pub struct $query {
            $($filter: Option<$of>,)*
        }

        impl $crate::call::Sealed for $query {}

        impl<M> $crate::call::Call<$crate::list::List<$query>, M> {
            $($(#[$about])*
            pub fn $filter(mut self, $filter: impl Into<$of>) -> Self {
                self.plan.query.$filter = Some($filter.into());
                self
            })*
        }

        impl From<$page> for $crate::list::Page<$item> {
            fn from(page: $page) -> Self {
                Self::new(page.data, page.has_more, page.next_cursor)
            }
        }
    };
}
use query;
