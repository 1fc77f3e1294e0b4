//! The signature header, read without trust, and the signature itself.
//!
//! The text of `t` is signed exactly as it was received; it is parsed for the tolerance only. Signatures are compared in
//! constant time, as decoded bytes, and every one of them under every secret.

use hmac::digest::CtOutput;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::WebhookFailure;

const LONGEST_HEADER: usize = 4 * 1024;
const MOST_SIGNATURES: usize = 16;
/// The bytes of a SHA-256.
const SIGNATURE: usize = 32;

/// A secret, prepared for signing.
pub(super) type Key = Hmac<Sha256>;

type Tag = CtOutput<Key>;

/// Prepares a secret: the whole `whsec_…` text is the key.
pub(super) fn key(secret: &str) -> Option<Key> {
    Key::new_from_slice(secret.as_bytes()).ok()
}

/// The signature of a body at a time.
#[inline]
pub(super) fn sign(key: &Key, time: &str, body: &[u8]) -> Tag {
    let mut mac = key.clone();
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(body);
    mac.finalize()
}

/// A signature header, taken apart in place: it is larger than what would be moved for nothing.
#[derive(Default)]
pub(super) struct Header<'a> {
    /// The text of `t`, as it was signed.
    time: &'a str,
    /// Its value, unix seconds.
    pub(super) seconds: i64,
    /// Each `v1` that is a SHA-256, so many of them.
    signatures: [[u8; SIGNATURE]; MOST_SIGNATURES],
    count: usize,
}

impl<'a> Header<'a> {
    /// Reads `t` and every `v1`; other keys are passed over, and so is a `v1` that is no SHA-256.
    pub(super) fn read(&mut self, text: &'a str) -> Result<(), WebhookFailure> {
        if text.len() > LONGEST_HEADER {
            return Err(malformed("is over 4 KiB"));
        }
        let mut time = None;
        let mut stated = 0;
        let mut rest = text;
        while !rest.is_empty() {
            if let Some(hex) = rest.strip_prefix("v1=") {
                stated += 1;
                if stated > MOST_SIGNATURES {
                    return Err(malformed("has more than 16 v1"));
                }
                if let Some(signature) = decode(hex.as_bytes()) {
                    self.signatures[self.count] = signature;
                    self.count += 1;
                    rest = &hex[SIGNATURE * 2..];
                }
            }
            let (part, after) = split(rest);
            if let Some(value) = part.strip_prefix("t=")
                && time.replace(value).is_some()
            {
                return Err(malformed("has more than one t"));
            }
            rest = after;
        }
        let Some(time) = time else {
            let is_missing = text.trim().is_empty();
            return Err(if is_missing { WebhookFailure::MissingHeader } else { malformed("has no t") });
        };
        self.time = time;
        self.seconds = seconds(time).ok_or(malformed("has a t that is not plain unix seconds"))?;
        if stated == 0 {
            return Err(malformed("has no v1"));
        }
        Ok(())
    }

    /// Whether any signature is that of the body under any key. All are compared, whichever matches.
    pub(super) fn matches(&self, keys: &[Key], body: &[u8]) -> bool {
        keys.iter().map(|key| sign(key, self.time, body)).fold(false, |found, expected| {
            let given = self.signatures[..self.count].iter();
            given.fold(found, |found, given| found | (expected == Tag::new((*given).into())))
        })
    }
}

/// What stands before the next comma or space, and what behind it.
fn split(text: &str) -> (&str, &str) {
    match text.bytes().position(is_separator) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, ""),
    }
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b',' | b' ')
}

fn malformed(reason: &'static str) -> WebhookFailure {
    WebhookFailure::MalformedHeader { reason }
}

/// Plain digits without a sign or a leading zero.
fn seconds(text: &str) -> Option<i64> {
    let is_plain = text == "0" || !(text.is_empty() || text.starts_with('0'));
    let digits = is_plain.then(|| text.bytes())?;
    digits.map(|byte| byte.wrapping_sub(b'0')).try_fold(0_i64, |value, digit| {
        let digit = (digit < 10).then_some(i64::from(digit))?;
        value.checked_mul(10)?.checked_add(digit)
    })
}

/// 64 hexadecimal digits, and then the end of the part. Without a branch or a table, so that all digits are read at once.
fn decode(text: &[u8]) -> Option<[u8; SIGNATURE]> {
    let (digits, after) = text.split_first_chunk::<{ SIGNATURE * 2 }>()?;
    if after.first().is_some_and(|byte| !is_separator(*byte)) {
        return None;
    }
    let mut is_wrong = false;
    let values = digits.map(|digit| {
        let number = digit.wrapping_sub(b'0');
        let letter = (digit | 0x20).wrapping_sub(b'a');
        is_wrong |= (number > 9) & (letter > 5);
        if number > 9 { letter.wrapping_add(10) } else { number }
    });
    let mut signature = [0; SIGNATURE];
    for (byte, pair) in signature.iter_mut().zip(values.chunks_exact(2)) {
        *byte = pair[0] << 4 | pair[1];
    }
    (!is_wrong).then_some(signature)
}
