//! One request and its answer: received, recorded, routed, possibly failed on demand, executed, checked, answered, logged.

mod half;
mod input;
mod perform;

use std::io::{self, Write};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};

use crate::answer::Answer;
use crate::clock::Stopwatch;
use crate::fault::{Effect, Fault, http_date};
use crate::log::Line;
use crate::problem::Problem;
use crate::record::RecordedRequest;
use crate::server::Cut;
use crate::shared::Shared;
use crate::spec::{Operation, Route};

pub(crate) use input::{Input, media_type, read_json};

/// Bytes in a request's body at most.
const BODY_LIMIT: usize = 1024 * 1024;
/// So much more is read and thrown away, so that the sender hears the refusal instead of a broken pipe.
const DRAIN_LIMIT: usize = 16 * BODY_LIMIT;

const REQUEST_ID: HeaderName = HeaderName::from_static("credicorp-request-id");

/// A request with everything that it takes to answer it.
#[derive(Clone, Debug)]
struct Exchange {
    shared: Arc<Shared>,
    request_id: String,
    method: Method,
    path: String,
    query: Option<String>,
    headers: HeaderMap,
    /// `None` if it was over the limit.
    body: Option<Bytes>,
}

enum Outcome {
    Answered(Answer),
    /// Only the first half of the body goes out.
    Broken(Answer),
    Cut,
}

pub(crate) async fn serve(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let stopwatch = Stopwatch::start();
    let (parts, body) = request.into_parts();
    let cut = parts.extensions.get::<Cut>().cloned();
    let body = axum::body::to_bytes(body, DRAIN_LIMIT).await.ok().filter(|body| body.len() <= BODY_LIMIT);
    let exchange = Exchange {
        request_id: shared.ids.next("req"),
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        headers: parts.headers,
        body,
        shared,
    };
    let shared = Arc::clone(&exchange.shared);
    let operation = exchange.operation_id();
    let number = shared.requests.received(exchange.record(operation));
    let line = shared.log.map(|log| Line {
        log,
        method: exchange.method.clone(),
        path: exchange.path.clone(),
        operation,
        request_id: exchange.request_id.clone(),
    });
    let request_id = exchange.request_id.clone();

    let outcome = exchange.answer().await;

    let answered = match &outcome {
        Outcome::Answered(answer) | Outcome::Broken(answer) => Some(answer),
        Outcome::Cut => None,
    };
    shared.requests.answered(number, answered);
    let status = answered.map(|answer| answer.status);
    if let Some(line) = line {
        // Whoever reads it may go away; the sandbox stays.
        let _ = writeln!(io::stderr(), "{}", line.written(status, stopwatch.elapsed()));
    }
    match outcome {
        Outcome::Answered(answer) => respond(answer, &shared, &request_id),
        Outcome::Broken(answer) => {
            let half = Body::new(half::HalfBody::of(&answer.body));
            respond(answer, &shared, &request_id).map(|_| half)
        }
        Outcome::Cut => {
            if let Some(cut) = cut {
                cut.make();
            }
            // The connection is gone before this can be answered.
            std::future::pending().await
        }
    }
}

/// Adds what every answer has.
fn respond(answer: Answer, shared: &Shared, request_id: &str) -> Response {
    let mut response = answer.into_response();
    let headers = response.headers_mut();
    shared.rate_limits.add_headers(headers, shared.clock.now());
    for (name, value) in [(REQUEST_ID, request_id), (header::DATE, &http_date(shared.clock.now()))] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.entry(name).or_insert(value);
        }
    }
    response
}

impl Exchange {
    fn operation_id(&self) -> Option<&'static str> {
        match self.shared.spec.route(&self.method, &self.path) {
            Route::Found { operation, .. } => {
                self.shared.spec.operation(&operation.id).map(|found| found.id.as_str())
            }
            _ => None,
        }
    }

    fn record(&self, operation: Option<&str>) -> RecordedRequest {
        RecordedRequest {
            operation: operation.map(str::to_owned),
            method: self.method.clone(),
            path: self.path.clone(),
            query: self.query.clone(),
            headers: self.headers.clone(),
            body: self.body.clone().unwrap_or_default(),
            request_id: self.request_id.clone(),
            at: self.shared.clock.now(),
            status: None,
            answer: Bytes::new(),
        }
    }

    async fn answer(self) -> Outcome {
        let shared = Arc::clone(&self.shared);
        let Some(operation) = self.operation_id().and_then(|id| shared.spec.operation(id)) else {
            return Outcome::Answered(self.check(None, self.refuse_route()));
        };
        let fault = shared.faults.take(&operation.id);
        match fault.as_ref().map(Fault::effect) {
            None => Outcome::Answered(self.execute(operation, None).await),
            Some(Effect::Status(_)) => {
                let answer = fault.map(|fault| fault.answer(&operation.id, &self.request_id));
                answer.map_or(Outcome::Cut, Outcome::Answered)
            }
            Some(Effect::Delay(time)) => {
                // In a task of its own: the caller may go away, the execution goes on.
                let answer =
                    shared.tasks.finish(async move { self.execute(operation, Some(time)).await }).await;
                answer.map_or(Outcome::Cut, Outcome::Answered)
            }
            Some(Effect::ResetBefore) => Outcome::Cut,
            Some(Effect::HalfBody) => match self.execute(operation, None).await {
                // There is nothing to break off.
                answer if answer.body.is_empty() => Outcome::Cut,
                answer => Outcome::Broken(answer),
            },
            Some(Effect::ResetAfter) => {
                self.execute(operation, None).await;
                Outcome::Cut
            }
        }
    }

    /// A request that means no operation.
    fn refuse_route(&self) -> Answer {
        let problem = match self.shared.spec.route(&self.method, &self.path) {
            Route::OtherMethods(methods) => Problem::method_not_allowed(&self.method, &methods),
            _ => Problem::route_not_found(&self.method, &self.path),
        };
        Answer::problem(problem, &self.request_id)
    }

    /// In debug builds no answer leaves that the spec does not promise.
    fn check(&self, operation: Option<&Operation>, answer: Answer) -> Answer {
        if !cfg!(debug_assertions) {
            return answer;
        }
        let status = answer.status.as_u16();
        let Some(why) = self.shared.spec.answer_violation(operation, status, &answer.body) else {
            return answer;
        };
        let name = operation.map_or("no operation", |operation| operation.id.as_str());
        let violation = format!("{name}: the answer {status} breaks the spec: {why}");
        self.shared.report_violation(violation.clone());
        Answer::problem(Problem::server_error(violation), &self.request_id)
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;
    use crate::sandbox::Sandbox;

    fn exchange() -> Exchange {
        let shared = Shared::new(&Sandbox::builder(), "http://127.0.0.1:1".to_owned()).unwrap();
        Exchange {
            shared,
            request_id: "req_1".to_owned(),
            method: Method::GET,
            path: "/partner/v1/applications/app_1".to_owned(),
            query: None,
            headers: HeaderMap::new(),
            body: Some(Bytes::new()),
        }
    }

    #[test]
    fn an_answer_that_breaks_the_spec_does_not_leave() {
        let exchange = exchange();
        let operation = exchange.shared.spec.operation("get_application");
        for (status, body, part) in [
            (StatusCode::OK, r#"{"id":"app_1"}"#, "created_at: is required"),
            (StatusCode::OK, "{", "not JSON"),
            (StatusCode::NOT_FOUND, r#"{"message":"lost"}"#, "error: is required"),
        ] {
            let answer = exchange.check(operation, Answer::text(status, "application/json", body));
            assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
            let said = String::from_utf8_lossy(&answer.body).into_owned();
            assert!(said.contains("get_application") && said.contains(part), "{said}");
        }
        assert_eq!(exchange.shared.violations().len(), 3);
    }

    #[test]
    fn a_good_answer_is_left_alone() {
        let exchange = exchange();
        let problem = Answer::problem(Problem::resource_not_found("application", "app_1"), "req_1");
        let answer = exchange.check(exchange.shared.spec.operation("get_application"), problem.clone());
        assert_eq!((answer.status, answer.body), (problem.status, problem.body));
        assert!(exchange.shared.violations().is_empty());
    }
}
