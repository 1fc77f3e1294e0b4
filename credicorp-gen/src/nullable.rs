//! In a partial update "leave it", "clear it" and "set it" are three things: absent, `null` and a value.
//!
//! A field that can be cleared is an `Option<Nullable<T>>`, whose `None` leaves it as it is.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What a field of a partial update shall become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Nullable<T> {
    /// Set it to this.
    Value(T),
    /// Clear it: `null` on the wire.
    Null,
}

impl<T> From<T> for Nullable<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl<T: Serialize> Serialize for Nullable<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => value.serialize(serializer),
            Self::Null => serializer.serialize_unit(),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Nullable<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Null, Self::Value))
    }
}

#[cfg(feature = "schemars")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for Nullable<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        Option::<T>::schema_name()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        Option::<T>::schema_id()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Option::<T>::json_schema(generator)
    }
}

/// Reads a `null` that stands there as [`Nullable::Null`], where serde alone would read it as absent.
#[allow(dead_code, reason = "only a PATCH whose fields can be cleared needs it")]
pub(crate) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Update {
        #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
        note: Option<Nullable<String>>,
    }

    #[test]
    fn absent_null_and_a_value_are_three_things() -> Result<(), serde_json::Error> {
        for (note, text) in [
            (None, "{}"),
            (Some(Nullable::Null), r#"{"note":null}"#),
            (Some("mine".to_owned().into()), r#"{"note":"mine"}"#),
        ] {
            let update = Update { note };
            assert_eq!(serde_json::to_string(&update)?, text);
            assert_eq!(serde_json::from_str::<Update>(text)?, update);
        }
        Ok(())
    }
}
