//! Where deliveries may go: https anywhere by the contract, http to this machine only; and what is this machine.

use reqwest::Url;
use serde_json::Value;

use crate::problem::FieldError;
use crate::spec::Spec;

/// What the schema of an endpoint cannot say about its `url`.
pub(crate) fn check_url(_: &Spec, body: &Value) -> Vec<FieldError> {
    let wrong = body.get("url").and_then(Value::as_str).filter(|url| !is_allowed(url));
    let message = "must be an https address; http goes to this machine only";
    wrong.map(|_| FieldError::new("url", "invalid_format", message)).into_iter().collect()
}

fn is_allowed(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| match url.scheme() {
        "https" => url.has_host(),
        "http" => is_loopback(&url),
        _ => false,
    })
}

pub(super) fn is_loopback(url: &Url) -> bool {
    url.host_str().is_some_and(is_loopback_host)
}

/// Whether the host of an address, an IPv6 one in its brackets, is this machine.
pub(crate) fn is_loopback_host(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whether the sandbox's owner may have it delivered there, short of allowing other machines.
pub(super) fn is_local(url: &str) -> bool {
    is_allowed(url) && Url::parse(url).is_ok_and(|url| is_loopback(&url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_local() {
        for good in ["http://127.0.0.1:1/x", "https://localhost/", "http://[::1]:8/", "http://127.8.9.1/"] {
            assert!(is_local(good), "{good}");
        }
        for bad in [
            "http://example.com/",
            "http://10.0.0.1/",
            "ftp://127.0.0.1/",
            "127.0.0.1:1",
            "http://localhost.evil/",
        ] {
            assert!(!is_local(bad), "{bad}");
        }
    }

    #[test]
    fn https_may_be_registered_anywhere() {
        assert!(is_allowed("https://example.com/hook") && is_allowed("http://localhost:1/"));
        assert!(!is_allowed("http://example.com/hook") && !is_allowed("https://"));
    }
}
