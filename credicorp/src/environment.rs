//! The process environment: the one module that reads it, through one look-up that tests replace.

use std::fmt;
use std::sync::Arc;

use crate::error::Error;

pub(crate) const SECRET_KEY: &str = "CC_SECRET_KEY";
pub(crate) const CLIENT_ID: &str = "CC_CLIENT_ID";
pub(crate) const CLIENT_SECRET: &str = "CC_CLIENT_SECRET";
pub(crate) const API_BASE: &str = "CC_API_BASE";
pub(crate) const WEBHOOK_SECRET: &str = "CC_WEBHOOK_SECRET";

type LookUp = dyn Fn(&str) -> Result<Option<String>, std::env::VarError> + Send + Sync;

/// Looks a variable up. A set but empty variable counts as set, so that it is reported and not passed over.
#[derive(Clone)]
pub(crate) struct Variables(Arc<LookUp>);

impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Variables")
    }
}

impl Variables {
    /// The environment of this process.
    #[allow(clippy::disallowed_methods, reason = "this module owns the environment")]
    pub(crate) fn of_process() -> Self {
        Self(Arc::new(|name| match std::env::var(name) {
            Ok(value) => Ok(Some(value)),
            Err(std::env::VarError::NotPresent) => Ok(None),
            Err(error) => Err(error),
        }))
    }

    /// Reads one variable; a value that is not Unicode is an error that names the variable and not its value.
    pub(crate) fn get(&self, name: &str) -> Result<Option<String>, Error> {
        (self.0)(name)
            .map_err(|_| Error::config(format!("the variable {name} is not valid Unicode: set it again")))
    }

    #[cfg(test)]
    pub(crate) fn fixed<const N: usize>(pairs: [(&'static str, &'static str); N]) -> Self {
        Self(Arc::new(move |name| {
            Ok(pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
        }))
    }
}
