//! Lists: one page, whole pages, or items, each from the start or from a stored cursor.
//!
//! ```no_run
//! use credicorp::types::ApplicationStatus;
//! use jiff::civil::date;
//!
//! # async fn example(cc: credicorp::Client) -> Result<(), credicorp::Error> {
//! let mut funded = cc
//!     .applications()
//!     .list()
//!     .status(ApplicationStatus::Funded)
//!     .created_after(date(2026, 6, 1))
//!     .limit(50)
//!     .stream();
//! while let Some(application) = funded.next().await {
//!     println!("{}", application?.id);
//! }
//!
//! let page = cc.applications().list().limit(25).await?; // one page, plain data
//! if let Some(cursor) = page.next_cursor {
//!     let page = cc.applications().list().limit(25).cursor(cursor).await?; // or resume from a stored checkpoint
//! }
//! # Ok(()) }
//! ```
//!
//! A walk sends one request a page and keeps one page in memory, two with [`prefetch`](crate::call::Call::prefetch). An
//! empty page is not the end; no cursor is. A cursor that comes back, at once or in a longer circle, is an error and not a walk without end. A page that
//! failed is asked for again by the next call of `next`, so stop at an error, or count how often you go on.

mod items;
mod pages;

use std::fmt;
use std::future::Future;

use serde::{Deserialize, Serialize};

pub use items::Items;
pub use pages::Pages;

#[cfg(feature = "blocking")]
use crate::call::Blocking;
use crate::call::{Call, Context, Plan, RawResult, ResponseFuture, Sealed, finish};

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items; there may be none on a page that is not the last.
    pub data: Vec<T>,
    /// Whether there is more.
    pub has_more: bool,
    /// What the next page is asked for with: opaque, stable, safe to store. `None` at the end.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// A page as the API states it. There is more only if it says so and names a cursor.
    pub(crate) fn new(data: Vec<T>, has_more: bool, next_cursor: Option<String>) -> Self {
        let next_cursor = next_cursor.filter(|cursor| has_more && !cursor.is_empty());
        Self { data, has_more: next_cursor.is_some(), next_cursor }
    }
}

/// One list endpoint with its filters. Sealed: the lists of this crate and no others.
pub trait Query: Sealed + Clone + Send + Sync + Unpin + 'static {
    /// What the list is of.
    type Item: Send + Unpin + 'static;
    /// The page as it comes over the wire.
    #[doc(hidden)]
    type Wire: Into<Page<Self::Item>> + Send;

    #[doc(hidden)]
    fn page(self, raw: credicorp_gen::Client, at: At) -> impl Future<Output = RawResult<Self::Wire>> + Send;
}

/// Which page, and how long.
#[doc(hidden)]
#[derive(Debug, Clone, Default)]
pub struct At {
    pub(crate) limit: Option<i32>,
    pub(crate) cursor: Option<String>,
}

/// A call for a page of a list; awaited it is that page.
#[derive(Clone)]
pub struct List<Q> {
    pub(crate) query: Q,
    at: At,
    prefetch: bool,
}

impl<Q> List<Q> {
    pub(crate) fn new(query: Q) -> Self {
        Self { query, at: At::default(), prefetch: false }
    }
}

impl<Q: Query> Sealed for List<Q> {}

impl<Q: Query> Plan for List<Q> {
    type Output = Page<Q::Item>;

    fn start(self, cx: Context) -> ResponseFuture<Page<Q::Item>> {
        Box::pin(async move { Ok(finish(self.query.page(cx.raw(), self.at).await)?.map(Into::into)) })
    }
}

impl<Q: Query, M> Call<List<Q>, M> {
    /// How many items a page has: at most 100; 25 if left out.
    pub fn limit(mut self, items: u32) -> Self {
        self.plan.at.limit = Some(i32::try_from(items).unwrap_or(i32::MAX));
        self
    }

    /// Goes on from a cursor: a page's `next_cursor`, or a walk's [`cursor`](Items::cursor).
    pub fn cursor(mut self, cursor: impl Into<String>) -> Self {
        self.plan.at.cursor = Some(cursor.into());
        self
    }

    /// Fetches the next page while the items of this one are handled: the request starts when a page comes in and moves
    /// with each `next`.
    pub fn prefetch(mut self) -> Self {
        self.plan.prefetch = true;
        self
    }

    /// Walks whole pages.
    pub fn pages(self) -> Pages<Q, M> {
        Pages::new(self)
    }
}

impl<Q: Query> Call<List<Q>> {
    /// Walks the items of all pages.
    pub fn stream(self) -> Items<Q> {
        Items::new(self.pages())
    }
}

#[cfg(feature = "blocking")]
impl<Q: Query> Call<List<Q>, Blocking> {
    /// Walks the items of all pages.
    pub fn iter(self) -> Items<Q, Blocking> {
        Items::new(self.pages())
    }
}

impl<Q> fmt::Debug for List<Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List")
            .field("limit", &self.at.limit)
            .field("prefetch", &self.prefetch)
            .finish_non_exhaustive()
    }
}
