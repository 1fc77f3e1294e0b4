//! The tasks of one sandbox: everything that it spawns is spawned here, and ends here.
//!
//! Dropping the sandbox aborts them all; [`Tasks::drain`] first lets them finish what they are at.

use std::sync::Mutex;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::clock;
use crate::sync::lock;

#[derive(Debug)]
pub(crate) struct Tasks {
    /// `None` once stopped; nothing is spawned after that.
    running: Mutex<Option<JoinSet<()>>>,
}

impl Tasks {
    pub(crate) fn new() -> Self {
        Self { running: Mutex::new(Some(JoinSet::new())) }
    }

    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut running = lock(&self.running);
        if let Some(running) = running.as_mut() {
            while running.try_join_next().is_some() {}
            running.spawn(task);
        }
    }

    /// Runs to the end even if the caller goes away. `None` if the sandbox stopped first.
    pub(crate) async fn finish<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        let (done, result) = oneshot::channel();
        self.spawn(async move {
            let _ = done.send(work.await);
        });
        result.await.ok()
    }

    /// Aborts every task; those still running are gone as soon as the runtime comes round to them.
    pub(crate) fn stop(&self) {
        drop(lock(&self.running).take());
    }

    /// Waits for the tasks to end by themselves, at most this long, and aborts the rest.
    pub(crate) async fn drain(&self, limit: Duration) {
        let Some(mut running) = lock(&self.running).take() else { return };
        let ended = async { while running.join_next().await.is_some() {} };
        tokio::select! {
            () = ended => {}
            () = clock::pause(limit) => {}
        }
        running.shutdown().await;
    }
}
