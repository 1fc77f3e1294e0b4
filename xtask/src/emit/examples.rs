//! The examples of the webhook events, for whoever tests a handler.

use serde_json::{Map, Value};

use crate::model::Model;

/// `webhook-examples.json`: the example of each event by its type.
pub(crate) fn events(model: &Model) -> String {
    let examples: Map<_, _> =
        model.events.iter().map(|(name, event)| (name.clone(), event.example.clone())).collect();
    format!("{:#}\n", Value::Object(examples))
}
