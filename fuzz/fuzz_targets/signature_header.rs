//! Any text as a signature header: no panic, and nothing passes that was not signed.
#![no_main]

use credicorp::webhooks::Verifier;
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|header: &str| {
    if let Ok(verifier) = Verifier::new(["whsec_4Td1example", "whsec_older"]) {
        let verified = verifier.verify_at(b"{}", header, Timestamp::UNIX_EPOCH);
        assert!(verified.is_err(), "{header:?} was never signed");
    }
});
