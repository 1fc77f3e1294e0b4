//! Who is calling: a secret key or a client pair, and the environment that it selects.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::Secret;
use crate::environment::{CLIENT_ID, CLIENT_SECRET, SECRET_KEY, Variables};
use crate::error::Error;

/// The environments of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Environment {
    /// Real money.
    Live,
    /// Test companies, no money.
    Sandbox,
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Live => "live",
            Self::Sandbox => "sandbox",
        })
    }
}

/// A secret key, or a client pair for the partner plane with several merchants.
///
/// The secrets are zeroised when dropped and never shown by `Debug`.
///
/// ```
/// use credicorp::{Credentials, Environment};
///
/// let key = Credentials::secret_key("sk_test_9fK2c");
/// assert_eq!(key.environment()?, Environment::Sandbox);
/// let pair = Credentials::client("cid_sbx_1", "csk_sbx_1");
/// assert_eq!(pair.environment()?, Environment::Sandbox);
/// assert!(Credentials::secret_key("pk_1").environment().is_err());
/// # Ok::<(), credicorp::Error>(())
/// ```
#[derive(Clone)]
pub struct Credentials(Kind);

#[derive(Clone)]
pub(crate) enum Kind {
    SecretKey(Secret),
    Client { id: String, secret: Secret },
}

/// What a credential with its scopes is known by, where the credential itself has no business.
pub(crate) type Fingerprint = [u8; 32];

impl Credentials {
    /// A secret key, `sk_test_…` for the sandbox or `sk_live_…` for live.
    pub fn secret_key(key: impl Into<String>) -> Self {
        Self(Kind::SecretKey(Secret::from(key.into())))
    }

    /// A client pair, `cid_sbx_…` with `csk_sbx_…` for the sandbox; any other prefix is live.
    pub fn client(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self(Kind::Client { id: id.into(), secret: Secret::from(secret.into()) })
    }

    /// The credentials of the process environment: `CC_SECRET_KEY`, else `CC_CLIENT_ID` with `CC_CLIENT_SECRET`; `None`
    /// if none of them is set.
    ///
    /// # Errors
    ///
    /// Both kinds at once, half a pair, or a value that cannot be a credential; the error names the variables.
    pub fn from_env() -> Result<Option<Self>, Error> {
        Self::from_variables(&Variables::of_process())
    }

    pub(crate) fn from_variables(variables: &Variables) -> Result<Option<Self>, Error> {
        let credentials = match (
            variables.get(SECRET_KEY)?,
            variables.get(CLIENT_ID)?,
            variables.get(CLIENT_SECRET)?,
        ) {
            (None, None, None) => return Ok(None),
            (Some(key), None, None) => Self::secret_key(key),
            (None, Some(id), Some(secret)) => Self::client(id, secret),
            (Some(_), _, _) => {
                return Err(Error::config(format!(
                    "{SECRET_KEY} is set together with {CLIENT_ID} or {CLIENT_SECRET}: unset one kind of credentials"
                )));
            }
            (None, _, _) => {
                return Err(Error::config(format!(
                    "{CLIENT_ID} and {CLIENT_SECRET} go together: set both, or neither"
                )));
            }
        };
        credentials.environment().map_err(|error| {
            error.with_context(match credentials.0 {
                Kind::SecretKey(_) => SECRET_KEY,
                Kind::Client { .. } => "CC_CLIENT_ID and CC_CLIENT_SECRET",
            })
        })?;
        Ok(Some(credentials))
    }

    /// The environment that the prefix selects.
    ///
    /// # Errors
    ///
    /// A value that cannot be a credential: empty, with white space, of an unknown prefix, or a pair of two environments.
    pub fn environment(&self) -> Result<Environment, Error> {
        match &self.0 {
            Kind::SecretKey(key) => {
                check("secret key", key.expose())?;
                match key.expose() {
                    key if key.starts_with("sk_test_") => Ok(Environment::Sandbox),
                    key if key.starts_with("sk_live_") => Ok(Environment::Live),
                    _ => Err(Error::config(
                        "the secret key has an unknown prefix: it must begin with sk_test_ (sandbox) or sk_live_ (live)",
                    )),
                }
            }
            Kind::Client { id, secret } => {
                check("client id", id)?;
                check("client secret", secret.expose())?;
                match (id.starts_with("cid_sbx_"), secret.expose().starts_with("csk_sbx_")) {
                    (true, true) => Ok(Environment::Sandbox),
                    (false, false) => Ok(Environment::Live),
                    _ => Err(Error::config(
                        "the client id and the client secret are of two environments: cid_sbx_ goes with csk_sbx_",
                    )),
                }
            }
        }
    }

    pub(crate) fn kind(&self) -> &Kind {
        &self.0
    }

    pub(crate) fn fingerprint(&self, scopes: &[String]) -> Fingerprint {
        let mut digest = Sha256::new();
        let mut part = |text: &str| {
            digest.update((text.len() as u64).to_le_bytes());
            digest.update(text);
        };
        match &self.0 {
            Kind::SecretKey(key) => ["key", key.expose()].into_iter().for_each(&mut part),
            Kind::Client { id, secret } => ["client", id, secret.expose()].into_iter().for_each(&mut part),
        }
        scopes.iter().for_each(|scope| part(scope));
        digest.finalize().into()
    }
}

/// A credential is visible ASCII: a line break or a space was pasted along, and would be refused later and less clearly.
fn check(what: &str, text: &str) -> Result<(), Error> {
    if text.is_empty() {
        return Err(Error::config(format!("the {what} is empty")));
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::config(format!(
            "the {what} holds white space or other characters that no key has: paste it again"
        )));
    }
    Ok(())
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::SecretKey(key) => f.debug_tuple("SecretKey").field(key).finish(),
            Kind::Client { id, secret } => {
                f.debug_struct("Client").field("id", id).field("secret", secret).finish()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_chooses_the_environment() {
        let of = |credentials: Credentials| credentials.environment();
        assert_eq!(of(Credentials::secret_key("sk_live_1")).unwrap(), Environment::Live);
        assert_eq!(of(Credentials::client("cid_1", "csk_1")).unwrap(), Environment::Live);
        for (bad, why) in [
            (Credentials::secret_key(""), "empty"),
            (Credentials::secret_key("sk_test_hunter2\n"), "white space"),
            (Credentials::secret_key("whsec_hunter2"), "sk_test_"),
            (Credentials::client("", "csk_1"), "client id is empty"),
            (Credentials::client("cid_1", ""), "client secret is empty"),
            (Credentials::client("cid_sbx_1", "csk_hunter2"), "two environments"),
        ] {
            let error = of(bad.clone()).unwrap_err();
            assert!(error.to_string().contains(why), "{error}");
            assert!(!format!("{bad:?} {error:?} {error}").contains("hunter2"));
        }
    }

    #[test]
    fn the_environment_is_read_by_rule() {
        let read = |variables: Variables| Credentials::from_variables(&variables);
        assert!(read(Variables::fixed([])).unwrap().is_none());
        let key = read(Variables::fixed([(SECRET_KEY, "sk_test_1")])).unwrap().unwrap();
        assert!(matches!(key.kind(), Kind::SecretKey(_)));
        let pair = read(Variables::fixed([(CLIENT_ID, "cid_sbx_1"), (CLIENT_SECRET, "csk_sbx_1")]))
            .unwrap()
            .unwrap();
        assert!(matches!(pair.kind(), Kind::Client { .. }));
        let both = read(Variables::fixed([(SECRET_KEY, "sk_test_1"), (CLIENT_ID, "cid_1")])).unwrap_err();
        assert!(both.to_string().contains("CC_SECRET_KEY is set together with CC_CLIENT_ID"), "{both}");
        assert!(read(Variables::fixed([(CLIENT_ID, "cid_1")])).is_err());
        let empty = read(Variables::fixed([(SECRET_KEY, "")])).unwrap_err();
        assert!(empty.to_string().contains("CC_SECRET_KEY: the secret key is empty"), "{empty}");
    }

    #[test]
    fn a_fingerprint_tells_credentials_and_scopes_apart() {
        let scopes = |list: &[&str]| list.iter().map(|scope| (*scope).to_owned()).collect::<Vec<_>>();
        let prints = [
            Credentials::client("a", "bc").fingerprint(&[]),
            Credentials::client("ab", "c").fingerprint(&[]),
            Credentials::secret_key("abc").fingerprint(&[]),
            Credentials::secret_key("abc").fingerprint(&scopes(&["x", "y"])),
            Credentials::secret_key("abc").fingerprint(&scopes(&["xy"])),
            Credentials::secret_key("client").fingerprint(&scopes(&["a", "b"])),
            Credentials::client("a", "b").fingerprint(&[]),
            Credentials::client("a", "b").fingerprint(&scopes(&["x"])),
        ];
        let distinct: std::collections::HashSet<_> = prints.into_iter().collect();
        assert_eq!(distinct.len(), prints.len());
    }
}
