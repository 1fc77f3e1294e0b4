//! The value of `Credicorp-Signature`: a time, and one code for each secret that signs.

use crate::mac;

/// The time is the sandbox's; a test that moves its clock verifies at that time.
pub(super) fn signature(secrets: &[String], body: &[u8], seconds: i64) -> String {
    let codes = secrets
        .iter()
        .map(|secret| mac::sign(secret.as_bytes(), &[seconds.to_string().as_bytes(), b".", body]))
        .map(|code| format!(",v1={}", mac::hex(&code)));
    format!("t={seconds}{}", codes.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_over_time_and_body_with_the_whole_secret() {
        // printf '1719660000.{}' | openssl dgst -sha256 -hmac whsec_4Td1
        let expected = "t=1719660000,v1=8c512521fd645a54b488a323c5fbe259c02843e33542225739364daf9a352270";
        let secrets = ["whsec_4Td1".to_owned(), "whsec_old".to_owned()];
        assert_eq!(signature(&secrets[..1], b"{}", 1_719_660_000), expected);
        let both = signature(&secrets, b"{}", 1_719_660_000);
        assert!(both.starts_with(&format!("{expected},v1=")) && both.len() == expected.len() + 68, "{both}");
    }
}
