//! The generated crate's small error, taken back whole: one public error, one way in.

use crate::error::{Error, ErrorKind, Facts};

impl From<credicorp_gen::Error> for Error {
    fn from(error: credicorp_gen::Error) -> Self {
        match error {
            credicorp_gen::Error::Request(message) => Self::request(message),
            credicorp_gen::Error::Decode { response, source } => {
                let (parts, body) = response.into_parts();
                let message = format!("the answer cannot be read: {}", source);
                let facts = parts.extensions.get::<Facts>().cloned().unwrap_or_default();
                Self::undecodable(&parts, &body, message, true).with_facts(facts)
            }
            credicorp_gen::Error::Transport(error) => match error.downcast::<Self>() {
                Ok(error) => *error,
                Err(_) => Self::network(ErrorKind::Transport, "the transport failed"),
            },
            other => Self::network(ErrorKind::Transport, other.to_string()),
        }
    }
}
