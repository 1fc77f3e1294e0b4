//! What a request says, read and validated by the spec.
//!
//! Every offending path value, parameter and field is found before any is reported. A parameter that the spec does not have is refused like
//! an unknown field: a misspelt filter would silently list everything.

use std::collections::BTreeMap;

use http::{HeaderMap, header};
use serde_json::Value;

use crate::operations::Handler;
use crate::problem::{FieldError, Problem};
use crate::spec::{JSON, Operation, Parameter, Place, Spec};

/// The validated values of one request.
#[derive(Debug, Default)]
pub(crate) struct Input {
    path: BTreeMap<String, String>,
    query: BTreeMap<String, Value>,
    body: Value,
}

impl Input {
    /// The `{id}` of the path; every operation that has one has just that.
    pub(crate) fn id(&self) -> &str {
        self.path.get("id").map_or("", String::as_str)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.query.get(name).and_then(Value::as_str)
    }

    pub(crate) fn integer(&self, name: &str) -> Option<i64> {
        self.query.get(name).and_then(Value::as_i64)
    }

    /// The body as what the operation works with.
    pub(crate) fn body<T: serde::de::DeserializeOwned>(&self) -> Result<T, Problem> {
        T::deserialize(&self.body).map_err(|error| {
            Problem::server_error(format!("The spec allows a body that the sandbox cannot read: {error}."))
        })
    }

    /// Validates everything; `body` is the JSON of the request, if the operation takes one.
    pub(crate) fn validate(
        spec: &Spec,
        operation: &Operation,
        handler: Option<&Handler>,
        path_values: &[(&str, &str)],
        query: Option<&str>,
        mut body: Option<Value>,
    ) -> Result<Self, Problem> {
        let mut offences = Vec::new();
        let mut input = Self::default();
        for (name, value) in path_values {
            input.path.insert((*name).to_owned(), (*value).to_owned());
            let parameter = find(operation, Place::Path, name);
            let value = Value::from(*value);
            offences.extend(
                parameter.map(|parameter| offences_of(parameter, &value)).transpose()?.into_iter().flatten(),
            );
        }
        offences.extend(input.read_query(operation, query.unwrap_or_default())?);
        if let (Some(rules), Some(body)) = (&operation.body, &mut body) {
            rules.schema.strip_nulls(body);
            let mut found = rules.schema.offences(body, "body").map_err(Problem::server_error)?;
            let unless = rules
                .required_unless
                .iter()
                .filter(|(field, unless)| !has(body, field) && !has(body, unless));
            found.extend(unless.map(|(field, unless)| FieldError {
                message: format!("is required without {unless}"),
                ..FieldError::missing(field.as_str())
            }));
            let more = handler.map(|handler| (handler.check)(spec, body)).unwrap_or_default();
            let new =
                more.into_iter().filter(|offence| !found.iter().any(|known| known.field == offence.field));
            let new: Vec<_> = new.collect();
            offences.extend(found);
            offences.extend(new);
        }
        input.body = body.unwrap_or_default();
        offences.sort_by(|one, other| one.field.cmp(&other.field));
        Problem::of_fields(offences).map_or(Ok(input), Err)
    }

    fn read_query(&mut self, operation: &Operation, query: &str) -> Result<Vec<FieldError>, Problem> {
        let mut offences = Vec::new();
        for (name, text) in form_urlencoded::parse(query.as_bytes()) {
            let Some(parameter) = find(operation, Place::Query, &name) else {
                offences.push(FieldError::unknown(name));
                continue;
            };
            let value = parse(parameter, &text);
            offences.extend(offences_of(parameter, &value)?);
            if self.query.insert(name.clone().into_owned(), value).is_some() {
                offences.push(FieldError::new(name, "invalid_value", "must not be there twice"));
            }
        }
        let wanted = operation
            .parameters
            .iter()
            .filter(|parameter| parameter.place == Place::Query && parameter.required);
        offences.extend(
            wanted
                .filter(|parameter| !self.query.contains_key(&parameter.name))
                .map(|parameter| FieldError::missing(&parameter.name)),
        );
        Ok(offences)
    }
}

fn find<'a>(operation: &'a Operation, place: Place, name: &str) -> Option<&'a Parameter> {
    operation.parameters.iter().find(|parameter| parameter.place == place && parameter.name == name)
}

pub(super) fn offences_of(parameter: &Parameter, value: &Value) -> Result<Vec<FieldError>, Problem> {
    parameter.schema.offences(value, &parameter.name).map_err(Problem::server_error)
}

/// The text as the JSON type that the schema asks for; left as text if it is none, for the schema to refuse.
fn parse(parameter: &Parameter, text: &str) -> Value {
    let parsed = match parameter.schema.kind() {
        Some("integer") => text.parse::<i64>().ok().map(Value::from),
        Some("boolean") => text.parse::<bool>().ok().map(Value::from),
        _ => None,
    };
    parsed.unwrap_or_else(|| text.into())
}

/// Whether a dotted path leads to something.
fn has(body: &Value, path: &str) -> bool {
    path.split('.').try_fold(body, |value, name| value.get(name)).is_some()
}

/// The JSON of a body, which must say that it is JSON.
pub(crate) fn read_json(headers: &HeaderMap, body: &[u8]) -> Result<Value, Problem> {
    match media_type(headers) {
        None => Err(Problem::missing_content_type(JSON)),
        Some(given) if given.eq_ignore_ascii_case(JSON) => {
            serde_json::from_slice(body).map_err(|error| Problem::invalid_json(&error))
        }
        Some(_) => Err(Problem::unsupported_media_type(JSON)),
    }
}

/// The `Content-Type` without its parameters.
pub(crate) fn media_type(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().unwrap_or_default();
    value.split(';').next().map(str::trim)
}
