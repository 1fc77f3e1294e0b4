//! The client for code that is not async: the same resources and builders, and `.send()` in the place of `.await`.
//!
//! ```no_run
//! use credicorp::types::{Business, NewApplication};
//! use credicorp::{Pence, blocking::Client};
//!
//! # fn main() -> Result<(), credicorp::Error> {
//! let cc = Client::from_env()?;
//! let new = NewApplication::new(Business::new("16093826"), Pence::from_pounds(25_000), 12);
//! let application = cc.applications().create(new).idempotency_key("order_88421").send()?;
//! for application in cc.applications().list().limit(50).iter() {
//!     println!("{}", application?.id);
//! }
//! # Ok(()) }
//! ```
//!
//! # Threads
//!
//! A client and its clones have one thread, which drives connections and timers. It starts with the first call and ends
//! with the last clone. A call itself runs on the thread that sends it, so that any number of threads may share a client.
//!
//! # In async code
//!
//! A call works inside `tokio::task::spawn_blocking` and `block_in_place`. On a thread that is polling a task it would stop
//! every other task of that thread; there it is an error of kind [`Request`](crate::ErrorKind::Request) that says so, and
//! nothing is sent. A task that tokio polls as `unconstrained` cannot be told apart from a plain thread: there the call
//! works, and the thread waits. A blocking call is no future:
//!
//! ```compile_fail
//! # async fn example(cc: credicorp::blocking::Client) {
//! let application = cc.applications().get("app_1").await;
//! # }
//! ```

mod runtime;

pub(crate) use runtime::Runtime;

use http::Method;

use crate::account::Account;
use crate::call::{Blocking, Call, Context, Custom};
use crate::client::{accessors, client};
use crate::credentials::{Credentials, Environment};
use crate::error::Error;
use crate::{Secret, resources};

/// Configures a blocking [`Client`].
pub type ClientBuilder = crate::ClientBuilder<Blocking>;

/// A client of the partner API whose calls are sent by `.send()`. Cheap to clone; clones share connections, tokens, the
/// retry budget, and the one thread.
#[derive(Clone)]
pub struct Client {
    pub(crate) account: Account,
}

impl Client {
    /// The access token that calls are made with: the cached one, or a fresh one. For requests that go out by other means
    /// than this client; it shows nothing in `Debug`.
    ///
    /// # Errors
    ///
    /// Those of a mint: credentials that are refused, no network, or no token within the client's deadline.
    pub fn access_token(&self) -> Result<Secret, Error> {
        self.account.core.runtime.run(self.account.access_token())?
    }
}

client!(Blocking);

#[cfg(test)]
mod tests;
