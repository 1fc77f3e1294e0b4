use std::fmt;

use bytes::Bytes;
use jiff::Timestamp;

/// One delivery of one event to one endpoint. `Debug` does not show the body.
#[derive(Clone)]
#[non_exhaustive]
pub struct Delivery {
    pub(crate) id: String,
    pub(crate) event_id: String,
    pub(crate) event_type: &'static str,
    pub(crate) url: String,
    pub(crate) body: Bytes,
    pub(crate) at: Timestamp,
    pub(crate) outcome: Result<u16, String>,
}

impl Delivery {
    /// The id of this delivery, as in the header `Credicorp-Delivery`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The id of the event, the same in each of its deliveries.
    #[must_use]
    pub fn event_id(&self) -> &str {
        &self.event_id
    }

    /// The type of the event.
    #[must_use]
    pub fn event_type(&self) -> &str {
        self.event_type
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

    /// When it was sent, by the sandbox's clock.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// The status that the endpoint answered with; `None` if there was no answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.outcome.as_ref().ok().copied()
    }

    /// Why there was no answer.
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        self.outcome.as_ref().err().map(String::as_str)
    }

    /// Whether the endpoint took it: any 2xx. A redirect is a refusal.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        matches!(self.outcome, Ok(200..=299))
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
            .field("at", &self.at)
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}
