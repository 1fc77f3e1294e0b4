//! The event: typed where its type is known, and kept as it came in any case.

use std::fmt;

use bytes::Bytes;
use credicorp_gen::JsonFailure;
use credicorp_gen::types::{DecisionCompleted, EventId};
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::WebhookFailure;

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

/// What happened. New variants come with new types: match with a `_` arm.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum EventData {
    /// `decision.completed`: read the decision again with `cc.applications().decision(&data.application_id)`.
    DecisionCompleted(DecisionCompleted),
    /// Any other type: `data` as it came.
    Unknown(Value),
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

impl fmt::Debug for EventData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DecisionCompleted(decision) => f.debug_tuple("DecisionCompleted").field(decision).finish(),
            Self::Unknown(_) => f.debug_tuple("Unknown").finish_non_exhaustive(),
        }
    }
}

#[derive(Deserialize)]
struct Envelope {
    id: EventId,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    created: Value,
    #[serde(default)]
    livemode: Value,
    #[serde(default)]
    api_version: Value,
    #[serde(default)]
    data: Value,
}

impl Event {
    /// Reads a verified body. Only the id and the type are insisted upon, and the ids of a known type.
    pub(super) fn read(body: &[u8]) -> Result<Self, WebhookFailure> {
        let envelope: Envelope = serde_json::from_slice(body).map_err(|error| {
            WebhookFailure::Unreadable { event_id: None, reason: JsonFailure::from(error).to_string() }
        })?;
        let data =
            EventData::read(&envelope.kind, envelope.data).map_err(|error| WebhookFailure::Unreadable {
                event_id: Some(envelope.id.to_string()),
                reason: JsonFailure::from(error).to_string(),
            })?;
        Ok(Self {
            id: envelope.id,
            kind: envelope.kind,
            created: envelope.created.as_str().and_then(|text| text.parse().ok()),
            livemode: envelope.livemode.as_bool(),
            api_version: envelope.api_version.as_str().map(str::to_owned),
            data,
            raw: Bytes::copy_from_slice(body),
        })
    }
}

impl EventData {
    fn read(kind: &str, data: Value) -> Result<Self, serde_json::Error> {
        match kind {
            "decision.completed" => typed(data, "decision_id").map(Self::DecisionCompleted),
            _ => Ok(Self::Unknown(data)),
        }
    }
}

/// The payload from `data`, or from `data.object`, where the resource's own `id` fills its field.
fn typed<T: DeserializeOwned>(data: Value, resource_id: &str) -> Result<T, serde_json::Error> {
    let mut data: Map<String, Value> = serde_json::from_value(data)?;
    if let Some(Value::Object(mut object)) = data.remove("object") {
        if let Some(id) = object.remove("id") {
            object.entry(resource_id).or_insert(id);
        }
        data = object;
    }
    serde_json::from_value(Value::Object(data))
}
