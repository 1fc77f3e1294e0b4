//! How long a token serves, and when a fresh one is fetched.
//!
//! | `expires_in` | the token |
//! |---|---|
//! | seconds | is cached for as long, at most 24 h |
//! | missing, `null` or nonsense | is cached for 300 s |
//! | 0 or negative | serves those who waited for it and is not cached |
//!
//! In the last `min(120 s, ttl/5)` a renewal is advisory: one caller renews, the others go on. In the last
//! `min(30 s, ttl/10)` it is mandatory: all wait for one flight.

use std::time::Duration;

use serde_json::Value;

const UNSTATED: Duration = Duration::from_secs(300);
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
const ADVISORY: Duration = Duration::from_secs(120);
const MANDATORY: Duration = Duration::from_secs(30);

/// The instants at which a token's renewal becomes advisory and mandatory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lifetime {
    advisory: Duration,
    mandatory: Duration,
}

/// How good a token is at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Freshness {
    Fresh,
    Advisory,
    Mandatory,
}

impl Lifetime {
    /// The lifetime of a token asked for at `since`; `None` if it is not to be cached.
    pub(crate) fn read(expires_in: Option<&Value>, since: Duration) -> Option<Self> {
        let ttl = match expires_in.and_then(seconds) {
            None => UNSTATED,
            Some(seconds) if seconds <= 0.0 => return None,
            Some(seconds) => Duration::try_from_secs_f64(seconds).unwrap_or(LONGEST).min(LONGEST),
        };
        let end = since + ttl;
        Some(Self { advisory: end - ADVISORY.min(ttl / 5), mandatory: end - MANDATORY.min(ttl / 10) })
    }

    pub(crate) fn freshness(&self, now: Duration) -> Freshness {
        if now >= self.mandatory {
            Freshness::Mandatory
        } else if now >= self.advisory {
            Freshness::Advisory
        } else {
            Freshness::Fresh
        }
    }
}

/// A number, also one in quotes.
fn seconds(value: &Value) -> Option<f64> {
    let seconds = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    seconds.filter(|seconds| !seconds.is_nan())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_expires_in_has_a_sane_lifetime() {
        let hour = |seconds: u64| Some(Duration::from_secs(seconds));
        let rows = [
            (json!(3600), hour(3600)),
            (json!(100), hour(100)),
            (json!("3600"), hour(3600)),
            (json!(0.5), Some(Duration::from_millis(500))),
            (json!(null), hour(300)),
            (json!("soon"), hour(300)),
            (json!([1]), hour(300)),
            (json!("NaN"), hour(300)),
            (json!(0), None),
            (json!(-1), None),
            (json!(i64::MIN), None),
            (json!(u64::MAX), hour(86_400)),
            (json!(1e300), hour(86_400)),
            (json!("inf"), hour(86_400)),
        ];
        let since = Duration::from_secs(50);
        for (value, ttl) in rows {
            let expected = ttl.map(|ttl| Lifetime {
                advisory: since + ttl - ADVISORY.min(ttl / 5),
                mandatory: since + ttl - MANDATORY.min(ttl / 10),
            });
            assert_eq!(Lifetime::read(Some(&value), since), expected, "{value}");
        }
        assert_eq!(Lifetime::read(None, since), Lifetime::read(Some(&json!(300)), since));
    }

    #[test]
    fn the_two_tiers() {
        let lifetime = Lifetime::read(Some(&json!(3600)), Duration::ZERO).unwrap();
        let at = |seconds| lifetime.freshness(Duration::from_secs(seconds));
        assert_eq!(at(3479), Freshness::Fresh);
        assert_eq!(at(3480), Freshness::Advisory);
        assert_eq!(at(3569), Freshness::Advisory);
        assert_eq!(at(3570), Freshness::Mandatory);
        assert_eq!(at(9999), Freshness::Mandatory);
    }
}
