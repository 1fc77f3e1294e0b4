//! A walk over items, on top of the walk over pages.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec;

use futures_core::Stream;

use super::{Pages, Query};
#[cfg(feature = "blocking")]
use crate::call::Blocking;
use crate::call::{Async, Mode};
use crate::error::Error;

/// The items of all pages; made by [`Call::stream`](crate::call::Call::stream), or `Call::iter` of a blocking client.
///
/// # Cancel safety
///
/// Dropping the future of [`next`](Self::next) loses nothing; dropping the walk cancels the request in flight.
#[must_use = "a walk does nothing until it is asked for its next item"]
pub struct Items<Q: Query, M = Async> {
    pages: Pages<Q, M>,
    page: vec::IntoIter<Q::Item>,
}

impl<Q: Query, M> Items<Q, M> {
    pub(super) fn new(pages: Pages<Q, M>) -> Self {
        Self { pages, page: Vec::new().into_iter() }
    }

    /// The cursor that fetched the page of the current item, to go on from later; `None` on the first page.
    ///
    /// Going on from it gives the items of that page once more.
    pub fn cursor(&self) -> Option<&str> {
        self.pages.cursor()
    }
}

impl<Q: Query, M: Mode> Items<Q, M> {
    /// The next item, however it is waited for.
    fn poll_item(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Q::Item, Error>>> {
        loop {
            if let Some(item) = self.page.next() {
                if self.pages.prefetches() {
                    self.pages.poll_ahead(cx);
                }
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(self.pages.poll_page(cx)) {
                Some(Ok(page)) => self.page = page.data.into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<Q: Query> Items<Q, Async> {
    /// The next item; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<Q::Item, Error>> {
        poll_fn(|cx| self.poll_item(cx)).await
    }
}

impl<Q: Query> Stream for Items<Q, Async> {
    type Item = Result<Q::Item, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_item(cx)
    }
}

#[cfg(feature = "blocking")]
impl<Q: Query> Iterator for Items<Q, Blocking> {
    type Item = Result<Q::Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        super::pages::wait(self.pages.core(), |cx| self.poll_item(cx))
    }
}

impl<Q: Query, M> fmt::Debug for Items<Q, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("pages", &self.pages).finish_non_exhaustive()
    }
}
