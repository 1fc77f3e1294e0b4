//! The control API over HTTP: `GET` looks, `POST` does.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{COMMANDS, perform, read};
use crate::answer::Answer;
use crate::exchange::read_json;
use crate::form;
use crate::problem::Problem;
use crate::record::RecordedRequest;
use crate::shared::Shared;
use crate::webhooks::Delivery;

/// How many records a list holds unless it is asked for more or fewer.
const RECENT: usize = 1_000;

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/_sandbox", get(about))
        .route("/_sandbox/requests", get(requests))
        .route("/_sandbox/deliveries", get(deliveries))
        .route("/_sandbox/{*command}", post(command).get(unknown))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    operation: Option<String>,
    limit: Option<usize>,
}

async fn about(State(shared): State<Arc<Shared>>) -> Response {
    let commands = COMMANDS.iter().map(|command| {
        let body: Value = serde_json::from_str(command.body).unwrap_or_default();
        json!({ "command": command.name, "body": body, "about": command.about })
    });
    let faults: Vec<_> = shared.faults.waiting().iter().map(ToString::to_string).collect();
    let hit = shared
        .faults
        .hits()
        .into_iter()
        .map(|(fault, hits)| json!({ "fault": fault.to_string(), "requests": hits }));
    answer(Ok(json!({
        "url": shared.url,
        "now": shared.clock.now(),
        "clock": if shared.clock.is_frozen() { "frozen" } else { "running" },
        "pending_faults": faults,
        "faults_hit": hit.collect::<Vec<_>>(),
        "spec_violations": shared.violations(),
        "lists": ["/_sandbox/requests", "/_sandbox/deliveries"],
        "commands": commands.collect::<Vec<_>>(),
    })))
}

impl Wanted {
    fn read(query: Option<String>) -> Result<Self, Problem> {
        let query = query.unwrap_or_default();
        read(form::to_json(form_urlencoded::parse(query.as_bytes()).into_owned()))
    }

    /// The latest of them.
    fn cut<'a, T>(&self, items: &'a [T]) -> &'a [T] {
        &items[items.len().saturating_sub(self.limit.unwrap_or(RECENT))..]
    }
}

async fn requests(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Response {
    answer(Wanted::read(query).map(|wanted| {
        let mut found = shared.requests.all();
        if let Some(operation) = &wanted.operation {
            found.retain(|request| request.operation.as_ref() == Some(operation));
        }
        json!({ "data": wanted.cut(&found).iter().map(show_request).collect::<Vec<_>>() })
    }))
}

async fn deliveries(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Response {
    answer(Wanted::read(query).map(|wanted| {
        let found = shared.webhooks.deliveries();
        json!({ "data": wanted.cut(&found).iter().map(show_delivery).collect::<Vec<_>>() })
    }))
}

async fn command(
    State(shared): State<Arc<Shared>>,
    Path(command): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let done = async { perform(&shared, &command, read_json(&headers, &body)?).await };
    answer(done.await)
}

async fn unknown(Path(command): Path<String>) -> Response {
    answer(Err(Problem::resource_not_found("list", &command)))
}

fn answer(result: Result<Value, Problem>) -> Response {
    let answer = result.and_then(|value| Answer::json(StatusCode::OK, &value));
    answer.unwrap_or_else(|problem| Answer::problem(problem, "")).into_response()
}

/// Without what authorizes, and without the bodies that hold credentials.
fn show_request(request: &RecordedRequest) -> Value {
    let headers = request.headers.iter().filter(|(name, _)| *name != http::header::AUTHORIZATION);
    let headers = headers.map(|(name, value)| {
        (name.to_string(), Value::from(String::from_utf8_lossy(value.as_bytes()).into_owned()))
    });
    json!({
        "at": request.at,
        "request_id": request.request_id,
        "operation": request.operation,
        "method": request.method.as_str(),
        "path": request.path,
        "query": request.query,
        "headers": headers.collect::<serde_json::Map<_, _>>(),
        "body": request.shown_body(),
        "status": request.status.map(|status| status.as_u16()),
    })
}

fn show_delivery(delivery: &Delivery) -> Value {
    json!({
        "id": delivery.id(),
        "at": delivery.at(),
        "event_id": delivery.event_id(),
        "event_type": delivery.event_type(),
        "endpoint_id": delivery.endpoint_id(),
        "url": delivery.url(),
        "attempt": delivery.attempt(),
        "status": delivery.status(),
        "error": delivery.error(),
        "body": String::from_utf8_lossy(delivery.body()),
    })
}
