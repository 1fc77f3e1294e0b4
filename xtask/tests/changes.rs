//! A changed spec is told in the words of the API, and changes the code as it should.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use serde_json::{Value, json};
use support::{at, mini, mini_with, remove};
use xtask::{generate, report};

const SCHEMAS: &str = "/components/schemas";

/// A change of the spec, and all that is told of it.
type Row = (fn(&mut Value), &'static [&'static str]);

#[rustfmt::skip]
const OPERATIONS: &[Row] = &[
    (|s| at(s, "/paths/~1v1~1loans/get")["operationId"] = json!("find_loans"),
        &["additive  operation find_loans: added, GET /v1/loans", "breaking  operation list_loans: removed"]),
    (|s| { let item = s["paths"]["/v1/loans"].take(); remove(s, "/paths", "/v1/loans"); s["paths"]["/v1/credits"] = item },
        &["breaking  operation create_loan: is POST /v1/credits now, not POST /v1/loans", "breaking  operation list_loans: is GET /v1/credits now, not GET /v1/loans"]),
    (|s| at(s, "/paths/~1v1~1loans/get")["security"] = json!([{"oauth2": ["loans:write"]}]),
        &["breaking  operation list_loans: needs the scope loans:write now, not loans:read"]),
    (|s| at(s, "/paths/~1v1~1loans/get")["security"] = json!([]),
        &["additive  operation list_loans: needs the scope nothing now, not loans:read", "additive  operation list_loans: needs no token any more"]),
    (|s| at(s, "/components/parameters/IdempotencyKey")["required"] = json!(true),
        &["breaking  operation create_loan: requires an Idempotency-Key now", "breaking  operation update_loan: requires an Idempotency-Key now"]),
    (|s| at(s, "/components/parameters/RequiredIdempotencyKey")["required"] = json!(false),
        &["additive  operation delete_loan: takes an Idempotency-Key, and does without"]),
    (|s| at(s, "/paths/~1v1~1loans~1{id}/delete/responses")["204"] = at(s, "/paths/~1v1~1loans~1{id}/get/responses/200").clone(),
        &["breaking  operation delete_loan: answers Loan now, not nothing"]),
    (|s| at(s, "/paths/~1v1~1loans/get/parameters/2")["required"] = json!(true),
        &["breaking  operation list_loans, parameter limit: is required now"]),
    (|s| at(s, "/paths/~1v1~1loans/get/parameters/2/schema")["maximum"] = json!(50),
        &["breaking  operation list_loans, parameter limit: maximum is 50 now, not 100"]),
    (|s| at(s, "/paths/~1v1~1loans/get/parameters/2")["name"] = json!("size"),
        &["breaking  operation list_loans, parameter limit: removed", "additive  operation list_loans, parameter size: added, optional, a 32-bit integer"]),
    (|s| { let body = s["x-webhooks"]["loan.opened"].clone(); s["x-webhooks"]["loan.closed"] = body },
        &["additive  event loan.closed: added"]),
    (|s| remove(s, "/x-webhooks", "loan.opened"), &["breaking  event loan.opened: removed"]),
];

#[rustfmt::skip]
const TYPES: &[Row] = &[
    (|s| at(s, SCHEMAS)["LoanKind"]["enum"] = json!(["secured", "guaranteed"]),
        &["breaking  LoanKind: value unsecured removed", "additive  LoanKind: value guaranteed added"]),
    (|s| add(s, "Loan", "colour", json!({"type": "string", "description": "x"})), &["additive  Loan.colour: added, optional, a string"]),
    (|s| { add(s, "Loan", "colour", json!({"type": "string", "description": "x"})); require(s, "Loan", "colour") },
        &["additive  Loan.colour: added, required, a string"]),
    (|s| add(s, "NewLoan", "colour", json!({"type": "string", "description": "x"})), &["additive  NewLoan.colour: added, optional, a string"]),
    (|s| { add(s, "Borrower", "name", json!({"type": "string", "description": "x"})); require(s, "Borrower", "name") },
        &["breaking  Borrower.name: added, required, a string"]),
    (|s| remove(s, "/components/schemas/Loan/properties", "note"), &["breaking  Loan.note: removed"]),
    (|s| require(s, "Loan", "note"), &["breaking  Loan.note: is required now"]),
    (|s| require(s, "Loan", "tags"), &["additive  Loan.tags: is required now"]),
    (|s| require(s, "NewLoan", "tags"), &["breaking  NewLoan.tags: is required now"]),
    (|s| at(s, SCHEMAS)["NewLoan"]["required"] = json!(["borrower", "amount_pence"]), &["breaking  NewLoan.term_months: is optional now"]),
    (|s| at(s, SCHEMAS)["NewLoan"]["required"] = json!(["amount_pence", "borrower", "term_months"]),
        &["breaking  NewLoan: `new` takes its arguments in another order"]),
    (|s| at(s, "/components/schemas/Loan/properties/note")["nullable"] = json!(true), &["additive  Loan.note: may be null now"]),
    (|s| at(s, "/components/schemas/Loan/properties/opened_at")["nullable"] = json!(true), &["breaking  Loan.opened_at: may be null now"]),
    (|s| at(s, "/components/schemas/LoanUpdate/properties/note")["nullable"] = json!(false), &["breaking  LoanUpdate.note: is never null any more"]),
    (|s| at(s, "/components/schemas/Loan/properties")["note"] = json!({"type": "array", "items": {"type": "string"}, "description": "x"}),
        &["breaking  Loan.note: is a list of a string now, not a string"]),
    (|s| at(s, "/components/schemas/NewLoan/properties/term_months")["minimum"] = json!(1),
        &["additive  NewLoan.term_months: minimum is 1 now, not 3"]),
    (|s| remove(s, "/components/schemas/Borrower/properties/company_number", "pattern"),
        &["additive  Borrower.company_number: pattern \"^[A-Z0-9]{8}$\" lifted"]),
    (|s| at(s, "/components/schemas/Loan/properties/note")["maxLength"] = json!(1), &["no changes to the API; words, examples or errors differ"]),
    (|s| at(s, "/components/schemas/Loan")["description"] = json!("Money lent."), &["no changes to the API; words, examples or errors differ"]),
    (|_| {}, &["no changes"]),
];

fn add(spec: &mut Value, name: &str, field: &str, schema: Value) {
    at(spec, SCHEMAS)[name]["properties"][field] = schema;
}

fn require(spec: &mut Value, name: &str, field: &str) {
    at(spec, SCHEMAS)[name]["required"].as_array_mut().unwrap().push(field.into());
}

#[test]
fn each_change_is_told_with_its_effect() {
    for (change, told) in [OPERATIONS, TYPES].into_iter().flatten() {
        assert_eq!(report(&mini(), &mini_with(change)), *told);
    }
}

#[test]
fn the_way_back_is_told_too() {
    let wider = mini_with(|spec| {
        add(spec, "Loan", "colour", json!({"type": "string", "description": "x"}));
        at(spec, SCHEMAS)["LoanKind"]["enum"] = json!(["secured", "unsecured", "guaranteed"]);
    });
    let told = report(&wider, &mini());
    assert_eq!(told, ["breaking  Loan.colour: removed", "breaking  LoanKind: value guaranteed removed"]);
}

/// The lines that only one of the two specs gives, in one generated file.
fn new_lines(change: impl FnOnce(&mut Value), file: &str) -> Vec<String> {
    let path = format!("credicorp-gen/src/generated/{file}");
    let (old, new) = (generate(&mini()).unwrap(), generate(&mini_with(change)).unwrap());
    let old: Vec<&str> = old.files[&path].lines().collect();
    new.files[&path].lines().filter(|line| !old.contains(line)).map(|line| line.trim().to_owned()).collect()
}

#[test]
fn a_new_value_is_a_new_variant() {
    let change = |spec: &mut Value| {
        at(spec, SCHEMAS)["LoanKind"]["enum"] = json!(["secured", "unsecured", "part_secured"])
    };
    assert_eq!(new_lines(change, "models.rs"), ["/// `part_secured`.", "PartSecured = \"part_secured\","]);
}

#[test]
fn a_new_field_is_a_field_and_a_setter() {
    let change = |spec: &mut Value| {
        add(
            spec,
            "NewLoan",
            "broker",
            json!({"type": "string", "maxLength": 9, "pattern": "^b", "description": "Who brokers."}),
        );
    };
    assert_eq!(
        new_lines(change, "types.rs"),
        ["///Who brokers.", "pub broker: ::std::option::Option<::std::string::String>,"]
    );
    assert_eq!(
        new_lines(change, "requests.rs"),
        [
            "broker: Default::default(),",
            "/// Who brokers.",
            "pub fn broker(mut self, broker: impl Into<String>) -> Self {",
            "self.broker = Some(broker.into());",
        ]
    );
}

#[test]
fn a_field_that_is_required_now_is_an_argument() {
    let code = new_lines(|spec| require(spec, "NewLoan", "kind"), "requests.rs");
    assert!(
        code.contains(&"kind: LoanKind,".to_owned()) && code.contains(&"kind: kind,".to_owned()),
        "{code:#?}"
    );
}

#[test]
fn a_new_operation_is_a_method_and_a_row() {
    let change = |spec: &mut Value| {
        let mut close = at(spec, "/paths/~1v1~1loans~1{id}/get").clone();
        close["operationId"] = json!("close_loan");
        close["parameters"] = json!([{"$ref": "#/components/parameters/RequiredIdempotencyKey"}]);
        let parameters = at(spec, "/paths/~1v1~1loans~1{id}/parameters").clone();
        spec["paths"]["/v1/loans/{id}/close"] = json!({"parameters": parameters, "post": close});
    };
    let client = new_lines(change, "client.rs");
    for line in [
        "pub async fn close_loan<'a>(",
        "operation_id: \"close_loan\",",
        "let url = self.inner.url(&[\"/v1/loans/\", encode_path(id.as_str())?, \"/close\"]);",
    ] {
        assert!(client.contains(&line.to_owned()), "{line} in {client:#?}");
    }
    let row = ["id: \"close_loan\",", "path: \"/v1/loans/{id}/close\","];
    assert_eq!(new_lines(change, "operations.rs"), row);
}
