//! The body of an error, read totally: whatever it is, reading it never fails.
//!
//! The contract's envelope is `{"error": {"type", "code", "message", "param"?, "doc_url"?, "request_id"?, "fields"?}}`;
//! `details` stands for `fields` in places, and the token endpoint answers `{"error": "invalid_client",
//! "error_description"?}`. A member of an unexpected type is passed over, the rest is kept.

use serde_json::{Map, Value};

/// The longest body that is looked into: an error is short, and reading is not to hold a thread up.
const LONGEST: usize = 1024 * 1024;
/// The most fields that are kept.
const MOST_FIELDS: usize = 256;

/// One field that failed validation.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldError {
    /// The dotted path of the field, such as `business.company_number`.
    pub field: String,
    /// The machine-readable reason, if the API gave one.
    pub code: Option<String>,
    /// The reason in words, if the API gave one.
    pub message: Option<String>,
}

/// What an error body says, as far as it says it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Envelope {
    pub(crate) error_type: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) doc_url: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) fields: Vec<FieldError>,
}

impl Envelope {
    /// Reads what can be read.
    pub(crate) fn read(body: &[u8]) -> Self {
        if body.len() > LONGEST {
            return Self::default();
        }
        let Ok(Value::Object(mut document)) = serde_json::from_slice(body) else {
            return Self::default();
        };
        match document.remove("error") {
            Some(Value::Object(error)) => Self::of_api(error),
            Some(Value::String(code)) => Self {
                code: Some(code),
                message: text(&mut document, "error_description"),
                ..Self::default()
            },
            _ => Self::default(),
        }
    }

    fn of_api(mut error: Map<String, Value>) -> Self {
        let mut fields = Vec::new();
        for list in ["fields", "details"] {
            if let Some(Value::Array(items)) = error.remove(list) {
                items.into_iter().take(MOST_FIELDS).filter_map(field).for_each(|item| {
                    if !fields.contains(&item) {
                        fields.push(item);
                    }
                });
            }
        }
        if let Some(param) = text(&mut error, "param")
            && !fields.iter().any(|known| known.field == param)
        {
            fields.push(FieldError { field: param, code: None, message: None });
        }
        Self {
            error_type: text(&mut error, "type"),
            code: text(&mut error, "code"),
            message: text(&mut error, "message"),
            doc_url: text(&mut error, "doc_url"),
            request_id: text(&mut error, "request_id"),
            fields,
        }
    }
}

fn field(item: Value) -> Option<FieldError> {
    match item {
        Value::Object(mut item) => Some(FieldError {
            field: text(&mut item, "field").or_else(|| text(&mut item, "param"))?,
            code: text(&mut item, "code"),
            message: text(&mut item, "message"),
        }),
        Value::String(field) => Some(FieldError { field, code: None, message: None }),
        _ => None,
    }
}

fn text(object: &mut Map<String, Value>, name: &str) -> Option<String> {
    match object.remove(name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}
