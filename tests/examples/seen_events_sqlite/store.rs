//! [`SeenEvents`] over SQLite: one table, and every question one statement, so that any number of processes may ask at once.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use credicorp::types::EventId;
use credicorp::webhooks::{Claim, SeenEvents};
use jiff::Timestamp;
use rusqlite::{Connection, Error, OptionalExtension, params};
use tokio::task::spawn_blocking;

/// Longer than the 72 hours over which a delivery is attempted again.
const KEPT_FOR: Duration = Duration::from_secs(4 * 24 * 60 * 60);

const TABLE: &str = "
    CREATE TABLE IF NOT EXISTS seen_events (
        id    TEXT PRIMARY KEY,
        done  INTEGER NOT NULL,
        until INTEGER NOT NULL
    ) WITHOUT ROWID";

/// Inserts the event, or takes it over from a lease that ran out. It changes one row, or none.
const CLAIM: &str = "
    INSERT INTO seen_events (id, done, until) VALUES (?1, 0, ?3)
    ON CONFLICT (id) DO UPDATE SET done = 0, until = excluded.until WHERE until <= ?2";

const DONE: &str = "
    INSERT INTO seen_events (id, done, until) VALUES (?1, 1, ?2)
    ON CONFLICT (id) DO UPDATE SET done = 1, until = excluded.until";

/// The events seen, in a file that processes share. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct SqliteSeenEvents {
    connection: Arc<Mutex<Connection>>,
}

impl SqliteSeenEvents {
    /// Opens the file, and makes it and the table if they are not there.
    pub(crate) fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::over(Connection::open(path)?)
    }

    /// A store of this process alone.
    pub(crate) fn in_memory() -> Result<Self, Error> {
        Self::over(Connection::open_in_memory()?)
    }

    fn over(connection: Connection) -> Result<Self, Error> {
        // Another process may hold the file for the moment of a claim.
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.execute(TABLE, [])?;
        Ok(Self { connection: Arc::new(Mutex::new(connection)) })
    }

    /// SQLite works on the calling thread, which must not be one that polls tasks.
    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Connection, i64) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let connection = Arc::clone(&self.connection);
        let asked = spawn_blocking(move || {
            let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            question(&connection, now())
        });
        asked.await.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()))
    }
}

impl SeenEvents for SqliteSeenEvents {
    type Error = Error;

    async fn claim(&self, id: &EventId, lease: Duration) -> Result<Claim, Error> {
        let id = id.to_string();
        self.ask(move |connection, now| {
            connection.execute("DELETE FROM seen_events WHERE until <= ?1 AND done", [now])?;
            if connection.execute(CLAIM, params![id, now, now + millis(lease)])? == 1 {
                return Ok(Claim::New);
            }
            let done = connection
                .query_row("SELECT done FROM seen_events WHERE id = ?1", [&id], |row| row.get(0))
                .optional()?;
            Ok(if done == Some(true) { Claim::Done } else { Claim::InProgress })
        })
        .await
    }

    async fn done(&self, id: &EventId) -> Result<(), Error> {
        let id = id.to_string();
        self.ask(move |connection, now| {
            connection.execute(DONE, params![id, now + millis(KEPT_FOR)]).map(drop)
        })
        .await
    }

    async fn release(&self, id: &EventId) -> Result<(), Error> {
        let id = id.to_string();
        self.ask(move |connection, _| {
            connection.execute("DELETE FROM seen_events WHERE id = ?1 AND NOT done", [id]).map(drop)
        })
        .await
    }
}

/// The time that processes share, in milliseconds.
#[allow(clippy::disallowed_methods, reason = "a lease is measured against the clock that processes share")]
fn now() -> i64 {
    Timestamp::now().as_millisecond()
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEASE: Duration = Duration::from_secs(60);

    fn id() -> EventId {
        "evt_1Qz8n0Tf".into()
    }

    /// Two stores over one file, as two processes have it.
    fn two() -> (tempfile::TempDir, SqliteSeenEvents, SqliteSeenEvents) {
        let folder = tempfile::tempdir().unwrap();
        let open = || SqliteSeenEvents::open(folder.path().join("seen.sqlite")).unwrap();
        let (one, other) = (open(), open());
        (folder, one, other)
    }

    #[tokio::test]
    async fn two_deliveries_at_one_moment_have_one_effect() {
        let (_folder, one, other) = two();
        for round in 0..20 {
            let id = EventId::from(format!("evt_{round}"));
            let (first, second) = tokio::join!(one.claim(&id, LEASE), other.claim(&id, LEASE));
            let mut claims = [first.unwrap(), second.unwrap()];
            claims.sort_by_key(|claim| *claim != Claim::New);
            assert_eq!(claims, [Claim::New, Claim::InProgress]);
            one.done(&id).await.unwrap();
            assert_eq!(other.claim(&id, LEASE).await.unwrap(), Claim::Done);
        }
    }

    #[tokio::test]
    async fn a_handler_that_fails_releases() {
        let (_folder, one, other) = two();
        assert_eq!(one.claim(&id(), LEASE).await.unwrap(), Claim::New);
        one.release(&id()).await.unwrap();
        assert_eq!(other.claim(&id(), LEASE).await.unwrap(), Claim::New);
        other.done(&id()).await.unwrap();
        one.release(&id()).await.unwrap();
        assert_eq!(one.claim(&id(), LEASE).await.unwrap(), Claim::Done, "what is done stays done");
    }

    #[tokio::test]
    async fn a_process_that_dies_loses_nothing_because_its_lease_runs_out() {
        let (_folder, one, other) = two();
        assert_eq!(one.claim(&id(), Duration::ZERO).await.unwrap(), Claim::New);
        drop(one);
        assert_eq!(other.claim(&id(), LEASE).await.unwrap(), Claim::New);
        assert_eq!(other.claim(&id(), LEASE).await.unwrap(), Claim::InProgress);
    }
}
