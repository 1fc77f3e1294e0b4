//! The rules for our spec.
//!
//! Each keeps out something that would make a client brittle, that the generator gets wrong, or that it dies of. A rule is
//! one function; a finding says where, what, and how to mend it; all of them are told at once.
//!
//! ```text
//! /paths/~1v1~1loans/get/parameters/0: the parameter `filter` has the style deepObject; use one parameter a field
//! ```

mod bodies;
mod names;
mod operations;
mod schemas;

use std::fmt;

use serde_json::Value;

use crate::spec::{Spec, escaped, members};

/// A place where the spec breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The name of the rule.
    pub rule: &'static str,
    /// Where, as a JSON pointer.
    pub place: String,
    /// What is wrong there.
    pub problem: String,
    /// What to do about it.
    pub mend: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.place, self.problem, self.mend)
    }
}

/// What the rules found.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    rule: &'static str,
    found: Vec<Finding>,
}

impl Findings {
    pub(crate) fn add(&mut self, place: impl Into<String>, problem: impl Into<String>, mend: &'static str) {
        self.found.push(Finding { rule: self.rule, place: place.into(), problem: problem.into(), mend });
    }
}

type Rule = fn(&Spec, &mut Findings);

/// Every rule with its name.
const RULES: &[(&str, Rule)] = &[
    ("version", names::version),
    ("references", names::references),
    ("component names", names::components),
    ("property names", names::properties),
    ("descriptions", names::descriptions),
    ("evidence", names::evidence),
    ("operation ids", operations::ids),
    ("tags", operations::tags),
    ("paths", operations::paths),
    ("parameters", operations::parameters),
    ("keys", operations::keys),
    ("scopes", operations::scopes),
    ("one success", bodies::success),
    ("errors", bodies::errors),
    ("request bodies", bodies::requests),
    ("webhooks", bodies::webhooks),
    ("examples", bodies::examples),
    ("enums", schemas::enums),
    ("unions", schemas::unions),
    ("objects", schemas::objects),
    ("numbers", schemas::numbers),
    ("ids, money, time", schemas::kinds),
    ("null", schemas::null),
];

/// The names of all rules.
pub fn rules() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|(name, _)| *name)
}

/// Everything that is wrong with a spec.
pub fn lint(spec: &Spec) -> Vec<Finding> {
    let mut findings = Findings::default();
    for (name, rule) in RULES {
        findings.rule = name;
        rule(spec, &mut findings);
    }
    findings.found
}

/// Every schema that becomes code, with its place: those of the components, of parameters, bodies and answers, and all
/// schemas within them.
fn schemas(spec: &Spec) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    for (name, schema) in spec.schemas() {
        schemas_in(schema, format!("/components/schemas/{}", escaped(name)), &mut found);
    }
    for part in ["parameters", "requestBodies", "responses"] {
        schemas_around(&spec.0["components"][part], format!("/components/{part}"), &mut found);
    }
    schemas_around(&spec.0["paths"], "/paths".to_owned(), &mut found);
    found
}

fn schemas_in<'a>(schema: &'a Value, place: String, found: &mut Vec<(String, &'a Value)>) {
    found.push((place.clone(), schema));
    for (name, property) in members(&schema["properties"]) {
        schemas_in(property, format!("{place}/properties/{}", escaped(name)), found);
    }
    for part in ["items", "additionalProperties"] {
        if schema[part].is_object() {
            schemas_in(&schema[part], format!("{place}/{part}"), found);
        }
    }
}

fn schemas_around<'a>(value: &'a Value, place: String, found: &mut Vec<(String, &'a Value)>) {
    for (name, member) in
        members(value).filter(|(name, _)| !matches!(*name, "example" | "examples" | "headers"))
    {
        let place = format!("{place}/{}", escaped(name));
        if name == "schema" { schemas_in(member, place, found) } else { schemas_around(member, place, found) }
    }
    for (index, element) in value.as_array().into_iter().flatten().enumerate() {
        schemas_around(element, format!("{place}/{index}"), found);
    }
}

/// Whether a name is lower case words joined by underscores.
fn is_snake(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !name.contains("__")
        && !name.ends_with('_')
}
