//! Every component of the spec with its Rust type, and every example that the spec shows of one.
//!
//! The table is generated, so a type that is missing from a walk is missing from the spec. The spec is read from the JSON that
//! the generator wrote beside it.

mod spec;

use schemars::{JsonSchema, SchemaGenerator};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

pub use crate::generated::models::MODELS;
pub use spec::{Example, Place, Spec};

/// A component of the spec, and what its Rust type does.
#[derive(Debug)]
pub struct Model {
    /// The name of the component.
    pub name: &'static str,
    /// The JSON Schema of the type.
    pub schema: fn() -> Value,
    /// Reads a value and writes it again.
    pub again: fn(&Value) -> serde_json::Result<Value>,
}

impl Model {
    pub(crate) const fn of<T: JsonSchema + Serialize + DeserializeOwned>(name: &'static str) -> Self {
        Self { name, schema: schema::<T>, again: again::<T> }
    }

    /// The type of a component.
    pub fn named(name: &str) -> &'static Self {
        MODELS.iter().find(|model| model.name == name).expect("every component has its type")
    }
}

fn schema<T: JsonSchema>() -> Value {
    SchemaGenerator::default().into_root_schema_for::<T>().to_value()
}

/// By way of a text, because that is what comes over the wire.
fn again<T: Serialize + DeserializeOwned>(value: &Value) -> serde_json::Result<Value> {
    serde_json::to_value(serde_json::from_str::<T>(&value.to_string())?)
}
