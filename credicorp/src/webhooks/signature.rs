//! The signature header, read without trust, and the signature itself.
//!
//! The text of `t` is signed exactly as it was received; it is parsed for the tolerance only. Signatures are compared in
//! constant time, as decoded bytes, and every one of them under every secret.

use hmac::digest::{CtOutput, Output};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::WebhookFailure;

const LONGEST_HEADER: usize = 4 * 1024;
const MOST_SIGNATURES: usize = 16;

/// A secret, prepared for signing.
pub(super) type Key = Hmac<Sha256>;

type Tag = CtOutput<Key>;

/// Prepares a secret: the whole `whsec_…` text is the key.
pub(super) fn key(secret: &str) -> Option<Key> {
    Key::new_from_slice(secret.as_bytes()).ok()
}

/// The signature of a body at a time.
pub(super) fn sign(key: &Key, time: &str, body: &[u8]) -> Tag {
    let mut mac = key.clone();
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(body);
    mac.finalize()
}

/// A signature header, taken apart.
pub(super) struct Header<'a> {
    /// The text of `t`, as it was signed.
    pub(super) time: &'a str,
    /// Its value, unix seconds.
    pub(super) seconds: i64,
    signatures: Vec<Tag>,
}

impl<'a> Header<'a> {
    /// Reads `t` and every `v1`; other keys are passed over, and so is a `v1` that is no SHA-256.
    pub(super) fn parse(header: &'a str) -> Result<Self, WebhookFailure> {
        if header.trim().is_empty() {
            return Err(WebhookFailure::MissingHeader);
        }
        if header.len() > LONGEST_HEADER {
            return Err(malformed("is over 4 KiB"));
        }
        let mut time = None;
        let mut stated = 0_usize;
        let mut signatures = Vec::with_capacity(2);
        for (name, value) in header.split([',', ' ']).filter_map(|part| part.split_once('=')) {
            match name {
                "t" if time.is_some() => return Err(malformed("has more than one t")),
                "t" => time = Some(value),
                "v1" => {
                    stated += 1;
                    signatures.extend(decode(value));
                }
                _ => {}
            }
        }
        let time = time.ok_or(malformed("has no t"))?;
        let seconds = seconds(time).ok_or(malformed("has a t that is not plain unix seconds"))?;
        match stated {
            0 => Err(malformed("has no v1")),
            1..=MOST_SIGNATURES => Ok(Self { time, seconds, signatures }),
            _ => Err(malformed("has more than 16 v1")),
        }
    }

    /// Whether any signature is that of the body under any key. All are compared, whichever matches.
    pub(super) fn matches(&self, keys: &[Key], body: &[u8]) -> bool {
        keys.iter().map(|key| sign(key, self.time, body)).fold(false, |found, expected| {
            self.signatures.iter().fold(found, |found, given| found | (*given == expected))
        })
    }
}

fn malformed(reason: &'static str) -> WebhookFailure {
    WebhookFailure::MalformedHeader { reason }
}

/// Plain digits without a sign or a leading zero.
fn seconds(text: &str) -> Option<i64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}

/// 64 hexadecimal digits.
fn decode(hex: &str) -> Option<Tag> {
    let mut bytes = Output::<Key>::default();
    let digits = hex.as_bytes();
    if digits.len() != bytes.len() * 2 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
    }
    Some(Tag::new(bytes))
}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}
