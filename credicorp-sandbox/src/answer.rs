//! An answer before it goes out: status, the headers of its own, and the body.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};

use crate::problem::Problem;

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(into = "Text", try_from = "Text")]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn text(status: StatusCode, media_type: &'static str, body: impl Into<Bytes>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        Self { status, headers, body: body.into() }
    }

    pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Result<Self, Problem> {
        let body = serde_json::to_vec(body).map_err(|error| {
            Problem::server_error(format!("The answer cannot be written as JSON: {error}."))
        })?;
        Ok(Self::text(status, "application/json", body))
    }

    /// An answer without a body.
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), body: Bytes::new() }
    }

    pub(crate) fn into_response(self) -> axum::response::Response {
        let mut response = axum::response::Response::new(self.body.into());
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }

    pub(crate) fn problem(problem: Problem, request_id: &str) -> Self {
        let mut answer = Self::text(problem.status, "application/json", problem.body(request_id).to_string());
        answer.headers.extend(problem.headers);
        answer
    }
}

/// An answer as it is kept in a file. Those of operations are ASCII headers and JSON.
#[derive(Serialize, Deserialize)]
struct Text {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl From<Answer> for Text {
    fn from(answer: Answer) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let headers = answer.headers.iter().map(|(name, value)| (name.to_string(), text(value.as_bytes())));
        Self { status: answer.status.as_u16(), headers: headers.collect(), body: text(&answer.body) }
    }
}

impl TryFrom<Text> for Answer {
    type Error = http::Error;

    fn try_from(text: Text) -> Result<Self, Self::Error> {
        let mut headers = HeaderMap::new();
        for (name, value) in text.headers {
            headers.append(HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
        }
        Ok(Self { status: StatusCode::from_u16(text.status)?, headers, body: text.body.into() })
    }
}
