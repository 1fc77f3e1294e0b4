//! The spec, read once for the whole process: what the emulator routes, validates and checks itself by.
//!
//! `generated/partner-v1.json` is the published spec as JSON. Nothing about an operation is said a second time in code, but what it does.

mod invalid;
mod nulls;
mod operation;
mod reference;
mod route;
mod schema;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::Value;

use crate::error::Error;

pub(crate) use operation::{FORM, JSON, KeyRule, Operation, Parameter, Place};
pub(crate) use route::Route;

use reference::Document;
use schema::{Definitions, Schema};

const SPEC: &str = include_str!("generated/partner-v1.json");

#[derive(Debug)]
pub(crate) struct Spec {
    operations: Vec<Operation>,
    /// The schema of each event's body, by type.
    events: BTreeMap<String, Schema>,
    error: Schema,
    pub(crate) scopes: Vec<String>,
    pub(crate) companies: Vec<Company>,
}

/// A company that the sandbox knows, and what is decided about it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Company {
    pub(crate) company_number: String,
    pub(crate) name: Option<String>,
    pub(crate) outcome: Outcome,
    pub(crate) reason: Option<String>,
    /// What a referral resolves to.
    pub(crate) final_outcome: Option<Outcome>,
    /// How much of the amount that was asked for is approved in the end.
    pub(crate) final_amount_percent: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    Approved,
    Referred,
    Declined,
}

impl Spec {
    /// The one spec of this process.
    pub(crate) fn load() -> Result<&'static Self, Error> {
        static LOADED: OnceLock<Result<Spec, String>> = OnceLock::new();
        LOADED
            .get_or_init(|| Self::read(SPEC))
            .as_ref()
            .map_err(|why| Error::new(format!("the spec inside the sandbox cannot be used: {why}")))
    }

    fn read(text: &str) -> Result<Self, String> {
        let json: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let document = Document::new(&json);
        let definitions = Definitions::new(&document)?;
        let operations = operation::read_all(&document, &definitions)?;
        let events = document
            .object("/x-webhooks")
            .map(|(kind, item)| {
                let schema = item.pointer("/post/requestBody/content/application~1json/schema");
                let schema = schema.ok_or_else(|| format!("x-webhooks {kind} has no body"))?;
                Ok((kind.clone(), definitions.schema(schema)))
            })
            .collect::<Result<_, String>>()?;
        let scopes = document
            .object("/components/securitySchemes/oauth2/flows/clientCredentials/scopes")
            .map(|(scope, _)| scope.clone())
            .collect();
        let companies = json.pointer("/x-credicorp-sandbox/companies").cloned().unwrap_or_default();
        let companies =
            serde_json::from_value(companies).map_err(|error| format!("x-credicorp-sandbox: {error}"))?;
        let error = definitions.component("ErrorEnvelope");
        Ok(Self { operations, events, error, scopes, companies })
    }

    pub(crate) fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.id == id)
    }

    pub(crate) fn operations(&self) -> &[Operation] {
        &self.operations
    }

    pub(crate) fn company(&self, number: &str) -> Option<&Company> {
        self.companies.iter().find(|company| company.company_number == number)
    }

    /// What is wrong with an answer, by the spec; the operation is absent where the request had none.
    pub(crate) fn answer_violation(
        &self,
        operation: Option<&Operation>,
        status: u16,
        body: &[u8],
    ) -> Option<String> {
        let Some(operation) = operation else {
            return self.error.violation(body);
        };
        match operation.answer(status) {
            None => Some("the spec has no such status".to_owned()),
            Some(None) if body.is_empty() => None,
            Some(None) => Some("the spec has no body for this status".to_owned()),
            Some(Some(schema)) => schema.violation(body),
        }
    }

    /// Every type of event.
    pub(crate) fn event_types(&self) -> impl Iterator<Item = &str> {
        self.events.keys().map(String::as_str)
    }

    /// What is wrong with an event's body, by the spec.
    pub(crate) fn event_violation(&self, kind: &str, body: &[u8]) -> Option<String> {
        match self.events.get(kind) {
            None => Some("the spec has no such event".to_owned()),
            Some(schema) => schema.violation(body),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spec_is_usable_as_a_whole() {
        let spec = Spec::load().unwrap();
        assert_eq!(spec.operations().len(), 26);
        assert_eq!(spec.scopes.len(), 11);
        assert!(spec.events.contains_key("decision.completed"));
        for operation in spec.operations() {
            assert!(operation.answer(404).is_some(), "{} has no default answer", operation.id);
            assert_eq!(operation.scope.is_none(), operation.id == "create_token");
        }
    }

    #[test]
    fn every_schema_compiles() {
        let spec = Spec::load().unwrap();
        for operation in spec.operations() {
            for schema in operation.schemas() {
                assert_eq!(schema.problem(), None, "{}", operation.id);
            }
        }
        for (kind, schema) in &spec.events {
            assert_eq!(schema.problem(), None, "{kind}");
        }
    }

    #[test]
    fn every_company_has_an_outcome() {
        let spec = Spec::load().unwrap();
        assert_eq!(spec.companies.len(), 8);
        for company in &spec.companies {
            assert_eq!(
                company.outcome == Outcome::Declined,
                company.reason.is_some(),
                "{}",
                company.company_number
            );
            assert_eq!(company.outcome == Outcome::Referred, company.final_outcome.is_some());
        }
    }
}
