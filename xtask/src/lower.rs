//! The spec as progenitor shall see it: its types and endpoints, without what would make a client brittle.
//!
//! | in the spec | lowered to | because |
//! |---|---|---|
//! | answers that are no success | nothing | errors are decoded by hand, and progenitor panics on two kinds |
//! | `201`, `204` | `2XX` | a replay may answer 200 |
//! | bounds, patterns, defaults, closed objects | nothing | a client must read what a newer API writes |
//! | header parameters | nothing | they are the transport's |
//! | `$ref` with or without a description | `allOf` of it with one | siblings of a `$ref` are not read |
//! | required and nullable | optional | `null` reads as absent |
//! | nullable in the body of a `PATCH` | `Nullable` | there `null` says something else than absence |
//! | a list in the body of a `PATCH` | nullable | so that it is an `Option`: an empty list is not an absent one |

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::{
    model::{LIMITS, Model},
    spec::{Spec, component, members, text},
};

/// Formats that have a type of their own in Rust.
const FORMATS: [&str; 5] = ["date", "date-time", "int32", "int64", "password"];

/// The spec for progenitor.
pub(crate) fn lower(spec: &Spec, model: &Model) -> Value {
    let mut lowered = spec.0.clone();
    if let Some(root) = lowered.as_object_mut() {
        root.remove("x-webhooks");
    }
    for item in values_mut(&mut lowered, "/paths") {
        lower_path(spec, item);
    }
    let patched = model.patched();
    for (name, schema) in entries_mut(&mut lowered, "/components/schemas") {
        lower_schema(spec, schema);
        if patched.contains(name.as_str()) {
            tell_null_from_absent(schema);
        }
    }
    for pointer in ["/components/parameters", "/components/requestBodies", "/components/responses"] {
        for part in values_mut(&mut lowered, pointer) {
            lower_schemas_within(spec, part);
        }
    }
    lowered
}

fn lower_path(spec: &Spec, item: &mut Value) {
    remove_headers(spec, item);
    for (_, endpoint) in entries_mut(item, "").filter(|(_, value)| value.get("operationId").is_some()) {
        remove_headers(spec, endpoint);
        let success = members(&endpoint["responses"]).find(|(status, _)| status.starts_with('2'));
        let success = success.map(|(_, response)| spec.resolve(response).clone()).unwrap_or_default();
        endpoint["responses"] = json!({ "2XX": success });
    }
    lower_schemas_within(spec, item);
}

fn remove_headers(spec: &Spec, holder: &mut Value) {
    if let Some(parameters) = holder.get_mut("parameters").and_then(Value::as_array_mut) {
        parameters.retain(|parameter| text(spec.resolve(parameter), "in") != "header");
    }
}

/// Lowers each schema of a parameter, body or response, wherever it stands in it.
fn lower_schemas_within(spec: &Spec, part: &mut Value) {
    match part {
        Value::Object(map) => {
            map.remove("headers");
            map.remove("example");
            map.remove("examples");
            for (name, member) in map {
                if name == "schema" { lower_schema(spec, member) } else { lower_schemas_within(spec, member) }
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(|element| lower_schemas_within(spec, element)),
        _ => {}
    }
}

fn lower_schema(spec: &Spec, schema: &mut Value) {
    let Some(map) = schema.as_object_mut() else { return };
    for keyword in LIMITS.iter().chain(&["default", "example", "title", "readOnly", "writeOnly"]) {
        map.remove(*keyword);
    }
    map.retain(|name, value| match name.as_str() {
        "format" => value.as_str().is_some_and(|format| FORMATS.contains(&format)),
        "additionalProperties" => !value.is_boolean(),
        // A conversion matches a schema only without any.
        name => !name.starts_with("x-"),
    });
    let nullable: BTreeSet<String> = members(&map.get("properties").cloned().unwrap_or_default())
        .filter(|(_, property)| property["nullable"] == true)
        .map(|(name, _)| name.to_owned())
        .collect();
    if let Some(required) = map.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| name.as_str().is_none_or(|name| !nullable.contains(name)));
    }
    describe_reference(spec, map);
    for part in ["items", "additionalProperties"] {
        if let Some(inner) = map.get_mut(part) {
            lower_schema(spec, inner);
        }
    }
    for property in values_mut(schema, "/properties") {
        lower_schema(spec, property);
    }
}

/// A reference becomes an `allOf` that says what its field is; without words of its own it says what its type is.
fn describe_reference(spec: &Spec, map: &mut Map<String, Value>) {
    let schema = Value::Object(map.clone());
    let Some(name) = component(&schema) else { return };
    let reference = json!({ "$ref": format!("#/components/schemas/{name}") });
    let described = if text(&schema, "description").is_empty() { spec.resolve(&reference) } else { &schema };
    let description = text(described, "description").to_owned();
    map.remove("$ref");
    map.insert("allOf".to_owned(), json!([reference]));
    map.insert("description".to_owned(), description.into());
}

fn tell_null_from_absent(schema: &mut Value) {
    for property in values_mut(schema, "/properties") {
        if property["nullable"] == true {
            let mut inner = property.clone();
            if let Some(inner) = inner.as_object_mut() {
                inner.remove("nullable");
                inner.remove("description");
            }
            *property = json!({
                "description": property["description"],
                "x-rust-type": {
                    "crate": "credicorp-gen", "version": "*", "path": "credicorp_gen::Nullable", "parameters": [inner],
                },
            });
        } else if text(property, "type") == "array" {
            property["nullable"] = true.into();
        }
    }
}

fn entries_mut<'a>(value: &'a mut Value, pointer: &str) -> impl Iterator<Item = (&'a String, &'a mut Value)> {
    value.pointer_mut(pointer).and_then(Value::as_object_mut).into_iter().flatten()
}

fn values_mut<'a>(value: &'a mut Value, pointer: &str) -> impl Iterator<Item = &'a mut Value> {
    entries_mut(value, pointer).map(|(_, member)| member)
}
