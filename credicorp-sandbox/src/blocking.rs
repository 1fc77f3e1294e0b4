//! A sandbox for code without a runtime: it brings one of its own, on a thread of its own.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::runtime::{self, Handle, Runtime};
use tokio::sync::oneshot;

use crate::builder::Builder;
use crate::error::Error;
use crate::sandbox::Sandbox;

/// A running sandbox on a thread of its own, with everything that a [`Sandbox`] has; what is async there waits here.
///
/// It works on any thread, inside `tokio::task::spawn_blocking`, and inside a task too, which it then holds up. When it is dropped,
/// its port is closed and its thread has ended.
///
/// ```
/// # fn main() -> Result<(), credicorp_sandbox::Error> {
/// use credicorp_sandbox::{Fault, Sandbox};
///
/// let sandbox = Sandbox::start_blocking()?;
/// sandbox.inject(Fault::status(503).retry_after(1));
/// sandbox.clock().freeze();
/// sandbox.flush_webhooks();
/// assert!(sandbox.requests().is_empty());
/// # Ok(()) }
/// ```
pub struct BlockingSandbox {
    sandbox: Sandbox,
    runtime: Handle,
    /// Sent to when it is to stop in good order, dropped when it is to stop.
    ending: Option<oneshot::Sender<Duration>>,
    thread: Option<JoinHandle<()>>,
}

impl BlockingSandbox {
    pub(crate) fn run(builder: Builder) -> Result<Self, Error> {
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::caused("the runtime of the sandbox could not be built", error))?;
        let handle = runtime.handle().clone();
        let (ending, ended) = oneshot::channel();
        let (starting, started) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("credicorp-sandbox".to_owned())
            .spawn(move || drive(runtime, builder, &starting, ended))
            .map_err(|error| Error::caused("the thread of the sandbox could not be started", error))?;
        let sandbox = started.recv().map_err(|error| Error::caused("the sandbox did not start", error))??;
        Ok(Self { sandbox, runtime: handle, ending: Some(ending), thread: Some(thread) })
    }

    /// Waits until every attempt that is due by the sandbox's clock has been made, as [`Sandbox::flush_webhooks`] does.
    ///
    /// An endpoint that runs on this very thread cannot answer meanwhile, and has failed after [`Builder::webhook_timeout`].
    pub fn flush_webhooks(&self) {
        let (done, flushed) = mpsc::channel::<()>();
        let shared = Arc::clone(&self.sandbox.shared);
        let _entered = self.runtime.enter();
        self.sandbox.shared.tasks.spawn(async move {
            shared.flush_webhooks().await;
            drop(done);
        });
        // It ends without a word, when the task has ended in one way or another.
        let _ = flushed.recv();
    }

    /// Stops in good order, as [`Sandbox::stop`] does. Returns once the port is closed and the thread has ended.
    pub fn stop(mut self) {
        self.end(Some(Sandbox::GRACE));
    }

    fn end(&mut self, grace: Option<Duration>) {
        if let (Some(ending), Some(grace)) = (self.ending.take(), grace) {
            let _ = ending.send(grace);
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What the thread does: it starts the sandbox, and drives it until it is to end.
fn drive(
    runtime: Runtime,
    builder: Builder,
    starting: &mpsc::Sender<Result<Sandbox, Error>>,
    ended: oneshot::Receiver<Duration>,
) {
    runtime.block_on(async {
        let started = Sandbox::run(builder).await;
        let shared = started.as_ref().ok().map(|sandbox| Arc::clone(&sandbox.shared));
        let _ = starting.send(started);
        match (shared, ended.await) {
            (Some(shared), Ok(grace)) => shared.close(grace).await,
            (Some(shared), Err(_)) => shared.stop(),
            (None, _) => {}
        }
    });
    // A look-up of a name may still be under way in the system; nobody waits for it.
    runtime.shutdown_background();
}

impl Deref for BlockingSandbox {
    type Target = Sandbox;

    fn deref(&self) -> &Sandbox {
        &self.sandbox
    }
}

impl Drop for BlockingSandbox {
    fn drop(&mut self) {
        self.end(None);
    }
}

impl fmt::Debug for BlockingSandbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("BlockingSandbox").field("url", &self.url()).finish_non_exhaustive()
    }
}
