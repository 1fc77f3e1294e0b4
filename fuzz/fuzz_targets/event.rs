//! Any bytes as a genuine body: no panic, and what is read keeps the bytes as they came.
#![no_main]

use credicorp::webhooks::{Verifier, testing};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

const SECRET: &str = "whsec_4Td1example";

fuzz_target!(|body: &[u8]| {
    let header = testing::sign(body, SECRET, Timestamp::UNIX_EPOCH);
    if let Ok(verifier) = Verifier::new([SECRET]) {
        assert!(verifier.verify_at(body, &header, Timestamp::UNIX_EPOCH).is_ok());
        if let Ok(event) = verifier.construct_event_at(body, &header, Timestamp::UNIX_EPOCH) {
            assert_eq!(event.raw, body);
            assert!(!format!("{event:?}").contains(SECRET));
        }
    }
});
