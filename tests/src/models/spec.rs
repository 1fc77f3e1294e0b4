//! The spec as the tests of the types walk it.

use serde_json::{Map, Value, json};

/// Where the sandbox keeps it. It is read when a test runs: no crate is compiled from what is outside its own folder.
const SPEC: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../credicorp-sandbox/src/generated/partner-v1.json");
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The spec.
#[derive(Debug)]
pub struct Spec(Value);

/// A value that the spec shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// Where it is shown.
    pub place: Place,
    /// The component that it is one of.
    pub component: String,
    /// The value.
    pub value: Value,
}

/// Where the spec shows a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Beside the component itself.
    Component,
    /// The body of a request: the operation.
    Request(String),
    /// The body of an answer: the operation and the status.
    Response(String, String),
    /// A webhook event, and its data: its type.
    Event(String),
}

impl Spec {
    /// The spec that the committed code was made from.
    pub fn committed() -> Self {
        let text = std::fs::read_to_string(SPEC).expect("the sandbox has the spec");
        Self(serde_json::from_str(&text).expect("the generator wrote JSON"))
    }

    /// The components by their name.
    pub fn components(&self) -> &Map<String, Value> {
        self.0["components"]["schemas"].as_object().expect("a spec has components")
    }

    /// The operations: their id, and what the spec says of each.
    pub fn operations(&self) -> impl Iterator<Item = (&str, &Value)> {
        let operations = members(&self.0["paths"])
            .flat_map(|(_, item)| METHODS.iter().filter_map(|method| item.get(method)));
        operations.map(|operation| (operation["operationId"].as_str().expect("a name"), operation))
    }

    /// The webhook events by their type.
    pub fn events(&self) -> &Map<String, Value> {
        self.0["x-webhooks"].as_object().expect("our spec has events")
    }

    /// Every example: of the components, of the bodies of requests and answers, and of events.
    ///
    /// A body without an example of its own has that of its component.
    pub fn examples(&self) -> Vec<Example> {
        let shown = self.components().iter().filter_map(|(name, schema)| {
            let value = schema.get("example")?.clone();
            Some(Example { place: Place::Component, component: name.clone(), value })
        });
        let mut examples: Vec<_> = shown.collect();
        for (id, operation) in self.operations() {
            examples.extend(self.in_body(&Place::Request(id.to_owned()), &operation["requestBody"]));
            for (status, response) in members(&operation["responses"]) {
                examples.extend(self.in_body(&Place::Response(id.to_owned(), status.clone()), response));
            }
        }
        for (name, item) in self.events() {
            examples.extend(self.in_body(&Place::Event(name.clone()), &item["post"]["requestBody"]));
        }
        examples
    }

    /// The component that a schema is: by a reference, or by an `allOf` with one that it bounds or describes.
    pub fn component_of<'a>(&self, schema: &'a Value) -> Option<&'a str> {
        let reference = schema
            .get("$ref")
            .or_else(|| schema["allOf"].as_array()?.iter().find_map(|part| part.get("$ref")));
        reference?.as_str()?.strip_prefix("#/components/schemas/")
    }

    /// What a schema says, or the component that it is.
    pub fn schema<'a>(&'a self, schema: &'a Value) -> &'a Value {
        self.component_of(schema).map_or(schema, |name| &self.components()[name])
    }

    /// What a client knows of a value: without properties that the spec does not name, and without members that say no more
    /// than absence does and are not written: `null`, and lists and maps of nothing.
    pub fn known(&self, schema: &Value, value: &Value) -> Value {
        let schema = self.schema(schema);
        match value {
            Value::Object(members) => {
                let known = members.iter().filter_map(|(name, member)| match schema.get("properties") {
                    Some(properties) => Some((name, self.known(properties.get(name)?, member))),
                    None => Some((name, self.known(&schema["additionalProperties"], member))),
                });
                let nothing = [Value::Null, json!([]), json!({})];
                let known = known.filter(|(_, member)| !nothing.contains(member));
                known.map(|(name, member)| (name.clone(), member)).collect()
            }
            Value::Array(elements) => {
                elements.iter().map(|element| self.known(&schema["items"], element)).collect()
            }
            scalar => scalar.clone(),
        }
    }

    /// The examples of a request or a response, in each of its media types.
    fn in_body(&self, place: &Place, body: &Value) -> Vec<Example> {
        let contents = members(&self.resolve(body)["content"]);
        contents.flat_map(|(_, content)| self.in_content(place, content)).collect()
    }

    fn in_content(&self, place: &Place, content: &Value) -> Vec<Example> {
        let schema = &content["schema"];
        let component = self.component_of(schema).expect("a body is a component");
        // An event says what its data is beside the envelope that every event has.
        let data = schema.pointer("/allOf/1/properties/data").and_then(|data| self.component_of(data));
        let named = members(&content["examples"]).map(|(_, each)| &self.resolve(each)["value"]);
        let mut values: Vec<&Value> = content.get("example").into_iter().chain(named).collect();
        if values.is_empty() {
            values.push(&self.components()[component]["example"]);
        }
        let example = |component: &str, value: &Value| Example {
            place: place.clone(),
            component: component.to_owned(),
            value: value.clone(),
        };
        let whole = values.iter().map(|value| example(component, value));
        let data = values.iter().filter_map(|value| Some(example(data?, &value["data"])));
        whole.chain(data).collect()
    }

    /// What a reference refers to, or the value itself.
    fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix('#')) {
            Some(pointer) => self.0.pointer(pointer).expect("a reference refers to something"),
            None => value,
        }
    }
}

/// The members of an object; those of nothing are none.
fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}
