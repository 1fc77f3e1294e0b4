//! The token endpoint: `client_credentials` by form, by HTTP Basic, or with a secret key as Basic's user name.
//!
//! Refusals have the form of RFC 6749, section 5.2. Live credentials are refused with a reason of their own, since whoever sends them
//! here is about to make a mistake.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::json;

use crate::answer::Answer;
use crate::credentials::Refused;
use crate::exchange::media_type;
use crate::shared::{PROJECT, Shared};
use crate::spec::FORM;

#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    error: &'static str,
    description: String,
}

impl Refusal {
    fn invalid_request(description: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error: "invalid_request", description: description.into() }
    }

    fn invalid_client(description: impl Into<String>) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, error: "invalid_client", description: description.into() }
    }

    pub(crate) fn payload_too_large(limit: usize) -> Self {
        let description = format!("The body is over {limit} bytes.");
        Self { status: StatusCode::PAYLOAD_TOO_LARGE, ..Self::invalid_request(description) }
    }

    pub(crate) fn answer(self) -> Answer {
        let body = json!({ "error": self.error, "error_description": self.description });
        let mut answer = Answer::text(self.status, "application/json", body.to_string());
        if self.status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static(r#"Basic realm="credicorp""#);
            answer.headers.insert(header::WWW_AUTHENTICATE, scheme);
        }
        answer
    }
}

/// Answers `POST /oauth/token`.
pub(crate) fn answer(shared: &Shared, headers: &HeaderMap, body: &[u8]) -> Answer {
    token(shared, headers, body).unwrap_or_else(Refusal::answer)
}

fn token(shared: &Shared, headers: &HeaderMap, body: &[u8]) -> Result<Answer, Refusal> {
    let form = Form::read(headers, body)?;
    let grant_type =
        form.get("grant_type").ok_or_else(|| Refusal::invalid_request("grant_type is missing."))?;
    let subject = authenticate(shared, headers, &form)?;
    if grant_type != "client_credentials" {
        let description = "Only client_credentials is supported.".to_owned();
        return Err(Refusal { error: "unsupported_grant_type", ..Refusal::invalid_request(description) });
    }
    let scope = scope(&shared.scopes, form.get("scope"))?;
    let body = json!({
        "access_token": shared.tokens.mint(subject, PROJECT, &scope, shared.clock.now()),
        "token_type": "Bearer",
        "expires_in": shared.tokens.lifetime_seconds(),
        "scope": scope,
    });
    let mut answer = Answer::text(StatusCode::OK, "application/json", body.to_string());
    answer.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(answer)
}

/// The credentials of the one place where they are; RFC 6749 forbids two.
fn authenticate<'a>(shared: &'a Shared, headers: &HeaderMap, form: &Form) -> Result<&'a str, Refusal> {
    let in_form = form.get("client_id").zip(form.get("client_secret"));
    let (name, secret) = match (headers.get(header::AUTHORIZATION), in_form) {
        (Some(_), Some(_)) => {
            return Err(Refusal::invalid_request(
                "Send the credentials in the form or by HTTP Basic, not both.",
            ));
        }
        (Some(value), None) => basic(value)
            .ok_or_else(|| Refusal::invalid_client("The Authorization header is not HTTP Basic."))?,
        (None, Some((id, secret))) => (id.to_owned(), secret.to_owned()),
        (None, None) => return Err(Refusal::invalid_client("There are no credentials.")),
    };
    shared.credentials.check(&name, &secret).map_err(|refused| match refused {
        Refused::Live => Refusal::invalid_client(
            "This is a live key. The sandbox takes only the sk_test_ key and the client pair that it gave at its start.",
        ),
        Refused::Unknown => Refusal::invalid_client(
            "The credentials are not the ones that this sandbox gave at its start; a secret key goes as user name with an empty password.",
        ),
    })
}

fn basic(value: &HeaderValue) -> Option<(String, String)> {
    let (scheme, encoded) = value.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (name, secret) = decoded.split_once(':')?;
    Some((name.to_owned(), secret.to_owned()))
}

/// The scopes that were asked for, if the credential has them all; all that it has if none were.
fn scope(held: &[String], asked: Option<&str>) -> Result<String, Refusal> {
    let Some(asked) = asked.filter(|asked| !asked.trim().is_empty()) else { return Ok(held.join(" ")) };
    let mut granted: Vec<&str> = Vec::new();
    for scope in asked.split_ascii_whitespace() {
        if !held.iter().any(|held| held == scope) {
            let description = format!("The credential does not have the scope {scope}.");
            return Err(Refusal { error: "invalid_scope", ..Refusal::invalid_request(description) });
        }
        if !granted.contains(&scope) {
            granted.push(scope);
        }
    }
    Ok(granted.join(" "))
}

struct Form(Vec<(String, String)>);

impl Form {
    fn read(headers: &HeaderMap, body: &[u8]) -> Result<Self, Refusal> {
        if !media_type(headers).is_some_and(|given| given.eq_ignore_ascii_case(FORM)) {
            return Err(Refusal::invalid_request(format!("Send the body as {FORM}.")));
        }
        let fields: Vec<(String, String)> = form_urlencoded::parse(body).into_owned().collect();
        for (index, (name, _)) in fields.iter().enumerate() {
            if fields[..index].iter().any(|(earlier, _)| earlier == name) {
                return Err(Refusal::invalid_request(format!("{name} is there twice.")));
            }
        }
        Ok(Self(fields))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}
