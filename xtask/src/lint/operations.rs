//! Operations: ids, tags, paths, parameters, keys, scopes.

use std::collections::{BTreeMap, BTreeSet};

use super::{Findings, is_snake};
use crate::spec::{Spec, component, list, members, text};

pub(super) fn ids(spec: &Spec, findings: &mut Findings) {
    let mut seen = BTreeMap::new();
    for endpoint in spec.endpoints() {
        let (id, place) = (endpoint.id, endpoint.pointer);
        if id.is_empty() {
            findings.add(&place, "there is no operationId", "give it one: it is the name of the method");
        } else if !is_snake(id) {
            findings.add(&place, format!("the operationId is `{id}`"), "write it in snake_case");
        } else if let Some(other) = seen.insert(id, place.clone()) {
            findings.add(
                &place,
                format!("the operationId `{id}` is that of {other} too"),
                "rename one of them",
            );
        }
    }
}

pub(super) fn tags(spec: &Spec, findings: &mut Findings) {
    let declared: BTreeSet<&str> = list(&spec.0, "tags").iter().map(|tag| text(tag, "name")).collect();
    for endpoint in spec.endpoints() {
        match list(endpoint.value, "tags") {
            [tag] if tag.as_str().is_some_and(|tag| declared.contains(tag)) => {}
            [_] => findings.add(&endpoint.pointer, "its tag is not declared", "add the tag to `/tags`"),
            tags => findings.add(
                &endpoint.pointer,
                format!("it has {} tags", tags.len()),
                "give it one: it says which resource of the client has it",
            ),
        }
    }
}

/// The placeholders of a path are its path parameters, each a segment of its own.
pub(super) fn paths(spec: &Spec, findings: &mut Findings) {
    for endpoint in spec.endpoints() {
        let segments = endpoint.path.split('/');
        let names = segments.clone().filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
        let names: BTreeSet<&str> = names.collect();
        let whole = segments.skip(1).all(|segment| {
            let name = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(segment);
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
        });
        if !endpoint.path.starts_with('/') || !whole {
            findings.add(
                &endpoint.pointer,
                "the path has an odd segment",
                "use plain words and whole `{placeholders}`, joined by single slashes",
            );
        }
        let parameters = spec.parameters(&endpoint).filter(|parameter| text(parameter, "in") == "path");
        let declared: BTreeSet<&str> = parameters.map(|parameter| text(parameter, "name")).collect();
        for name in names.symmetric_difference(&declared) {
            findings.add(
                &endpoint.pointer,
                format!("`{name}` is only one of path parameter and placeholder"),
                "declare it and put it into the path, or neither",
            );
        }
    }
}

pub(super) fn parameters(spec: &Spec, findings: &mut Findings) {
    for endpoint in spec.endpoints() {
        for parameter in spec.parameters(&endpoint) {
            let (name, place, schema) =
                (text(parameter, "name"), text(parameter, "in"), &parameter["schema"]);
            let mut add = |problem: String, mend| {
                findings.add(&endpoint.pointer, format!("the parameter `{name}` {problem}"), mend);
            };
            match place {
                "path" if component(schema).is_none() => {
                    add("has a type without a name".to_owned(), "refer to an id of `#/components/schemas`");
                }
                "header" if text(schema, "format").starts_with("date") => {
                    add("is a date in a header".to_owned(), "send it in the query or the body");
                }
                "header"
                    if !name.eq_ignore_ascii_case("idempotency-key") && parameter["required"] == true =>
                {
                    add(
                        "is a required header".to_owned(),
                        "the transport sends none but Idempotency-Key: teach it first",
                    );
                }
                "path" | "query" | "header" => {}
                other => add(format!("is in `{other}`"), "put it into the path or the query"),
            }
            let style = text(parameter, "style");
            if !["", "form", "simple"].contains(&style) {
                add(format!("has the style {style}"), "use one parameter a field");
            }
            if parameter["explode"] == false {
                add(
                    "is not exploded".to_owned(),
                    "leave `explode` out: progenitor repeats the name for each element",
                );
            }
            if schema.is_null() {
                add("has no schema".to_owned(), "give it a `schema`; `content` is not read");
            }
        }
    }
}

/// A write without a key cannot be repeated, and a read with one makes no sense.
pub(super) fn keys(spec: &Spec, findings: &mut Findings) {
    for endpoint in spec.endpoints() {
        let reads = matches!(endpoint.method.as_str(), "GET" | "HEAD" | "OPTIONS");
        let keyed = spec.parameters(&endpoint).any(|parameter| {
            text(parameter, "in") == "header"
                && text(parameter, "name").eq_ignore_ascii_case("idempotency-key")
        });
        let public = !has_token(spec, &endpoint);
        if reads && keyed {
            findings.add(&endpoint.pointer, "a read takes an Idempotency-Key", "take the header away");
        } else if !reads && !keyed && !public {
            findings.add(&endpoint.pointer, "a write takes no Idempotency-Key", "add the header parameter");
        }
    }
}

fn has_token(spec: &Spec, endpoint: &crate::spec::Endpoint<'_>) -> bool {
    spec.security(endpoint).iter().flat_map(members).any(|(scheme, _)| spec.is_token(scheme))
}

pub(super) fn scopes(spec: &Spec, findings: &mut Findings) {
    let schemes = &spec.0["components"]["securitySchemes"];
    let flows = members(schemes).flat_map(|(_, scheme)| members(&scheme["flows"]));
    let declared: BTreeSet<&str> =
        flows.flat_map(|(_, flow)| members(&flow["scopes"]).map(|(scope, _)| scope)).collect();
    for endpoint in spec.endpoints() {
        let required: Vec<_> = spec.security(&endpoint).iter().flat_map(members).collect();
        for (scheme, _) in required.iter().filter(|(scheme, _)| schemes.get(*scheme).is_none()) {
            findings.add(&endpoint.pointer, format!("there is no security scheme `{scheme}`"), "declare it");
        }
        let scopes: Vec<&str> = required
            .iter()
            .flat_map(|(_, scopes)| scopes.as_array().into_iter().flatten())
            .filter_map(|s| s.as_str())
            .collect();
        if scopes.len() > 1 {
            findings.add(&endpoint.pointer, format!("it needs {} scopes", scopes.len()), "let it need one");
        }
        for scope in scopes.iter().filter(|scope| !declared.contains(*scope)) {
            findings.add(
                &endpoint.pointer,
                format!("there is no scope `{scope}`"),
                "declare it in the security scheme",
            );
        }
    }
}
