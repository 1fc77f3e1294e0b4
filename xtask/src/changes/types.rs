//! What changed in the types: fields, values, bounds.

use serde_json::Value;

use super::{Changes, Effect, Pair, paired};
use crate::model::{Field, Kind, Model, Shape};

/// What a field is a part of.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Role {
    Parameter,
    /// Of what is sent, and perhaps answered as well.
    Sent,
    /// Of the body of a `PATCH`.
    Patched,
    Answered,
}

pub(super) fn types(old: &Model, new: &Model, changes: &mut Changes) {
    let (sent_before, sent_now) = (old.requested(), new.requested());
    let (patched_before, patched_now) = (old.patched(), new.patched());
    for (name, pair) in paired(&old.types, &new.types) {
        let role = if patched_before.contains(name) || patched_now.contains(name) {
            Role::Patched
        } else if sent_before.contains(name) || sent_now.contains(name) {
            Role::Sent
        } else {
            Role::Answered
        };
        match pair {
            Pair::Removed(_) => changes.breaking(name, "removed"),
            Pair::Added(_) => changes.additive(name, "added"),
            Pair::Both(old, new) => shape(name, &old.shape, &new.shape, role, changes),
        }
    }
}

fn shape(name: &str, old: &Shape, new: &Shape, role: Role, changes: &mut Changes) {
    match (old, new) {
        (Shape::Enum(old), Shape::Enum(new)) => {
            for value in old.iter().filter(|value| !new.contains(value)) {
                changes.breaking(name, format!("value {value} removed"));
            }
            for value in new.iter().filter(|value| !old.contains(value)) {
                changes.additive(name, format!("value {value} added"));
            }
        }
        (Shape::Struct { fields: old, required: before }, Shape::Struct { fields: new, required: now }) => {
            for (field_name, pair) in paired(old, new) {
                field(&format!("{name}.{field_name}"), pair, role, changes);
            }
            let same = before.len() == now.len() && before.iter().all(|field| now.contains(field));
            if role != Role::Answered && same && before != now {
                changes.breaking(name, "`new` takes its arguments in another order");
            }
        }
        (old, new) if old != new => {
            changes.breaking(name, format!("is {} now, not {}", told(new), told(old)))
        }
        _ => {}
    }
}

pub(super) fn field(about: &str, pair: Pair<'_, Field>, role: Role, changes: &mut Changes) {
    match pair {
        Pair::Removed(_) => changes.breaking(about, "removed"),
        Pair::Added(new) => {
            let demanded = new.required && role != Role::Answered;
            let need = if new.required { "required" } else { "optional" };
            let effect = if demanded { Effect::Breaking } else { Effect::Additive };
            changes.add(effect, about, format!("added, {need}, {}", words(&new.kind)));
        }
        Pair::Both(old, new) => {
            if old.kind != new.kind {
                changes.breaking(about, format!("is {} now, not {}", words(&new.kind), words(&old.kind)));
            }
            need(about, old, new, role, changes);
            if role != Role::Answered {
                limits(about, old, new, changes);
            }
        }
    }
}

/// Whether a field must be there, and whether it may be null.
fn need(about: &str, old: &Field, new: &Field, role: Role, changes: &mut Changes) {
    let same_type = is_option(old, role) == is_option(new, role);
    let effect = match role {
        Role::Answered if same_type => Effect::Additive,
        Role::Parameter if old.required && !new.required => Effect::Additive,
        _ => Effect::Breaking,
    };
    match (old.required, new.required) {
        (false, true) => changes.add(effect, about, "is required now"),
        (true, false) => changes.add(effect, about, "is optional now"),
        _ => {}
    }
    if old.nullable != new.nullable {
        let effect = if same_type && role != Role::Patched { Effect::Additive } else { Effect::Breaking };
        changes.add(effect, about, if new.nullable { "may be null now" } else { "is never null any more" });
    }
}

/// Whether the field is an `Option` in Rust.
fn is_option(field: &Field, role: Role) -> bool {
    let defaults = match &field.kind {
        Kind::List(_) | Kind::Map(_) | Kind::Object => !field.nullable,
        Kind::Named(name) => name == "Metadata",
        _ => false,
    };
    (!field.required || field.nullable) && (role == Role::Patched || !defaults)
}

fn limits(about: &str, old: &Field, new: &Field, changes: &mut Changes) {
    for (name, pair) in paired(&old.limits, &new.limits) {
        match pair {
            Pair::Removed(old) => changes.additive(about, format!("{name} {old} lifted")),
            Pair::Added(new) => changes.breaking(about, format!("{name} {new} added")),
            Pair::Both(old, new) if old == new => {}
            Pair::Both(old, new) => {
                let effect = if is_looser(name, old, new) { Effect::Additive } else { Effect::Breaking };
                changes.add(effect, about, format!("{name} is {new} now, not {old}"));
            }
        }
    }
}

fn is_looser(name: &str, old: &Value, new: &Value) -> bool {
    match (old.as_f64(), new.as_f64()) {
        (Some(old), Some(new)) if name.to_lowercase().contains("max") => new > old,
        (Some(old), Some(new)) => new < old,
        _ => false,
    }
}

fn told(shape: &Shape) -> String {
    match shape {
        Shape::Id => "an id".to_owned(),
        Shape::Enum(_) => "an enum".to_owned(),
        Shape::Struct { .. } => "an object".to_owned(),
        Shape::Alias(kind) => words(kind),
    }
}

fn words(kind: &Kind) -> String {
    match kind {
        Kind::Text => "a string".to_owned(),
        Kind::Secret => "a secret".to_owned(),
        Kind::Date => "a date".to_owned(),
        Kind::Timestamp => "a timestamp".to_owned(),
        Kind::Int32 => "a 32-bit integer".to_owned(),
        Kind::Int64 => "a 64-bit integer".to_owned(),
        Kind::Boolean => "a boolean".to_owned(),
        Kind::Named(name) => name.clone(),
        Kind::List(of) => format!("a list of {}", words(of)),
        Kind::Map(of) => format!("a map of {}", words(of)),
        Kind::Object => "an open object".to_owned(),
        Kind::Other => "anything".to_owned(),
    }
}
