//! The time of the sandbox, and the only place that reads the real one.
//!
//! The clock runs with real time plus an offset. [`Clock::advance`] moves it forward; [`Clock::set`] stops it at a time of one's own until
//! [`Clock::resume`]. Everything that depends on time follows it: tokens expire, decisions become ready, idempotency keys are
//! forgotten, webhooks fall due.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::sync::lock;

/// The clock of one sandbox. Clones are the same clock.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
///
/// let sandbox = credicorp_sandbox::Sandbox::start().await?;
/// let clock = sandbox.clock();
/// clock.set("2026-06-29T10:14:02Z".parse()?);
/// clock.advance(Duration::from_secs(3600));
/// assert_eq!(clock.now().to_string(), "2026-06-29T11:14:02Z");
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Clock {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    reading: Mutex<Reading>,
    changes: watch::Sender<()>,
}

/// How the clock goes.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reading {
    Running { offset: SignedDuration },
    Frozen(Timestamp),
}

impl Reading {
    fn now(self) -> Timestamp {
        match self {
            Self::Running { offset } => real_time().saturating_add(offset).unwrap_or(Timestamp::MAX),
            Self::Frozen(at) => at,
        }
    }
}

impl Clock {
    pub(crate) fn new(frozen_at: Option<Timestamp>) -> Self {
        let reading = frozen_at.map_or(Reading::Running { offset: SignedDuration::ZERO }, Reading::Frozen);
        Self { inner: Arc::new(Inner { reading: Mutex::new(reading), changes: watch::Sender::new(()) }) }
    }

    /// The time of the sandbox; a running clock is read in whole milliseconds.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        lock(&self.inner.reading).now()
    }

    /// Moves the clock forward; a stopped clock stays stopped. Stops at the end of the calendar, in the year 9999.
    pub fn advance(&self, by: Duration) {
        let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
        self.change(|reading| match reading {
            Reading::Running { offset } => Reading::Running { offset: offset.saturating_add(by) },
            Reading::Frozen(at) => Reading::Frozen(at.saturating_add(by).unwrap_or(Timestamp::MAX)),
        });
    }

    /// Stops the clock at this time, which may be in its past, until [`Clock::resume`]. [`Clock::advance`] still moves it.
    pub fn set(&self, at: Timestamp) {
        self.change(|_| Reading::Frozen(at));
    }

    /// Stops the clock where it is.
    pub fn freeze(&self) {
        self.change(|reading| Reading::Frozen(reading.now()));
    }

    /// Lets a stopped clock run on from where it stands.
    pub fn resume(&self) {
        self.change(|reading| Reading::Running { offset: reading.now().duration_since(real_time()) });
    }

    pub(crate) fn is_frozen(&self) -> bool {
        matches!(*lock(&self.inner.reading), Reading::Frozen(_))
    }

    pub(crate) fn save(&self) -> Reading {
        *lock(&self.inner.reading)
    }

    /// A running clock has run on in the meantime.
    pub(crate) fn restore(&self, reading: Reading) {
        self.change(|_| reading);
    }

    fn change(&self, next: impl FnOnce(Reading) -> Reading) {
        {
            let mut reading = lock(&self.inner.reading);
            *reading = next(*reading);
        }
        self.inner.changes.send_replace(());
    }

    /// Waits until the clock has reached `target`; on a stopped clock until somebody moves it there.
    pub(crate) async fn reach(&self, target: Timestamp) {
        let mut changes = self.inner.changes.subscribe();
        loop {
            changes.borrow_and_update();
            let reading = *lock(&self.inner.reading);
            let Ok(missing) = Duration::try_from(target.duration_since(reading.now())) else { return };
            if missing.is_zero() {
                return;
            }
            match reading {
                Reading::Frozen(_) => {
                    let _ = changes.changed().await;
                }
                Reading::Running { .. } => tokio::select! {
                    () = pause(missing) => {}
                    _ = changes.changed() => {}
                },
            }
        }
    }
}

/// In whole milliseconds, as an API prints it.
#[allow(clippy::disallowed_methods, reason = "this module owns real time")]
fn real_time() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

/// Sleeps in real time.
#[allow(clippy::disallowed_methods, reason = "this module owns real time")]
pub(crate) async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
}

/// Measures real time, for the log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    #[allow(clippy::disallowed_methods, reason = "this module owns real time")]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frozen() -> (Clock, Timestamp) {
        let start: Timestamp = "2026-06-29T10:14:02Z".parse().unwrap();
        (Clock::new(Some(start)), start)
    }

    #[test]
    fn a_stopped_clock_moves_only_by_hand() {
        let (clock, start) = frozen();
        assert_eq!(clock.now(), start);
        clock.advance(Duration::from_millis(1500));
        assert_eq!(clock.now(), start + Duration::from_millis(1500));
        clock.set(start - Duration::from_secs(60));
        assert_eq!(clock.now(), start - Duration::from_secs(60));
    }

    #[test]
    fn a_running_clock_goes_on_from_where_it_stood() {
        let (clock, start) = frozen();
        clock.resume();
        let first = clock.now();
        assert!(first >= start && first < start + Duration::from_secs(60), "{first}");
        clock.advance(Duration::from_secs(3600));
        assert!(clock.now() >= start + Duration::from_secs(3600));
        clock.freeze();
        assert_eq!(clock.now(), clock.now());
    }

    #[test]
    fn a_restored_clock_goes_on_as_it_went() {
        let (clock, start) = frozen();
        let other = Clock::new(None);
        let restart = |clock: &Clock| {
            other.restore(serde_json::from_str(&serde_json::to_string(&clock.save()).unwrap()).unwrap());
        };
        restart(&clock);
        assert_eq!((other.now(), other.now()), (start, start));
        clock.resume();
        restart(&clock);
        let now = other.now();
        assert!(now >= start && now < start + Duration::from_secs(60), "{now}");
    }

    #[test]
    fn the_end_of_the_calendar_is_the_end() {
        let (clock, _) = frozen();
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), Timestamp::MAX);
        clock.resume();
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), Timestamp::MAX);
    }

    #[tokio::test]
    async fn waiting_follows_the_clock() {
        let (clock, start) = frozen();
        clock.reach(start).await;
        let waiting = clock.clone();
        let task = async move { waiting.reach(start + Duration::from_secs(10)).await };
        tokio::pin!(task);
        clock.advance(Duration::from_secs(9));
        assert!(futures_ready(task.as_mut()).await.is_none());
        clock.advance(Duration::from_secs(1));
        assert!(futures_ready(task.as_mut()).await.is_some());
    }

    /// Polls once: `None` while the future still waits.
    async fn futures_ready<F: Future<Output = ()> + Unpin>(future: F) -> Option<()> {
        tokio::select! {
            biased;
            () = future => Some(()),
            () = std::future::ready(()) => None,
        }
    }
}
