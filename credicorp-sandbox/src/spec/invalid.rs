//! From a validator's findings to the fields of an error: each offending field once, by its dotted path, in plain words.
//!
//! The offending value is never repeated: it may be somebody's name.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;

use crate::problem::FieldError;

pub(super) fn fields<'a>(errors: impl Iterator<Item = ValidationError<'a>>, whole: &str) -> Vec<FieldError> {
    let mut fields: Vec<FieldError> = Vec::new();
    for error in errors {
        for field in of_error(&error, whole) {
            if !fields.iter().any(|known| known.field == field.field) {
                fields.push(field);
            }
        }
    }
    fields
}

fn of_error(error: &ValidationError<'_>, whole: &str) -> Vec<FieldError> {
    let path = dotted(error.instance_path().as_str());
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match error.kind() {
        Kind::Required { property } => {
            vec![FieldError::missing(below(property.as_str().unwrap_or_default()))]
        }
        Kind::AdditionalProperties { unexpected } => {
            unexpected.iter().map(|name| FieldError::unknown(below(name))).collect()
        }
        kind => {
            let (code, message) = words(kind);
            let field = if path.is_empty() { whole.to_owned() } else { path };
            vec![FieldError::new(field, code, message)]
        }
    }
}

/// From a JSON pointer to a dotted path.
fn dotted(pointer: &str) -> String {
    let segments = pointer.split('/').skip(1).map(|segment| segment.replace("~1", "/").replace("~0", "~"));
    segments.collect::<Vec<_>>().join(".")
}

fn words(kind: &Kind) -> (&'static str, String) {
    match kind {
        Kind::Type { kind } => ("invalid_type", format!("must be of type {}", type_name(kind))),
        Kind::Minimum { limit } => ("out_of_range", format!("must be at least {limit}")),
        Kind::Maximum { limit } => ("out_of_range", format!("must be at most {limit}")),
        Kind::ExclusiveMinimum { limit } => ("out_of_range", format!("must be more than {limit}")),
        Kind::ExclusiveMaximum { limit } => ("out_of_range", format!("must be less than {limit}")),
        Kind::MinLength { limit } => ("invalid_length", format!("must have at least {limit} characters")),
        Kind::MaxLength { limit } => ("invalid_length", format!("must have at most {limit} characters")),
        Kind::MinItems { limit } => ("invalid_length", format!("must have at least {limit} items")),
        Kind::MaxItems { limit } => ("invalid_length", format!("must have at most {limit} items")),
        Kind::MinProperties { limit } => ("invalid_length", format!("must have at least {limit} pairs")),
        Kind::MaxProperties { limit } => ("invalid_length", format!("must have at most {limit} pairs")),
        Kind::UniqueItems => ("invalid_value", "must not have an item twice".to_owned()),
        Kind::Enum { options } => ("invalid_value", format!("must be one of {options}")),
        Kind::Format { format } => ("invalid_format", format!("must be a valid {format}")),
        Kind::Pattern { pattern } => ("invalid_format", format!("must match {pattern}")),
        _ => ("invalid_value", "is not what the spec asks for".to_owned()),
    }
}

fn type_name(kind: &jsonschema::error::TypeKind) -> String {
    use jsonschema::error::TypeKind;
    match kind {
        TypeKind::Single(kind) => kind.to_string(),
        TypeKind::Multiple(kinds) => {
            kinds.iter().map(|kind| kind.to_string()).collect::<Vec<_>>().join(" or ")
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::spec::Spec;

    fn offences(body: &Value) -> Vec<(String, &'static str, String)> {
        let spec = Spec::load().unwrap();
        let schema = &spec.operation("create_application").unwrap().body.as_ref().unwrap().schema;
        let fields = schema.offences(body, "body").unwrap();
        fields.into_iter().map(|field| (field.field, field.code, field.message)).collect()
    }

    #[test]
    fn every_offending_field_is_named_once() {
        let mut found = offences(&json!({
            "business": { "company_number": "123", "name": "x" },
            "amount_pence": 99_999,
            "purpose": "yacht",
            "applicant": { "email": "ada" },
            "metadata": { "a": 1 },
            "amount": 5,
        }));
        found.sort();
        let found: Vec<_> = found.iter().map(|(field, code, _)| (field.as_str(), *code)).collect();
        assert_eq!(
            found,
            [
                ("amount", "unknown_field"),
                ("amount_pence", "out_of_range"),
                ("applicant.email", "invalid_format"),
                ("business.company_number", "invalid_length"),
                ("business.name", "unknown_field"),
                ("metadata.a", "invalid_type"),
                ("purpose", "invalid_value"),
                ("term_months", "parameter_missing"),
            ]
        );
    }

    #[test]
    fn the_words_are_plain_and_hold_no_value() {
        let found = offences(&json!({
            "business": { "company_number": "SECRET" }, "amount_pence": "SECRET", "term_months": 61,
        }));
        let words: Vec<_> = found.iter().map(|(_, _, message)| message.as_str()).collect();
        assert!(
            words.contains(&"must be at most 60") && words.contains(&"must be of type integer"),
            "{words:?}"
        );
        assert!(!words.iter().any(|message| message.contains("SECRET")), "{words:?}");
    }

    #[test]
    fn a_body_that_is_no_object_is_one_offence() {
        let found = offences(&json!([1]));
        assert_eq!(found, [("body".to_owned(), "invalid_type", "must be of type object".to_owned())]);
    }
}
