//! What is sent and answered: request bodies, successes, errors, webhook events, examples.

use serde_json::Value;

use super::{Findings, schemas};
use crate::spec::{Endpoint, Spec, component, escaped, event_body, event_data, members, resource_id, text};

/// One success with one JSON schema of a name, or without a body: progenitor knows one type an operation.
pub(super) fn success(spec: &Spec, findings: &mut Findings) {
    for endpoint in spec.endpoints() {
        let successes: Vec<_> =
            spec.responses(&endpoint).filter(|(status, _)| status.starts_with('2')).collect();
        let [(status, response)] = successes[..] else {
            let problem = format!("it has {} successes", successes.len());
            findings.add(
                format!("{}/responses", endpoint.pointer),
                problem,
                "leave one: an operation has one type of answer",
            );
            continue;
        };
        let place = format!("{}/responses/{status}", endpoint.pointer);
        let content: Vec<_> = members(&response["content"]).collect();
        match content[..] {
            [] => {}
            [("application/json", body)] if component(&body["schema"]).is_some() => {}
            [("application/json", _)] => {
                findings.add(
                    place,
                    "the answer has a type without a name",
                    "refer to a schema of `#/components/schemas`",
                );
            }
            _ => findings.add(place, "the answer is not just JSON", "leave `application/json` alone"),
        }
    }
}

/// The client decodes one shape of error, or RFC 6749's where a token is asked for.
pub(super) fn errors(spec: &Spec, findings: &mut Findings) {
    for endpoint in spec.endpoints() {
        let expected = if is_token_endpoint(spec, &endpoint) { "OAuthError" } else { "ErrorEnvelope" };
        let place = format!("{}/responses", endpoint.pointer);
        let has = |status: &str| endpoint.value["responses"].get(status).is_some();
        let complete = has("default") || (has("4XX") && has("5XX"));
        if !complete {
            findings.add(&place, "not every error is there", "add `default`, or both `4XX` and `5XX`");
        }
        for (status, response) in spec.responses(&endpoint).filter(|(status, _)| !status.starts_with('2')) {
            for (media_type, body) in members(&response["content"]) {
                if media_type != "application/json" || component(&body["schema"]) != Some(expected) {
                    findings.add(
                        format!("{place}/{status}"),
                        format!("the error is not an {expected} in JSON"),
                        "let every error be an ErrorEnvelope, and an OAuthError where a token is asked for",
                    );
                }
            }
        }
    }
}

fn is_token_endpoint(spec: &Spec, endpoint: &Endpoint<'_>) -> bool {
    let schemes =
        members(&spec.0["components"]["securitySchemes"]).flat_map(|(_, scheme)| members(&scheme["flows"]));
    schemes
        .into_iter()
        .any(|(_, flow)| !endpoint.path.is_empty() && text(flow, "tokenUrl").ends_with(endpoint.path))
}

pub(super) fn requests(spec: &Spec, findings: &mut Findings) {
    for endpoint in spec.endpoints() {
        let Some(body) = endpoint.value.get("requestBody").map(|body| spec.resolve(body)) else {
            continue;
        };
        let place = format!("{}/requestBody", endpoint.pointer);
        if matches!(endpoint.method.as_str(), "GET" | "HEAD" | "DELETE") {
            findings.add(&place, "this method has no body", "take it away");
        }
        if body["required"] != true {
            findings.add(&place, "the body is optional", "write `required: true`: progenitor knows no other");
        }
        let content: Vec<_> = members(&body["content"]).collect();
        match content[..] {
            [("application/json" | "application/x-www-form-urlencoded", content)] => {
                if component(&content["schema"]).is_none() {
                    let mend = "refer to a schema of `#/components/schemas`";
                    findings.add(&place, "the body has a type without a name", mend);
                }
            }
            _ => {
                findings.add(&place, "the body is neither just JSON nor just a form", "leave one of the two")
            }
        }
    }
}

/// An event is a named body with an example of its own type.
pub(super) fn webhooks(spec: &Spec, findings: &mut Findings) {
    for (name, item) in spec.events() {
        let body = event_body(item);
        let place = format!("/x-webhooks/{}", escaped(name));
        if body["schema"].is_null() {
            findings.add(&place, "the event has no body", "give its `post` a JSON body with a schema");
        }
        let example = spec.example(body);
        if text(example, "type") != name {
            findings.add(
                &place,
                "the event has no example of its type",
                "add an `example` whose `type` is the event's name",
            );
        }
        let id = resource_id(name);
        match event_data(body).map(|data| &spec.0["components"]["schemas"][data]) {
            None => findings.add(
                &place,
                "the data has no type",
                "name it in `#/components/schemas`, and refer to it",
            ),
            Some(data) if data["properties"][&id].is_null() => findings.add(
                &place,
                format!("the data has no `{id}`"),
                "add it: it is what a receiver reads the resource again by, and what the id of a nested one is read into",
            ),
            Some(_) => {}
        }
    }
}

/// YAML takes an unquoted `16093826` for a number and `on` for a truth: an example must be of its schema's type.
pub(super) fn examples(spec: &Spec, findings: &mut Findings) {
    for (place, schema) in schemas(spec) {
        for keyword in ["example", "default"] {
            if let Some(value) = schema.get(keyword) {
                fits(spec, schema, value, format!("{place}/{keyword}"), findings);
            }
        }
    }
    for endpoint in spec.endpoints() {
        let answers =
            spec.responses(&endpoint).map(|(status, response)| (format!("/responses/{status}"), response));
        let request =
            endpoint.value.get("requestBody").map(|body| ("/requestBody".to_owned(), spec.resolve(body)));
        for (part, holder) in answers.chain(request) {
            for (media_type, content) in members(&holder["content"]) {
                let place = format!("{}{part}/content/{}", endpoint.pointer, escaped(media_type));
                if let Some(value) = content.get("example") {
                    fits(spec, &content["schema"], value, format!("{place}/example"), findings);
                }
                for (name, example) in members(&content["examples"]) {
                    let value = &spec.resolve(example)["value"];
                    fits(
                        spec,
                        &content["schema"],
                        value,
                        format!("{place}/examples/{}", escaped(name)),
                        findings,
                    );
                }
            }
        }
    }
}

fn fits(spec: &Spec, schema: &Value, value: &Value, place: String, findings: &mut Findings) {
    let nullable = schema["nullable"] == true;
    let schema = component(schema).map_or(schema, |name| &spec.0["components"]["schemas"][name]);
    let of = text(schema, "type");
    let right = (nullable && value.is_null())
        || match of {
            "string" => value.is_string(),
            "integer" => value.is_i64() || value.is_u64(),
            "boolean" => value.is_boolean(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            _ => true,
        };
    if !right {
        findings.add(
            place,
            format!("the example `{value}` is no {of}"),
            "write one of that type; quote ids, dates and numbers",
        );
        return;
    }
    for (name, member) in members(value) {
        fits(spec, &schema["properties"][name], member, format!("{place}/{}", escaped(name)), findings);
    }
    for (index, element) in value.as_array().into_iter().flatten().enumerate() {
        fits(spec, &schema["items"], element, format!("{place}/{index}"), findings);
    }
}
