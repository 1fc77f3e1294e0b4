//! Time, sleep and randomness: the one module that touches the real ones.
//!
//! Everybody else holds an `Arc<dyn Ambient>`, so that each delay, expiry and jitter is tested to the
//! millisecond without waiting. A `Duration` called an instant in this crate is a time since the
//! arbitrary origin of one `Ambient`; it never goes back.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use jiff::Timestamp;

/// A sleep that ends; dropping it cancels it.
pub(crate) type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What the surroundings give: time, calendar, sleep and random bytes.
pub(crate) trait Ambient: fmt::Debug + Send + Sync {
    /// The time since an arbitrary origin; monotonic.
    fn now(&self) -> Duration;

    /// The time of the calendar, which may jump.
    fn wall(&self) -> Timestamp;

    /// Sleeps for that long, from the first poll at the latest.
    fn sleep(&self, duration: Duration) -> Sleep;

    /// Fills with random bytes, or says that the system has none.
    fn random(&self, bytes: &mut [u8]) -> Result<(), getrandom::Error>;

    /// A fraction in `[0, 1)` for jitter. Jitter guards nothing, so that a system without randomness gets the middle.
    fn fraction(&self) -> f64 {
        let mut bytes = [0; 4];
        match self.random(&mut bytes) {
            Ok(()) => f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0),
            Err(_) => 0.5,
        }
    }
}

/// The real surroundings: tokio's clock, the system's calendar and randomness.
#[derive(Debug)]
pub(crate) struct Real {
    origin: tokio::time::Instant,
}

#[allow(clippy::disallowed_methods, reason = "this module owns the real clock")]
impl Real {
    pub(crate) fn new() -> Self {
        Self { origin: tokio::time::Instant::now() }
    }
}

#[allow(clippy::disallowed_methods, reason = "this module owns the real clock")]
impl Ambient for Real {
    fn now(&self) -> Duration {
        self.origin.elapsed()
    }

    fn wall(&self) -> Timestamp {
        Timestamp::now()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(duration))
    }

    fn random(&self, bytes: &mut [u8]) -> Result<(), getrandom::Error> {
        getrandom::fill(bytes)
    }
}

/// The time of the calendar, for the parts that stand outside any client (webhook verification).
#[allow(clippy::disallowed_methods, reason = "this module owns the real clock")]
pub(crate) fn wall_clock() -> Timestamp {
    Timestamp::now()
}

#[cfg(test)]
pub(crate) use manual::Manual;

#[cfg(test)]
mod manual {
    use std::future::poll_fn;
    use std::sync::{Arc, Mutex};
    use std::task::{Poll, Waker};

    use super::*;

    /// A clock for tests. Sleeps of at most `patience` pass at once, are added to the time and noted; longer ones
    /// (the timeouts) end only when the test advances the clock past them.
    #[derive(Debug, Clone)]
    pub(crate) struct Manual(Arc<Mutex<State>>);

    #[derive(Debug)]
    struct State {
        now: Duration,
        patience: Duration,
        slept: Vec<Duration>,
        wakers: Vec<Waker>,
        fraction: f64,
        counter: u64,
    }

    impl Manual {
        pub(crate) fn new(patience: Duration) -> Self {
            Self(Arc::new(Mutex::new(State {
                now: Duration::from_secs(1_000),
                patience,
                slept: Vec::new(),
                wakers: Vec::new(),
                fraction: 1.0,
                counter: 0,
            })))
        }

        /// The jitter from now on: 0 is none, 1 (the default) is all of it.
        pub(crate) fn jitter(self, fraction: f64) -> Self {
            self.0.lock().unwrap().fraction = fraction;
            self
        }

        pub(crate) fn advance(&self, by: Duration) {
            let wakers = {
                let mut state = self.0.lock().unwrap();
                state.now += by;
                std::mem::take(&mut state.wakers)
            };
            wakers.into_iter().for_each(Waker::wake);
        }

        /// The sleeps that passed at once, in order.
        pub(crate) fn slept(&self) -> Vec<Duration> {
            self.0.lock().unwrap().slept.clone()
        }
    }

    impl Ambient for Manual {
        fn now(&self) -> Duration {
            self.0.lock().unwrap().now
        }

        fn wall(&self) -> Timestamp {
            // 2026-06-29T10:14:02Z at the moment the clock is made.
            Timestamp::from_second(1_782_728_042 - 1_000).unwrap() + self.now()
        }

        fn sleep(&self, duration: Duration) -> Sleep {
            let state = Arc::clone(&self.0);
            let mut until = None;
            Box::pin(poll_fn(move |cx| {
                let mut state = state.lock().unwrap();
                if until.is_none() {
                    until = Some(state.now + duration);
                    if duration <= state.patience {
                        state.slept.push(duration);
                        state.now += duration;
                    }
                }
                if until.is_some_and(|until| state.now >= until) {
                    return Poll::Ready(());
                }
                state.wakers.push(cx.waker().clone());
                Poll::Pending
            }))
        }

        fn random(&self, bytes: &mut [u8]) -> Result<(), getrandom::Error> {
            let mut state = self.0.lock().unwrap();
            state.counter += 1;
            bytes.fill(0xff);
            bytes[..8].copy_from_slice(&state.counter.to_le_bytes());
            Ok(())
        }

        fn fraction(&self) -> f64 {
            self.0.lock().unwrap().fraction
        }
    }
}
