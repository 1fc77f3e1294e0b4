//! An event as it is delivered: an envelope around the fields of its type.

use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The version of the API that events say they are of.
pub(super) const API_VERSION: &str = "2026-06-01";

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(into = "Text", from = "Text")]
pub(crate) struct Event {
    id: String,
    kind: String,
    body: Bytes,
}

impl Event {
    pub(crate) fn new(id: String, kind: &'static str, data: Value, created: Timestamp) -> Self {
        let body = json!({
            "id": id,
            "type": kind,
            "created": created,
            "livemode": false,
            "api_version": API_VERSION,
            "data": data,
        });
        Self { id, kind: kind.to_owned(), body: body.to_string().into() }
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn kind(&self) -> &str {
        &self.kind
    }

    /// The bytes that are signed and sent, the same in every delivery.
    pub(crate) fn body(&self) -> &Bytes {
        &self.body
    }
}

/// An event as it is kept in a file.
#[derive(Serialize, Deserialize)]
struct Text {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    body: String,
}

impl From<Event> for Text {
    fn from(event: Event) -> Self {
        let body = String::from_utf8_lossy(&event.body).into_owned();
        Self { id: event.id, kind: event.kind, body }
    }
}

impl From<Text> for Event {
    fn from(text: Text) -> Self {
        Self { id: text.id, kind: text.kind, body: text.body.into() }
    }
}
