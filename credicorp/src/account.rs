//! On whose behalf calls are made: a credential with its token cache, over a shared core.

use std::fmt;
use std::pin::pin;
use std::sync::Arc;

use crate::Secret;
use crate::credentials::{Credentials, Environment};
use crate::error::Error;
use crate::pipeline::Core;
use crate::pipeline::run::within;
use crate::pipeline::token::{Identity, Minter, TokenCache, Tokens};

/// What a client of either colour is: cheap to clone, shared by its clones and its calls.
#[derive(Clone)]
pub struct Account {
    pub(crate) core: Arc<Core>,
    holder: Arc<Holder>,
}

struct Holder {
    identity: Arc<Identity>,
    cache: Arc<TokenCache>,
}

/// A mint that nobody is left to carry on would keep the core alive for ever.
impl Drop for Holder {
    fn drop(&mut self) {
        let held_by_store_and_this = 2;
        if Arc::strong_count(&self.cache) <= held_by_store_and_this {
            self.cache.abandon();
        }
    }
}

impl Account {
    pub(crate) fn new(core: Arc<Core>, credentials: Credentials, scopes: Vec<String>) -> Self {
        let cache = core.tokens.cache(&credentials, &scopes, core.ambient.now());
        let identity = Arc::new(Identity { credentials, scopes });
        Self { core, holder: Arc::new(Holder { identity, cache }) }
    }

    /// Other credentials over the same core and with the same scopes.
    pub(crate) fn with_credentials(&self, credentials: Credentials) -> Result<Self, Error> {
        self.core.base.accepts(credentials.environment()?)?;
        Ok(Self::new(Arc::clone(&self.core), credentials, self.holder.identity.scopes.clone()))
    }

    /// The environment of the credentials, which was checked when they came in.
    pub(crate) fn environment(&self) -> Environment {
        self.holder.identity.credentials.environment().unwrap_or(Environment::Live)
    }

    /// The tokens of this account.
    pub(crate) fn tokens(&self) -> Tokens<'_> {
        let Holder { identity, cache } = &*self.holder;
        Tokens { cache, minter: Minter { core: Arc::clone(&self.core), identity: Arc::clone(identity) } }
    }

    /// The token that calls are made with, within the client's deadline.
    pub(crate) async fn access_token(&self) -> Result<Secret, Error> {
        let (tokens, deadline) = (self.tokens(), self.core.limits.deadline);
        match within(&*self.core.ambient, deadline, pin!(tokens.get(deadline))).await {
            Some(token) => Ok(token?.secret()),
            None => Err(Error::timeout("no token within the client's deadline")),
        }
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("api_base", &self.core.base.as_str())
            .field("credentials", &self.holder.identity.credentials)
            .field("scopes", &self.holder.identity.scopes)
            .finish_non_exhaustive()
    }
}
