//! For your own tests: deliveries signed as Credicorp signs them.

use std::fmt::Write;

use jiff::Timestamp;

use super::signature;

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
