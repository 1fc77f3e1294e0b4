//! The clients: thin structs over an account, the same for both colours by one macro.

use http::Method;

use crate::account::Account;
use crate::call::{Async, Call, Context, Custom};
use crate::credentials::{Credentials, Environment};
use crate::error::Error;
use crate::{Secret, resources};

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
    pub(crate) account: Account,
}

impl Client {
    /// The access token that calls are made with: the cached one, or a fresh one. For requests that go out by other means
    /// than this client; it shows nothing in `Debug`.
    ///
    /// # Errors
    ///
    /// Those of a mint: credentials that are refused, no network, or no token within the client's deadline.
    pub async fn access_token(&self) -> Result<Secret, Error> {
        self.account.access_token().await
    }
}

/// What both clients have.
macro_rules! client {
    ($mode:ty) => {
        impl Client {
            /// A client with a secret key; everything else by default. No variable of the environment is read.
            ///
            /// # Errors
            ///
            /// A key that is neither `sk_test_…` nor `sk_live_…`.
            pub fn new(secret_key: impl Into<String>) -> Result<Self, Error> {
                Self::builder().secret_key(secret_key).build()
            }

            /// A client with the credentials of the environment: `CC_SECRET_KEY`, else `CC_CLIENT_ID` with
            /// `CC_CLIENT_SECRET`; `CC_API_BASE` pins a host.
            ///
            /// # Errors
            ///
            /// No credentials, two kinds of them, or one that cannot be.
            pub fn from_env() -> Result<Self, Error> {
                Self::builder().build()
            }

            /// Configures a client.
            pub fn builder() -> $crate::ClientBuilder<$mode> {
                $crate::ClientBuilder::new()
            }

            /// A client of other credentials over the same connections and the same scopes, with tokens of its own.
            ///
            /// It may be called for every request: tokens are kept by credential, and none is minted twice.
            ///
            /// # Errors
            ///
            /// A credential that cannot be, or that belongs to the other environment than this client's host.
            pub fn with_credentials(&self, credentials: Credentials) -> Result<Self, Error> {
                Ok(Self { account: self.account.with_credentials(credentials)? })
            }

            /// The environment that the credentials select.
            pub fn environment(&self) -> Environment {
                self.account.environment()
            }

            /// Where calls are sent, without a slash at its end.
            pub fn api_base(&self) -> &str {
                self.account.core.base.as_str()
            }

            /// A call of an endpoint that this crate has no method for, through the whole pipeline: token, key, repeats,
            /// deadline, errors. [`Custom`] has its rules.
            pub fn request<T>(&self, method: Method, path: impl Into<String>) -> Call<Custom<T>, $mode> {
                Call::new(Context::new(self.account.clone()), Custom::new(method, path.into()))
            }
        }

        impl std::fmt::Debug for Client {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_tuple("Client").field(&self.account).finish()
            }
        }

        accessors! { $mode:
            /// Loan applications: create, read, submit, withdraw, list, and their decisions.
            applications -> Applications;
            /// Decisions: read, refresh.
            decisions -> Decisions;
            /// Offers: accept.
            offers -> Offers;
            /// Payments: links, disbursements, collections; read, list.
            payments -> Payments;
            /// Accounts: read, list, and their repayment schedules.
            accounts -> Accounts;
            /// Identity checks: create, read.
            identity -> Identity;
            /// Webhook endpoints: create, read, list, change, delete, rotate their secrets; and verify what they receive.
            webhooks -> Webhooks;
        }
    };
}

/// The accessors of the resources.
macro_rules! accessors {
    ($mode:ty: $($(#[$doc:meta])* $name:ident -> $resource:ident;)*) => {
        impl Client {
            $($(#[$doc])*
            pub fn $name(&self) -> resources::$resource<$mode> {
                resources::$resource::new(Context::new(self.account.clone()))
            })*
        }
    };
}
#[cfg(feature = "blocking")]
pub(crate) use {accessors, client};

client!(Async);

#[cfg(test)]
impl Client {
    pub(crate) fn core(&self) -> &crate::pipeline::Core {
        &self.account.core
    }

    pub(crate) fn shared_core(&self) -> &std::sync::Arc<crate::pipeline::Core> {
        &self.account.core
    }

    pub(crate) fn tokens(&self) -> crate::pipeline::token::Tokens<'_> {
        self.account.tokens()
    }
}
