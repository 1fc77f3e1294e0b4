//! Pairs of strings that the API keeps for its caller and gives back as they were.

use std::collections::{BTreeMap, btree_map};

use serde::{Deserialize, Serialize};

/// Your own pairs on a resource, sorted by name; the API stores up to twenty and reads none.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Metadata(BTreeMap<String, String>);

impl Metadata {
    /// No pairs.
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// The value under a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Puts a value under a name and gives back the one that it replaced.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<String>) -> Option<String> {
        self.0.insert(name.into(), value.into())
    }

    /// Takes the value under a name out.
    pub fn remove(&mut self, name: &str) -> Option<String> {
        self.0.remove(name)
    }

    /// The pairs in the order of their names.
    pub fn iter(&self) -> btree_map::Iter<'_, String, String> {
        self.0.iter()
    }

    /// The number of pairs.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Metadata {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

impl<K: Into<String>, V: Into<String>> Extend<(K, V)> for Metadata {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, pairs: I) {
        self.0.extend(pairs.into_iter().map(|(name, value)| (name.into(), value.into())));
    }
}

impl<K: Into<String>, V: Into<String>, const N: usize> From<[(K, V); N]> for Metadata {
    fn from(pairs: [(K, V); N]) -> Self {
        pairs.into_iter().collect()
    }
}

impl From<BTreeMap<String, String>> for Metadata {
    fn from(pairs: BTreeMap<String, String>) -> Self {
        Self(pairs)
    }
}

impl From<Metadata> for BTreeMap<String, String> {
    fn from(metadata: Metadata) -> Self {
        metadata.0
    }
}

impl IntoIterator for Metadata {
    type Item = (String, String);
    type IntoIter = btree_map::IntoIter<String, String>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Metadata {
    type Item = (&'a String, &'a String);
    type IntoIter = btree_map::Iter<'a, String, String>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::Metadata;

    #[test]
    fn pairs_are_kept_and_given_back() -> Result<(), serde_json::Error> {
        let mut metadata = Metadata::from([("order", "88421"), ("basket", "7")]);
        assert_eq!(metadata.insert("order", "88422").as_deref(), Some("88421"));
        metadata.extend([("shop", "acme")]);
        assert_eq!(metadata.remove("basket").as_deref(), Some("7"));
        assert_eq!(metadata.get("order"), Some("88422"));
        assert_eq!(serde_json::to_string(&metadata)?, r#"{"order":"88422","shop":"acme"}"#);
        assert_eq!(serde_json::from_str::<Metadata>(r#"{"shop":"acme","order":"88422"}"#)?, metadata);
        assert_eq!((metadata.len(), metadata.is_empty(), Metadata::new().is_empty()), (2, false, true));
        assert_eq!(
            (&metadata).into_iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
            ["order", "shop"]
        );
        Ok(())
    }
}
