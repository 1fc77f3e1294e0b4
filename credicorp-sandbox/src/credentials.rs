//! The credentials that one sandbox issues, and the only ones that it takes.
//!
//! They follow from the seed alone, so that what was pasted into an environment yesterday is still right after a restart.

use std::fmt;

use crate::ids::Ids;

pub(crate) struct Credentials {
    pub(crate) secret_key: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) webhook_secret: String,
}

/// The prefix of keys that move real money.
const LIVE_KEY: &str = "sk_live_";

/// Why credentials are not taken.
pub(crate) enum Refused {
    /// A live credential; it must not be sent here at all.
    Live,
    /// Not one that this sandbox issued.
    Unknown,
}

impl Credentials {
    pub(crate) fn new(ids: &Ids) -> Self {
        Self {
            secret_key: format!("sk_test_{}", ids.secret("secret key", 32)),
            client_id: format!("cid_sbx_{}", ids.secret("client id", 16)),
            client_secret: format!("csk_sbx_{}", ids.secret("client secret", 32)),
            webhook_secret: format!("whsec_{}", ids.secret("webhook secret", 32)),
        }
    }

    /// The subject of the tokens that these credentials give: the client's id, or the name of the secret key.
    pub(crate) fn check(&self, name: &str, secret: &str) -> Result<&str, Refused> {
        if name.starts_with(LIVE_KEY) || secret.starts_with(LIVE_KEY) {
            Err(Refused::Live)
        } else if name == self.secret_key && secret.is_empty() {
            Ok("secret_key")
        } else if name == self.client_id && secret == self.client_secret {
            Ok(&self.client_id)
        } else {
            Err(Refused::Unknown)
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Credentials").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}
