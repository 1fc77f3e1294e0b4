//! One operation, as far as the emulator needs it: where it is, who may call it, what goes in, what comes out.

use std::collections::BTreeMap;

use http::Method;
use serde_json::Value;

use super::reference::Document;
use super::route::Template;
use super::schema::{Definitions, Schema};

#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: Method,
    pub(crate) template: Template,
    /// The scope that a token needs; `None` where no token is asked for.
    pub(crate) scope: Option<String>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) key: KeyRule,
    pub(crate) body: Option<Body>,
    /// How many a second there may be of it, where it has a limit of its own.
    pub(crate) per_second: Option<u32>,
    /// The schema of each answer, by status or `default`; `None` where it has no body.
    answers: BTreeMap<String, Option<Schema>>,
}

/// Whether an operation takes an `Idempotency-Key`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyRule {
    None,
    Optional,
    Required,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Path,
    Query,
    Header,
}

#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) place: Place,
    pub(crate) required: bool,
    pub(crate) schema: Schema,
}

pub(crate) const JSON: &str = "application/json";
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) schema: Schema,
    /// Fields that are required unless another one is there, as dotted paths.
    pub(crate) required_unless: Vec<(String, String)>,
}

pub(super) const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

impl Operation {
    /// What the spec says of this status: `None` nothing, `Some(None)` an answer without a body.
    pub(crate) fn answer(&self, status: u16) -> Option<Option<&Schema>> {
        self.answers.get(&status.to_string()).or_else(|| self.answers.get("default")).map(Option::as_ref)
    }

    #[cfg(test)]
    pub(crate) fn schemas(&self) -> impl Iterator<Item = &Schema> {
        let parameters = self.parameters.iter().map(|parameter| &parameter.schema);
        let body = self.body.iter().map(|body| &body.schema);
        parameters.chain(body).chain(self.answers.values().flatten())
    }

    fn read(
        path: &str,
        method: &str,
        json: &Value,
        document: &Document<'_>,
        definitions: &Definitions,
    ) -> Result<Self, String> {
        let id = json.get("operationId").and_then(Value::as_str).ok_or("it has no operationId")?;
        let parameters = json.get("parameters").and_then(Value::as_array).into_iter().flatten();
        let parameters = parameters
            .map(|parameter| Parameter::read(document.follow(parameter)?, definitions))
            .collect::<Result<Vec<_>, String>>()?;
        let key = match parameters.iter().find(|parameter| parameter.name == IDEMPOTENCY_KEY) {
            None => KeyRule::None,
            Some(parameter) if parameter.required => KeyRule::Required,
            Some(_) => KeyRule::Optional,
        };
        let body = json.get("requestBody").map(|body| Body::read(body, document, definitions)).transpose()?;
        Ok(Self {
            id: id.to_owned(),
            method: method.to_ascii_uppercase().parse().map_err(|_| format!("{method} is no method"))?,
            template: Template::new(path),
            scope: json.pointer("/security/0/oauth2/0").and_then(Value::as_str).map(str::to_owned),
            parameters,
            key,
            body,
            per_second: json
                .pointer("/x-credicorp-rate-limit/per_second")
                .and_then(Value::as_u64)
                .and_then(|limit| u32::try_from(limit).ok()),
            answers: read_answers(json, document, definitions)?,
        })
    }
}

impl Parameter {
    fn read(json: &Value, definitions: &Definitions) -> Result<Self, String> {
        let name = json.get("name").and_then(Value::as_str).ok_or("a parameter has no name")?;
        let place = match json.get("in").and_then(Value::as_str) {
            Some("path") => Place::Path,
            Some("query") => Place::Query,
            Some("header") => Place::Header,
            other => return Err(format!("the parameter {name} is in {other:?}")),
        };
        let schema = json.get("schema").ok_or_else(|| format!("the parameter {name} has no schema"))?;
        Ok(Self {
            name: name.to_owned(),
            place,
            required: json.get("required").and_then(Value::as_bool).unwrap_or(false),
            schema: definitions.schema(schema),
        })
    }
}

impl Body {
    fn read(json: &Value, document: &Document<'_>, definitions: &Definitions) -> Result<Self, String> {
        let json = document.follow(json)?;
        let content = json.get("content").and_then(Value::as_object);
        let (media_type, content) =
            content.and_then(|content| content.iter().next()).ok_or("its body has no content")?;
        if ![JSON, FORM].contains(&media_type.as_str()) {
            return Err(format!("its body is {media_type}"));
        }
        let schema = content.get("schema").ok_or("its body has no schema")?;
        let rules = document.follow(schema)?.get("x-credicorp-required-unless").and_then(Value::as_object);
        let required_unless = rules
            .into_iter()
            .flatten()
            .filter_map(|(field, unless)| Some((field.clone(), unless.as_str()?.to_owned())))
            .collect();
        Ok(Self { schema: definitions.schema(schema), required_unless })
    }
}

fn read_answers(
    json: &Value,
    document: &Document<'_>,
    definitions: &Definitions,
) -> Result<BTreeMap<String, Option<Schema>>, String> {
    let responses = json.get("responses").and_then(Value::as_object).into_iter().flatten();
    responses
        .map(|(status, response)| {
            let schema = document.follow(response)?.pointer("/content/application~1json/schema");
            Ok((status.clone(), schema.map(|schema| definitions.schema(schema))))
        })
        .collect()
}

pub(super) fn read_all(document: &Document<'_>, definitions: &Definitions) -> Result<Vec<Operation>, String> {
    const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];
    let mut operations = Vec::new();
    for (path, item) in document.object("/paths") {
        for method in METHODS {
            let Some(json) = item.get(method) else { continue };
            let operation = Operation::read(path, method, json, document, definitions);
            operations.push(operation.map_err(|why| format!("{method} {path}: {why}"))?);
        }
    }
    Ok(operations)
}
