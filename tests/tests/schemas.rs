//! The JSON Schema that is derived from each type says what the spec says of its component: fields and which of them must be
//! there, types and formats, where `null` may stand, lists, references, the values of enums.
//!
//! Both are brought into one form and compared. What a Rust type does not hold is left out of it: bounds, the formats of
//! strings that have no type of their own, and that requests are closed to other fields. Any other keyword fails the test.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;

use credicorp_tests::models::{MODELS, Model, Spec};
use serde_json::{Map, Value, json};

/// Formats that have a type of their own in Rust.
const FORMATS: [&str; 5] = ["date", "date-time", "int32", "int64", "password"];

/// Keywords of the spec that say nothing of the type, or what no Rust type says.
const UNSAID_BY_TYPES: [&str; 12] = [
    "description",
    "example",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "pattern",
    "x-credicorp-evidence",
    "x-credicorp-required-unless",
];

/// Keywords of the derived schemas that say nothing of the type.
const WORDS: [&str; 4] = ["$defs", "$schema", "description", "title"];

/// What a component of the spec says.
fn of_spec(spec: &Spec, schema: &Value) -> Value {
    let mut said = said(schema, &UNSAID_BY_TYPES);
    let nullable = said.remove("nullable") == Some(json!(true));
    if let Some(name) = spec.component_of(schema) {
        said.retain(|keyword, _| keyword != "$ref" && keyword != "allOf");
        assert!(said.is_empty(), "nobody compares {said:?}");
        return or_null(json!({ "component": name }), nullable);
    }
    let required = said.remove("required").unwrap_or(json!([]));
    let meaning = match said.remove("type").unwrap().as_str().unwrap() {
        "string" if said.contains_key("enum") => json!({ "values": said.remove("enum") }),
        "object" if said.contains_key("properties") => {
            assert!(said.remove("additionalProperties").is_none_or(|more| more == json!(false)), "{schema}");
            let properties = said.remove("properties").unwrap();
            // What must be there and may be null reads as optional.
            let required = |name: &str, property: &Value| {
                required.as_array().unwrap().contains(&json!(name)) && property["nullable"] != true
            };
            fields(&properties, required, |property| of_spec(spec, property))
        }
        "object" => match said.remove("additionalProperties") {
            Some(values @ Value::Object(_)) => json!({ "map": of_spec(spec, &values) }),
            _ => json!("object"),
        },
        "array" => json!({ "list": of_spec(spec, &said.remove("items").unwrap()) }),
        scalar => {
            let format = said.remove("format").filter(|format| FORMATS.contains(&format.as_str().unwrap()));
            json!({ "type": scalar, "format": format })
        }
    };
    assert!(said.is_empty(), "nobody compares {said:?}");
    or_null(meaning, nullable)
}

/// What a derived schema says.
fn of_derived(schema: &Value) -> Value {
    let mut said = said(schema, &WORDS);
    let required = said.remove("required").unwrap_or(json!([]));
    let meaning = match (said.remove("type"), said.remove("$ref"), said.remove("anyOf")) {
        (None, Some(reference), None) => {
            json!({ "component": reference.as_str().unwrap().strip_prefix("#/$defs/").unwrap() })
        }
        (None, None, Some(branches)) => any_of(branches.as_array().unwrap()),
        (Some(Value::Array(types)), None, None) => {
            let [of, null] = &types[..] else { panic!("{schema}") };
            assert_eq!(null, "null");
            said.insert("type".to_owned(), of.clone());
            or_null(of_derived(&Value::Object(std::mem::take(&mut said))), true)
        }
        (Some(Value::String(of)), None, None) => match of.as_str() {
            "object" if said.contains_key("properties") => {
                let properties = said.remove("properties").unwrap();
                fields(&properties, |name, _| required.as_array().unwrap().contains(&json!(name)), of_derived)
            }
            "object" => match said.remove("additionalProperties") {
                Some(values @ Value::Object(_)) => json!({ "map": of_derived(&values) }),
                more => {
                    assert_eq!(more, Some(json!(true)));
                    json!("object")
                }
            },
            "array" => json!({ "list": of_derived(&said.remove("items").unwrap()) }),
            scalar => json!({ "type": scalar, "format": said.remove("format") }),
        },
        _ => panic!("{schema}"),
    };
    assert!(said.is_empty(), "nobody compares {said:?}");
    meaning
}

/// Two alternatives: a type and `null`, or the known values of an enum and any other string.
fn any_of(branches: &[Value]) -> Value {
    let [first, second] = branches else { panic!("{branches:?}") };
    if *second == json!({"type": "null"}) {
        return or_null(of_derived(first), true);
    }
    assert_eq!((&first["type"], &second["type"]), (&json!("string"), &json!("string")));
    assert!(second.get("enum").is_none(), "an enum stays open");
    json!({ "values": first.get("enum").unwrap() })
}

fn said(schema: &Value, unsaid: &[&str]) -> Map<String, Value> {
    let members = schema.as_object().unwrap().iter().filter(|(name, _)| !unsaid.contains(&name.as_str()));
    members.map(|(name, member)| (name.clone(), member.clone())).collect()
}

fn fields(
    properties: &Value,
    required: impl Fn(&str, &Value) -> bool,
    of: impl Fn(&Value) -> Value,
) -> Value {
    let fields = properties.as_object().unwrap().iter().map(|(name, property)| {
        (name.clone(), json!({ "required": required(name, property), "of": of(property) }))
    });
    json!({ "fields": fields.collect::<Map<_, _>>() })
}

fn or_null(meaning: Value, nullable: bool) -> Value {
    if nullable { json!({ "or_null": meaning }) } else { meaning }
}

#[test]
fn every_component_has_its_type_and_every_type_its_component() {
    let spec = Spec::committed();
    let types: BTreeSet<&str> = MODELS.iter().map(|model| model.name).collect();
    assert_eq!(types, spec.components().keys().map(String::as_str).collect());
    assert_eq!(types.len(), MODELS.len());
}

#[test]
fn the_derived_schemas_say_what_the_spec_says() {
    let spec = Spec::committed();
    for (name, component) in spec.components() {
        let derived = (Model::named(name).schema)();
        assert_eq!(derived["title"], name.as_str());
        assert_eq!(of_derived(&derived), of_spec(&spec, component), "{name}");
    }
}

/// The schemas as a tool reads them that nobody here wrote.
#[test]
fn the_examples_of_the_spec_are_valid_under_the_derived_schemas() {
    let spec = Spec::committed();
    for example in spec.examples() {
        let validator = jsonschema::validator_for(&(Model::named(&example.component).schema)()).unwrap();
        let problem = validator.validate(&example.value).err().map(|error| error.to_string());
        assert_eq!(problem, None, "{example:?}");
    }
}

#[test]
fn the_derived_schemas_refuse_what_the_spec_refuses_and_take_what_may_come() {
    let validator = jsonschema::validator_for(&(Model::named("PaymentPage").schema)()).unwrap();
    let is_valid = |change: &dyn Fn(&mut Value)| {
        let mut page = Spec::committed().components()["PaymentPage"]["example"].clone();
        change(&mut page);
        validator.is_valid(&page)
    };
    assert!(is_valid(&|page| page["next_cursor"] = Value::Null));
    assert!(is_valid(&|page| page["data"][0]["status"] = "value_of_tomorrow".into()));
    assert!(is_valid(&|page| page["data"][0]["field_of_tomorrow"] = 1.into()));
    assert!(!is_valid(&|page| page["data"] = Value::Null));
    assert!(!is_valid(&|page| page["data"][0]["reference"] = Value::Null));
    assert!(!is_valid(&|page| page["data"][0]["status"] = 1.into()));
    assert!(!is_valid(&|page| page["data"][0]["amount_pence"] = "1".into()));
    assert!(!is_valid(&|page| assert!(page["data"][0].as_object_mut().unwrap().remove("kind").is_some())));
}
