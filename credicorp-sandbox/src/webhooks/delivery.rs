use std::fmt;

use bytes::Bytes;
use jiff::Timestamp;

/// One attempt to deliver one event to one endpoint. `Debug` does not show the body.
#[derive(Clone)]
#[non_exhaustive]
pub struct Delivery {
    pub(super) id: String,
    pub(super) endpoint_id: String,
    pub(super) event_id: String,
    pub(super) event_type: String,
    pub(super) url: String,
    pub(super) body: Bytes,
    pub(super) attempt: u32,
    pub(super) at: Timestamp,
    pub(super) outcome: Outcome,
}

/// What became of an attempt.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    Answered(u16),
    Unanswered(String),
    /// It would have gone to another machine.
    NotSent,
}

impl Delivery {
    /// The id of this delivery, as in the header `Credicorp-Delivery`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The id of the endpoint that it was for.
    #[must_use]
    pub fn endpoint_id(&self) -> &str {
        &self.endpoint_id
    }

    /// The id of the event, the same in each of its deliveries.
    #[must_use]
    pub fn event_id(&self) -> &str {
        &self.event_id
    }

    /// The type of the event.
    #[must_use]
    pub fn event_type(&self) -> &str {
        &self.event_type
    }

    /// Where it went.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The body, byte for byte as it was signed.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// 1 for the first attempt of this event at this endpoint, and for one made by hand.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// When it was sent, by the sandbox's clock.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// Whether it was sent at all: what is for another machine is not, unless [`crate::Builder::allow_remote_webhooks`] says so.
    #[must_use]
    pub fn sent(&self) -> bool {
        !matches!(self.outcome, Outcome::NotSent)
    }

    /// The status that the endpoint answered with; `None` if there was no answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self.outcome {
            Outcome::Answered(status) => Some(status),
            _ => None,
        }
    }

    /// Why there was no answer.
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        match &self.outcome {
            Outcome::Answered(_) => None,
            Outcome::Unanswered(why) => Some(why),
            Outcome::NotSent => Some("not sent: the sandbox sends to this machine only"),
        }
    }

    /// Whether the endpoint took it: any 2xx. A redirect is a refusal.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        matches!(self.outcome, Outcome::Answered(200..=299))
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Delivery")
            .field("id", &self.id)
            .field("event_id", &self.event_id)
            .field("event_type", &self.event_type)
            .field("url", &self.url)
            .field("attempt", &self.attempt)
            .field("at", &self.at)
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}
