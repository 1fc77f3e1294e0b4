//! How long to wait before a repeat.
//!
//! Without a hint: full jitter over `min(32 s, base · 2ⁿ)`, n the repeats already made. With a hint of the server
//! (`Retry-After`): never earlier than the hint, and at most a second later.

use std::time::Duration;

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};
use jiff::Timestamp;

/// The base after most failures.
pub(crate) const BASE: Duration = Duration::from_millis(250);
/// The base after a 429 that gives no hint.
pub(crate) const BASE_THROTTLED: Duration = Duration::from_secs(1);
/// The longest wait of our own.
pub(crate) const CAP: Duration = Duration::from_secs(32);
/// The longest hint that is waited for; a longer one is the caller's to wait.
pub(crate) const LONGEST_HINT: Duration = Duration::from_secs(60);
/// How much later than the hint a repeat may come, so that all clients do not come at once.
const AFTER_HINT: Duration = Duration::from_secs(1);

/// The wait without a hint, before repeat number `made + 1`.
pub(crate) fn backoff(base: Duration, made: u32, fraction: f64) -> Duration {
    let ceiling = base.saturating_mul(2_u32.saturating_pow(made)).min(CAP);
    ceiling.mul_f64(fraction)
}

/// The wait with a hint.
pub(crate) fn after_hint(hint: Duration, fraction: f64) -> Duration {
    hint.saturating_add(AFTER_HINT.mul_f64(fraction))
}

/// Reads `Retry-After`: whole seconds, or an HTTP-date measured against the answer's own `Date` (else our clock).
/// A date in the past is no wait; a value that is neither is no hint.
pub(crate) fn retry_after(headers: &HeaderMap, wall: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are a very long time, not nonsense.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::from(u32::MAX))));
    }
    let until = http_date(text)?;
    let now = headers.get(DATE).and_then(|date| http_date(date.to_str().ok()?.trim())).unwrap_or(wall);
    Some(Duration::try_from(until.duration_since(now)).unwrap_or(Duration::ZERO))
}

/// The three forms of an HTTP-date (RFC 9110, 5.6.7): IMF-fixdate, and the obsolete ones of RFC 850 and of asctime.
fn http_date(text: &str) -> Option<Timestamp> {
    const FORMS: [&str; 3] =
        ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];
    FORMS.into_iter().find_map(|form| {
        let civil = jiff::civil::DateTime::strptime(form, text).ok()?;
        civil.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(retry_after_text: &str, date: Option<&str>) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, retry_after_text.parse().unwrap());
        if let Some(date) = date {
            headers.insert(DATE, date.parse().unwrap());
        }
        retry_after(&headers, "1994-11-06T08:49:00Z".parse().unwrap())
    }

    #[test]
    fn reads_both_forms() {
        let rows: [(&str, Option<&str>, Option<u64>); 12] = [
            ("0", None, Some(0)),
            ("120", None, Some(120)),
            (" 7 ", None, Some(7)),
            ("99999999999999999999999", None, Some(u64::from(u32::MAX))),
            ("Sun, 06 Nov 1994 08:49:37 GMT", None, Some(37)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some("Sun, 06 Nov 1994 08:49:30 GMT"), Some(7)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some("yesterday"), Some(37)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", None, Some(37)),
            ("Sun Nov  6 08:49:37 1994", None, Some(37)),
            ("Sat, 05 Nov 1994 08:49:37 GMT", None, Some(0)),
            ("-5", None, None),
            ("soon", None, None),
        ];
        for (text, date, seconds) in rows {
            assert_eq!(read(text, date), seconds.map(Duration::from_secs), "{text} against {date:?}");
        }
    }

    #[test]
    fn doubles_up_to_the_cap_and_jitters_over_all_of_it() {
        let ceilings: Vec<u128> = (0..10).map(|made| backoff(BASE, made, 1.0).as_millis()).collect();
        assert_eq!(ceilings, [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 32_000, 32_000]);
        assert_eq!(backoff(BASE_THROTTLED, u32::MAX, 1.0), CAP);
        assert_eq!(backoff(BASE, 3, 0.0), Duration::ZERO);
    }

    proptest! {
        #[test]
        fn whole_seconds_read_as_they_are_and_are_never_undercut(seconds in 0..=u64::from(u32::MAX), fraction in 0.0..1.0) {
            let hint = read(&seconds.to_string(), None).unwrap();
            prop_assert_eq!(hint, Duration::from_secs(seconds));
            let wait = after_hint(hint, fraction);
            prop_assert!(wait >= hint && wait <= hint + AFTER_HINT);
        }

        #[test]
        fn a_date_reads_as_the_time_from_the_answers_own(seconds in 0_i64..4_000_000_000, ahead in -100_000_i64..100_000) {
            let text = |seconds| Timestamp::from_second(seconds).unwrap().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
            let hint = read(&text(seconds + 100_000 + ahead), Some(&text(seconds + 100_000)));
            prop_assert_eq!(hint, Some(Duration::from_secs(u64::try_from(ahead).unwrap_or(0))));
        }

        #[test]
        fn any_text_without_a_digit_is_no_hint(text in "[ -/:-~]{0,60}") {
            prop_assert_eq!(read(&text, None), None);
        }

        #[test]
        fn any_header_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            if let Ok(value) = http::HeaderValue::from_bytes(&bytes) {
                let mut headers = HeaderMap::new();
                headers.insert(RETRY_AFTER, value);
                let digits = bytes.trim_ascii().iter().all(u8::is_ascii_digit) && !bytes.trim_ascii().is_empty();
                prop_assert_eq!(retry_after(&headers, Timestamp::UNIX_EPOCH).is_some(), digits);
            }
        }
    }
}
