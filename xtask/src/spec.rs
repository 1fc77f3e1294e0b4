//! The spec as a tree of JSON, and the few ways to walk it.
//!
//! Keys are sorted on reading, so that everything made of the tree is the same on every run and in every build.

use serde_json::{Map, Value};

use crate::{Error, model::LIMITS};

/// The methods an OpenAPI path may have, in the order in which generated code has them.
const METHODS: [&str; 8] = ["get", "put", "post", "patch", "delete", "head", "options", "trace"];

/// An OpenAPI document.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec(pub Value);

/// One operation and where it stands.
#[derive(Clone, Debug)]
pub struct Endpoint<'a> {
    /// The spec's `operationId`, or nothing where it has none.
    pub id: &'a str,
    /// In upper case.
    pub method: String,
    /// With its placeholders.
    pub path: &'a str,
    /// The operation object.
    pub value: &'a Value,
    /// The place of the operation object.
    pub pointer: String,
    shared_parameters: &'a [Value],
}

impl Spec {
    /// Reads YAML, of which JSON is a part. A key that is there twice is an error.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let yaml: serde_norway::Value =
            serde_norway::from_str(text).map_err(|error| Error::Spec(error.to_string()))?;
        let json = serde_json::to_value(yaml).map_err(|error| Error::Spec(error.to_string()))?;
        Ok(Self(sorted(json)))
    }

    /// The whole document as pretty JSON with a newline at its end.
    pub fn to_json(&self) -> String {
        format!("{:#}\n", self.0)
    }

    /// Every operation, by path and method.
    pub fn endpoints(&self) -> impl Iterator<Item = Endpoint<'_>> {
        members(&self.0["paths"]).flat_map(|(path, item)| {
            METHODS.into_iter().filter_map(move |method| {
                let value = item.get(method)?;
                Some(Endpoint {
                    id: text(value, "operationId"),
                    method: method.to_uppercase(),
                    path,
                    value,
                    pointer: format!("/paths/{}/{method}", escaped(path)),
                    shared_parameters: list(item, "parameters"),
                })
            })
        })
    }

    /// Every schema component with its name.
    pub fn schemas(&self) -> impl Iterator<Item = (&str, &Value)> {
        members(&self.0["components"]["schemas"])
    }

    /// The webhook events: their type, and their path item.
    pub fn events(&self) -> impl Iterator<Item = (&str, &Value)> {
        members(&self.0["x-webhooks"])
    }

    /// What a reference refers to, or the value itself if it is none. A reference to nothing is `Null`.
    pub fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        let mut value = value;
        for _ in 0..8 {
            let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
                return value;
            };
            value = reference.strip_prefix('#').and_then(|at| self.0.pointer(at)).unwrap_or(&Value::Null);
        }
        &Value::Null
    }

    /// The parameters of an operation, those of its path included, each resolved.
    pub fn parameters<'a>(&'a self, endpoint: &Endpoint<'a>) -> impl Iterator<Item = &'a Value> {
        let own = list(endpoint.value, "parameters");
        endpoint.shared_parameters.iter().chain(own).map(|parameter| self.resolve(parameter))
    }

    /// The request body's media type and schema.
    pub fn request_body<'a>(&'a self, endpoint: &Endpoint<'a>) -> Option<(&'a str, &'a Value)> {
        let body = self.resolve(endpoint.value.get("requestBody")?);
        members(&body["content"]).next().map(|(media_type, content)| (media_type, &content["schema"]))
    }

    /// The responses of an operation with their status, each resolved.
    pub fn responses<'a>(&'a self, endpoint: &Endpoint<'a>) -> impl Iterator<Item = (&'a str, &'a Value)> {
        members(&endpoint.value["responses"]).map(|(status, response)| (status, self.resolve(response)))
    }

    /// The example of a media type: its own, or the first of its named ones.
    pub fn example<'a>(&'a self, body: &'a Value) -> &'a Value {
        let named = || members(&body["examples"]).next().map(|(_, example)| &self.resolve(example)["value"]);
        body.get("example").or_else(named).unwrap_or(&Value::Null)
    }

    /// Whether a security scheme is the bearer token.
    pub fn is_token(&self, scheme: &str) -> bool {
        let scheme = &self.0["components"]["securitySchemes"][scheme];
        text(scheme, "type") == "oauth2" || text(scheme, "scheme").eq_ignore_ascii_case("bearer")
    }

    /// The security requirements that hold for an operation.
    pub fn security<'a>(&'a self, endpoint: &Endpoint<'a>) -> &'a [Value] {
        let holder = if endpoint.value.get("security").is_some() { endpoint.value } else { &self.0 };
        list(holder, "security")
    }
}

/// The members of an object; none if it is no object.
pub(crate) fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(name, member)| (name.as_str(), member))
}

/// The elements of a list member; none if there is no list.
pub(crate) fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A text member; empty if there is none.
pub(crate) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The name of the schema component that a schema refers to: directly, or by an `allOf` whose other members only bound it.
pub(crate) fn component(schema: &Value) -> Option<&str> {
    if let Some(reference) = schema.get("$ref") {
        return reference.as_str()?.strip_prefix("#/components/schemas/");
    }
    let (bounds, references): (Vec<_>, Vec<_>) =
        list(schema, "allOf").iter().partition(|member| only_bounds(member));
    match references[..] {
        [only] if bounds.len() < 2 => component(only),
        _ => None,
    }
}

/// The media type object of an event's body.
pub(crate) fn event_body(item: &Value) -> &Value {
    &item["post"]["requestBody"]["content"]["application/json"]
}

/// The component that the data of an event is.
pub(crate) fn event_data(body: &Value) -> Option<&str> {
    fn of(schema: &Value) -> Option<&str> {
        let own = component(&schema["properties"]["data"]);
        own.or_else(|| list(schema, "allOf").iter().find_map(of))
    }
    of(&body["schema"])
}

/// The field that names the resource of an event: `loan_id` for `loan.opened`.
pub(crate) fn resource_id(event: &str) -> String {
    let resource = event.rsplit_once('.').map_or(event, |(resource, _)| resource);
    format!("{}_id", resource.replace('.', "_"))
}

/// Whether a schema says nothing of what it bounds but its type.
fn only_bounds(schema: &Value) -> bool {
    members(schema).all(|(name, _)| LIMITS.contains(&name) || name == "type" || name == "description")
}

/// A key as it stands in a JSON pointer.
pub(crate) fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.into_iter().map(|(name, member)| (name, sorted(member))).collect();
            entries.sort_by(|(left, _), (right, _)| left.cmp(right));
            Value::Object(Map::from_iter(entries))
        }
        Value::Array(elements) => elements.into_iter().map(sorted).collect(),
        scalar => scalar,
    }
}
