//! The one seam through which every generated endpoint sends.
//!
//! An endpoint builds its request and hands it to the [`Transport`] of its client's [`Session`]. Tokens, keys, retries and
//! timeouts are the transport's; paths, queries and bodies are the endpoint's. In between stands one check: the request must
//! go where the operation's template says, whatever a path value held.

use std::{fmt, pin::Pin, sync::Arc};

use bytes::Bytes;
use reqwest::Url;

use crate::{
    Client, Error, Operation, operation,
    rt::{ClientHooks, ClientInfo, LONGEST_PATH_VALUE, OperationInfo, is_path_byte},
};

/// A whole answer. Its extensions carry what the transport knows of the call.
pub type Response = http::Response<Bytes>;

/// What [`Transport::send`] gives.
pub type TransportFuture<'a> = Pin<Box<dyn Future<Output = Result<Response, Error>> + Send + 'a>>;

/// Sends requests.
pub trait Transport: fmt::Debug + Send + Sync + 'static {
    /// The base of every URL: an origin, and at most a path.
    fn base(&self) -> &Url;

    /// Sends the request of an operation and answers with its success.
    ///
    /// Only a 2xx is an answer; any other outcome is an error of the implementor's own, boxed in [`Error::Transport`].
    fn send<'a>(&'a self, request: reqwest::Request, operation: &'static Operation) -> TransportFuture<'a>;
}

/// What a client sends through; cheap to clone.
#[derive(Clone, Debug)]
pub struct Session(Arc<dyn Transport>);

impl Session {
    /// The URL of a path under the base, of which nothing but the path is parsed.
    pub(crate) fn url(&self, pieces: &[&str]) -> Url {
        let mut url = self.0.base().clone();
        match (url.path().trim_end_matches('/'), pieces) {
            ("", [path]) => url.set_path(path),
            ("", pieces) => url.set_path(&pieces.concat()),
            (base, pieces) => {
                let path = [base, &pieces.concat()].concat();
                url.set_path(&path);
            }
        }
        url
    }
}

impl<T: Transport> From<Arc<T>> for Session {
    fn from(transport: Arc<T>) -> Self {
        Self(transport)
    }
}

/// Shows the session alone: a base may hold a password, and so may the proxies of a `reqwest::Client`.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Client").field(self.inner()).finish()
    }
}

impl ClientHooks<Session> for Client {
    // Not an `async fn`: the request is in the transport's hands before the first await, and takes no room in the future.
    fn exec(
        &self,
        request: reqwest::Request,
        info: &OperationInfo,
    ) -> impl Future<Output = Result<Response, Error>> + Send {
        let sent = checked(self.baseurl(), &request, info)
            .map(|operation| (operation, self.inner().0.send(request, operation)));
        async move {
            let (operation, sending) = sent?;
            let mut response = sending.await?;
            if operation.answers_secret {
                response.extensions_mut().insert(operation);
            }
            Ok(response)
        }
    }
}

/// The operation of a request that goes where its template says.
fn checked(
    base: &str,
    request: &reqwest::Request,
    info: &OperationInfo,
) -> Result<&'static Operation, Error> {
    let operation = operation(info.operation_id)
        .ok_or_else(|| Error::Request(format!("there is no operation {}", info.operation_id)))?;
    if !fits(base, request.url().as_str(), operation.path) {
        return Err(Error::Request(format!(
            "the URL is not the base followed by {}; a base is an origin in its normal form, without a slash at its end",
            operation.path
        )));
    }
    Ok(operation)
}

/// Whether a URL is a base without a slash, query or fragment at its end, then the template with an id in each placeholder,
/// then at most a query. The URL is in its normal form, so a base in another is none of its beginnings.
fn fits(base: &str, url: &str, template: &str) -> bool {
    let origin = !base.ends_with('/') && !base.bytes().any(|byte| matches!(byte, b'?' | b'#'));
    let Some(rest) = url.strip_prefix(base).filter(|_| origin) else { return false };
    // Bytes and not patterns of text: this runs on every call.
    let (mut rest, mut template) = (rest.as_bytes(), template.as_bytes());
    while let Some(start) = template.iter().position(|&byte| byte == b'{') {
        let Some(value) = rest.strip_prefix(&template[..start]) else { return false };
        let length = value.iter().position(|&byte| !is_path_byte(byte)).unwrap_or(value.len());
        if !(1..=LONGEST_PATH_VALUE).contains(&length) {
            return false;
        }
        rest = &value[length..];
        let end = template.iter().position(|&byte| byte == b'}').unwrap_or(start);
        template = &template[end + 1..];
    }
    matches!(rest.strip_prefix(template), Some([] | [b'?', ..]))
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn only_the_template_under_the_base_fits() {
        let fits = |url| fits("https://a.example", url, "/v1/things/{id}/go");
        for good in ["https://a.example/v1/things/x_1-Z/go", "https://a.example/v1/things/x/go?a=/../b"] {
            assert!(fits(good), "{good}");
        }
        for bad in [
            "https://a.example/v1/things/go",
            "https://a.example/v1/things//go",
            "https://a.example/v1/things/x/go/",
            "https://a.example/v1/things/x/go/on",
            "https://a.example/v1/things/x",
            "https://a.example/v1/other/x/go",
            "https://a.example/v1/things/x/go#fragment",
            "https://a.example/v1/things/x%2Fy/go",
            "https://a.example/v1/things/x.y/go",
            "https://a.example.evil/v1/things/x/go",
            "https://a.example@evil.example/v1/things/x/go",
            "http://a.example/v1/things/x/go",
        ] {
            assert!(!fits(bad), "{bad}");
        }
    }
}
