//! The spec as a document: `$ref` is followed, objects are walked.

use serde_json::Value;

#[derive(Clone, Copy, Debug)]
pub(super) struct Document<'a> {
    root: &'a Value,
}

impl<'a> Document<'a> {
    pub(super) fn new(root: &'a Value) -> Self {
        Self { root }
    }

    /// The members of the object at a JSON pointer; none if there is no such object.
    pub(super) fn object(self, pointer: &str) -> impl Iterator<Item = (&'a String, &'a Value)> + use<'a> {
        self.root.pointer(pointer).and_then(Value::as_object).into_iter().flatten()
    }

    /// The value itself, or what its `$ref` names.
    pub(super) fn follow(self, value: &'a Value) -> Result<&'a Value, String> {
        let Some(reference) = value.get("$ref").and_then(Value::as_str) else { return Ok(value) };
        reference
            .strip_prefix('#')
            .and_then(|pointer| self.root.pointer(pointer))
            .ok_or_else(|| format!("{reference} leads nowhere"))
    }
}
