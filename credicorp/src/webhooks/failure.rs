//! What can be wrong with a delivery.

use std::fmt;

/// What was wrong with a delivery. It never holds a secret or an expected signature.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum WebhookFailure {
    /// There is no `Credicorp-Signature`.
    MissingHeader,
    /// The header is not one that Credicorp writes.
    MalformedHeader {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// No signature matches: a forgery, another secret, or a body that is not the one received.
    NoMatch,
    /// The signature is genuine and its time too far from now: a replay, or a clock that is wrong.
    OutsideTolerance {
        /// Seconds from the signature to now; negative if it was signed in the future.
        skew_seconds: i64,
        /// The tolerance in seconds, either way.
        tolerance_seconds: u64,
    },
    /// The signature is genuine, and the body is not an event that this crate can read. Answer with an error status, so
    /// that it is delivered again.
    Unreadable {
        /// The event's id, if it could be read.
        event_id: Option<String>,
        /// What is wrong with the body.
        reason: String,
    },
}

impl fmt::Display for WebhookFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingHeader => {
                f.write_str("there is no Credicorp-Signature header: the request is not Credicorp's, or a proxy drops the header")
            }
            Self::MalformedHeader { reason } => write!(f, "the Credicorp-Signature header {reason}"),
            Self::NoMatch => f.write_str(
                "no signature matches: check that the secret is this endpoint's, whole and without white space, and that the body is the raw bytes received, not parsed and written again",
            ),
            Self::OutsideTolerance { skew_seconds, tolerance_seconds } => {
                let direction = if *skew_seconds < 0 { "ahead of" } else { "behind" };
                write!(
                    f,
                    "the signature is {} s {direction} the clock, and the tolerance is {tolerance_seconds} s: a replay, or a clock that is wrong",
                    skew_seconds.unsigned_abs()
                )
            }
            Self::Unreadable { event_id: Some(id), reason } => write!(f, "the event {id} cannot be read: {reason}"),
            Self::Unreadable { event_id: None, reason } => write!(f, "the body is not an event: {reason}"),
        }
    }
}
