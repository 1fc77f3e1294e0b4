//! The event: typed where its type is known, and kept as it came in any case.

use std::fmt;

use bytes::Bytes;
use credicorp_gen::JsonFailure;
use credicorp_gen::types::{EventData, EventId};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::WebhookFailure;
use super::envelope::{Data, Envelope};

/// A verified event. `Debug` shows neither the body nor data of an unknown type.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// The id, the same in every redelivery: handle each id once.
    pub id: EventId,
    /// The type, such as `decision.completed`.
    pub kind: String,
    /// When it happened, if the event says so.
    pub created: Option<Timestamp>,
    /// Whether it is about real money; `None` if the event does not say.
    pub livemode: Option<bool>,
    /// The version of the API that wrote it. A new one is no error.
    pub api_version: Option<String>,
    /// What happened. Amounts here are a hint: read the resource again for the truth.
    pub data: EventData,
    /// The body as it was received.
    pub raw: Bytes,
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("created", &self.created)
            .field("data", &self.data)
            .field("raw", &format_args!("{} bytes", self.raw.len()))
            .finish_non_exhaustive()
    }
}

impl Event {
    /// Reads a verified body. Only the id and the type are insisted upon, and the ids of a known type.
    pub(super) fn read(body: &[u8]) -> Result<Self, WebhookFailure> {
        let unreadable = |event_id: Option<&EventId>, reason: String| WebhookFailure::Unreadable {
            event_id: event_id.map(EventId::to_string),
            reason,
        };
        let text = std::str::from_utf8(body)
            .map_err(|error| unreadable(None, format!("it is not UTF-8: {error}")))?;
        let envelope =
            Envelope::read(text).map_err(|error| unreadable(None, JsonFailure::from(error).to_string()))?;
        let data = match envelope.data {
            Data::Read(data) => data,
            Data::Text(text) => EventData::read(&envelope.kind, text)
                .map_err(|error| unreadable(Some(&envelope.id), error.to_string()))?,
        };
        Ok(Self {
            id: envelope.id,
            kind: envelope.kind,
            created: lenient(envelope.created),
            livemode: lenient(envelope.livemode),
            api_version: lenient(envelope.api_version),
            data,
            raw: Bytes::copy_from_slice(body),
        })
    }
}

/// A value, if it is what it should be.
fn lenient<'a, T: Deserialize<'a>>(value: Option<&'a RawValue>) -> Option<T> {
    serde_json::from_str(value?.get()).ok()
}
