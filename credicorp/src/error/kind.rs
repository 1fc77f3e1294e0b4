//! What sort of failure it is.

use std::fmt;

/// What sort of failure an [`Error`](crate::Error) is. More kinds may come: match with a `_` arm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The API answered with an error; see `status()`, `code()` and `fields()`.
    Api,
    /// The credentials were refused: by the token endpoint, or by a second 401 after a fresh token.
    Auth,
    /// Too many requests (429), and the repeats are used up or the server asks for a longer wait than ours.
    RateLimited,
    /// No answer in the time given: of an attempt, of the whole call, or of a wait for a decision.
    Timeout,
    /// No attempt found a connection; nothing was sent.
    Connect,
    /// The network failed, and some attempt may have been sent.
    Transport,
    /// An answer came but could not be read: not JSON, another shape, or over 16 MiB.
    Decode,
    /// The client was configured wrongly.
    Config,
    /// The call itself is wrong, and nothing was sent: an id, a header or an idempotency key that cannot be.
    Request,
    /// A webhook delivery that is not to be trusted or cannot be read; see `webhook()`.
    Webhook,
}

impl ErrorKind {
    /// The kind as a lower-case word, as it stands in `error.type` of a trace.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Auth => "auth",
            Self::RateLimited => "rate_limited",
            Self::Timeout => "timeout",
            Self::Connect => "connect",
            Self::Transport => "transport",
            Self::Decode => "decode",
            Self::Config => "config",
            Self::Request => "request",
            Self::Webhook => "webhook",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
