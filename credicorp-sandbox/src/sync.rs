//! One rule for locks: a poisoned mutex is taken over as it is.
//!
//! A request that panicked must not take the whole emulator with it; the state behind each mutex is valid between any two statements.

use std::sync::{Mutex, MutexGuard, PoisonError};

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
