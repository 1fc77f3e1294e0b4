//! The async client: credentials over a shared core, and one accessor a resource.

use std::fmt;
use std::sync::Arc;

use crate::Secret;
use crate::builder::ClientBuilder;
use crate::call::{Async, Context};
use crate::credentials::{Credentials, Environment};
use crate::error::Error;
use crate::pipeline::Core;
use crate::pipeline::run::within;
use crate::pipeline::token::{Identity, Minter, TokenCache, Tokens};
use crate::resources;

/// A client of the partner API. Cheap to clone; clones share connections, tokens and the retry budget.
///
/// ```no_run
/// use credicorp::types::{Business, NewApplication};
/// use credicorp::{Client, Pence};
///
/// # async fn example() -> Result<(), credicorp::Error> {
/// let cc = Client::from_env()?;
/// let new = NewApplication::new(Business::new("16093826"), Pence::from_pounds(25_000), 12);
/// let application = cc.applications().create(new).idempotency_key("order_88421").await?;
/// println!("{}", application.id);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Client {
    account: Account,
}

/// On whose behalf calls are made: a credential with its token cache, over a shared core.
#[derive(Clone)]
pub(crate) struct Account {
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
    fn new(core: Arc<Core>, credentials: Credentials, scopes: Vec<String>) -> Self {
        let cache = core.tokens.cache(&credentials, &scopes, core.ambient.now());
        let identity = Arc::new(Identity { credentials, scopes });
        Self { core, holder: Arc::new(Holder { identity, cache }) }
    }

    /// The tokens of this account.
    pub(crate) fn tokens(&self) -> Tokens<'_> {
        let Holder { identity, cache } = &*self.holder;
        Tokens { cache, minter: Minter { core: Arc::clone(&self.core), identity: Arc::clone(identity) } }
    }
}

impl Client {
    /// A client with a secret key; everything else by default. No variable of the environment is read.
    ///
    /// # Errors
    ///
    /// A key that is neither `sk_test_…` nor `sk_live_…`.
    pub fn new(secret_key: impl Into<String>) -> Result<Self, Error> {
        Self::builder().secret_key(secret_key).build()
    }

    /// A client with the credentials of the environment: `CC_SECRET_KEY`, else `CC_CLIENT_ID` with `CC_CLIENT_SECRET`;
    /// `CC_API_BASE` pins a host.
    ///
    /// # Errors
    ///
    /// No credentials, two kinds of them, or one that cannot be.
    pub fn from_env() -> Result<Self, Error> {
        Self::builder().build()
    }

    /// Configures a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// A client of other credentials over the same connections and the same scopes, with tokens of its own.
    ///
    /// It may be called for every request: tokens are kept by credential, and none is minted twice.
    ///
    /// # Errors
    ///
    /// A credential that cannot be, or that belongs to the other environment than this client's host.
    pub fn with_credentials(&self, credentials: Credentials) -> Result<Self, Error> {
        self.account.core.base.accepts(credentials.environment()?)?;
        let scopes = self.account.holder.identity.scopes.clone();
        Ok(Self { account: Account::new(Arc::clone(&self.account.core), credentials, scopes) })
    }

    /// The environment that the credentials select.
    pub fn environment(&self) -> Environment {
        // Checked when the client was made.
        self.account.holder.identity.credentials.environment().unwrap_or(Environment::Live)
    }

    /// Where calls are sent, without a slash at its end.
    pub fn api_base(&self) -> &str {
        self.account.core.base.as_str()
    }

    /// The access token that calls are made with: the cached one, or a fresh one. For requests that this crate has no
    /// method for; it shows nothing in `Debug`.
    ///
    /// # Errors
    ///
    /// Those of a mint: credentials that are refused, no network, or no token within the client's deadline.
    pub async fn access_token(&self) -> Result<Secret, Error> {
        let core = &self.account.core;
        let (tokens, deadline) = (self.account.tokens(), core.limits.deadline);
        match within(&*core.ambient, deadline, std::pin::pin!(tokens.get(deadline))).await {
            Some(token) => Ok(token?.secret()),
            None => Err(Error::timeout("no token within the client's deadline")),
        }
    }

    pub(crate) fn over(core: Arc<Core>, credentials: Credentials, scopes: Vec<String>) -> Self {
        Self { account: Account::new(core, credentials, scopes) }
    }
}

#[cfg(test)]
impl Client {
    pub(crate) fn core(&self) -> &Core {
        &self.account.core
    }

    pub(crate) fn shared_core(&self) -> &Arc<Core> {
        &self.account.core
    }

    pub(crate) fn tokens(&self) -> Tokens<'_> {
        self.account.tokens()
    }
}

/// The accessors of the resources, the same for both clients.
macro_rules! resources {
    ($client:ty, $mode:ty: $($(#[$doc:meta])* $name:ident -> $resource:ident;)*) => {
        impl $client {
            $($(#[$doc])*
            pub fn $name(&self) -> resources::$resource<$mode> {
                resources::$resource::new(Context::new(self.account.clone()))
            })*
        }
    };
}

resources! { Client, Async:
    /// Loan applications: create, read, submit, withdraw, list, and their decisions.
    applications -> Applications;
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("api_base", &self.api_base())
            .field("credentials", &self.account.holder.identity.credentials)
            .field("scopes", &self.account.holder.identity.scopes)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").finish_non_exhaustive()
    }
}
