//! Why a raw call gave no value.
//!
//! `Debug` and `Display` never show a body: it may hold personal data, and the answer of a token request holds a token.

use std::fmt;

use crate::{JsonFailure, Response};

/// Why a raw call gave no value.
#[non_exhaustive]
pub enum Error {
    /// The call was not built: a path value that is not an id, a URL that does not fit the operation, a value that cannot be
    /// written. Nothing was sent.
    Request(String),
    /// The answer was a success but not the JSON that the operation promises. The body is empty where the operation answers
    /// with a secret.
    Decode {
        /// The answer as it came.
        response: Box<Response>,
        /// What was wrong with it.
        source: JsonFailure,
    },
    /// What the transport failed with, whole, for whoever knows its type.
    Transport(Box<dyn std::error::Error + Send + Sync>),
    /// The transport passed on an answer that is no success, against its contract.
    Unexpected(Box<Response>),
}

impl Error {
    /// The name that the generated code calls.
    #[allow(non_snake_case, reason = "the generated code takes it for a variant")]
    pub(crate) fn UnexpectedResponse(response: Response) -> Self {
        Self::Unexpected(Box::new(response))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(problem) => f.debug_tuple("Request").field(problem).finish(),
            Self::Decode { response, source } => f
                .debug_struct("Decode")
                .field("status", &response.status())
                .field("source", source)
                .finish_non_exhaustive(),
            Self::Transport(error) => f.debug_tuple("Transport").field(error).finish(),
            Self::Unexpected(response) => {
                f.debug_struct("Unexpected").field("status", &response.status()).finish_non_exhaustive()
            }
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(problem) => write!(f, "the request was not sent: {problem}"),
            Self::Decode { response, .. } => {
                write!(f, "the answer {} is not what the operation promises", response.status())
            }
            Self::Transport(_) => f.write_str("the transport failed"),
            Self::Unexpected(response) => {
                write!(f, "the transport passed on {}, which is no success", response.status())
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Decode { source, .. } => Some(source),
            Self::Transport(error) => Some(error.as_ref()),
            Self::Request(_) | Self::Unexpected(_) => None,
        }
    }
}

/// Only building a request makes one here; sending is the transport's, with errors of its own.
impl From<reqwest::Error> for Error {
    fn from(error: reqwest::Error) -> Self {
        let error = error.without_url();
        let reason = std::error::Error::source(&error).map(|source| format!(": {source}"));
        Self::Request(format!("{error}{}", reason.unwrap_or_default()))
    }
}
