//! What was wrong with a document, without the values that serde quotes: they may be secrets or personal data.

use std::{error::Error, fmt};

use serde_json::error::Category;

/// The rule that a document broke, and the place; never a value of the document.
#[derive(Debug)]
pub struct JsonFailure(String);

impl fmt::Display for JsonFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for JsonFailure {}

impl From<serde_json::Error> for JsonFailure {
    fn from(error: serde_json::Error) -> Self {
        let text = error.to_string();
        // Only what is wrong with the data quotes a value, and a missing field is a name of ours.
        if error.classify() != Category::Data || text.starts_with("missing field `") {
            return Self(text);
        }
        let place = format!("at line {} column {}", error.line(), error.column());
        // A type's own words may quote a value in any way; serde's are known.
        const SERDES: [&str; 4] = ["invalid ", "unknown ", "duplicate field", "missing field"];
        if !SERDES.iter().any(|known| text.starts_with(known)) {
            return Self(format!("a value cannot be read {place}"));
        }
        let what = text.split(['`', '"', ',']).next().unwrap_or_default();
        let what = what.trim_end_matches(|character: char| !character.is_alphabetic());
        // What is expected is our own text, and stands last.
        match text.rsplit_once(", expected ") {
            Some((_, expected)) => {
                let expected = expected.split(" at line ").next().unwrap_or_default();
                Self(format!("{what}, expected {expected} {place}"))
            }
            None => Self(format!("{what} {place}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only its reading is tested")]
    struct Shape {
        number: i64,
        flag: Option<bool>,
        list: Option<Vec<u8>>,
    }

    #[test]
    fn json_failures_keep_the_rule_and_drop_the_value() {
        for (body, kept) in [
            (r#"{"number":"hunter2"}"#, "invalid type: string, expected i64 at line 1"),
            (r#"{"number":"hunter2, expected x"}"#, "invalid type: string, expected i64 at line 1"),
            (r#"{"number":1.5}"#, "invalid type: floating point, expected i64 at line 1"),
            (r#"{"number":99999999999999999999}"#, "expected i64"),
            (r#"{"number":1,"flag":"hunter2"}"#, "expected a boolean"),
            (r#"{"number":1,"list":[777]}"#, "expected u8"),
            (r#"{"flag":true}"#, "missing field `number`"),
            (r#""hunter2""#, "invalid type: string"),
            ("hunter2", "expected value at line 1 column 1"),
            ("", "EOF while parsing"),
        ] {
            let text = JsonFailure::from(serde_json::from_str::<Shape>(body).unwrap_err()).to_string();
            assert!(text.contains(kept), "{body}: {text}");
            assert!(!text.contains("hunter2") && !text.contains("777"), "{text}");
        }
    }

    #[test]
    fn a_message_of_serdes_own_is_not_trusted_with_a_value() {
        let custom: serde_json::Error = serde::de::Error::custom("bad date \"hunter2\" given");
        assert_eq!(JsonFailure::from(custom).to_string(), "a value cannot be read at line 0 column 0");
        let bare: serde_json::Error =
            serde::de::Error::custom("failed to parse \"x\" hunter2, expected more");
        assert!(!JsonFailure::from(bare).to_string().contains("hunter2"));
    }
}
