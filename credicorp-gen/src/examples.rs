//! What the spec shows of each type is read and written back, and must come out as it went in.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::generated::examples::EXAMPLES;

/// A type's name, how to read and write one, and an example.
pub(crate) type Example = (&'static str, fn(&str) -> serde_json::Result<Value>, &'static str);

pub(crate) fn again<T: Serialize + DeserializeOwned>(text: &str) -> serde_json::Result<Value> {
    serde_json::to_value(serde_json::from_str::<T>(text)?)
}

/// Without members that say no more than absence does, and are not written: `null`, and lists and maps of nothing.
fn lean(value: Value) -> Value {
    let is_empty = |member: &Value| [Value::Null, json!([]), json!({})].contains(member);
    match value {
        Value::Object(members) => {
            let members = members.into_iter().map(|(name, member)| (name, lean(member)));
            members.filter(|(_, member)| !is_empty(member)).collect()
        }
        Value::Array(elements) => elements.into_iter().map(lean).collect(),
        scalar => scalar,
    }
}

#[test]
fn the_examples_of_the_spec_survive_reading_and_writing() {
    assert!(EXAMPLES.len() > 30);
    for (name, again, text) in EXAMPLES {
        let written = again(text).map(lean).map_err(|error| error.to_string());
        assert_eq!(written, Ok(lean(serde_json::from_str(text).unwrap())), "{name}");
    }
}
