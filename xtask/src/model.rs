//! What the spec says, in the words of the API: operations, types, fields, values, events.
//!
//! It is read once from a spec that the lint has passed. What is printed beside progenitor's code is made of it, what
//! progenitor printed is counted against it, and two of them compared are what changed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::spec::{Endpoint, Spec, component, event_body, event_data, list, members, text};

/// The spec in the words of the API.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// The operations by their id.
    pub operations: BTreeMap<String, Operation>,
    /// The schema components by their name.
    pub types: BTreeMap<String, Type>,
    /// The webhook events by their type.
    pub events: BTreeMap<String, Event>,
}

/// One webhook event.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// What it tells its reader.
    pub description: String,
    /// The component that its data is.
    pub data: String,
    /// A whole body.
    pub example: Value,
}

/// One operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// In upper case.
    pub method: String,
    /// With its placeholders.
    pub path: String,
    /// The scope that its token must have.
    pub scope: Option<String>,
    /// Whether it needs a token.
    pub authenticated: bool,
    /// Whether it takes an `Idempotency-Key`.
    pub idempotency: Idempotency,
    /// The parameters in its path and query.
    pub parameters: BTreeMap<String, Field>,
    /// The component that is its request body.
    pub request: Option<String>,
    /// The component that its success answers with.
    pub answer: Option<String>,
}

/// Whether an operation takes an `Idempotency-Key`. The order is that of strictness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Idempotency {
    /// It takes none.
    None,
    /// It takes one, and does without.
    Optional,
    /// It refuses to work without one.
    Required,
}

/// One schema component.
#[derive(Clone, Debug, PartialEq)]
pub struct Type {
    /// What it tells its reader.
    pub description: String,
    /// What it is made of.
    pub shape: Shape,
}

/// What a schema component is made of.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A string of its own type: an id.
    Id,
    /// Strings that are known by name.
    Enum(Vec<String>),
    /// Fields.
    Struct {
        /// The fields by their name.
        fields: BTreeMap<String, Field>,
        /// The names of those that must be there, in the spec's order.
        required: Vec<String>,
    },
    /// Anything else.
    Alias(Kind),
}

/// A field of a type or a parameter of an operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// What it tells its reader.
    pub description: String,
    /// The type of its value.
    pub kind: Kind,
    /// Whether it must be there.
    pub required: bool,
    /// Whether `null` may stand there.
    pub nullable: bool,
    /// The bounds that the API puts on it.
    pub limits: BTreeMap<String, Value>,
}

/// The type of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A string.
    Text,
    /// A string that nobody may see.
    Secret,
    /// A day.
    Date,
    /// A moment.
    Timestamp,
    /// A count.
    Int32,
    /// A number that a count does not hold.
    Int64,
    /// Yes or no.
    Boolean,
    /// A schema component.
    Named(String),
    /// Many of a kind.
    List(Box<Kind>),
    /// Values of a kind by name.
    Map(Box<Kind>),
    /// Any JSON object.
    Object,
    /// Something that the lint lets nobody use.
    Other,
}

/// The keywords that bound a value without changing its type.
pub(crate) const LIMITS: [&str; 12] = [
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "pattern",
    "uniqueItems",
];

impl Model {
    /// Reads a spec.
    pub fn of(spec: &Spec) -> Self {
        Self {
            operations: spec.endpoints().map(|at| (at.id.to_owned(), operation(spec, &at))).collect(),
            types: spec.schemas().map(|(name, schema)| (name.to_owned(), component_type(schema))).collect(),
            events: spec.events().map(|(name, item)| (name.to_owned(), event(spec, item))).collect(),
        }
    }

    /// The components that requests are made of.
    pub fn requested(&self) -> BTreeSet<&str> {
        let bodies = self.operations.values().filter_map(|operation| operation.request.as_deref());
        let parameters = self.operations.values().flat_map(|operation| operation.parameters.values());
        self.reached(bodies.chain(parameters.filter_map(|parameter| parameter.kind.name())))
    }

    /// The components that are bodies of a `PATCH`, where absent and `null` are two things.
    pub fn patched(&self) -> BTreeSet<&str> {
        let patches = self.operations.values().filter(|operation| operation.method == "PATCH");
        patches.filter_map(|operation| operation.request.as_deref()).collect()
    }

    /// Every component that those named hold, and they themselves.
    pub fn reached<'a>(&'a self, from: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'a str> {
        let mut open: Vec<&str> = from.into_iter().collect();
        let mut seen = BTreeSet::new();
        while let Some(name) = open.pop() {
            if seen.insert(name) {
                open.extend(self.fields(name).filter_map(|(_, field)| field.kind.name()));
            }
        }
        seen
    }

    /// The fields of a component; none if it is no struct.
    pub fn fields(&self, name: &str) -> impl Iterator<Item = (&str, &Field)> {
        match self.types.get(name).map(|of| &of.shape) {
            Some(Shape::Struct { fields, .. }) => Some(fields),
            _ => None,
        }
        .into_iter()
        .flatten()
        .map(|(name, field)| (name.as_str(), field))
    }

    /// Whether the answer of an operation holds a secret.
    pub fn answers_secret(&self, operation: &Operation) -> bool {
        let names = self.reached(operation.answer.as_deref());
        names
            .into_iter()
            .flat_map(|name| self.fields(name))
            .any(|(_, field)| *field.kind.innermost() == Kind::Secret)
    }
}

impl Kind {
    /// The type of a schema's values.
    pub fn of(schema: &Value) -> Self {
        if let Some(name) = component(schema) {
            return Self::Named(name.to_owned());
        }
        match (text(schema, "type"), text(schema, "format")) {
            ("string", "date") => Self::Date,
            ("string", "date-time") => Self::Timestamp,
            ("string", "password") => Self::Secret,
            ("string", _) => Self::Text,
            ("integer", "int32") => Self::Int32,
            ("integer", _) => Self::Int64,
            ("boolean", _) => Self::Boolean,
            ("array", _) => Self::List(Box::new(Self::of(&schema["items"]))),
            ("object", _) => match &schema["additionalProperties"] {
                values @ Value::Object(_) => Self::Map(Box::new(Self::of(values))),
                _ => Self::Object,
            },
            _ => Self::Other,
        }
    }

    /// What lists and maps are of, at last.
    pub fn innermost(&self) -> &Self {
        match self {
            Self::List(inner) | Self::Map(inner) => inner.innermost(),
            other => other,
        }
    }

    /// The component that it is or holds.
    pub fn name(&self) -> Option<&str> {
        match self.innermost() {
            Self::Named(name) => Some(name),
            _ => None,
        }
    }
}

fn event(spec: &Spec, item: &Value) -> Event {
    let body = event_body(item);
    Event {
        description: text(&item["post"], "description").to_owned(),
        data: event_data(body).unwrap_or_default().to_owned(),
        example: spec.example(body).clone(),
    }
}

fn operation(spec: &Spec, at: &Endpoint<'_>) -> Operation {
    let headers = spec.parameters(at).filter(|parameter| text(parameter, "in") == "header");
    let idempotency =
        headers.filter(|header| text(header, "name").eq_ignore_ascii_case("idempotency-key")).last();
    let parameters =
        spec.parameters(at).filter(|parameter| matches!(text(parameter, "in"), "path" | "query"));
    let tokens = spec.security(at).iter().flat_map(members).filter(|(scheme, _)| spec.is_token(scheme));
    let tokens: Vec<&Value> = tokens.map(|(_, scopes)| scopes).collect();
    Operation {
        method: at.method.clone(),
        path: at.path.to_owned(),
        authenticated: !tokens.is_empty(),
        scope: tokens.iter().find_map(|scopes| scopes.get(0)?.as_str()).map(str::to_owned),
        idempotency: match idempotency.map(|header| header["required"] == true) {
            None => Idempotency::None,
            Some(false) => Idempotency::Optional,
            Some(true) => Idempotency::Required,
        },
        parameters: parameters
            .map(|parameter| (text(parameter, "name").to_owned(), parameter_field(parameter)))
            .collect(),
        request: spec.request_body(at).and_then(|(_, schema)| component(schema)).map(str::to_owned),
        answer: spec
            .responses(at)
            .filter(|(status, _)| status.starts_with('2'))
            .find_map(|(_, response)| component(&response["content"]["application/json"]["schema"]))
            .map(str::to_owned),
    }
}

fn parameter_field(parameter: &Value) -> Field {
    Field {
        description: text(parameter, "description").to_owned(),
        ..field(&parameter["schema"], parameter["required"] == true)
    }
}

fn component_type(schema: &Value) -> Type {
    let shape = if let [_, ..] = list(schema, "enum") {
        Shape::Enum(list(schema, "enum").iter().filter_map(Value::as_str).map(str::to_owned).collect())
    } else if schema.get("properties").is_some() {
        let required: Vec<String> =
            list(schema, "required").iter().filter_map(Value::as_str).map(str::to_owned).collect();
        let fields = members(&schema["properties"]).map(|(name, property)| {
            (name.to_owned(), field(property, required.iter().any(|other| other == name)))
        });
        Shape::Struct { fields: fields.collect(), required }
    } else {
        match Kind::of(schema) {
            Kind::Text => Shape::Id,
            other => Shape::Alias(other),
        }
    };
    Type { description: text(schema, "description").to_owned(), shape }
}

fn field(schema: &Value, required: bool) -> Field {
    let bounds = list(schema, "allOf").iter().chain([schema]);
    let limits = bounds.flat_map(members).filter(|(name, _)| LIMITS.contains(name));
    let limits = limits.map(|(name, limit)| (name.to_owned(), limit.clone()));
    Field {
        description: text(schema, "description").to_owned(),
        kind: Kind::of(schema),
        required,
        nullable: schema["nullable"] == true,
        limits: limits.collect(),
    }
}
