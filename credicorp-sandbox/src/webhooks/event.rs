//! An event as it is delivered: an envelope around the fields of its type.

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Value, json};

/// The version of the API that events say they are of.
pub(super) const API_VERSION: &str = "2026-06-01";

#[derive(Clone, Debug)]
pub(crate) struct Event {
    id: String,
    kind: &'static str,
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
        Self { id, kind, body: body.to_string().into() }
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn kind(&self) -> &'static str {
        self.kind
    }

    /// The bytes that are signed and sent, the same in every delivery.
    pub(crate) fn body(&self) -> &Bytes {
        &self.body
    }
}
