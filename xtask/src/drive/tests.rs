//! What progenitor would ignore without a word is an error.

use serde_json::{Value, json};

use super::{assert_settings, drive};
use crate::{Model, Spec, lower::lower, polish::polish};

fn mini() -> (Value, Model) {
    let spec = Spec::parse(include_str!("../../tests/fixtures/mini.yaml")).unwrap();
    let model = Model::of(&spec);
    (lower(&spec, &model), model)
}

/// A change of the lowered spec that the model does not know of, and what is said about it.
type Row = (fn(&mut Value), &'static str);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    (|schemas| schemas["Loan"]["properties"]["note"] = json!({"type": "string", "enum": ["a", "b"]}),
        "there is a type LoanNote that nobody asked for"),
    (|schemas| { schemas["LoanKinds"] = schemas["LoanKind"].take(); schemas["LoanKind"] = json!({"type": "string"}) },
        "there is a type LoanKinds that nobody asked for"),
    (|schemas| assert!(schemas.as_object_mut().unwrap().remove("OAuthError").is_some()), "the type OAuthError is missing"),
    (|schemas| schemas["Loan"]["properties"]["more"] = json!({"type": "string"}), "the type Loan has 10 fields, not 9"),
    (|schemas| schemas["Loan"]["properties"]["note"] = json!({"type": "string", "pattern": "^x$"}), "it needs the crate regress"),
    (|schemas| schemas["Loan"]["properties"]["note"] = json!({"type": "string", "format": "uuid"}), "it needs the crate uuid"),
    (|schemas| schemas["Loan"]["properties"]["opened_at"]["x-unit"] = json!("s"), "it needs the crate chrono"),
    (|schemas| schemas["Loan"]["properties"]["opened_at"] = json!({"type": "string"}),
        "format date-time as ::jiff::Timestamp: `Timestamp` stands there 0 times, not 1"),
    (|schemas| schemas["Token"]["properties"]["access_token"] = json!({"type": "string"}),
        "format password as crate::Secret: `Secret` stands there 1 times, not 2"),
    (|schemas| schemas["LoanUpdate"]["properties"]["note"]["x-rust-type"]["crate"] = json!("lost"),
        "nullable fields of a PATCH as Nullable: `Nullable` stands there 0 times, not 1"),
];

#[test]
fn the_small_spec_is_printed_as_it_was_asked_for() {
    let (lowered, model) = mini();
    assert!(drive(lowered, &model).is_ok());
}

#[test]
fn a_setting_without_effect_is_an_error() {
    for (tamper, problem) in ROWS {
        let (mut lowered, model) = mini();
        tamper(&mut lowered["components"]["schemas"]);
        let error = drive(lowered, &model).err().map(|error| error.to_string());
        let expected = format!("the printed code is not what was asked for: {problem}");
        assert_eq!(error.as_deref(), Some(expected.as_str()));
    }
}

#[test]
fn a_type_without_its_schema_or_with_that_of_another_is_an_error() {
    let (lowered, model) = mini();
    let printed = drive(lowered, &model).unwrap();
    let text = quote::ToTokens::to_token_stream(&printed).to_string();
    for (found, other) in [
        ("NullOnlyIn (\"next_cursor\")", "NullOnlyIn (\"\")"),
        ("derive (:: schemars :: JsonSchema)", "derive (Eq)"),
        ("feature = \"schemars\"", "feature = \"schemas\""),
    ] {
        assert!(text.contains(found), "{found}");
        let tampered = syn::parse_str(&text.replace(found, other)).unwrap();
        let error = assert_settings(&tampered, &model).unwrap_err().to_string();
        assert!(error.contains("is not `# [cfg_attr (feature = \"schemars\""), "{found}: {error}");
    }
}

#[test]
fn a_polish_that_finds_less_than_it_expects_is_an_error() {
    for (path, problem) in [
        ("/components/schemas/Loan/properties/tags", "lists and maps that read null: 2, not 3"),
        ("/components/schemas/Loan/properties/metadata", "metadata as a plain field: 1, not 2"),
    ] {
        let (mut lowered, model) = mini();
        *lowered.pointer_mut(path).unwrap() = json!({"type": "string"});
        let error = polish(drive(lowered, &model).unwrap(), &model).unwrap_err().to_string();
        assert!(error.contains(problem), "{error}");
    }
}
