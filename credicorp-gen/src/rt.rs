//! The names that the generated code calls. It knows them as `progenitor_client`; rustc checks that none is missing.

use reqwest::RequestBuilder;
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};
use serde_json::Value;

use crate::Response;
pub(crate) use crate::{Error, response::ResponseValue};

/// What a generated client tells of itself.
#[allow(dead_code, reason = "the generated code implements all of it")]
pub(crate) trait ClientInfo<Inner> {
    fn api_version() -> &'static str;
    fn baseurl(&self) -> &str;
    fn client(&self) -> &reqwest::Client;
    fn inner(&self) -> &Inner;
}

/// Which operation a request belongs to.
pub(crate) struct OperationInfo {
    pub(crate) operation_id: &'static str,
}

/// How a generated client has its requests sent.
pub(crate) trait ClientHooks<Inner>: ClientInfo<Inner> {
    fn exec(
        &self,
        request: reqwest::Request,
        info: &OperationInfo,
    ) -> impl Future<Output = Result<Response, Error>> + Send;
}

/// The path value itself, if no URL parser could take it for more than one plain segment. There is no escaping that does:
/// `..` and `%2e%2e` are the same to all of them.
pub(crate) fn encode_path(value: &str) -> Result<&str, Error> {
    if is_path_value(value) {
        return Ok(value);
    }
    let problem = match value.chars().find(|&c| !u8::try_from(c).is_ok_and(is_path_byte)) {
        Some(character) => format!("has {character:?}"),
        None if value.is_empty() => "is empty".to_owned(),
        None => format!("has {} characters", value.len()),
    };
    Err(Error::Request(format!("an id is 1 to 255 letters, digits, `_` and `-`, and this one {problem}")))
}

pub(crate) const LONGEST_PATH_VALUE: usize = 255;

/// Whether a value can stand in a path: `[A-Za-z0-9_-]{1,255}`.
fn is_path_value(value: &str) -> bool {
    (1..=LONGEST_PATH_VALUE).contains(&value.len()) && value.bytes().all(is_path_byte)
}

pub(crate) fn is_path_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

/// One query parameter: nothing for `None`, one pair for a value, one pair an element for a list.
pub(crate) struct QueryParam<'a, T> {
    name: &'a str,
    value: &'a T,
}

impl<'a, T> QueryParam<'a, T> {
    pub(crate) fn new(name: &'a str, value: &'a T) -> Self {
        Self { name, value }
    }
}

impl<T: Serialize> Serialize for QueryParam<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let values = match serde_json::to_value(self.value).map_err(ser::Error::custom)? {
            Value::Null => Vec::new(),
            Value::Array(values) => values,
            value => vec![value],
        };
        serializer.collect_seq(values.into_iter().map(|value| match value {
            Value::String(text) => (self.name, text),
            other => (self.name, other.to_string()),
        }))
    }
}

/// A form body.
pub(crate) trait RequestBuilderExt {
    fn form_urlencoded<T: Serialize + ?Sized>(self, body: &T) -> Result<RequestBuilder, Error>;
}

impl RequestBuilderExt for RequestBuilder {
    fn form_urlencoded<T: Serialize + ?Sized>(self, body: &T) -> Result<RequestBuilder, Error> {
        Ok(self.form(body))
    }
}

/// Reads `null` like absence, for lists and maps, which have no other way to say that they are missing.
pub(crate) fn null_as_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}
