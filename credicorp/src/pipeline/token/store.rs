//! The token caches of all credentials that share one core.
//!
//! `with_credentials` may be called for every request: the same credential and scopes find the same cache, and nothing
//! is minted twice. Caches that nobody holds and that keep no live token are forgotten when a new one is added.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::cache::TokenCache;
use crate::credentials::{Credentials, Fingerprint};

#[derive(Debug, Default)]
pub(crate) struct TokenStore(Mutex<HashMap<Fingerprint, Arc<TokenCache>>>);

impl TokenStore {
    /// The cache of that credential and those scopes.
    pub(crate) fn cache(
        &self,
        credentials: &Credentials,
        scopes: &[String],
        now: Duration,
    ) -> Arc<TokenCache> {
        let mut caches = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fingerprint = credentials.fingerprint(scopes);
        if let Some(cache) = caches.get(&fingerprint) {
            return Arc::clone(cache);
        }
        caches.retain(|_, cache| Arc::strong_count(cache) > 1 || cache.is_live(now));
        Arc::clone(caches.entry(fingerprint).or_default())
    }
}

#[cfg(test)]
impl TokenStore {
    pub(crate) fn len(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}
