//! Each call has its effect exactly once, whatever fails; `cargo run --release -p credicorp-tests --bin chaos` is the same at full
//! size.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use credicorp_tests::chaos::Chaos;

#[tokio::test]
async fn a_call_repeated_under_the_key_that_its_error_names_has_its_effect_exactly_once() {
    let report = Chaos::small().run().await.unwrap();
    assert!(report.exactly_once(), "{report}");
    assert!(report.injected.iter().filter(|(_, hits)| *hits > 0).count() >= 12, "{report}");
    let share = report.hit() * 100 / report.requests as u64;
    assert!((14..=26).contains(&share), "{report}");
    assert!(report.replayed > 0 && report.driver_repeats > 0, "{report}");
    assert_eq!(report.violations, Vec::<String>::new());
}

#[tokio::test]
async fn a_call_repeated_without_its_key_is_seen_as_a_duplicate() {
    let report = Chaos { keep_keys: false, ..Chaos::small() }.run().await.unwrap();
    assert!(report.duplicates > 0 && !report.exactly_once(), "{report}");
    assert_eq!((report.listed, report.lost), (report.calls + report.duplicates, 0), "{report}");
}
