//! For your own tests: deliveries signed as Credicorp signs them.

use std::fmt::Write;

use credicorp_gen::types::EventData;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::signature;
use crate::ambient::wall_clock;
use crate::error::Error;

/// The spec's example of each event.
const EXAMPLES: &str = include_str!("../generated/webhook-examples.json");

/// A delivery as an endpoint receives it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivery {
    /// The raw body.
    pub body: Vec<u8>,
    /// The text of `Credicorp-Signature`.
    pub signature_header: String,
}

/// A delivery of an event of this type as Credicorp would make it now, with the data of the API's own example.
///
/// ```
/// use credicorp::webhooks::{testing, EventData, Verifier};
///
/// let delivery = testing::event("payment.settled", "whsec_4Td1")?;
/// let event = Verifier::new(["whsec_4Td1"])?.construct_event(&delivery.body, &delivery.signature_header)?;
/// let EventData::PaymentSettled(payment) = event.data else { panic!("{}", event.kind) };
/// assert!(payment.payment_id.as_str().starts_with("pay_"));
/// # Ok::<(), credicorp::Error>(())
/// ```
///
/// # Errors
///
/// A type that this version does not know; [`EventData::KNOWN`] has those that it does. For another body use [`sign`].
pub fn event(kind: &str, secret: &str) -> Result<Delivery, Error> {
    let examples: Map<String, Value> = serde_json::from_str(EXAMPLES)
        .map_err(|source| Error::config("the examples cannot be read").with_source(source))?;
    let example = examples.get(kind).ok_or_else(|| {
        let known = EventData::KNOWN.join(", ");
        Error::config(format!("there is no example of the event {kind:?}; there is one of each of {known}"))
    })?;
    let body = example.to_string().into_bytes();
    let signature_header = sign(&body, secret, wall_clock());
    Ok(Delivery { body, signature_header })
}

/// The `Credicorp-Signature` of a body, signed with a secret at a time.
///
/// ```
/// use credicorp::webhooks::{testing, Verifier};
///
/// let body = br#"{"id":"evt_1","type":"brand.new","data":{}}"#;
/// let now = "2026-06-29T10:14:02Z".parse().unwrap();
/// let header = testing::sign(body, "whsec_4Td1", now);
/// assert!(header.starts_with("t=1782728042,v1="));
/// let event = Verifier::new(["whsec_4Td1"])?.construct_event_at(body, &header, now)?;
/// assert_eq!(event.kind, "brand.new");
/// # Ok::<(), credicorp::Error>(())
/// ```
pub fn sign(body: impl AsRef<[u8]>, secret: &str, time: Timestamp) -> String {
    let time = time.as_second().to_string();
    let mut header = format!("t={time},v1=");
    // HMAC takes a key of any length, so that there always is a signature.
    if let Some(key) = signature::key(secret) {
        for byte in signature::sign(&key, &time, body.as_ref()).into_bytes() {
            let _ = write!(header, "{byte:02x}");
        }
    }
    header
}
