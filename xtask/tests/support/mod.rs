//! The smallest spec that has one of everything, and ways to change it.

#![allow(dead_code, reason = "each test uses what it needs")]

use serde_json::Value;
use xtask::Spec;

pub(crate) fn mini() -> Spec {
    Spec::parse(include_str!("../fixtures/mini.yaml")).unwrap_or_else(|error| panic!("{error}"))
}

/// The small spec after a change.
pub(crate) fn mini_with(change: impl FnOnce(&mut Value)) -> Spec {
    let mut spec = mini();
    change(&mut spec.0);
    spec
}

/// What stands at a JSON pointer.
pub(crate) fn at<'a>(spec: &'a mut Value, pointer: &str) -> &'a mut Value {
    spec.pointer_mut(pointer).unwrap_or_else(|| panic!("nothing at {pointer}"))
}

/// Takes a member out.
pub(crate) fn remove(spec: &mut Value, pointer: &str, name: &str) {
    let removed = at(spec, pointer).as_object_mut().and_then(|object| object.remove(name));
    assert!(removed.is_some(), "nothing at {pointer}/{name}");
}
