//! Every rule refuses what breaks it, and says where and how to mend it.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use support::{at, mini, mini_with, remove};
use xtask::{Error, generate, lint, rules};

const LOANS: &str = "/paths/~1v1~1loans";
const LOAN: &str = "/paths/~1v1~1loans~1{id}";
const SCHEMAS: &str = "/components/schemas";

/// A rule, a change that breaks it, where that is found, and how to mend it.
type Row = (&'static str, fn(&mut Value), &'static str, &'static str);

#[rustfmt::skip]
const NAMES: &[Row] = &[
    ("version", |s| s["openapi"] = json!("3.1.0"), "/openapi", "write 3.0.3"),
    ("references", |s| at(s, SCHEMAS)["Loan"]["properties"]["id"] = json!({"$ref": "#/components/schemas/Lost"}),
        "/components/schemas/Loan/properties/id", "mend the name"),
    ("references", |s| at(s, SCHEMAS)["Loan"]["properties"]["id"] = json!({"$ref": "other.yaml#/LoanId"}),
        "/components/schemas/Loan/properties/id", "refer to `#/components/..`"),
    ("component names", |s| at(s, SCHEMAS)["loan_2"] = s["components"]["schemas"]["LoanId"].clone(),
        "/components/schemas/loan_2", "PascalCase"),
    ("component names", |s| at(s, SCHEMAS)["LOANID"] = s["components"]["schemas"]["LoanId"].clone(),
        "/components/schemas/LoanId", "rename one"),
    ("component names", |s| at(s, SCHEMAS)["Option"] = s["components"]["schemas"]["LoanId"].clone(),
        "/components/schemas/Option", "choose another"),
    ("property names", |s| at(s, SCHEMAS)["Loan"]["properties"]["dueOn"] = text("x"),
        "/components/schemas/Loan/properties/dueOn", "snake_case"),
    ("property names", |s| at(s, SCHEMAS)["Loan"]["properties"]["self"] = text("x"),
        "/components/schemas/Loan/properties/self", "choose another"),
    ("property names", |s| at(s, LOANS)["get"]["parameters"][3]["name"] = json!("tag[]"),
        "/paths/~1v1~1loans/get", "snake_case"),
    ("descriptions", |s| remove(s, "/components/schemas/Loan", "description"), "/components/schemas/Loan", "add a `description`"),
    ("descriptions", |s| remove(s, "/components/schemas/Loan/properties/note", "description"),
        "/components/schemas/Loan/properties/note", "add a `description`"),
    ("descriptions", |s| remove(s, &format!("{LOANS}/get/parameters/2"), "description"),
        "/paths/~1v1~1loans/get/parameters/limit", "add a `description`"),
    ("descriptions", |s| remove(s, &format!("{LOAN}/get"), "description"), "/paths/~1v1~1loans~1{id}/get", "add a `description`"),
    ("descriptions", |s| at(s, SCHEMAS)["Loan"]["description"] = json!("So:\n```\nlet x = 1;\n```"),
        "/components/schemas/Loan", "`code` in the line"),
    ("descriptions", |s| at(s, SCHEMAS)["Loan"]["properties"]["note"]["description"] = json!("So:\n\n    let x = 1;"),
        "/components/schemas/Loan/properties/note", "`code` in the line"),
    ("evidence", |s| remove(s, &format!("{LOANS}/get"), "x-credicorp-evidence"), "/paths/~1v1~1loans/get", "seed, portal or chosen"),
    ("evidence", |s| at(s, SCHEMAS)["Loan"]["x-credicorp-evidence"] = json!("rumour"), "/components/schemas/Loan", "seed, portal or chosen"),
];

#[rustfmt::skip]
const OPERATIONS: &[Row] = &[
    ("operation ids", |s| remove(s, &format!("{LOANS}/get"), "operationId"), "/paths/~1v1~1loans/get", "give it one"),
    ("operation ids", |s| at(s, LOANS)["get"]["operationId"] = json!("listLoans"), "/paths/~1v1~1loans/get", "snake_case"),
    ("operation ids", |s| at(s, LOAN)["get"]["operationId"] = json!("list_loans"), "/paths/~1v1~1loans~1{id}/get", "rename one"),
    ("tags", |s| at(s, LOANS)["get"]["tags"] = json!(["loans", "oauth"]), "/paths/~1v1~1loans/get", "give it one"),
    ("tags", |s| at(s, LOANS)["get"]["tags"] = json!([]), "/paths/~1v1~1loans/get", "give it one"),
    ("tags", |s| at(s, LOANS)["get"]["tags"] = json!(["debts"]), "/paths/~1v1~1loans/get", "add the tag"),
    ("paths", |s| at(s, LOAN)["parameters"][0]["name"] = json!("loan"), "/paths/~1v1~1loans~1{id}/get", "declare it"),
    ("paths", |s| { let item = at(s, LOANS).take(); s["paths"]["/v1/loans/"] = item; remove(s, "/paths", "/v1/loans") },
        "/paths/~1v1~1loans~1/get", "single slashes"),
    ("parameters", |s| at(s, LOANS)["get"]["parameters"][0]["in"] = json!("cookie"), "/paths/~1v1~1loans/get", "into the path or the query"),
    ("parameters", |s| at(s, LOANS)["get"]["parameters"][0]["style"] = json!("deepObject"), "/paths/~1v1~1loans/get", "one parameter a field"),
    ("parameters", |s| at(s, LOANS)["get"]["parameters"][3]["explode"] = json!(false), "/paths/~1v1~1loans/get", "leave `explode` out"),
    ("parameters", |s| remove(s, &format!("{LOANS}/get/parameters/3"), "schema"), "/paths/~1v1~1loans/get", "give it a `schema`"),
    ("parameters", |s| at(s, LOAN)["parameters"][0]["schema"] = json!({"type": "string", "format": "date-time"}),
        "/paths/~1v1~1loans~1{id}/get", "refer to an id"),
    ("parameters", |s| push(s, LOANS, json!({"name": "since", "in": "header", "description": "x", "schema": {"type": "string", "format": "date-time"}})),
        "/paths/~1v1~1loans/get", "in the query or the body"),
    ("parameters", |s| push(s, LOANS, json!({"name": "x-tenant", "in": "header", "required": true, "description": "x", "schema": {"type": "string"}})),
        "/paths/~1v1~1loans/get", "teach it first"),
    ("keys", |s| push(s, LOANS, json!({"$ref": "#/components/parameters/IdempotencyKey"})), "/paths/~1v1~1loans/get", "take the header away"),
    ("keys", |s| at(s, LOANS)["post"]["parameters"] = json!([]), "/paths/~1v1~1loans/post", "add the header"),
    ("scopes", |s| at(s, LOANS)["get"]["security"] = json!([{"oauth2": ["loans:read", "loans:write"]}]), "/paths/~1v1~1loans/get", "need one"),
    ("scopes", |s| at(s, LOANS)["get"]["security"] = json!([{"oauth2": ["loans:sell"]}]), "/paths/~1v1~1loans/get", "declare it"),
    ("scopes", |s| at(s, LOANS)["get"]["security"] = json!([{"lost": []}]), "/paths/~1v1~1loans/get", "declare it"),
];

#[rustfmt::skip]
const BODIES: &[Row] = &[
    ("one success", |s| at(s, LOANS)["get"]["responses"]["202"] = json!({"description": "Later."}), "/paths/~1v1~1loans/get/responses", "leave one"),
    ("one success", |s| remove(s, &format!("{LOANS}/get/responses"), "200"), "/paths/~1v1~1loans/get/responses", "leave one"),
    ("one success", |s| at(s, LOANS)["get"]["responses"]["200"]["content"]["text/csv"] = json!({"schema": {"type": "string"}}),
        "/paths/~1v1~1loans/get/responses/200", "leave `application/json` alone"),
    ("one success", |s| at(s, LOANS)["get"]["responses"]["200"]["content"]["application/json"]["schema"] = json!({"type": "object", "description": "x"}),
        "/paths/~1v1~1loans/get/responses/200", "refer to a schema"),
    ("errors", |s| remove(s, &format!("{LOANS}/post/responses"), "5XX"), "/paths/~1v1~1loans/post/responses", "add `default`"),
    ("errors", |s| at(s, LOANS)["get"]["responses"]["404"] = at(s, "/paths/~1oauth~1token/post/responses/default").clone(),
        "/paths/~1v1~1loans/get/responses/404", "let every error be"),
    ("errors", |s| at(s, "/paths/~1oauth~1token/post/responses")["default"] = json!({"$ref": "#/components/responses/Error"}),
        "/paths/~1oauth~1token/post/responses/default", "OAuthError where"),
    ("request bodies", |s| at(s, LOAN)["patch"]["requestBody"]["required"] = json!(false), "/paths/~1v1~1loans~1{id}/patch/requestBody", "`required: true`"),
    ("request bodies", |s| at(s, LOAN)["patch"]["requestBody"]["content"]["multipart/form-data"] = json!({}),
        "/paths/~1v1~1loans~1{id}/patch/requestBody", "leave one of the two"),
    ("request bodies", |s| at(s, LOAN)["patch"]["requestBody"]["content"]["application/json"]["schema"] = json!({"type": "object", "description": "x"}),
        "/paths/~1v1~1loans~1{id}/patch/requestBody", "refer to a schema"),
    ("request bodies", |s| at(s, LOAN)["delete"]["requestBody"] = json!({"$ref": "#/components/requestBodies/NewLoan"}),
        "/paths/~1v1~1loans~1{id}/delete/requestBody", "take it away"),
    ("webhooks", |s| remove(s, "/x-webhooks/loan.opened/post", "requestBody"), "/x-webhooks/loan.opened", "JSON body"),
    ("webhooks", |s| at(s, "/x-webhooks/loan.opened/post/requestBody/content/application~1json/example")["type"] = json!("loan.closed"),
        "/x-webhooks/loan.opened", "`type` is the event's name"),
    ("webhooks", |s| { remove(s, SCHEMAS, "LoanOpened"); remove(s, "/x-webhooks/loan.opened/post/requestBody/content/application~1json/schema/allOf/1/properties", "data") },
        "/x-webhooks/loan.opened", "name it"),
    ("webhooks", |s| remove(s, &format!("{SCHEMAS}/LoanOpened/properties"), "loan_id"), "/x-webhooks/loan.opened", "reads the resource again by"),
    ("examples", |s| at(s, SCHEMAS)["Borrower"]["properties"]["company_number"]["example"] = json!(16093826),
        "/components/schemas/Borrower/properties/company_number/example", "quote ids"),
    ("examples", |s| at(s, SCHEMAS)["Loan"]["example"] = json!({"id": "loan_1", "tags": ["a", 1]}),
        "/components/schemas/Loan/example/tags/1", "quote ids"),
    ("examples", |s| at(s, LOAN)["patch"]["requestBody"]["content"]["application/json"]["examples"] = json!({"clear": {"value": {"note": null, "kind": true}}}),
        "/paths/~1v1~1loans~1{id}/patch/requestBody/content/application~1json/examples/clear/kind", "quote ids"),
];

#[rustfmt::skip]
const TYPES: &[Row] = &[
    ("enums", |s| at(s, SCHEMAS)["Loan"]["properties"]["colour"] = json!({"type": "string", "enum": ["red"], "description": "x"}),
        "/components/schemas/Loan/properties/colour", "make it a schema"),
    ("enums", |s| at(s, SCHEMAS)["LoanKind"] = json!({"type": "integer", "format": "int32", "enum": [1, 2], "description": "x", "x-credicorp-evidence": "chosen"}),
        "/components/schemas/LoanKind", "quote the values"),
    ("enums", |s| at(s, SCHEMAS)["LoanKind"]["nullable"] = json!(true), "/components/schemas/LoanKind", "where the enum is used"),
    ("enums", |s| at(s, SCHEMAS)["LoanKind"]["enum"] = json!(["secured", "unknown"]), "/components/schemas/LoanKind", "rename it"),
    ("enums", |s| at(s, SCHEMAS)["LoanKind"]["enum"] = json!(["secured", "30_days"]), "/components/schemas/LoanKind", "rename it"),
    ("enums", |s| at(s, SCHEMAS)["LoanKind"]["enum"] = json!(["in_use", "in-use"]), "/components/schemas/LoanKind", "rename one"),
    ("unions", |s| at(s, SCHEMAS)["Loan"]["properties"]["source"] = json!({"description": "x", "oneOf": [{"$ref": "#/components/schemas/Borrower"}]}),
        "/components/schemas/Loan/properties/source", "a field for each kind"),
    ("unions", |s| at(s, SCHEMAS)["LoanId"] = json!({"description": "x", "anyOf": [{"type": "string"}], "x-credicorp-evidence": "chosen"}),
        "/components/schemas/LoanId", "a field for each kind"),
    ("unions", |s| at(s, SCHEMAS)["Loan"]["allOf"] = json!([{"$ref": "#/components/schemas/Borrower"}, {"$ref": "#/components/schemas/ErrorBody"}]),
        "/components/schemas/Loan", "write the fields"),
    ("objects", |s| at(s, SCHEMAS)["Loan"]["properties"]["bank"] = json!({"type": "object", "description": "x", "properties": {"name": {"type": "string", "description": "x"}}}),
        "/components/schemas/Loan/properties/bank", "make it a schema"),
    ("objects", |s| at(s, SCHEMAS)["Loan"]["properties"]["bank"] = json!({"description": "x"}), "/components/schemas/Loan/properties/bank", "give it a `type`"),
    ("objects", |s| at(s, SCHEMAS)["Loans"] = json!({"type": "array", "items": {"$ref": "#/components/schemas/Loan"}, "description": "x", "x-credicorp-evidence": "chosen"}),
        "/components/schemas/Loans", "write it out"),
    ("objects", |s| at(s, SCHEMAS)["Day"] = json!({"type": "string", "format": "date", "description": "x", "x-credicorp-evidence": "chosen"}),
        "/components/schemas/Day", "write it out"),
    ("numbers", |s| at(s, SCHEMAS)["Loan"]["properties"]["rate"] = json!({"type": "number", "description": "x"}), "/components/schemas/Loan/properties/rate", "smallest unit"),
    ("numbers", |s| at(s, SCHEMAS)["Loan"]["properties"]["count"] = json!({"type": "integer", "description": "x"}), "/components/schemas/Loan/properties/count", "int32 for a count"),
    ("ids, money, time", |s| at(s, SCHEMAS)["Loan"]["properties"]["fee_pence"] = json!({"type": "integer", "format": "int64", "description": "x"}),
        "/components/schemas/Loan/properties/fee_pence", "refer to `Pence`"),
    ("ids, money, time", |s| at(s, SCHEMAS)["Loan"]["properties"]["closed_at"] = text("x"), "/components/schemas/Loan/properties/closed_at", "date-time"),
    ("ids, money, time", |s| at(s, SCHEMAS)["Loan"]["properties"]["due_on"] = text("x"), "/components/schemas/Loan/properties/due_on", "format: date"),
    ("ids, money, time", |s| at(s, SCHEMAS)["LoanOpened"]["properties"]["loan_id"] = text("x"), "/components/schemas/LoanOpened/properties/loan_id", "id's own type"),
    ("null", |s| at(s, SCHEMAS)["NewLoan"]["properties"]["term_months"]["nullable"] = json!(true), "/components/schemas/NewLoan/properties/term_months", "make it optional"),
    ("null", |s| at(s, SCHEMAS)["Loan"]["nullable"] = json!(true), "/components/schemas/Loan", "where it is used"),
];

fn text(description: &str) -> Value {
    json!({"type": "string", "description": description})
}

fn push(spec: &mut Value, path: &str, parameter: Value) {
    at(spec, path)["get"]["parameters"].as_array_mut().unwrap().push(parameter);
}

fn table() -> impl Iterator<Item = &'static Row> {
    [NAMES, OPERATIONS, BODIES, TYPES].into_iter().flatten()
}

#[test]
fn the_small_spec_breaks_no_rule() {
    assert_eq!(lint(&mini()), []);
}

#[test]
fn what_breaks_a_rule_is_refused_with_the_place_and_the_mend() {
    for (rule, change, place, mend) in table() {
        let findings = lint(&mini_with(change));
        let found = findings.iter().any(|f| f.rule == *rule && f.place == *place && f.mend.contains(mend));
        assert!(found, "{rule} at {place}: {findings:#?}");
    }
}

#[test]
fn every_rule_has_a_row() {
    let tested: BTreeSet<&str> = table().map(|(rule, ..)| *rule).collect();
    assert_eq!(tested, rules().collect());
}

#[test]
fn all_findings_are_told_together_and_nothing_is_made() {
    let spec = mini_with(|spec| {
        spec["openapi"] = json!("3.1.0");
        at(spec, SCHEMAS)["LoanKind"]["enum"] = json!(["unknown"]);
    });
    let error = generate(&spec).unwrap_err();
    assert!(matches!(error, Error::Findings(ref findings) if findings.len() == 2));
    assert_eq!(
        error.to_string(),
        "/openapi: the version is `3.1.0`; write 3.0.3: progenitor reads nothing newer\n\
         /components/schemas/LoanKind: the value `unknown` would be the variant `Unknown`; rename it: the variant cannot be \
         written, or means what the client does not know\n\
         the spec breaks rules in 2 places"
    );
}

#[test]
fn a_key_that_is_there_twice_is_an_error() {
    let error = xtask::Spec::parse("openapi: 3.0.3\nopenapi: 3.0.3\n").unwrap_err();
    assert!(error.to_string().contains("openapi"), "{error}");
}
