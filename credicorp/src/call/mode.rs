//! How a call is run: the colours of the client.

use super::Sealed;
use crate::account::Account;

/// How a call is run. Sealed: [`Async`], and `Blocking` with the feature `blocking`.
pub trait Mode: Sealed + Send + Sync + 'static {
    /// The client whose calls are run so.
    type Client;

    #[doc(hidden)]
    fn client(account: Account) -> Self::Client;
}

/// The mode of [`Client`](crate::Client): a call is awaited.
#[derive(Debug, Clone, Copy)]
pub enum Async {}

impl Sealed for Async {}

impl Mode for Async {
    type Client = crate::Client;

    fn client(account: Account) -> crate::Client {
        crate::Client { account }
    }
}

/// The mode of [`blocking::Client`](crate::blocking::Client): a call is sent.
#[cfg(feature = "blocking")]
#[derive(Debug, Clone, Copy)]
pub enum Blocking {}

#[cfg(feature = "blocking")]
impl Sealed for Blocking {}

#[cfg(feature = "blocking")]
impl Mode for Blocking {
    type Client = crate::blocking::Client;

    fn client(account: Account) -> crate::blocking::Client {
        crate::blocking::Client { account }
    }
}
