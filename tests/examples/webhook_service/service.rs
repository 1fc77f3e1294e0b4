//! The service: one route that acknowledges at once, a queue, and a worker that does the work.
//!
//! Credicorp waits 10 s for a delivery to be acknowledged, so nothing slow happens in the route. What is acknowledged is
//! yours: with the queue in memory, as here, a process that dies loses what waits in it. Where that matters insert
//! [`Event::raw`] into a table before you answer, and let the worker read the table.

use std::time::Duration;

use axum::Router;
use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use axum::routing::post;
use credicorp::types::Decision;
use credicorp::webhooks::axum::Verified;
use credicorp::webhooks::{Claim, Event, EventData, SeenEvents, Verifier};
use credicorp::{Client, Error};
use tokio::sync::mpsc::{self, Receiver, Sender};

/// Longer than handling an event ever takes.
const LEASE: Duration = Duration::from_secs(60);

/// How many events may wait. A delivery that finds the queue full comes again.
const QUEUE: usize = 1_000;

#[derive(Clone)]
struct App {
    verifier: Verifier,
    queue: Sender<Event>,
}

impl FromRef<App> for Verifier {
    fn from_ref(app: &App) -> Self {
        app.verifier.clone()
    }
}

/// The route, and the queue that it fills.
pub(crate) fn service(verifier: Verifier) -> (Router, Receiver<Event>) {
    let (queue, events) = mpsc::channel(QUEUE);
    let router = Router::new().route("/webhooks/credicorp", post(hook)).with_state(App { verifier, queue });
    (router, events)
}

/// Only what Credicorp signed gets here.
async fn hook(State(app): State<App>, Verified(event): Verified) -> StatusCode {
    match app.queue.try_send(event) {
        Ok(()) => StatusCode::OK,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// Takes the next event from the queue and handles it, unless that was done before. Answers the decision that it led to.
pub(crate) async fn work<S: SeenEvents>(
    events: &mut Receiver<Event>,
    seen: &S,
    cc: &Client,
) -> Option<Result<Option<Decision>, Error>>
where
    S::Error: std::fmt::Debug,
{
    let event = events.recv().await?;
    match seen.claim(&event.id, LEASE).await {
        Ok(Claim::New) => {}
        Ok(Claim::InProgress | Claim::Done) => return Some(Ok(None)),
        Err(error) => {
            eprintln!("{}: the store of seen events failed: {error:?}", event.id);
            return Some(Ok(None));
        }
    }
    let handled = handle(&event, cc).await;
    let kept = match &handled {
        Ok(_) => seen.done(&event.id).await,
        Err(_) => seen.release(&event.id).await,
    };
    if let Err(error) = kept {
        eprintln!("{}: the store of seen events failed: {error:?}", event.id);
    }
    Some(handled)
}

/// Your business. The event says that something happened; what is true now says the resource.
async fn handle(event: &Event, cc: &Client) -> Result<Option<Decision>, Error> {
    match &event.data {
        EventData::DecisionCompleted(completed) => {
            cc.applications().decision(&completed.application_id).await.map(Some)
        }
        _ => Ok(None),
    }
}
