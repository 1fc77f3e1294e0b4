//! The spec's schemas as JSON Schema, compiled at first use and shared by all sandboxes of the process.
//!
//! OpenAPI 3.0 schemas are close to JSON Schema draft 4 and become it here: `nullable` turns into a type, `$ref` points into `definitions`,
//! integer formats turn into limits, and what only describes goes. In draft 4 `1.0` is no integer, and `exclusiveMinimum` is a flag, as in
//! OpenAPI. Formats are asserted: date, date-time, email, uri.

use std::sync::{Arc, OnceLock};

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

use super::invalid;
use super::nulls;
use super::reference::Document;
use crate::problem::FieldError;

/// All component schemas, translated.
#[derive(Clone, Debug)]
pub(super) struct Definitions(Arc<Value>);

impl Definitions {
    pub(super) fn new(document: &Document<'_>) -> Result<Self, String> {
        let schemas: Map<_, _> = document
            .object("/components/schemas")
            .map(|(name, schema)| (name.clone(), translate(schema)))
            .collect();
        if schemas.is_empty() {
            return Err("it has no component schemas".to_owned());
        }
        Ok(Self(Arc::new(Value::Object(schemas))))
    }

    pub(super) fn schema(&self, schema: &Value) -> Schema {
        Schema { source: translate(schema), definitions: self.clone(), compiled: OnceLock::new() }
    }

    pub(super) fn component(&self, name: &str) -> Schema {
        self.schema(&json!({ "$ref": format!("{COMPONENTS}{name}") }))
    }

    /// What a translated `$ref` names.
    pub(super) fn follow<'a>(&'a self, schema: &'a Value) -> &'a Value {
        self.referenced(schema).map_or(schema, |(_, referenced)| referenced)
    }

    fn referenced<'a>(&'a self, schema: &'a Value) -> Option<(&'a str, &'a Value)> {
        let name = schema.get("$ref")?.as_str()?.strip_prefix(DEFINITIONS)?;
        Some((name, self.0.get(name)?))
    }

    /// Only the definitions that a schema needs: compiling it with all of them takes ten times as long.
    fn reached_from(&self, schema: &Value) -> Map<String, Value> {
        let mut reached = Map::new();
        let mut open = vec![schema];
        while let Some(value) = open.pop() {
            let referenced = self.referenced(value).filter(|(name, _)| !reached.contains_key(*name));
            if let Some((name, referenced)) = referenced {
                reached.insert(name.to_owned(), referenced.clone());
                open.push(referenced);
            }
            open.extend(value.as_object().into_iter().flatten().map(|(_, member)| member));
            open.extend(value.as_array().into_iter().flatten());
        }
        reached
    }
}

#[derive(Debug)]
pub(crate) struct Schema {
    source: Value,
    definitions: Definitions,
    compiled: OnceLock<Result<Validator, String>>,
}

impl Schema {
    fn compiled(&self) -> Result<&Validator, &str> {
        let compile = || {
            let root =
                json!({ "allOf": [self.source], "definitions": self.definitions.reached_from(&self.source) });
            jsonschema::options()
                .with_draft(Draft::Draft4)
                .should_validate_formats(true)
                .build(&root)
                .map_err(|error| error.to_string())
        };
        self.compiled.get_or_init(compile).as_ref().map_err(String::as_str)
    }

    /// Why the schema itself cannot be used.
    #[cfg(test)]
    pub(crate) fn problem(&self) -> Option<&str> {
        self.compiled().err()
    }

    /// Every offending field, each once; a field that is the whole value is called `name`.
    pub(crate) fn offences(&self, value: &Value, name: &str) -> Result<Vec<FieldError>, String> {
        let validator = self.compiled()?;
        Ok(invalid::fields(validator.iter_errors(value), name))
    }

    /// What is wrong with a body that should follow this schema, in one line.
    pub(crate) fn violation(&self, body: &[u8]) -> Option<String> {
        let value: Value = match serde_json::from_slice(body) {
            Ok(value) => value,
            Err(error) => return Some(format!("it is not JSON: {error}")),
        };
        match self.offences(&value, "body") {
            Err(why) => Some(why),
            Ok(offences) if offences.is_empty() => None,
            Ok(offences) => {
                let offences: Vec<_> = offences
                    .iter()
                    .map(|offence| format!("{}: {}", offence.field, offence.message))
                    .collect();
                Some(offences.join("; "))
            }
        }
    }

    /// Takes out the `null`s of optional fields: they read as absent.
    pub(crate) fn strip_nulls(&self, value: &mut Value) {
        nulls::strip(&self.source, &self.definitions, value);
    }

    /// The one JSON type that the schema asks for, if it names one.
    pub(crate) fn kind(&self) -> Option<&str> {
        self.definitions.follow(&self.source).get("type").and_then(Value::as_str)
    }
}

const COMPONENTS: &str = "#/components/schemas/";
const DEFINITIONS: &str = "#/definitions/";

/// From OpenAPI 3.0 to draft 4.
fn translate(schema: &Value) -> Value {
    let Some(schema) = schema.as_object() else { return schema.clone() };
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        return json!({ "$ref": reference.replacen(COMPONENTS, DEFINITIONS, 1) });
    }
    let mut translated = Map::new();
    for (keyword, value) in schema {
        let value = match keyword.as_str() {
            "properties" => map_values(value),
            "items" | "not" | "additionalProperties" => translate(value),
            "allOf" | "anyOf" | "oneOf" => value.as_array().into_iter().flatten().map(translate).collect(),
            "type" | "enum" | "format" | "pattern" | "required" | "multipleOf" | "minimum" | "maximum"
            | "exclusiveMinimum" | "exclusiveMaximum" | "minLength" | "maxLength" | "minItems"
            | "maxItems" | "uniqueItems" | "minProperties" | "maxProperties" => value.clone(),
            _ => continue,
        };
        translated.insert(keyword.clone(), value);
    }
    bound_integers(&mut translated);
    if schema.get("nullable") == Some(&Value::Bool(true)) {
        allow_null(translated)
    } else {
        Value::Object(translated)
    }
}

fn map_values(value: &Value) -> Value {
    let members = value.as_object().into_iter().flatten();
    members.map(|(name, schema)| (name.clone(), translate(schema))).collect::<Map<_, _>>().into()
}

/// Integers have the range of their format where no limit is stated.
fn bound_integers(schema: &mut Map<String, Value>) {
    let (minimum, maximum) = match schema.get("format").and_then(Value::as_str) {
        Some("int32") => (i64::from(i32::MIN), i64::from(i32::MAX)),
        Some("int64") => (i64::MIN, i64::MAX),
        _ => return,
    };
    schema.entry("minimum").or_insert_with(|| minimum.into());
    schema.entry("maximum").or_insert_with(|| maximum.into());
}

fn allow_null(mut schema: Map<String, Value>) -> Value {
    let Some(kind) = schema.get("type").cloned() else {
        return json!({ "anyOf": [schema, { "type": "null" }] });
    };
    schema.insert("type".to_owned(), json!([kind, "null"]));
    if let Some(Value::Array(allowed)) = schema.get_mut("enum") {
        allowed.push(Value::Null);
    }
    Value::Object(schema)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(source: Value) -> Schema {
        let json =
            json!({ "components": { "schemas": { "Pence": { "type": "integer", "format": "int64" } } } });
        Definitions::new(&Document::new(&json)).unwrap().schema(&source)
    }

    fn accepts(source: &Value, value: Value) -> bool {
        schema(source.clone()).offences(&value, "value").unwrap().is_empty()
    }

    #[test]
    fn nullable_allows_null_and_nothing_else_new() {
        let text = json!({ "type": "string", "enum": ["a"], "nullable": true, "example": 1, "x-y": {} });
        assert!(accepts(&text, json!("a")) && accepts(&text, Value::Null));
        assert!(!accepts(&text, json!("b")) && !accepts(&text, json!(1)));
        let wrapped = json!({ "allOf": [{ "$ref": "#/components/schemas/Pence" }], "nullable": true });
        assert!(
            accepts(&wrapped, json!(5)) && accepts(&wrapped, Value::Null) && !accepts(&wrapped, json!("5"))
        );
    }

    #[test]
    fn integers_are_whole_and_fit() {
        let pence = json!({ "$ref": "#/components/schemas/Pence" });
        assert!(accepts(&pence, json!(i64::MAX)) && accepts(&pence, json!(-5)));
        assert!(
            !accepts(&pence, json!(1.0))
                && !accepts(&pence, json!(1e30))
                && !accepts(&pence, json!(u64::MAX))
        );
        let exclusive = json!({ "type": "integer", "minimum": 3, "exclusiveMinimum": true });
        assert!(!accepts(&exclusive, json!(3)) && accepts(&exclusive, json!(4)));
    }

    #[test]
    fn formats_are_asserted() {
        for (format, good, bad) in [
            ("date", "2026-02-28", "2026-02-30"),
            ("date-time", "2026-06-29T10:14:02Z", "2026-06-29 10:14"),
            ("email", "ada@example.com", "ada"),
            ("uri", "https://example.com/x", "/x"),
        ] {
            let source = json!({ "type": "string", "format": format });
            assert!(accepts(&source, json!(good)), "{format} {good}");
            assert!(!accepts(&source, json!(bad)), "{format} {bad}");
        }
    }
}
