use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A resource of the API that keeps more than it shows: it is written without what it hides.
pub(crate) trait Hides: Clone + Serialize + DeserializeOwned {
    /// What the sandbox knows of it, and the API does not show.
    type Hidden: Clone + Serialize + DeserializeOwned;

    fn hidden(&self) -> &Self::Hidden;

    /// Takes back what it hides, after it was read without that.
    fn hide(&mut self, hidden: Self::Hidden);
}

/// A resource with what it hides.
#[derive(Serialize, Deserialize)]
#[serde(bound = "T: Hides")]
pub(crate) struct Whole<T: Hides> {
    shown: T,
    hidden: T::Hidden,
}

impl<T: Hides> Whole<T> {
    pub(crate) fn of(resource: &T) -> Self {
        Self { shown: resource.clone(), hidden: resource.hidden().clone() }
    }

    pub(crate) fn into_resource(self) -> T {
        let mut resource = self.shown;
        resource.hide(self.hidden);
        resource
    }
}
