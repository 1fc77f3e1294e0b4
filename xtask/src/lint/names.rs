//! Versions, references, names, words.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Findings, is_snake, schemas};
use crate::{
    emit::KEYWORDS,
    spec::{Spec, component, escaped, members, text},
};

pub(super) fn version(spec: &Spec, findings: &mut Findings) {
    let version = text(&spec.0, "openapi");
    if !version.starts_with("3.0.") {
        findings.add(
            "/openapi",
            format!("the version is `{version}`"),
            "write 3.0.3: progenitor reads nothing newer",
        );
    }
}

pub(super) fn references(spec: &Spec, findings: &mut Findings) {
    references_in(spec, &spec.0, String::new(), findings);
}

fn references_in(spec: &Spec, value: &Value, place: String, findings: &mut Findings) {
    if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
        if !reference.starts_with("#/components/") {
            findings.add(&place, format!("`{reference}` is not a component"), "refer to `#/components/..`");
        } else if spec.resolve(value).is_null() {
            findings.add(
                &place,
                format!("`{reference}` refers to nothing"),
                "mend the name, or add the component",
            );
        }
    }
    for (name, member) in members(value).filter(|(name, _)| !matches!(*name, "example" | "examples")) {
        references_in(spec, member, format!("{place}/{}", escaped(name)), findings);
    }
    for (index, element) in value.as_array().into_iter().flatten().enumerate() {
        references_in(spec, element, format!("{place}/{index}"), findings);
    }
}

/// Names of components are names of types.
pub(super) fn components(spec: &Spec, findings: &mut Findings) {
    const TAKEN: [&str; 12] = [
        "Box",
        "Default",
        "Err",
        "Into",
        "None",
        "Nullable",
        "Ok",
        "Option",
        "Secret",
        "Some",
        "String",
        "UnknownValue",
    ];
    for (name, _) in spec.schemas() {
        let place = format!("/components/schemas/{}", escaped(name));
        let is_pascal = name.starts_with(|first: char| first.is_ascii_uppercase())
            && name.chars().all(|c| c.is_ascii_alphanumeric());
        if !is_pascal {
            findings.add(&place, format!("`{name}` is no name for a type"), "write it in PascalCase");
        }
        if TAKEN.contains(&name) || ["Vec", "Result", "Self", "IntoIterator", "Iterator"].contains(&name) {
            findings.add(
                &place,
                format!("`{name}` is a name that the generated code needs itself"),
                "choose another",
            );
        }
    }
    let mut seen = BTreeMap::new();
    for (name, _) in spec.schemas() {
        if let Some(other) = seen.insert(name.to_lowercase(), name) {
            let place = format!("/components/schemas/{}", escaped(name));
            findings.add(place, format!("`{name}` and `{other}` differ in case only"), "rename one of them");
        }
    }
}

/// Names of properties and parameters are names of fields, setters and arguments.
pub(super) fn properties(spec: &Spec, findings: &mut Findings) {
    let properties = schemas(spec).into_iter().flat_map(|(place, schema)| {
        members(&schema["properties"])
            .map(move |(name, _)| (format!("{place}/properties/{}", escaped(name)), name))
    });
    let parameters = spec.endpoints().flat_map(|endpoint| {
        let parameters: Vec<_> =
            spec.parameters(&endpoint).filter(|parameter| text(parameter, "in") != "header").collect();
        parameters.into_iter().map(move |parameter| (endpoint.pointer.clone(), text(parameter, "name")))
    });
    let reserved = ["new", "self", "super", "crate", "body"];
    for (place, name) in properties.chain(parameters) {
        if !is_snake(name) {
            findings.add(place, format!("`{name}` is no name for a field"), "write it in snake_case");
        } else if reserved.contains(&name) || is_keyword(name) && !KEYWORDS.contains(&name) {
            findings.add(place, format!("`{name}` cannot be the name of a field in Rust"), "choose another");
        }
    }
}

fn is_keyword(name: &str) -> bool {
    syn::parse_str::<syn::Ident>(name).is_err()
}

/// Every word of the documentation comes from here. A block of code would become a test of the generated crate.
pub(super) fn descriptions(spec: &Spec, findings: &mut Findings) {
    const MISSING: &str = "add a `description`: it is the documentation of what is generated";
    for endpoint in spec.endpoints() {
        for parameter in spec.parameters(&endpoint) {
            describe(
                parameter,
                format!("{}/parameters/{}", endpoint.pointer, text(parameter, "name")),
                findings,
            );
        }
        describe(endpoint.value, endpoint.pointer, findings);
    }
    for (place, schema) in schemas(spec) {
        let is_part = place.ends_with("/items")
            || place.ends_with("/additionalProperties")
            || place.ends_with("/schema");
        let needs_words = !is_part && component(schema).is_none();
        let words = text(schema, "description");
        if needs_words && words.trim().is_empty() {
            findings.add(place, "there is no description", MISSING);
        } else if has_code(words) {
            code(place, findings);
        }
    }

    fn describe(value: &Value, place: String, findings: &mut Findings) {
        let words = text(value, "description");
        if words.trim().is_empty() {
            findings.add(place, "there is no description", MISSING);
        } else if has_code(words) {
            code(place, findings);
        }
    }

    fn code(place: String, findings: &mut Findings) {
        findings.add(place, "the description has a block of code", "write it as `code` in the line");
    }
}

/// A fence, or an indent that Markdown takes for code: four spaces after an empty line.
fn has_code(words: &str) -> bool {
    let mut after_empty = true;
    words.lines().any(|line| {
        let found = line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~");
        let indented =
            after_empty && (line.starts_with("    ") || line.starts_with('\t')) && !line.trim().is_empty();
        after_empty = line.trim().is_empty();
        found || indented
    })
}

pub(super) fn evidence(spec: &Spec, findings: &mut Findings) {
    let operations = spec.endpoints().map(|endpoint| (endpoint.pointer, endpoint.value));
    let components =
        spec.schemas().map(|(name, schema)| (format!("/components/schemas/{}", escaped(name)), schema));
    for (place, value) in operations.chain(components) {
        let evidence = text(value, "x-credicorp-evidence");
        if !["seed", "portal", "chosen"].contains(&evidence) {
            findings.add(
                place,
                format!("`x-credicorp-evidence` is `{evidence}`"),
                "say where it is known from: seed, portal or chosen",
            );
        }
    }
}
