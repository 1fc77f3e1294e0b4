//! Where the API is: one origin, and what may be sent there.
//!
//! A bearer token, a secret key or a client secret goes only to the configured origin, and only over https; plain http
//! serves loopback alone.

use reqwest::Url;

use crate::credentials::Environment;
use crate::error::Error;

const LIVE: &str = "https://api.credicorp.co.uk";
const SANDBOX: &str = "https://sandbox.api.credicorp.co.uk";

/// The base of every URL, without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Base {
    text: String,
    url: Url,
    loopback: bool,
}

impl Base {
    /// The host that a credential selects.
    pub(crate) fn of(environment: Environment) -> Result<Self, Error> {
        Self::parse(match environment {
            Environment::Live => LIVE,
            Environment::Sandbox => SANDBOX,
        })
    }

    /// A base of the user's, checked. The text is not repeated in errors: it may hold a password.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let refused = |why: &str| {
            Err(Error::config(format!("the API base {why}; write it as https://host[:port][/path]")))
        };
        let Ok(url) = Url::parse(text) else {
            return refused("is not a URL");
        };
        let Some(host) = url.host_str() else {
            return refused("has no host");
        };
        if !url.username().is_empty() || url.password().is_some() {
            return refused("holds user info: give credentials to the builder instead");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return refused("holds a query or a fragment");
        }
        let loopback = is_loopback(host);
        match url.scheme() {
            "https" => {}
            "http" if loopback => {}
            "http" => {
                return refused(
                    "is plain http to a host that is not loopback, where secrets would travel in the clear",
                );
            }
            _ => return refused("is neither https nor http"),
        }
        Ok(Self { text: url.as_str().trim_end_matches('/').to_owned(), url, loopback })
    }

    /// The same, parsed, with a slash at its end if it has no path.
    pub(crate) fn as_url(&self) -> &Url {
        &self.url
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn is_loopback(&self) -> bool {
        self.loopback
    }

    pub(crate) fn is_https(&self) -> bool {
        self.text.starts_with("https:")
    }

    /// The URL of a path that begins with a slash.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }

    /// The URL of a path of the caller's, if it is what it looks like: nothing in it that a URL parser, a proxy or a server
    /// could read as another path, a query or a fragment.
    pub(crate) fn url_of_callers(&self, path: &str) -> Result<Url, Error> {
        const ENCODED: [&str; 6] = ["%23", "%25", "%2e", "%2f", "%3f", "%5c"];
        let refused = |why: &str| {
            Err(Error::request(format!(
                "the path {why}: it begins with one `/`, holds no `//`, `\\`, `?`, `#`, dot segment or encoded form of these, and the query goes by .query()"
            )))
        };
        if !path.starts_with('/') || path.starts_with("//") {
            return refused("does not begin with one `/`");
        }
        if !path.bytes().all(|byte| byte.is_ascii_graphic()) {
            return refused("holds something else than visible ASCII");
        }
        if path.contains("//") || path.contains(['\\', '?', '#']) {
            return refused("holds a character that would end it or split it");
        }
        if path.split('/').any(|segment| matches!(segment, "." | "..")) {
            return refused("holds a dot segment");
        }
        let lower = path.to_ascii_lowercase();
        if ENCODED.iter().any(|encoded| lower.contains(encoded)) {
            return refused("holds an encoded form of what is refused");
        }
        match Url::parse(&self.url(path)) {
            Ok(url) if url.as_str() == self.url(path) => Ok(url),
            _ => refused("is not in the normal form of a URL: encode what has to be encoded"),
        }
    }

    /// A credential of one environment is never sent to the host of the other; any other host takes both.
    pub(crate) fn accepts(&self, environment: Environment) -> Result<(), Error> {
        let host = if self.text == LIVE || self.text.starts_with(&format!("{LIVE}/")) {
            Environment::Live
        } else if self.text == SANDBOX || self.text.starts_with(&format!("{SANDBOX}/")) {
            Environment::Sandbox
        } else {
            return Ok(());
        };
        if host == environment {
            return Ok(());
        }
        Err(Error::config(format!(
            "a {environment} credential cannot be used with the {host} host: leave the API base out, or use a {host} credential"
        )))
    }

    /// The last lock before the wire: the request goes under the base, whatever built its URL.
    pub(crate) fn admits(&self, url: &Url) -> Result<(), Error> {
        let under = url.as_str().strip_prefix(&self.text).is_some_and(|rest| rest.starts_with('/'));
        if under {
            Ok(())
        } else {
            Err(Error::request("the URL of the request is outside the configured API base"))
        }
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_bases() {
        for (text, expected) in [
            ("http://127.0.0.1:4010", "http://127.0.0.1:4010"),
            ("http://127.8.9.1:4010/", "http://127.8.9.1:4010"),
            ("http://[::1]:4010", "http://[::1]:4010"),
            ("http://LOCALHOST:1", "http://localhost:1"),
            ("https://Gateway.example/credicorp/", "https://gateway.example/credicorp"),
            ("https://api.credicorp.co.uk:443/", LIVE),
        ] {
            assert_eq!(Base::parse(text).unwrap().as_str(), expected);
        }
    }

    #[test]
    fn bad_bases_say_why_and_repeat_nothing() {
        for (text, why) in [
            ("", "not a URL"),
            ("api.credicorp.co.uk", "not a URL"),
            ("http://api.credicorp.co.uk", "plain http"),
            ("http://127.0.0.1.evil.example", "plain http"),
            ("http://localhost.evil.example", "plain http"),
            ("http://2130706434.evil", "plain http"),
            ("https://me:hunter2@api.example", "user info"),
            ("https://api.example?hunter2", "query"),
            ("https://api.example#hunter2", "fragment"),
            ("ftp://127.0.0.1", "neither"),
            ("data:hunter2", "no host"),
        ] {
            let error = Base::parse(text).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::Config);
            assert!(error.to_string().contains(why), "{text}: {error}");
            assert!(!format!("{error:?}").contains("hunter2"));
        }
    }

    #[test]
    fn a_credential_goes_to_its_own_environment() {
        let live = Base::of(Environment::Live).unwrap();
        assert!(live.accepts(Environment::Live).is_ok());
        assert!(live.accepts(Environment::Sandbox).is_err());
        assert!(Base::parse("https://api.credicorp.co.uk/").unwrap().accepts(Environment::Sandbox).is_err());
        assert!(Base::of(Environment::Sandbox).unwrap().accepts(Environment::Live).is_err());
        let own = Base::parse("http://127.0.0.1:1").unwrap();
        assert!(own.accepts(Environment::Live).is_ok() && own.accepts(Environment::Sandbox).is_ok());
    }

    #[test]
    fn a_path_of_the_callers_is_what_it_looks_like() {
        let base = Base::parse("https://api.example/gateway").unwrap();
        for good in
            ["/partner/v1/brand_new", "/a", "/a/", "/partner/v1/things/th_1/~a:b@c;d=e,f%20g", "/..a/b.c"]
        {
            let url = base.url_of_callers(good).unwrap();
            assert_eq!(url.as_str(), format!("https://api.example/gateway{good}"));
        }
        for bad in [
            "",
            "partner",
            "//evil.example/x",
            "/a//b",
            "/\\evil.example",
            "/a\\..\\b",
            "/a?b=c",
            "/a#b",
            "/..",
            "/a/../b",
            "/./a",
            "/a/%2e%2e/b",
            "/a/%2E./b",
            "/a%2Fb",
            "/a%5cb",
            "/a%3fb",
            "/a%23b",
            "/a/%252e%252e/b",
            "/a b",
            "/a\tb",
            "/.\t./b",
            "/a\r\nhost: evil",
            "/ä",
            "@evil.example/",
            "https://evil.example/",
            "/a\"b",
            "/a<b",
        ] {
            let error = base.url_of_callers(bad).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::Request, "{bad}");
        }
    }

    #[test]
    fn nothing_leaves_the_base() {
        let base = Base::parse("https://api.example/partner-gateway").unwrap();
        let admits = |url: &str| base.admits(&Url::parse(url).unwrap()).is_ok();
        assert!(admits("https://api.example/partner-gateway/partner/v1/applications?limit=1"));
        assert!(!admits("https://api.example/partner-gateway"));
        assert!(!admits("https://api.example/other"));
        assert!(!admits("https://api.example/partner-gateway/../other"));
        assert!(!admits("https://api.example.evil/partner-gateway/x"));
    }
}
