//! Access tokens: minted lazily, cached, renewed before they expire, dropped when they are refused.

mod cache;
mod lifetime;
mod mint;
mod store;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

pub(crate) use cache::{Token, TokenCache};
pub(crate) use mint::{Identity, Minter};
pub(crate) use store::TokenStore;

use crate::error::Error;

/// A mint on its way. Boxed and `Send` by name: a call waits for a mint, which is itself a call.
pub(crate) type Minting = Pin<Box<dyn Future<Output = Result<Token, Error>> + Send>>;

/// Whatever can mint a token.
pub(crate) trait Mint: Send + Sync {
    fn mint(&self) -> Minting;
}

/// The tokens that one call uses: a cache, and who fills it.
pub(crate) struct Tokens<'a> {
    pub(crate) cache: &'a TokenCache,
    pub(crate) minter: Minter,
}

impl Tokens<'_> {
    /// The cached token, if it is fresh.
    pub(crate) fn cached(&self) -> Option<Arc<Token>> {
        self.cache.fresh(self.minter.ambient().now())
    }

    /// A token, within what is left of the caller's deadline.
    pub(crate) async fn get(&self, left: Option<Duration>) -> Result<Arc<Token>, Error> {
        self.cache.get(self.minter.ambient(), left, &self.minter).await
    }

    pub(crate) fn reject(&self, token: &Arc<Token>) {
        self.cache.reject(token);
    }
}

#[cfg(test)]
mod tests;
