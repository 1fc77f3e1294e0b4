//! What the spec shows of each type is read and written back, and comes out as it went in.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;

use credicorp_tests::models::{Model, Place, Spec};
use serde_json::{Value, json};

#[test]
fn the_examples_of_the_spec_survive_reading_and_writing() {
    let spec = Spec::committed();
    for example in spec.examples() {
        let schema = &spec.components()[&example.component];
        let written = (Model::named(&example.component).again)(&example.value);
        let written = written.map(|written| spec.known(schema, &written)).map_err(|error| error.to_string());
        assert_eq!(written, Ok(spec.known(schema, &example.value)), "{example:?}");
    }
}

#[test]
fn no_component_body_or_event_is_without_an_example() {
    let spec = Spec::committed();
    let examples = spec.examples();
    let places: BTreeSet<&Place> = examples.iter().map(|example| &example.place).collect();
    let shown: BTreeSet<&String> = examples.iter().map(|example| &example.component).collect();
    assert_eq!(shown, spec.components().keys().collect());
    for (id, operation) in spec.operations() {
        if operation.get("requestBody").is_some() {
            assert!(places.contains(&Place::Request(id.to_owned())), "{id}");
        }
        for status in operation["responses"].as_object().unwrap().keys().filter(|status| *status != "204") {
            assert!(places.contains(&Place::Response(id.to_owned(), status.clone())), "{id} {status}");
        }
    }
    for name in spec.events().keys() {
        let of_event = examples.iter().filter(|example| example.place == Place::Event(name.clone()));
        assert_eq!(of_event.count(), 2, "{name}: the envelope and its data");
    }
}

#[test]
fn what_the_spec_does_not_name_is_left_out_of_the_comparison_and_nothing_else() {
    let spec = Spec::committed();
    let known = |value: Value| spec.known(&json!({"$ref": "#/components/schemas/WebhookEvent"}), &value);
    assert_eq!(
        known(
            json!({"id": "evt_1", "newer": 1, "livemode": null, "data": {"any": [{"thing": 2}], "empty": []}})
        ),
        json!({"id": "evt_1", "data": {"any": [{"thing": 2}]}})
    );
}
