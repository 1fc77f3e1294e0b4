//! HMAC-SHA256, without the error that it cannot have.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

type HmacSha256 = Hmac<Sha256>;

/// Bytes in a block of SHA-256.
const BLOCK: usize = 64;

/// A key of any length: HMAC pads a short one with zeros and hashes a long one.
fn start(key: &[u8], parts: &[&[u8]]) -> HmacSha256 {
    let mut block = [0; BLOCK];
    if key.len() > BLOCK {
        let digest = Sha256::digest(key);
        block[..digest.len()].copy_from_slice(&digest);
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let mut mac = HmacSha256::new(&block.into());
    for part in parts {
        mac.update(part);
    }
    mac
}

/// The code over the parts, one after the other.
pub(crate) fn sign(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    start(key, parts).finalize().into_bytes().into()
}

/// Whether `code` begins the code over the parts; in constant time.
pub(crate) fn verify(key: &[u8], parts: &[&[u8]], code: &[u8]) -> bool {
    start(key, parts).verify_truncated_left(code).is_ok()
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_rfc_4231() {
        let short = sign(b"Jefe", &[b"what do ya want ", b"for nothing?"]);
        assert_eq!(hex(&short), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        let long = sign(&[0xaa; 131], &[b"Test Using Larger Than Block-Size Key - Hash Key First"]);
        assert_eq!(hex(&long), "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
        assert!(verify(b"Jefe", &[b"what do ya want for nothing?"], &short));
        assert!(!verify(b"Jeff", &[b"what do ya want for nothing?"], &short));
    }
}
