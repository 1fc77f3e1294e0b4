//! Schemas: enums, unions, objects, numbers, ids, money, time, null.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Findings, schemas};
use crate::{
    drive::BY_HAND,
    emit::pascal,
    model::{Kind, Model},
    spec::{Spec, component, escaped, list, members, text},
};

/// An enum is a public type that stays open: it has a name, strings, and room for what it does not know.
pub(super) fn enums(spec: &Spec, findings: &mut Findings) {
    for (place, schema) in schemas(spec).into_iter().filter(|(_, schema)| schema.get("enum").is_some()) {
        if place.matches('/').count() != 3 || !place.starts_with("/components/schemas/") {
            findings.add(&place, "the enum has no name", "make it a schema of `#/components/schemas`");
        }
        if text(schema, "type") != "string" || !list(schema, "enum").iter().all(Value::is_string) {
            findings.add(
                &place,
                "the enum is not made of strings",
                "write `type: string` and quote the values",
            );
        }
        if schema["nullable"] == true {
            findings.add(&place, "the enum may be null", "put `nullable` where the enum is used");
        }
        let mut variants = BTreeSet::new();
        for value in list(schema, "enum").iter().filter_map(Value::as_str) {
            let variant = pascal(value);
            let named = variant.starts_with(|first: char| first.is_ascii_uppercase());
            if !named || variant == "Unknown" || variant == "Self" {
                let mend = "rename it: the variant cannot be written, or means what the client does not know";
                findings.add(&place, format!("the value `{value}` would be the variant `{variant}`"), mend);
            } else if !variants.insert(variant) {
                findings.add(
                    &place,
                    format!("the value `{value}` has the same variant as another"),
                    "rename one of them",
                );
            }
        }
    }
}

/// progenitor ignores the discriminator, closes the union and mixes its members up; for `anyOf` it prints what cannot work.
pub(super) fn unions(spec: &Spec, findings: &mut Findings) {
    for (place, schema) in schemas(spec) {
        for keyword in ["oneOf", "anyOf", "not"] {
            if schema.get(keyword).is_some() {
                findings.add(
                    &place,
                    format!("there is a `{keyword}`"),
                    "send an object with a field for each kind, or an open object with its kind beside it",
                );
            }
        }
        if schema.get("allOf").is_some() && component(schema).is_none() {
            findings.add(
                &place,
                "the `allOf` is not a reference and its bounds",
                "refer to one component, or write the fields of all members out",
            );
        }
    }
}

/// An object with fields has a name, and a component is something that the generator knows.
pub(super) fn objects(spec: &Spec, findings: &mut Findings) {
    for (place, schema) in schemas(spec) {
        let is_component = place.matches('/').count() == 3 && place.starts_with("/components/schemas/");
        if schema.get("properties").is_some() && !is_component {
            findings.add(&place, "the object has no name", "make it a schema of `#/components/schemas`");
        }
        if Kind::of(schema) == Kind::Other && !has_union(schema) && text(schema, "type") != "number" {
            findings.add(&place, "the schema has no type", "give it a `type`");
        }
    }
    for (name, schema) in spec.schemas() {
        let by_hand = BY_HAND.iter().any(|(other, _)| *other == name);
        let known = schema.get("properties").is_some()
            || text(schema, "type") == "string"
            || by_hand
            || has_union(schema);
        let plain = text(schema, "format").is_empty() || by_hand || text(schema, "type") != "string";
        if !known || !plain {
            findings.add(
                format!("/components/schemas/{}", escaped(name)),
                "the component is neither an object with properties nor a string nor an enum",
                "write it out where it is used",
            );
        }
    }
}

fn has_union(schema: &Value) -> bool {
    ["oneOf", "anyOf", "allOf", "not"].iter().any(|keyword| schema.get(*keyword).is_some())
}

/// Money is never a float, and a count says how great it can be.
pub(super) fn numbers(spec: &Spec, findings: &mut Findings) {
    for (place, schema) in schemas(spec) {
        match (text(schema, "type"), text(schema, "format")) {
            ("number", _) => {
                findings.add(place, "the number is a float", "use an integer of the smallest unit")
            }
            ("integer", "int32" | "int64") => {}
            ("integer", _) => {
                findings.add(place, "the integer has no format", "write int32 for a count, else int64")
            }
            _ => {}
        }
    }
}

/// The name of a field says its type.
pub(super) fn kinds(spec: &Spec, findings: &mut Findings) {
    for (place, schema) in schemas(spec) {
        for (name, property) in members(&schema["properties"]) {
            let kind = Kind::of(property);
            let id = pascal(name);
            let wanted = if name.ends_with("_pence") {
                Some((Kind::Named("Pence".to_owned()), "refer to `Pence`"))
            } else if name.ends_with("_at") {
                Some((Kind::Timestamp, "write `format: date-time`"))
            } else if name.ends_with("_on") {
                Some((Kind::Date, "write `format: date`"))
            } else if name.ends_with("_id") && spec.schemas().any(|(schema, _)| schema == id) {
                Some((Kind::Named(id), "refer to the id's own type"))
            } else {
                None
            };
            if let Some((wanted, mend)) = wanted
                && kind != wanted
                && !is_wider_id(&kind, name)
            {
                let place = format!("{place}/properties/{}", escaped(name));
                findings.add(place, format!("the name of `{name}` promises another type"), mend);
            }
        }
    }
}

/// An id may be wider than its name, as where a decision or an application is meant.
fn is_wider_id(kind: &Kind, name: &str) -> bool {
    name.ends_with("_id") && matches!(kind, Kind::Named(wider) if wider.contains("Or"))
}

/// `null` reads as absent everywhere but in a `PATCH`; so what must be sent cannot be `null`.
pub(super) fn null(spec: &Spec, findings: &mut Findings) {
    let model = Model::of(spec);
    for name in model.requested() {
        for (field, _) in model.fields(name).filter(|(_, field)| field.required && field.nullable) {
            findings.add(
                format!("/components/schemas/{name}/properties/{field}"),
                "the field is required and may be null",
                "make it optional: absent says the same",
            );
        }
    }
    for (name, _) in spec.schemas().filter(|(_, schema)| schema["nullable"] == true) {
        let place = format!("/components/schemas/{}", escaped(name));
        findings.add(place, "the component may be null", "put `nullable` where it is used");
    }
}
