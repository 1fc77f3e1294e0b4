//! A walk over whole pages: the one rule of how a walk goes on.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
#[cfg(feature = "blocking")]
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::{List, Page, Query};
#[cfg(feature = "blocking")]
use crate::call::Blocking;
use crate::call::{Async, Call, CallFuture, Mode};
use crate::error::Error;
#[cfg(feature = "blocking")]
use crate::pipeline::Core;

/// Whole pages, one request each; made by [`Call::pages`].
///
/// # Cancel safety
///
/// Dropping the future of [`next`](Self::next) loses nothing: the request goes on at the next call. Dropping the walk
/// cancels the request in flight.
#[must_use = "a walk does nothing until it is asked for its next page"]
pub struct Pages<Q: Query, M = Async> {
    /// The call for the next page; `None` at the end.
    call: Option<Call<List<Q>, M>>,
    flight: Option<CallFuture<Page<Q::Item>>>,
    /// A prefetched answer that nobody has asked for yet.
    landed: Option<Result<Page<Q::Item>, Error>>,
    /// The cursor came back: the walk ends with an error after this page.
    stuck: bool,
    trail: Trail,
    cursor: Option<String>,
}

impl<Q: Query, M> Pages<Q, M> {
    pub(super) fn new(call: Call<List<Q>, M>) -> Self {
        let cursor = call.plan.at.cursor.clone();
        Self { call: Some(call), flight: None, landed: None, stuck: false, trail: Trail::default(), cursor }
    }

    /// The cursor that fetched the page given last, and before any page the one to start from; `None` for the first page
    /// of a list.
    pub fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    pub(super) fn prefetches(&self) -> bool {
        self.call.as_ref().is_some_and(|call| call.plan.prefetch)
    }

    /// What follows the last page: nothing, or once the error of a cursor that came back.
    fn end(&mut self) -> Option<Result<Page<Q::Item>, Error>> {
        std::mem::take(&mut self.stuck).then(|| Err(Error::repeated_cursor()))
    }

    /// Takes a page and turns to the next. A failed one changes nothing, so that it can be asked for again.
    fn turn(&mut self, answer: Result<Page<Q::Item>, Error>) -> Result<Page<Q::Item>, Error> {
        let page = answer?;
        let asked_with = self.call.as_mut().and_then(|call| call.plan.at.cursor.take());
        match (&mut self.call, &page.next_cursor) {
            (Some(call), Some(next)) if !self.trail.returns(next) && asked_with.as_ref() != Some(next) => {
                call.plan.at.cursor = Some(next.clone())
            }
            (call, next) => {
                *call = None;
                self.stuck = next.is_some();
            }
        }
        self.cursor = asked_with;
        Ok(page)
    }
}

/// Notices a cursor that comes back, in the memory of one cursor: Brent's way, a remembered one that is moved up at
/// distances which double.
#[derive(Default)]
struct Trail {
    remembered: Option<String>,
    steps: u64,
    distance: u64,
}

impl Trail {
    fn returns(&mut self, cursor: &str) -> bool {
        if self.remembered.as_deref() == Some(cursor) {
            return true;
        }
        if self.steps == self.distance {
            self.remembered = Some(cursor.to_owned());
            self.distance = self.distance.saturating_mul(2).max(1);
            self.steps = 0;
        }
        self.steps += 1;
        false
    }
}

impl<Q: Query, M: Mode> Pages<Q, M> {
    /// The next page, however it is waited for.
    pub(super) fn poll_page(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Page<Q::Item>, Error>>> {
        if self.call.is_none() {
            return Poll::Ready(self.end());
        }
        self.poll_ahead(cx);
        let answer = ready!(self.landed.take().map_or(Poll::Pending, Poll::Ready));
        Poll::Ready(Some(self.turn(answer)))
    }

    /// Moves the request for the next page, and keeps its answer.
    pub(super) fn poll_ahead(&mut self, cx: &mut Context<'_>) {
        if self.landed.is_none()
            && let Some(call) = &self.call
        {
            let flight = self.flight.get_or_insert_with(|| call.clone().start());
            if let Poll::Ready(answer) = Pin::new(flight).poll(cx) {
                self.flight = None;
                self.landed = Some(answer);
            }
        }
    }
}

impl<Q: Query> Pages<Q, Async> {
    /// The next page; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<Page<Q::Item>, Error>> {
        poll_fn(|cx| self.poll_page(cx)).await
    }
}

impl<Q: Query> Stream for Pages<Q, Async> {
    type Item = Result<Page<Q::Item>, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_page(cx)
    }
}

#[cfg(feature = "blocking")]
impl<Q: Query> Pages<Q, Blocking> {
    /// What the walk is sent by; nothing at its end, where no poll has to wait.
    pub(super) fn core(&self) -> Option<Arc<Core>> {
        self.call.as_ref().map(|call| Arc::clone(&call.cx.account.core))
    }
}

#[cfg(feature = "blocking")]
impl<Q: Query> Iterator for Pages<Q, Blocking> {
    type Item = Result<Page<Q::Item>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        wait(self.core(), |cx| self.poll_page(cx))
    }
}

/// Waits on this thread for what a poll of a walk gives.
#[cfg(feature = "blocking")]
pub(super) fn wait<T>(
    core: Option<Arc<Core>>,
    mut poll: impl FnMut(&mut Context<'_>) -> Poll<Option<Result<T, Error>>>,
) -> Option<Result<T, Error>> {
    match core {
        Some(core) => core.runtime.run(poll_fn(poll)).unwrap_or_else(|refused| Some(Err(refused))),
        None => match poll(&mut Context::from_waker(std::task::Waker::noop())) {
            Poll::Ready(given) => given,
            Poll::Pending => None,
        },
    }
}

impl<Q: Query, M> fmt::Debug for Pages<Q, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("ended", &self.call.is_none()).finish_non_exhaustive()
    }
}
