//! The spec's examples: of the events, for whoever tests a handler; of the types, for the test that reads and writes each.

use serde_json::{Map, Value};

use crate::{
    model::{Model, Shape},
    spec::Spec,
};

/// `webhook-examples.json`: the example of each event by its type.
pub(crate) fn events(model: &Model) -> String {
    let examples: Map<_, _> =
        model.events.iter().map(|(name, event)| (name.clone(), event.example.clone())).collect();
    format!("{:#}\n", Value::Object(examples))
}

/// `examples.rs`: the example of each struct.
pub(crate) fn types(spec: &Spec, model: &Model) -> String {
    let mut code = "\
use crate::{examples::{Example, again}, types::*};

/// The examples of the spec.
pub(crate) const EXAMPLES: &[Example] = &[
"
    .to_owned();
    for (name, schema) in spec.schemas() {
        let is_struct = model.types.get(name).is_some_and(|of| matches!(of.shape, Shape::Struct { .. }));
        if let Some(example) = schema.get("example").filter(|_| is_struct) {
            code += &format!("    ({name:?}, again::<{name}>, {:?}),\n", example.to_string());
        }
    }
    code + "];\n"
}
