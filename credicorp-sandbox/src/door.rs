//! Who may come in by the doors that are not the partner API's: the pages and the control API.
//!
//! The sandbox listens on loopback, and that is not enough: a web page in the developer's browser reaches loopback too. So the `Host` must be
//! a loopback name (a page whose own name was made to resolve to 127.0.0.1 is not), and an `Origin`, which a browser adds to whatever
//! it posts, must be the sandbox's own. A control call must carry `application/json`, which no form of a foreign page can.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::uri::Authority;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use crate::answer::Answer;
use crate::problem::Problem;
use crate::webhooks::is_loopback_host;

/// What every answer of these doors carries.
const GUARDS: [(HeaderName, &str); 5] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    // An own form must go out with its origin.
    (header::REFERRER_POLICY, "same-origin"),
    // No form-action: a browser would apply it to the way back to the partner, too.
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    ),
];

/// Lets a request in, or says why not.
pub(crate) async fn keep(request: Request, next: Next) -> Response {
    let mut response = match check(request.headers()) {
        Ok(()) => next.run(request).await,
        Err(problem) => Answer::problem(problem, "").into_response(),
    };
    for (name, value) in GUARDS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

fn check(headers: &HeaderMap) -> Result<(), Problem> {
    let forbidden = |code, message: &str| Err(Problem::new(StatusCode::FORBIDDEN, code, message));
    let Some(host) = only(headers, &header::HOST).filter(|host| is_local(host)) else {
        return forbidden(
            "foreign_host",
            "This door opens for localhost, 127.0.0.1 and [::1] only; ask for the sandbox by one of these names.",
        );
    };
    if headers.contains_key(header::ORIGIN) {
        let own = only(headers, &header::ORIGIN).is_some_and(|origin| {
            origin.strip_prefix("http://").is_some_and(|from| from.eq_ignore_ascii_case(host))
        });
        if !own {
            return forbidden(
                "foreign_origin",
                "This door opens for the sandbox's own pages, not for those of others.",
            );
        }
    }
    Ok(())
}

/// The value of a header that is there just once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

fn is_local(host: &str) -> bool {
    // User info is no part of a host.
    !host.contains('@') && host.parse::<Authority>().is_ok_and(|authority| is_loopback_host(authority.host()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(headers: &[(HeaderName, &str)]) -> &'static str {
        let pairs = headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()));
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(name, value);
        }
        check(&map).map_or_else(|problem| problem.code, |()| "let in")
    }

    #[test]
    fn only_a_loopback_name_is_let_in() {
        for host in ["localhost:4010", "127.0.0.1:4010", "[::1]:4010", "127.0.0.1", "LOCALHOST"] {
            assert_eq!(code(&[(header::HOST, host)]), "let in", "{host}");
        }
        for host in
            ["evil.example:4010", "localhost.evil.example", "10.0.0.1", "evil@localhost", "", "local host"]
        {
            assert_eq!(code(&[(header::HOST, host)]), "foreign_host", "{host}");
        }
        assert_eq!(code(&[]), "foreign_host");
        assert_eq!(code(&[(header::HOST, "localhost"), (header::HOST, "localhost")]), "foreign_host");
    }

    #[test]
    fn only_the_own_origin_is_let_in() {
        let host = (header::HOST, "127.0.0.1:4010");
        for (origin, expected) in [
            ("http://127.0.0.1:4010", "let in"),
            ("http://127.0.0.1:3000", "foreign_origin"),
            ("http://localhost:4010", "foreign_origin"),
            ("https://127.0.0.1:4010", "foreign_origin"),
            ("https://evil.example", "foreign_origin"),
            ("null", "foreign_origin"),
            ("", "foreign_origin"),
        ] {
            assert_eq!(code(&[host.clone(), (header::ORIGIN, origin)]), expected, "{origin}");
        }
    }
}
