#![allow(
    dead_code,
    unreachable_pub,
    reason = "only schemas are made, and the macros write what a crate exports"
)]

use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Value, json};

use super::*;
use crate::{Metadata, Pence, Secret, types::Nullable};

crate::text::string_id! {
    /// An id.
    ThingId
}

crate::text::open_enum! {
    /// Which way.
    /// Seen from here.
    Way {
        /// `up`.
        Up = "up",
        /// `going_down`.
        Down = "going_down",
    }
}

/// A thing.
#[derive(JsonSchema)]
#[schemars(transform = NullOnlyIn("cursor note"))]
struct Thing {
    id: ThingId,
    way: Option<Way>,
    text: Option<String>,
    cursor: Option<String>,
    note: Option<Nullable<Way>>,
    price: Pence,
    secret: Option<Secret>,
    metadata: Metadata,
}

fn property(name: &str) -> Value {
    let schema = SchemaGenerator::default().into_root_schema_for::<Thing>();
    schema.get("properties").unwrap()[name].clone()
}

#[test]
fn an_open_enum_shows_what_is_known_and_takes_the_rest() {
    assert_eq!(
        SchemaGenerator::default().into_root_schema_for::<Way>().to_value(),
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Way",
            "description": "Which way. Seen from here.",
            "anyOf": [
                {"type": "string", "enum": ["up", "going_down"]},
                {"type": "string", "description": "A value that this version of the client does not know."},
            ],
        })
    );
}

#[test]
fn null_stands_only_where_it_is_named() {
    assert_eq!(property("way"), json!({"$ref": "#/$defs/Way"}));
    assert_eq!(property("text"), json!({"type": "string"}));
    assert_eq!(property("cursor"), json!({"type": ["string", "null"]}));
    assert_eq!(property("note"), json!({"anyOf": [{"$ref": "#/$defs/Way"}, {"type": "null"}]}));
}

#[test]
fn the_types_that_are_written_by_hand_are_what_the_wire_has() {
    let schema = SchemaGenerator::default().into_root_schema_for::<Thing>();
    let defined = schema.get("$defs").unwrap();
    let of = |name: &str, member: &str| defined[name][member].clone();
    assert_eq!(property("id"), json!({"$ref": "#/$defs/ThingId"}));
    assert_eq!(defined["ThingId"], json!({"description": "An id.", "type": "string"}));
    assert_eq!((of("Pence", "type"), of("Pence", "format")), (json!("integer"), json!("int64")));
    assert_eq!(of("Metadata", "type"), "object");
    assert_eq!(of("Metadata", "additionalProperties"), json!({"type": "string"}));
    assert_eq!(property("secret")["type"], "string");
    assert_eq!(property("secret")["format"], "password");
    assert_eq!(schema.get("required"), Some(&json!(["id", "price", "metadata"])));
}
