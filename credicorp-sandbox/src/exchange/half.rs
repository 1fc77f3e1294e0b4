//! A body that breaks off: it promises its whole length and gives the first half.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

#[derive(Debug)]
pub(super) struct HalfBody {
    promised: u64,
    next: Next,
}

#[derive(Debug)]
enum Next {
    Half(Bytes),
    /// What was given goes out before the connection breaks.
    Pause,
    Break,
}

impl HalfBody {
    pub(super) fn of(body: &Bytes) -> Self {
        Self { promised: body.len() as u64, next: Next::Half(body.slice(..body.len() / 2)) }
    }
}

impl Body for HalfBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match std::mem::replace(&mut self.next, Next::Break) {
            Next::Half(half) => {
                self.next = Next::Pause;
                Poll::Ready(Some(Ok(Frame::data(half))))
            }
            Next::Pause => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Next::Break => Poll::Ready(Some(Err(io::Error::other("this failure was injected")))),
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.promised)
    }
}
