//! Minting: one call of the token endpoint, under the client's own options.
//!
//! A secret key goes by HTTP Basic, as user name with an empty password; a client pair goes in the form. What is sent
//! is written only into buffers that are zeroised; what the HTTP and TLS stacks copy of it is theirs.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use credicorp_gen::{JsonFailure, Operation, operation};
use http::HeaderValue;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use serde::Deserialize;
use serde_json::Value;
use zeroize::Zeroizing;

use super::lifetime::Lifetime;
use super::{Mint, Minting, Token};
use crate::Secret;
use crate::ambient::Ambient;
use crate::credentials::{Credentials, Kind};
use crate::error::{Error, ErrorKind};
use crate::pipeline::{Core, Options};

/// A credential and the scopes that are asked for.
pub(crate) struct Identity {
    pub(crate) credentials: Credentials,
    pub(crate) scopes: Vec<String>,
}

/// Mints for one identity. Cheap to clone, as a mint outlives the call that began it.
#[derive(Clone)]
pub(crate) struct Minter {
    pub(crate) core: Arc<Core>,
    pub(crate) identity: Arc<Identity>,
}

/// The answer of the token endpoint. `expires_in` is read leniently: a token is not thrown away over it.
#[derive(Deserialize)]
struct Answer {
    access_token: Secret,
    token_type: Option<String>,
    expires_in: Option<Value>,
}

impl Mint for Minter {
    fn mint(&self) -> Minting {
        let minter = self.clone();
        Box::pin(async move { minter.run().await })
    }
}

impl Minter {
    pub(crate) fn ambient(&self) -> &dyn Ambient {
        &*self.core.ambient
    }

    async fn run(&self) -> Result<Token, Error> {
        let since = self.core.ambient.now();
        let operation = operation("create_token")
            .ok_or_else(|| Error::config("the generated operations have no create_token"))?;
        let answer =
            self.core.call(&mut self.request(operation)?, operation, &Options::default(), None).await;
        let (parts, body) = answer.map_err(explain)?.into_parts();
        let failed = |message: String| Error::undecodable(&parts, &body, message, false);
        let answer: Answer = serde_json::from_slice(&body).map_err(|error| {
            failed(format!("the token endpoint's answer is not a token: {}", JsonFailure::from(error)))
        })?;
        if answer.token_type.is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
            return Err(failed("the token endpoint answered a token that is not a bearer token".to_owned()));
        }
        let bearer = authorization("Bearer ", answer.access_token.expose())
            .filter(|_| !answer.access_token.expose().is_empty())
            .ok_or_else(|| failed("the token endpoint's token cannot stand in a header".to_owned()))?;
        Ok(Token::new(bearer, Lifetime::read(answer.expires_in.as_ref(), since)))
    }

    fn request(&self, operation: &Operation) -> Result<reqwest::Request, Error> {
        let mut form = Form::default();
        form.pair("grant_type", "client_credentials");
        if !self.identity.scopes.is_empty() {
            form.pair("scope", &self.identity.scopes.join(" "));
        }
        let mut request =
            self.core.http.request(operation.method.clone(), self.core.base.url(operation.path));
        match self.identity.credentials.kind() {
            Kind::SecretKey(key) => {
                let basic = basic(key).ok_or_else(|| Error::config("the secret key cannot be sent"))?;
                request = request.header(AUTHORIZATION, basic);
            }
            Kind::Client { id, secret } => {
                form.pair("client_id", id);
                form.pair("client_secret", secret.expose());
            }
        }
        request
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .header(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"))
            .body(form.into_bytes())
            .build()
            .map_err(|error| {
                Error::request("the token request could not be built").with_source(error.without_url())
            })
    }
}

/// HTTP Basic with the key as user name and an empty password.
fn basic(key: &Secret) -> Option<HeaderValue> {
    let pair = Zeroizing::new(format!("{}:", key.expose()));
    // All of the room at once: growing would leave copies behind.
    let mut encoded = Zeroizing::new(String::with_capacity(pair.len().div_ceil(3) * 4));
    STANDARD.encode_string(pair.as_bytes(), &mut encoded);
    authorization("Basic ", &encoded)
}

/// A value of `Authorization`, sensitive, in bytes that are zeroised when the last holder drops them.
fn authorization(scheme: &str, secret: &str) -> Option<HeaderValue> {
    let text = Zeroizing::new([scheme.as_bytes(), secret.as_bytes()].concat());
    let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(text)).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// A refused credential is an `Auth` error whatever its status; anything else keeps its kind.
fn explain(error: Error) -> Error {
    let refused = error.status().is_some_and(|status| matches!(status.as_u16(), 400 | 401 | 403));
    let error = if refused { error.with_kind(ErrorKind::Auth) } else { error };
    let attempts = error.attempts();
    error.with_context(&format!("no token could be minted (attempts: {attempts})"))
}

/// A form body that is zeroised when it has been sent.
#[derive(Default)]
struct Form(Zeroizing<Vec<u8>>);

impl Form {
    fn pair(&mut self, name: &str, value: &str) {
        if !self.0.is_empty() {
            self.0.push(b'&');
        }
        self.0.extend_from_slice(name.as_bytes());
        self.0.push(b'=');
        // A reallocation would leave a copy behind.
        self.0.reserve(value.len() * 3);
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
                self.0.push(byte);
            } else {
                const HEX: &[u8; 16] = b"0123456789ABCDEF";
                self.0.extend([b'%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
            }
        }
    }

    fn into_bytes(self) -> Bytes {
        Bytes::from_owner(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_encoded() {
        let mut form = Form::default();
        form.pair("a", "x y&z=ü");
        form.pair("b", "-_.~");
        assert_eq!(form.into_bytes(), "a=x%20y%26z%3D%C3%BC&b=-_.~");
    }

    #[test]
    fn an_authorization_is_sensitive_and_never_split() {
        let value = authorization("Bearer ", "abc").unwrap();
        assert_eq!(value, "Bearer abc");
        assert!(value.is_sensitive());
        assert_eq!(format!("{value:?}"), "Sensitive");
        assert!(authorization("Bearer ", "a\r\nx: y").is_none());
        assert_eq!(basic(&Secret::from("sk_test_1")).unwrap(), "Basic c2tfdGVzdF8xOg==");
    }
}
