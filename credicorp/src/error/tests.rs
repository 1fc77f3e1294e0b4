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
        let text = redact_json(&serde_json::from_str::<Shape>(body).unwrap_err()).to_string();
        assert!(text.contains(kept), "{body}: {text}");
        assert!(!text.contains("hunter2") && !text.contains("777"), "{text}");
    }
}

#[test]
fn a_message_of_serdes_own_is_not_trusted_with_a_value() {
    let custom: serde_json::Error = serde::de::Error::custom("bad date \"hunter2\" given");
    assert_eq!(redact_json(&custom).to_string(), "bad date at line 0 column 0");
    let bare: serde_json::Error = serde::de::Error::custom("failed to parse \"x\" hunter2, expected more");
    assert!(!redact_json(&bare).to_string().contains("hunter2"));
}

#[test]
fn an_error_is_small_and_goes_between_threads() {
    fn sendable<T: Send + Sync + Clone + 'static>() {}
    sendable::<Error>();
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}
