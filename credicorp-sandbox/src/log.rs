//! One line for each request: as text for a person, or as JSON for a program. Never a body, a query or a header.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::json;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Log {
    Text,
    Json,
}

impl Log {
    /// What is chosen when one form is turned on or off.
    pub(crate) fn chosen(before: Option<Self>, form: Self, on: bool) -> Option<Self> {
        if on { Some(form) } else { before.filter(|log| *log != form) }
    }
}

/// What is known when a request comes in.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) log: Log,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) operation: Option<&'static str>,
    pub(crate) request_id: String,
}

impl Line {
    /// There is no status after a reset.
    pub(crate) fn written(&self, status: Option<StatusCode>, time: Duration) -> String {
        let (method, path, request_id) = (self.method.as_str(), &self.path, &self.request_id);
        let milliseconds = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        match self.log {
            Log::Text => {
                let status = status.map_or_else(|| "reset".to_owned(), |status| status.as_str().to_owned());
                let operation = self.operation.unwrap_or("-");
                format!("{method} {path} {status} {operation} {request_id} {milliseconds}ms")
            }
            Log::Json => json!({
                "method": method,
                "path": path,
                "status": status.map(|status| status.as_u16()),
                "operation": self.operation,
                "request_id": request_id,
                "ms": milliseconds,
            })
            .to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(log: Log, status: Option<StatusCode>) -> String {
        let line = Line {
            log,
            method: Method::GET,
            path: "/partner/v1/applications".to_owned(),
            operation: Some("list_applications"),
            request_id: "req_1".to_owned(),
        };
        line.written(status, Duration::from_millis(7))
    }

    #[test]
    fn a_request_is_a_line_of_either_form() {
        let text = "GET /partner/v1/applications 200 list_applications req_1 7ms";
        assert_eq!(line(Log::Text, Some(StatusCode::OK)), text);
        assert_eq!(line(Log::Text, None), text.replace("200", "reset"));
        let json = r#"{"method":"GET","ms":7,"operation":"list_applications","path":"/partner/v1/applications","request_id":"req_1","status":null}"#;
        assert_eq!(line(Log::Json, None), json);
    }

    #[test]
    fn the_last_form_that_was_turned_on_counts() {
        assert_eq!(Log::chosen(Some(Log::Text), Log::Json, true), Some(Log::Json));
        assert_eq!(Log::chosen(Some(Log::Json), Log::Text, false), Some(Log::Json));
        assert_eq!(Log::chosen(Some(Log::Json), Log::Json, false), None);
    }
}
