//! A secret shows itself to nobody who does not ask for it by name.
//!
//! `Debug` prints `[redacted]`, there is no `Display`, and the memory is overwritten on drop. Serialising writes the value:
//! that is how it reaches the request that needs it.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

/// A value that must not be seen: a key, a token, a signing secret.
#[derive(Clone)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(inline, extend("format" = "password")))]
pub struct Secret(#[cfg_attr(feature = "schemars", schemars(with = "String"))] Zeroizing<String>);

impl Secret {
    /// Takes charge of a value.
    pub fn new(value: impl Into<String>) -> Self {
        Self(Zeroizing::new(value.into()))
    }

    /// The value itself. Whatever is done with it next is the caller's to keep secret.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self::new(value)
    }
}

impl From<&str> for Secret {
    fn from(value: &str) -> Self {
        Self::new(value)
    }
}

/// Looks at every byte whatever the first one says, so that the time taken tells nothing but the length.
impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        let (left, right) = (self.expose().as_bytes(), other.expose().as_bytes());
        let difference = left.iter().zip(right).fold(0, |sum, (a, b)| sum | (a ^ b));
        left.len() == right.len() && std::hint::black_box(difference) == 0
    }
}

impl Eq for Secret {}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn debug_shows_nothing_of_it() {
        let secret = Secret::new("sk_test_9fK2c");
        assert_eq!(
            format!("{secret:?} {:?} {:#?}", Some(&secret), [&secret]),
            "[redacted] Some([redacted]) [\n    [redacted],\n]"
        );
        assert_eq!(secret.expose(), "sk_test_9fK2c");
    }

    #[test]
    fn the_wire_carries_the_value() -> Result<(), serde_json::Error> {
        let secret: Secret = serde_json::from_str(r#""whsec_4Td1""#)?;
        assert_eq!(serde_json::to_string(&secret)?, r#""whsec_4Td1""#);
        Ok(())
    }

    #[test]
    fn equality_is_that_of_the_values() {
        assert_eq!(Secret::new("a1"), Secret::from("a1"));
        for other in ["a2", "b1", "a", "a11", ""] {
            assert_ne!(Secret::new("a1"), Secret::from(other.to_owned()), "{other:?}");
        }
    }
}
