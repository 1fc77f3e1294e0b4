//! What the derived JSON Schema of a type cannot know by itself.
//!
//! The schemas say what the API says. The types read more than that, `null` for absent and any value in an enum; the first
//! is a courtesy that no schema shows, the second a promise that every schema keeps.

use schemars::{Schema, json_schema, transform::Transform};
use serde_json::Value;

/// The schema of an enum that stays open: the values that are known, or any other string.
///
/// The known ones stand in an `enum`, where tools find them, and beside it `string` takes what a newer API sends.
pub(crate) fn open_enum(description: &str, known: &[&str]) -> Schema {
    json_schema!({
        "description": description.trim(),
        "anyOf": [
            { "type": "string", "enum": known },
            { "type": "string", "description": "A value that this version of the client does not know." },
        ],
    })
}

/// Leaves `null` only to the properties of a struct that are named, with spaces between them: the derive lets it stand in for
/// every `Option`. One text, because a derive reads no list.
#[derive(Debug)]
pub(crate) struct NullOnlyIn(pub(crate) &'static str);

impl Transform for NullOnlyIn {
    fn transform(&mut self, schema: &mut Schema) {
        let properties = schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten();
        for (_, property) in properties.filter(|(name, _)| self.0.split(' ').all(|other| other != *name)) {
            take_null_out(property);
        }
    }
}

/// `"type": [T, "null"]` becomes `T`, and `"anyOf": [{"$ref": T}, {"type": "null"}]` that reference.
fn take_null_out(property: &mut Value) {
    let Some(property) = property.as_object_mut() else { return };
    if let Some(Value::Array(types)) = property.get_mut("type") {
        types.retain(|of| of != "null");
        if let [only] = &types[..] {
            let only = only.clone();
            property.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(branches)) = property.get_mut("anyOf") {
        branches.retain(|branch| branch["type"] != "null");
        if let [Value::Object(only)] = &branches[..] {
            let only = only.clone();
            property.remove("anyOf");
            property.extend(only);
        }
    }
}

#[cfg(test)]
mod tests;
