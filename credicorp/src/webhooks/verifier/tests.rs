use proptest::prelude::*;

use super::*;
use crate::webhooks::{EventData, construct_event, testing};
use crate::{Error, ErrorKind};

const SECRET: &str = "whsec_4Td1";
const BODY: &[u8] = br#"{"id":"evt_1","type":"decision.completed","created":"2026-06-29T10:14:02Z","livemode":false,"api_version":"2026-06-01","data":{"application_id":"app_1","outcome":"approved"}}"#;

fn now() -> Timestamp {
    "2026-06-29T10:14:02Z".parse().unwrap()
}

fn check(header: &str, body: &[u8], now: Timestamp) -> Result<Event, WebhookFailure> {
    let verifier = Verifier::new([SECRET]).unwrap();
    verifier.construct_event_at(body, header, now).map_err(|error| {
        assert_eq!(error.kind(), ErrorKind::Webhook);
        assert!(!format!("{error} {error:?}").contains(SECRET));
        error.webhook().unwrap().clone()
    })
}

fn malformed(reason: &'static str) -> Result<(), WebhookFailure> {
    Err(WebhookFailure::MalformedHeader { reason })
}

/// RFC 4231, test cases 1 to 4, 6 and 7: the HMAC itself, over vectors that nobody here made.
#[test]
fn published_vectors() {
    let hex = |text: &str| -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    };
    let large = vec![0xaa; 131];
    let rows: [(Vec<u8>, Vec<u8>, &str); 6] = [
        (vec![0x0b; 20], b"Hi There".to_vec(), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        (b"Jefe".to_vec(), b"what do ya want for nothing?".to_vec(), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (vec![0xaa; 20], vec![0xdd; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        ((1..=25).collect(), vec![0xcd; 50], "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        (large.clone(), b"Test Using Larger Than Block-Size Key - Hash Key First".to_vec(), "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
        (
            large,
            b"This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.".to_vec(),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
        ),
    ];
    for (key, data, expected) in rows {
        use hmac::{KeyInit, Mac};
        let mut mac = signature::Key::new_from_slice(&key).unwrap();
        mac.update(&data);
        assert_eq!(mac.finalize().into_bytes().to_vec(), hex(expected));
    }
}

#[test]
fn header_forms() {
    let good = testing::sign(BODY, SECRET, now());
    let (t, v1) = good.split_once(',').unwrap();
    let (seconds, hex) = (&t[2..], &v1[3..]);
    let wrong = "0".repeat(64);
    let accepted = [
        good.clone(),
        format!("{t} {v1}"),
        format!("{v1},{t}"),
        format!(" {t} , {v1} , v0=abc,x, =,scheme=hmac "),
        format!("{t},v1={wrong},{v1}"),
        format!("{t},v1=,v1=abc,v1={}zz,{v1}", "0".repeat(62)),
        format!("{t},v1={}", hex.to_uppercase()),
        format!("{t},{}", vec![v1; 16].join(",")),
    ];
    for header in accepted {
        check(&header, BODY, now()).unwrap_or_else(|failure| panic!("{header}: {failure}"));
    }
    let refused: Vec<(String, Result<(), WebhookFailure>)> = vec![
        (String::new(), Err(WebhookFailure::MissingHeader)),
        ("  ".into(), Err(WebhookFailure::MissingHeader)),
        (t.into(), malformed("has no v1")),
        (v1.into(), malformed("has no t")),
        (format!("{t},{t},{v1}"), malformed("has more than one t")),
        (format!("{t},{}", vec![v1; 17].join(",")), malformed("has more than 16 v1")),
        (format!("{good},{}", "x".repeat(5000)), malformed("is over 4 KiB")),
        (format!("{t},v1={wrong}"), Err(WebhookFailure::NoMatch)),
        (format!("{t},v1="), Err(WebhookFailure::NoMatch)),
        (format!("{t},v1={}", &hex[..62]), Err(WebhookFailure::NoMatch)),
        (format!("{t},v1={hex}00"), Err(WebhookFailure::NoMatch)),
        (format!("t={},{v1}", now().as_second() + 1), Err(WebhookFailure::NoMatch)),
    ];
    for (header, expected) in refused {
        assert_eq!(check(&header, BODY, now()).map(drop), expected, "{header}");
    }
    for odd in [
        format!("+{seconds}"),
        format!("0{seconds}"),
        format!("-{seconds}"),
        format!("{seconds}.0"),
        format!("{seconds}٣"),
        "9223372036854775808".into(),
        "99999999999999999999999999".into(),
        "-9223372036854775808".into(),
        String::new(),
    ] {
        let header = format!("t={odd},v1={}", hex_of(&odd));
        assert_eq!(
            check(&header, BODY, now()).map(drop),
            malformed("has a t that is not plain unix seconds"),
            "{odd}"
        );
    }
}

/// The genuine signature over an odd time, so that only its form can be what is refused.
fn hex_of(time: &str) -> String {
    let key = signature::key(SECRET).unwrap();
    signature::sign(&key, time, BODY).into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_largest_time_is_genuine_and_far_away() {
    let header = format!("t={},v1={}", i64::MAX, hex_of(&i64::MAX.to_string()));
    assert!(matches!(check(&header, BODY, now()), Err(WebhookFailure::OutsideTolerance { .. })));
    let header = format!("t=0,v1={}", hex_of("0"));
    let failure = check(&header, BODY, now()).unwrap_err();
    assert_eq!(
        failure,
        WebhookFailure::OutsideTolerance { skew_seconds: 1_782_728_042, tolerance_seconds: 300 }
    );
}

#[test]
fn the_tolerance_counts_both_ways() {
    let header = testing::sign(BODY, SECRET, now());
    let at =
        |seconds: i64| check(&header, BODY, Timestamp::from_second(now().as_second() + seconds).unwrap());
    assert!(at(300).is_ok() && at(-300).is_ok());
    assert_eq!(
        at(301).unwrap_err(),
        WebhookFailure::OutsideTolerance { skew_seconds: 301, tolerance_seconds: 300 }
    );
    let early = at(-301).unwrap_err();
    assert!(early.to_string().contains("301 s ahead of the clock"), "{early}");
    let narrow = Verifier::new([SECRET]).unwrap().tolerance(Duration::from_secs(1));
    let later = Timestamp::from_second(now().as_second() + 2).unwrap();
    assert!(narrow.construct_event_at(BODY, &header, later).is_err());
}

#[test]
fn any_of_several_secrets_will_do() {
    let rotating = Verifier::new(["whsec_new", SECRET]).unwrap();
    for secret in ["whsec_new", SECRET] {
        rotating.construct_event_at(BODY, &testing::sign(BODY, secret, now()), now()).unwrap();
    }
    let foreign = testing::sign(BODY, "whsec_other", now());
    assert!(rotating.construct_event_at(BODY, &foreign, now()).is_err());
    let both = format!("{},{}", foreign, testing::sign(BODY, SECRET, now()).split_once(',').unwrap().1);
    rotating.construct_event_at(BODY, &both, now()).unwrap();
    assert!(!format!("{rotating:?}").contains("whsec"));
}

#[test]
fn a_secret_that_anybody_could_guess_is_refused() {
    for (secret, says) in [
        ("", "empty"),
        ("whsec_", "whsec_"),
        ("sk_test_1", "whsec_"),
        ("whsec_a b", "white space"),
        ("whsec_a\n", "white space"),
    ] {
        let errors =
            [Verifier::new([secret]).unwrap_err(), construct_event(BODY, "t=1,v1=0", secret).unwrap_err()];
        for error in errors {
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.to_string().contains(says), "{error}");
        }
    }
    assert!(Verifier::new(Vec::<String>::new()).is_err());
    let missing: Error = Verifier::from_variables(&Variables::fixed([])).unwrap_err();
    assert!(missing.to_string().contains("CC_WEBHOOK_SECRET is not set"), "{missing}");
    assert!(Verifier::from_variables(&Variables::fixed([(WEBHOOK_SECRET, SECRET)])).is_ok());
}

#[test]
fn a_known_type_is_typed_flat_and_nested() {
    let read = |body: &str| check(&testing::sign(body, SECRET, now()), body.as_bytes(), now());
    let EventData::DecisionCompleted(flat) = read(std::str::from_utf8(BODY).unwrap()).unwrap().data else {
        panic!("typed")
    };
    assert_eq!((flat.application_id.as_str(), flat.outcome), ("app_1", crate::types::Outcome::Approved));
    let nested = r#"{"id":"evt_2","type":"decision.completed","api_version":"2031-01-01","data":{"object":{"id":"dec_9","application_id":"app_2","outcome":"escalated","new":1},"previous":{}},"new":2}"#;
    let event = read(nested).unwrap();
    let EventData::DecisionCompleted(decision) = &event.data else { panic!("typed") };
    assert_eq!(decision.decision_id.as_ref().map(|id| id.as_str()), Some("dec_9"));
    assert_eq!(decision.outcome.as_str(), "escalated", "a new outcome is kept");
    assert_eq!(event.raw, nested.as_bytes());
    let unknown = read(r#"{"id":"evt_3","type":"payment.succeeded","data":{"x":1}}"#).unwrap();
    assert_eq!(unknown.data, EventData::Unknown(serde_json::json!({"x": 1})));
    assert_eq!((unknown.created, unknown.livemode, unknown.api_version), (None, None, None));
}

/// The examples of the spec, as they are and nested as newer deliveries are.
#[test]
fn every_type_of_the_spec_is_typed_in_both_forms() {
    for kind in EventData::KNOWN {
        let delivery = testing::event(kind, SECRET).unwrap();
        let flat = Verifier::new([SECRET]).unwrap();
        let flat = flat.construct_event(&delivery.body, &delivery.signature_header).unwrap();
        assert!(!matches!(flat.data, EventData::Unknown(_)), "{kind}");
        assert_eq!((flat.kind.as_str(), flat.livemode), (*kind, Some(false)));
        assert!(flat.created.is_some() && flat.api_version.is_some());

        let mut body: serde_json::Value = serde_json::from_slice(&delivery.body).unwrap();
        let resource = kind.rsplit_once('.').unwrap().0.replace('.', "_");
        let object = body["data"].as_object_mut().unwrap();
        let previous = object.remove("previous");
        let id = object.remove(&format!("{resource}_id")).unwrap();
        object.insert("id".to_owned(), id);
        body["data"] = serde_json::json!({"object": body["data"]});
        if let Some(previous) = previous {
            body["data"]["previous"] = previous;
        }
        let body = body.to_string();
        let nested = check(&testing::sign(&body, SECRET, now()), body.as_bytes(), now()).unwrap();
        assert_eq!(nested.data, flat.data, "{kind}");
    }
    let backwards = r#"{"data":{"application_id":"app_1","status":"created"},"x":[{}],"type":"application.updated","id":"evt_1"}"#;
    let event = check(&testing::sign(backwards, SECRET, now()), backwards.as_bytes(), now()).unwrap();
    assert!(matches!(event.data, EventData::ApplicationUpdated(_)), "the type may stand behind the data");
    let unknown = testing::event("payment.succeeded", SECRET).unwrap_err();
    assert!(unknown.to_string().contains("payment.settled"), "{unknown}");
}

#[test]
fn a_genuine_body_that_cannot_be_read_says_so() {
    let read = |body: &[u8]| check(&testing::sign(body, SECRET, now()), body, now()).unwrap_err();
    let lost = read(br#"{"id":"evt_4","type":"decision.completed","data":{"outcome":"approved"}}"#);
    let WebhookFailure::Unreadable { event_id, reason } = &lost else { panic!("{lost}") };
    assert_eq!(event_id.as_deref(), Some("evt_4"));
    assert!(reason.contains("application_id"), "{reason}");
    let bytes = read(b"\xff\xfe");
    assert!(matches!(bytes, WebhookFailure::Unreadable { event_id: None, .. }));
    assert!(bytes.to_string().contains("not UTF-8"), "{bytes}");
    assert!(matches!(read(b""), WebhookFailure::Unreadable { event_id: None, .. }));
}

proptest! {
    #[test]
    fn any_header_and_body_do_not_panic(header in ".{0,200}", body in proptest::collection::vec(any::<u8>(), 0..100)) {
        prop_assert!(check(&header, &body, now()).is_err());
    }

    #[test]
    fn what_is_signed_verifies_and_one_flipped_bit_does_not(
        body in proptest::collection::vec(any::<u8>(), 1..200),
        at in any::<prop::sample::Index>(),
        bit in 0..8_u8,
    ) {
        let header = testing::sign(&body, SECRET, now());
        let verifier = Verifier::new([SECRET]).unwrap();
        prop_assert_eq!(verifier.check(&body, &header, now()), Ok(()));
        let mut forged = body.clone();
        forged[at.index(body.len())] ^= 1 << bit;
        prop_assert_eq!(verifier.check(&forged, &header, now()), Err(WebhookFailure::NoMatch));
        let hex_at = header.len() - 64 + at.index(64);
        let mut digits = header.into_bytes();
        digits[hex_at] = if digits[hex_at] == b'0' { b'1' } else { b'0' };
        let changed = String::from_utf8(digits).unwrap();
        prop_assert_eq!(verifier.check(&body, &changed, now()), Err(WebhookFailure::NoMatch));
    }
}
