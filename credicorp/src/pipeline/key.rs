//! Idempotency keys: one for each logical write, made before the first attempt and the same on every repeat.

use std::sync::Arc;

use credicorp_gen::{Idempotency, Operation};

use crate::ambient::Ambient;
use crate::error::Error;

/// The longest key that the API takes.
const LONGEST: usize = 255;

/// The key of a call: the caller's, else a fresh one where the operation takes one.
pub(crate) fn choose(
    operation: &Operation,
    callers: Option<&Arc<str>>,
    ambient: &dyn Ambient,
) -> Result<Option<Arc<str>>, Error> {
    match (callers, operation.idempotency) {
        (Some(key), _) => Ok(Some(Arc::clone(key))),
        (None, Idempotency::None) => Ok(None),
        (None, _) => fresh(ambient).map(Some),
    }
}

/// Checks a key of the caller's.
pub(crate) fn check(key: &str) -> Result<(), Error> {
    if key.is_empty() || key.len() > LONGEST || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::request(format!(
            "an idempotency key is 1 to {LONGEST} visible ASCII characters without spaces; this one has {} bytes",
            key.len()
        )));
    }
    Ok(())
}

const HEX: &[u8; 16] = b"0123456789abcdef";

/// A random UUID (version 4). Without randomness there is no key, and a write without a key is not sent.
fn fresh(ambient: &dyn Ambient) -> Result<Arc<str>, Error> {
    let mut bytes = [0_u8; 16];
    ambient.random(&mut bytes).map_err(|source| {
        Error::request("the system has no randomness for an idempotency key: set one on the call")
            .with_source(source)
    })?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut text = [b'-'; 36];
    let mut at = 0;
    for (index, byte) in bytes.into_iter().enumerate() {
        at += usize::from(matches!(index, 4 | 6 | 8 | 10));
        text[at] = HEX[usize::from(byte >> 4)];
        text[at + 1] = HEX[usize::from(byte & 0xf)];
        at += 2;
    }
    Ok(String::from_utf8_lossy(&text).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ambient::Real;

    #[test]
    fn fresh_keys_are_random_uuids() {
        let keys: std::collections::HashSet<_> = (0..1000).map(|_| fresh(&Real::new()).unwrap()).collect();
        assert_eq!(keys.len(), 1000);
        for key in keys {
            assert_eq!(key.len(), 36);
            assert_eq!(&key[14..15], "4", "{key}");
            assert!("89ab".contains(&key[19..20]), "{key}");
            check(&key).unwrap();
        }
    }

    #[test]
    fn a_key_that_cannot_be_a_header_is_refused() {
        for bad in ["", " ", "a b", "a\n", "schlüssel", &"k".repeat(256)] {
            let error = check(bad).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::Request);
            assert!(bad.trim().is_empty() || !error.to_string().contains(bad), "{error}");
        }
        check(&"k".repeat(255)).unwrap();
    }
}
