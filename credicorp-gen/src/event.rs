//! The data of webhook events: typed where the type is known, and as it came where it is not.
//!
//! Data comes in two forms, flat and nested:
//!
//! ```text
//! "data": {"application_id": "app_1", "status": "in_review", "previous": {…}}
//! "data": {"object": {"id": "app_1", "status": "in_review"}, "previous": {…}}
//! ```
//!
//! Both are read into the same type: in the nested form the object's own `id` is its `application_id`, and what stands
//! beside the object counts as if it stood in it.

use std::{borrow::Cow, collections::BTreeMap};

use serde::de::{DeserializeOwned, value::MapDeserializer};
use serde_json::{Error, value::RawValue};

type Object<'a> = BTreeMap<Cow<'a, str>, &'a RawValue>;

/// The enum of the events, from the table that the generator writes.
macro_rules! events {
    ($($(#[$meta:meta])* $kind:literal => $variant:ident($data:ident) by $id:literal,)*) => {
        /// What happened. New variants come with new types: match with a `_` arm.
        ///
        /// Amounts are a hint, and so is a status: deliveries come late, twice and out of order. Each payload names its
        /// resource; read that again for the truth.
        #[derive(Clone, PartialEq)]
        #[non_exhaustive]
        pub enum EventData {
            $($(#[$meta])* $variant($data),)*
            /// Any other type: `data` as it came.
            Unknown(::serde_json::Value),
        }

        impl EventData {
            /// Every type that this version of the client knows.
            pub const KNOWN: &'static [&'static str] = &[$($kind),*];

            /// Reads the data of an event of that type.
            #[doc(hidden)]
            pub fn read(
                kind: &str,
                data: Option<&::serde_json::value::RawValue>,
            ) -> Result<Self, $crate::JsonFailure> {
                let text = data.map_or("null", ::serde_json::value::RawValue::get);
                let read = match kind {
                    $($kind => $crate::event::typed(text, $id).map(Self::$variant),)*
                    _ => ::serde_json::from_str(text).map(Self::Unknown),
                };
                read.map_err($crate::JsonFailure::from)
            }

            /// Reads the flat form of the data of an event of that type.
            #[doc(hidden)]
            pub fn read_flat<'de, D: ::serde::Deserializer<'de>>(kind: &str, data: D) -> Result<Self, D::Error> {
                match kind {
                    $($kind => <$data as ::serde::Deserialize>::deserialize(data).map(Self::$variant),)*
                    _ => ::serde::Deserialize::deserialize(data).map(Self::Unknown),
                }
            }
        }

        /// Data of an unknown type does not show: nobody knows what it holds.
        impl ::std::fmt::Debug for EventData {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                match self {
                    $(Self::$variant(data) => f.debug_tuple(stringify!($variant)).field(data).finish(),)*
                    Self::Unknown(_) => f.debug_tuple("Unknown").finish_non_exhaustive(),
                }
            }
        }
    };
}
pub(crate) use events;

/// Reads data in either form. The flat one is tried first: it needs no copy, and a nested one lacks the id that it asks for.
pub(crate) fn typed<T: DeserializeOwned>(text: &str, id: &str) -> Result<T, Error> {
    let flat = match serde_json::from_str(text) {
        Ok(read) => return Ok(read),
        Err(error) => error,
    };
    match nested(text, id) {
        Some(object) => T::deserialize(MapDeserializer::new(object.into_iter())),
        None => Err(flat),
    }
}

/// The fields of a nested form, as the flat one has them.
fn nested<'a>(text: &'a str, id: &'a str) -> Option<Object<'a>> {
    let mut beside: Object<'a> = serde_json::from_str(text).ok()?;
    let mut object: Object<'a> = serde_json::from_str(beside.remove("object")?.get()).ok()?;
    if let Some(own) = object.remove("id") {
        object.entry(id.into()).or_insert(own);
    }
    for (name, value) in beside {
        object.entry(name).or_insert(value);
    }
    Some(object)
}

#[cfg(test)]
mod tests {
    use serde_json::value::to_raw_value;

    use crate::types::{ApplicationStatus, EventData};

    fn read(kind: &str, data: serde_json::Value) -> Result<EventData, crate::JsonFailure> {
        EventData::read(kind, Some(&to_raw_value(&data).unwrap()))
    }

    #[test]
    fn both_forms_are_read_into_one_type() {
        let flat = serde_json::json!({"application_id": "app_1", "status": "in_review", "previous": {"status": "submitted"}});
        let nested = serde_json::json!({
            "object": {"id": "app_1", "status": "in_review", "object": "application", "amount_pence": 5},
            "previous": {"status": "submitted"},
            "new": 1,
        });
        let flat = read("application.updated", flat).unwrap();
        let EventData::ApplicationUpdated(updated) = &flat else { panic!("{flat:?}") };
        assert_eq!(
            (updated.application_id.as_str(), &updated.status),
            ("app_1", &ApplicationStatus::InReview)
        );
        assert_eq!(updated.previous["status"], "submitted");
        assert_eq!(read("application.updated", nested).unwrap(), flat);
    }

    #[test]
    fn a_resource_that_names_its_own_id_keeps_it() {
        let data = serde_json::json!({"object": {"id": "x", "offer_id": "off_1"}});
        let EventData::OfferCreated(offer) = read("offer.created", data).unwrap() else { panic!() };
        assert_eq!(offer.offer_id.as_str(), "off_1");
    }

    #[test]
    fn a_known_type_without_its_id_is_an_error_and_an_unknown_one_is_kept() {
        for kind in EventData::KNOWN {
            for data in [
                serde_json::json!({}),
                serde_json::json!(null),
                serde_json::json!([1]),
                serde_json::json!({"object": 1}),
            ] {
                assert!(read(kind, data).is_err(), "{kind}");
            }
            assert!(EventData::read(kind, None).is_err(), "{kind}");
        }
        assert_eq!(EventData::read("brand.new", None).unwrap(), EventData::Unknown(serde_json::Value::Null));
        let data = serde_json::json!({"a": [1, {"b": null}]});
        assert_eq!(read("brand.new", data.clone()).unwrap(), EventData::Unknown(data));
    }
}
