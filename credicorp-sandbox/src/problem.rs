//! The errors that the API answers with, in its envelope.
//!
//! The type follows from the status; code and message are said here once for each kind of failure.

use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use serde::Serialize;

/// One offending field of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct FieldError {
    /// The dotted path of a body's field, or the name of a parameter.
    pub(crate) field: String,
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl FieldError {
    pub(crate) fn new(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { field: field.into(), code, message: message.into() }
    }

    pub(crate) fn missing(field: impl Into<String>) -> Self {
        Self::new(field, PARAMETER_MISSING, "is required")
    }

    pub(crate) fn unknown(field: impl Into<String>) -> Self {
        Self::new(field, UNKNOWN_FIELD, "This field does not exist.")
    }
}

pub(crate) const PARAMETER_MISSING: &str = "parameter_missing";
pub(crate) const UNKNOWN_FIELD: &str = "unknown_field";

/// Why a request was refused.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) param: Option<String>,
    pub(crate) fields: Vec<FieldError>,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), param: None, fields: Vec::new(), headers: Vec::new() }
    }

    fn bad_request(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, message)
    }

    fn param(mut self, param: impl Into<String>) -> Self {
        self.param = Some(param.into());
        self
    }

    pub(crate) fn invalid_json(detail: &serde_json::Error) -> Self {
        Self::bad_request(
            "invalid_json",
            format!("The body is not valid JSON: line {}, column {}.", detail.line(), detail.column()),
        )
    }

    pub(crate) fn missing_content_type(wanted: &str) -> Self {
        Self::bad_request("missing_content_type", format!("The body has no Content-Type; send {wanted}."))
    }

    pub(crate) fn unsupported_media_type(wanted: &str) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", format!("Send {wanted}."))
    }

    pub(crate) fn payload_too_large(limit: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "payload_too_large",
            format!("The body is over {limit} bytes."),
        )
    }

    pub(crate) fn invalid_cursor() -> Self {
        Self::bad_request(
            "invalid_cursor",
            "The cursor is not one of this list; pass a next_cursor as it came.",
        )
        .param("cursor")
    }

    pub(crate) fn route_not_found(method: &Method, path: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "route_not_found", format!("There is no route {method} {path}."))
    }

    pub(crate) fn method_not_allowed(method: &Method, allowed: &str) -> Self {
        let mut problem = Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            format!("This path has no {method}; it has {allowed}."),
        );
        problem.headers.extend(HeaderValue::from_str(allowed).ok().map(|allowed| (header::ALLOW, allowed)));
        problem
    }

    pub(crate) fn resource_not_found(kind: &str, id: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "resource_not_found", format!("There is no {kind} {id}."))
    }

    /// The bearer token is not good enough; `code` says why.
    pub(crate) fn unauthenticated(code: &'static str, message: impl Into<String>) -> Self {
        let mut problem = Self::new(StatusCode::UNAUTHORIZED, code, message);
        problem.headers.push((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
        problem
    }

    pub(crate) fn insufficient_scope(scope: &str) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "insufficient_scope",
            format!("The access token lacks a scope: {scope}. Ask for it when minting."),
        )
    }

    pub(crate) fn key_reused() -> Self {
        Self::conflict(
            "idempotency_key_reused",
            "The key was used for another body or another resource; take a new key for a new request.",
        )
    }

    pub(crate) fn key_in_progress() -> Self {
        Self::conflict(
            "idempotency_key_in_progress",
            "The first call under this key is still running; repeat with the same key.",
        )
    }

    pub(crate) fn decision_not_ready(application: &str, status: &str) -> Self {
        Self::conflict(
            "decision_not_ready",
            format!("There is no decision on {application} yet; the application is {status}."),
        )
    }

    pub(crate) fn refresh_in_progress(decision: &str) -> Self {
        Self::conflict("refresh_in_progress", format!("{decision} is being refreshed."))
    }

    pub(crate) fn invalid_state(message: impl Into<String>) -> Self {
        Self::conflict("invalid_state", message)
    }

    pub(crate) fn rate_limited(message: impl Into<String>) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", message)
    }

    /// 400 for fields that do not exist, else 422; `None` if nothing is wrong.
    pub(crate) fn of_fields(mut fields: Vec<FieldError>) -> Option<Self> {
        let unknown = fields.iter().any(|field| field.code == UNKNOWN_FIELD);
        if unknown {
            fields.retain(|field| field.code == UNKNOWN_FIELD);
        }
        let first = fields.first()?.field.clone();
        let message = match (unknown, fields.len()) {
            (true, 1) => format!("The field {first} does not exist."),
            (true, count) => format!("{count} fields do not exist."),
            (false, 1) => "1 field is invalid.".to_owned(),
            (false, count) => format!("{count} fields are invalid."),
        };
        let mut problem = if unknown {
            Self::bad_request(UNKNOWN_FIELD, message)
        } else {
            Self::new(StatusCode::UNPROCESSABLE_ENTITY, "validation_error", message)
        }
        .param(first);
        problem.fields = fields;
        Some(problem)
    }

    /// A header that the operation requires is not there.
    pub(crate) fn parameter_missing(name: &str) -> Self {
        let mut problem = Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            PARAMETER_MISSING,
            format!("The header {name} is required here."),
        )
        .param(name);
        problem.fields.push(FieldError::missing(name));
        problem
    }

    pub(crate) fn server_error(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", message)
    }

    /// The API has it, the emulator does not; never answered by made-up data.
    pub(crate) fn not_emulated(what: &str, hint: &str) -> Self {
        let message = format!("The sandbox emulator does not cover {what} yet.{hint}");
        Self::new(StatusCode::NOT_IMPLEMENTED, "not_emulated", message)
    }

    /// The family that the contract gives to a status.
    fn kind(&self) -> &'static str {
        match self.status.as_u16() {
            401 => "authentication_error",
            403 => "permission_error",
            429 => "rate_limit_error",
            500.. => "api_error",
            _ => "invalid_request_error",
        }
    }

    pub(crate) fn body(&self, request_id: &str) -> serde_json::Value {
        let mut error = serde_json::json!({
            "type": self.kind(),
            "code": self.code,
            "message": self.message,
            "request_id": request_id,
        });
        if let Some(param) = &self.param {
            error["param"] = param.as_str().into();
        }
        if !self.fields.is_empty() {
            error["fields"] = serde_json::json!(self.fields);
        }
        serde_json::json!({ "error": error })
    }
}
