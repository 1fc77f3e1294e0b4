//! What every event has, read in one pass.
//!
//! Where the type stands before the data, as Credicorp writes it, the data is read into its type on the way. Data that is
//! not so at once (it comes before the type, or is nested) is kept as text and read after it.

use std::fmt;

use credicorp_gen::types::{EventData, EventId};
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// What every event has. What may be of another type one day is left as text.
pub(super) struct Envelope<'a> {
    pub(super) id: EventId,
    pub(super) kind: String,
    pub(super) created: Option<&'a RawValue>,
    pub(super) livemode: Option<&'a RawValue>,
    pub(super) api_version: Option<&'a RawValue>,
    pub(super) data: Data<'a>,
}

/// The data of an event.
pub(super) enum Data<'a> {
    Read(EventData),
    Text(Option<&'a RawValue>),
}

impl<'a> Envelope<'a> {
    pub(super) fn read(text: &'a str) -> Result<Self, serde_json::Error> {
        // Flat data is the rule; whatever is wrong with a first reading is told by the second.
        Reader { on_the_way: true }.read(text).or_else(|_| Reader { on_the_way: false }.read(text))
    }
}

/// Reads an envelope, and its data on the way or as text.
struct Reader {
    on_the_way: bool,
}

impl Reader {
    fn read(self, text: &str) -> Result<Envelope<'_>, serde_json::Error> {
        let mut json = serde_json::Deserializer::from_str(text);
        let envelope = json.deserialize_map(self)?;
        json.end()?;
        Ok(envelope)
    }
}

impl<'de> Visitor<'de> for Reader {
    type Value = Envelope<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Envelope<'de>, A::Error> {
        let (mut id, mut kind) = (None, None::<String>);
        let (mut created, mut livemode, mut api_version) = (None, None, None);
        let mut data = Data::Text(None);
        while let Some(name) = map.next_key()? {
            match name {
                Name::Id => id = Some(map.next_value()?),
                Name::Type => kind = Some(map.next_value()?),
                Name::Created => created = map.next_value()?,
                Name::Livemode => livemode = map.next_value()?,
                Name::ApiVersion => api_version = map.next_value()?,
                Name::Data => {
                    let known = kind.as_deref().filter(|kind| EventData::KNOWN.contains(kind));
                    data = match known.filter(|_| self.on_the_way) {
                        Some(kind) => Data::Read(map.next_value_seed(DataOf(kind))?),
                        None => Data::Text(map.next_value()?),
                    };
                }
                Name::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let id = id.ok_or_else(|| A::Error::missing_field("id"))?;
        let kind = kind.ok_or_else(|| A::Error::missing_field("type"))?;
        Ok(Envelope { id, kind, created, livemode, api_version, data })
    }
}

/// The names of the fields, without a copy of any.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Name {
    Id,
    Type,
    Created,
    Livemode,
    ApiVersion,
    Data,
    #[serde(other)]
    Other,
}

/// The flat data of an event of this type.
struct DataOf<'a>(&'a str);

impl<'de> DeserializeSeed<'de> for DataOf<'_> {
    type Value = EventData;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<EventData, D::Error> {
        EventData::read_flat(self.0, deserializer)
    }
}
