//! How a client is configured; every mistake that can be seen is an error of [`build`](ClientBuilder::build).

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;

use crate::account::Account;
use crate::ambient::{Ambient, Real};
use crate::base::Base;
use crate::call::{Async, Mode};
use crate::credentials::Credentials;
use crate::environment::{API_BASE, CLIENT_ID, SECRET_KEY, Variables};
use crate::error::Error;
use crate::pipeline::Core;
use crate::pipeline::budget::Budget;
use crate::pipeline::run::Limits;
use crate::pipeline::token::TokenStore;
use crate::pipeline::wire::Wire;

type ConfigureHttp = Box<dyn FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send>;

const OWN_AGENT: &str =
    concat!("credicorp-rust/", env!("CARGO_PKG_VERSION"), " (+", env!("CARGO_PKG_REPOSITORY"), ")");

/// Configures a [`Client`](crate::Client), or a blocking one. Nothing is sent and nothing is spawned until the first call.
///
/// ```
/// use std::time::Duration;
/// use credicorp::Client;
///
/// let cc = Client::builder()
///     .secret_key("sk_test_9fK2c")
///     .scopes(["applications:write", "decisions:read"])
///     .api_base("http://127.0.0.1:4010")
///     .max_retries(3)
///     .timeout(Duration::from_secs(30))
///     .connect_timeout(Duration::from_secs(5))
///     .deadline(Duration::from_secs(60))
///     .app_info("acme-checkout", "2.1.0", Some("https://acme.example"))
///     .build()?;
/// # Ok::<(), credicorp::Error>(())
/// ```
#[must_use = "a builder does nothing until it is built"]
pub struct ClientBuilder<M = Async> {
    secret_key: Option<Credentials>,
    client_pair: Option<Credentials>,
    scopes: Vec<String>,
    api_base: Option<String>,
    max_retries: u32,
    timeout: Duration,
    connect_timeout: Duration,
    deadline: Option<Duration>,
    app_info: Option<String>,
    configure_http: Option<ConfigureHttp>,
    variables: Variables,
    ambient: Arc<dyn Ambient>,
    wire: Option<Arc<dyn Wire>>,
    mode: PhantomData<fn() -> M>,
}

impl<M: Mode> ClientBuilder<M> {
    pub(crate) fn new() -> Self {
        Self {
            secret_key: None,
            client_pair: None,
            scopes: Vec::new(),
            api_base: None,
            max_retries: 3,
            timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(5),
            deadline: None,
            app_info: None,
            configure_http: None,
            variables: Variables::of_process(),
            ambient: Arc::new(Real::new()),
            wire: None,
            mode: PhantomData,
        }
    }

    /// The secret key; its prefix chooses sandbox (`sk_test_`) or live (`sk_live_`).
    pub fn secret_key(mut self, key: impl Into<String>) -> Self {
        self.secret_key = Some(Credentials::secret_key(key));
        self
    }

    /// The client pair instead of a secret key; `cid_sbx_` and `csk_sbx_` choose the sandbox, anything else live.
    pub fn client_credentials(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.client_pair = Some(Credentials::client(id, secret));
        self
    }

    /// The scopes to ask for; all that the credential has if this is left out.
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Pins the host: https, or http to loopback. The default is the host of the credential's environment.
    pub fn api_base(mut self, base: impl Into<String>) -> Self {
        self.api_base = Some(base.into());
        self
    }

    /// How often a call is repeated at most; 3 by default. [`retries`](crate::retries) has the rules.
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = retries;
        self
    }

    /// The time of one attempt, from sending to the last byte of the answer; 30 s by default.
    pub fn timeout(mut self, attempt: Duration) -> Self {
        self.timeout = attempt;
        self
    }

    /// The time to connect within an attempt; 5 s by default.
    pub fn connect_timeout(mut self, connect: Duration) -> Self {
        self.connect_timeout = connect;
        self
    }

    /// The time of a whole call, repeats and waits included; none by default.
    pub fn deadline(mut self, call: Duration) -> Self {
        self.deadline = Some(call);
        self
    }

    /// Names your application in the `User-Agent`: `name/version (+url)`.
    pub fn app_info(mut self, name: &str, version: &str, url: Option<&str>) -> Self {
        let url = url.map(|url| format!(" (+{url})")).unwrap_or_default();
        self.app_info = Some(format!("{name}/{version}{url} "));
        self
    }

    /// Changes reqwest's builder: proxies, certificates, DNS, pools.
    ///
    /// Our own rules are applied after it: no redirects, no repeats of reqwest's own, our connect timeout, and no proxy
    /// for a loopback base. Timeouts set here come on top of ours and can only make an attempt shorter.
    pub fn configure_http(
        mut self,
        configure: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + 'static,
    ) -> Self {
        self.configure_http = Some(Box::new(configure));
        self
    }

    /// Builds the client. Without credentials it reads them from the environment like [`Client::from_env`](crate::Client::from_env).
    ///
    /// # Errors
    ///
    /// Of kind [`Config`](crate::ErrorKind::Config): no credentials, two kinds of them, one that cannot be, a base that
    /// is not https (or http to loopback) or carries more than a host and a path, a credential of the other environment
    /// than the host's, a timeout of zero, an `app_info` that cannot be a header, https without TLS compiled in.
    pub fn build(mut self) -> Result<M::Client, Error> {
        let (credentials, variable_base) = self.find_credentials()?;
        let environment = credentials.environment()?;
        let base = match self.api_base.take() {
            Some(base) => Base::parse(&base)?,
            None => match variable_base {
                Some(base) => Base::parse(&base).map_err(|error| error.with_context(API_BASE))?,
                None => Base::of(environment)?,
            },
        };
        base.accepts(environment)?;
        for (what, time) in [
            ("timeout", Some(self.timeout)),
            ("connect_timeout", Some(self.connect_timeout)),
            ("deadline", self.deadline),
        ] {
            if time.is_some_and(|time| time.is_zero()) {
                return Err(Error::config(format!(
                    "{what} is zero, which leaves no time: give more, or leave it out"
                )));
            }
        }
        let scopes = checked_scopes(std::mem::take(&mut self.scopes))?;
        let user_agent = user_agent(self.app_info.as_deref())?;
        let http = self.http(&base)?;
        let core = Core {
            wire: self.wire.unwrap_or_else(|| Arc::new(http.clone())),
            http,
            base,
            ambient: self.ambient,
            budget: Budget::full(),
            tokens: TokenStore::default(),
            limits: Limits { max_retries: self.max_retries, timeout: self.timeout, deadline: self.deadline },
            user_agent,
            #[cfg(feature = "blocking")]
            runtime: crate::blocking::Runtime::default(),
        };
        Ok(M::client(Account::new(Arc::new(core), credentials, scopes)))
    }

    /// The credentials given, else those of the environment; `CC_API_BASE` counts only together with the latter.
    fn find_credentials(&mut self) -> Result<(Credentials, Option<String>), Error> {
        match (self.secret_key.take(), self.client_pair.take()) {
            (Some(_), Some(_)) => Err(Error::config(
                "both a secret key and a client pair are given: the client uses one kind of credentials, leave the other out",
            )),
            (Some(given), None) | (None, Some(given)) => Ok((given, None)),
            (None, None) => match Credentials::from_variables(&self.variables)? {
                Some(found) => Ok((found, self.variables.get(API_BASE)?)),
                None => Err(Error::config(format!(
                    "no credentials: set {SECRET_KEY}, or {CLIENT_ID} with CC_CLIENT_SECRET, or give them to the builder"
                ))),
            },
        }
    }

    fn http(&mut self, base: &Base) -> Result<reqwest::Client, Error> {
        if base.is_https() && !tls_is_compiled_in() {
            return Err(Error::config(
                "an https base needs TLS, and none is compiled in: turn on the feature rustls of credicorp or a TLS feature of reqwest",
            ));
        }
        let mut http = reqwest::Client::builder();
        if let Some(configure) = self.configure_http.take() {
            http = configure(http);
        }
        http = http
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(self.connect_timeout);
        if base.is_loopback() {
            http = http.no_proxy();
        }
        http.build().map_err(|error| Error::config("the HTTP client could not be built").with_source(error))
    }
}

/// Tests put their surroundings in the place of the real ones.
#[cfg(test)]
impl<M> ClientBuilder<M> {
    pub(crate) fn variables(mut self, variables: Variables) -> Self {
        self.variables = variables;
        self
    }

    pub(crate) fn ambient(mut self, ambient: impl Ambient + 'static) -> Self {
        self.ambient = Arc::new(ambient);
        self
    }

    pub(crate) fn wire(mut self, wire: Arc<dyn Wire>) -> Self {
        self.wire = Some(wire);
        self
    }
}

impl<M> fmt::Debug for ClientBuilder<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("secret_key", &self.secret_key)
            .field("client_pair", &self.client_pair)
            .field("scopes", &self.scopes)
            .field("max_retries", &self.max_retries)
            .field("timeout", &self.timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

/// Scopes are sent separated by spaces, so that none may be empty or hold one. Order and repeats do not tell two clients
/// apart.
fn checked_scopes(mut scopes: Vec<String>) -> Result<Vec<String>, Error> {
    if let Some(bad) =
        scopes.iter().find(|scope| scope.is_empty() || !scope.bytes().all(|byte| byte.is_ascii_graphic()))
    {
        return Err(Error::config(format!(
            "the scope {bad:?} cannot be: a scope is one word such as applications:read"
        )));
    }
    scopes.sort();
    scopes.dedup();
    Ok(scopes)
}

fn user_agent(app_info: Option<&str>) -> Result<HeaderValue, Error> {
    let text = format!("{}{OWN_AGENT}", app_info.unwrap_or_default());
    let visible = text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    HeaderValue::from_str(&text).ok().filter(|_| visible).ok_or_else(|| {
        Error::config("app_info cannot stand in a header: use visible ASCII for name, version and URL")
    })
}

/// Whether any feature of reqwest, ours or another crate's, brought TLS.
///
/// reqwest does not say so at run time. Its type `Certificate` exists only with TLS: the glob import of the inner block
/// takes precedence over the stand-in of the outer one where reqwest has the type.
fn tls_is_compiled_in() -> bool {
    struct Certificate;
    let stand_in = std::any::TypeId::of::<Certificate>();
    {
        #[allow(unused_imports, reason = "without TLS there is nothing to import")]
        use reqwest::*;
        std::any::TypeId::of::<Certificate>() != stand_in
    }
}

#[cfg(test)]
mod tests;
