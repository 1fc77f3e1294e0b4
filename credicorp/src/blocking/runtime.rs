//! The one thread of a blocking client, and how a thread waits for a call.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, JoinHandle, Thread};

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use tokio::task::coop;

use crate::error::Error;

/// More than the budget that tokio gives a task for one poll, which is 128 today and can at most be 255.
const STEPS: usize = 256;

/// Starts its thread at the first call, and ends it when it is dropped.
#[derive(Debug, Default)]
pub(crate) struct Runtime(Mutex<Option<Driver>>);

impl Runtime {
    /// Runs a call to its end on this thread; the connections and timers that it waits for are driven by the one thread.
    pub(crate) fn run<F: Future>(&self, future: F) -> Result<F::Output, Error> {
        if polls_a_task() {
            return Err(Error::request(
                "this thread is polling an async task, which a blocking call would hold up with all others of the thread: use the async credicorp::Client there, or tokio::task::spawn_blocking",
            ));
        }
        let handle = self.handle()?;
        let _entered = handle.enter();
        Ok(wait_for(future))
    }

    pub(super) fn handle(&self) -> Result<Handle, Error> {
        let mut driver = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(driver) = &*driver {
            return Ok(driver.handle.clone());
        }
        let started = Driver::start().map_err(|source| {
            Error::config("the thread of the blocking client could not be started").with_source(source)
        })?;
        Ok(driver.insert(started).handle.clone())
    }
}

#[cfg(test)]
impl Runtime {
    pub(super) fn has_started(&self) -> bool {
        self.0.lock().unwrap().is_some()
    }
}

/// A tokio runtime of one thread.
#[derive(Debug)]
struct Driver {
    handle: Handle,
    /// Dropped to end the thread.
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Driver {
    fn start() -> std::io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new().name("credicorp-blocking".to_owned()).spawn(move || {
            let _ = runtime.block_on(stopped);
            // A look-up of a name may still be under way in the system; nobody waits for it.
            runtime.shutdown_background();
        })?;
        Ok(Self { handle, stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != thread::current().id()
        {
            let _ = thread.join();
        }
    }
}

/// Whether this thread is polling a task of a tokio runtime.
///
/// tokio has no question for it, but a budget: whatever polls a task runs out of it, while `spawn_blocking`,
/// `block_in_place` and plain threads have none. The steps are given back from the last to the first, so that the task is
/// left with the budget it had.
fn polls_a_task() -> bool {
    if Handle::try_current().is_err() {
        return false;
    }
    let mut cx = Context::from_waker(Waker::noop());
    let mut steps = Vec::with_capacity(STEPS);
    let runs_out = (0..STEPS).any(|_| match coop::poll_proceed(&mut cx) {
        Poll::Ready(step) => {
            steps.push(step);
            false
        }
        Poll::Pending => true,
    });
    while steps.pop().is_some() {}
    runs_out
}

/// Wakes a thread that is parked.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.unpark();
    }
}

/// Polls a future on this thread until it is ready. tokio's own `block_on` would panic where [`polls_a_task`] cannot tell.
fn wait_for<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut cx = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut cx) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}
