//! What a newer API may answer is read by this client: fields that it does not know, in every object, and values that it does
//! not know, in every enum. The values are given back as they came.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;

use credicorp_tests::models::{Example, Model, Place, Spec};
use serde_json::{Value, json};

const FIELD: &str = "field_of_tomorrow";
const VALUE: &str = "value_of_tomorrow";

/// Makes the answers of tomorrow, and remembers of what it made one.
struct Tomorrow<'a> {
    spec: &'a Spec,
    enums: BTreeSet<String>,
    objects: usize,
}

impl Tomorrow<'_> {
    /// A value with one more field in every object, an unknown value in every enum, and every enum that might be there.
    fn of(&mut self, schema: &Value, value: &Value) -> Value {
        let said = self.spec.schema(schema).clone();
        if said.get("enum").is_some() {
            self.enums.extend(self.spec.component_of(schema).map(str::to_owned));
            return VALUE.into();
        }
        match value {
            Value::Array(elements) => {
                elements.iter().map(|element| self.of(&said["items"], element)).collect()
            }
            // The pairs of a map are the caller's own.
            Value::Object(_) if said["additionalProperties"].is_object() => value.clone(),
            Value::Object(members) => {
                let mut members = members.clone();
                for (name, property) in said["properties"].as_object().into_iter().flatten() {
                    let before = members.get(name).filter(|member| **member != json!([]));
                    let after = match before {
                        Some(member) => self.of(property, member),
                        None if self.is_enum(property) => self.of(property, &Value::Null),
                        None if self.is_enum(&property["items"]) => {
                            json!([self.of(&property["items"], &Value::Null)])
                        }
                        None => continue,
                    };
                    members.insert(name.clone(), after);
                }
                self.objects += 1;
                members.insert(FIELD.to_owned(), json!({"deep": [1, {"deeper": null}]}));
                members.into()
            }
            scalar => scalar.clone(),
        }
    }

    fn is_enum(&self, schema: &Value) -> bool {
        self.spec.schema(schema).get("enum").is_some()
    }
}

/// What the API may send: its answers, errors among them, and its events.
fn received(spec: &Spec) -> Vec<Example> {
    let mut examples = spec.examples();
    examples.retain(|example| matches!(example.place, Place::Response(..) | Place::Event(_)));
    examples
}

/// The components that a component holds, and it itself.
fn reached(spec: &Spec, schema: &Value, seen: &mut BTreeSet<String>) {
    if let Some(name) = spec.component_of(schema)
        && !seen.insert(name.to_owned())
    {
        return;
    }
    let said = spec.schema(schema);
    for part in said["properties"].as_object().into_iter().flat_map(|properties| properties.values()) {
        reached(spec, part, seen);
    }
    if let Some(items) = said.get("items") {
        reached(spec, items, seen);
    }
}

#[test]
fn what_a_newer_api_sends_is_read_and_its_values_are_given_back() {
    let spec = Spec::committed();
    let mut tomorrow = Tomorrow { spec: &spec, enums: BTreeSet::new(), objects: 0 };
    let mut expected = BTreeSet::new();
    for example in received(&spec) {
        let schema = json!({"$ref": format!("#/components/schemas/{}", example.component)});
        let objects = tomorrow.objects;
        let sent = tomorrow.of(&schema, &example.value);
        assert!(tomorrow.objects > objects, "{example:?}");
        let written = (Model::named(&example.component).again)(&sent);
        let written = written.map(|written| spec.known(&schema, &written)).map_err(|error| error.to_string());
        assert_eq!(written, Ok(spec.known(&schema, &sent)), "{:?}", example.place);
        reached(&spec, &schema, &mut expected);
    }
    expected.retain(|name| spec.components()[name].get("enum").is_some());
    assert!(expected.contains("DecisionReason"), "an enum in a list is reached");
    assert_eq!(tomorrow.enums, expected, "every enum that may be received was met");
}

#[test]
fn a_newer_answer_differs_in_every_object_and_every_enum() {
    let spec = Spec::committed();
    let mut tomorrow = Tomorrow { spec: &spec, enums: BTreeSet::new(), objects: 0 };
    let page = json!({
        "data": [{"outcome": "approved", "offers": [{"status": "open", "id": "off_1"}], "reasons": []}],
        "metadata": {"order": "88421"},
    });
    let schema = json!({"properties": {
        "data": {"items": {"$ref": "#/components/schemas/Decision"}},
        "metadata": {"allOf": [{"$ref": "#/components/schemas/Metadata"}]},
    }});
    let more = json!({"deep": [1, {"deeper": null}]});
    assert_eq!(
        tomorrow.of(&schema, &page),
        json!({
            "data": [{
                "outcome": VALUE,
                "offers": [{"status": VALUE, "id": "off_1", FIELD: more}],
                "reasons": [VALUE],
                FIELD: more,
            }],
            "metadata": {"order": "88421"},
            FIELD: more,
        })
    );
    assert_eq!(tomorrow.objects, 3);
}
