//! Text fields as JSON, for what is said in forms and on command lines.

use serde_json::{Map, Value};

/// Truth values and numbers are read as such, everything else is text.
pub(crate) fn to_json(fields: impl IntoIterator<Item = (String, String)>) -> Value {
    let fields = fields.into_iter().map(|(name, text)| (name, scalar(text)));
    Value::Object(fields.collect::<Map<_, _>>())
}

fn scalar(text: String) -> Value {
    match serde_json::from_str(&text) {
        Ok(value @ (Value::Bool(_) | Value::Number(_))) => value,
        _ => Value::String(text),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_looks_like_a_number_is_one() {
        let fields =
            [("a", "1"), ("b", "0.5"), ("c", "true"), ("d", "x"), ("e", "\"1\""), ("f", "null"), ("g", "")];
        let read = to_json(fields.map(|(name, text)| (name.to_owned(), text.to_owned())));
        let expected = json!({"a": 1, "b": 0.5, "c": true, "d": "x", "e": "\"1\"", "f": "null", "g": ""});
        assert_eq!(read, expected);
    }
}
