//! Each webhook handled once, over SQLite, by any number of processes that share the file.
//!
//! ```console
//! $ cargo run --example seen_events_sqlite [seen.sqlite]
//! ```
//!
//! An embedded sandbox decides an application and delivers the event twice; the handler runs once. [`store`] is the part to
//! take: one table, and one statement a claim.

mod store;

use std::time::Duration;

use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use axum::routing::post;
use credicorp::types::{Business, NewApplication};
use credicorp::webhooks::axum::Verified;
use credicorp::webhooks::{self, Claim, Event, EventData, SeenEvents, Verifier};
use credicorp::{Client, Pence};
use credicorp_sandbox::Sandbox;
use store::SqliteSeenEvents;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// Longer than handling an event ever takes.
const LEASE: Duration = Duration::from_secs(60);

#[derive(Clone)]
struct App {
    verifier: Verifier,
    seen: SqliteSeenEvents,
}

impl FromRef<App> for Verifier {
    fn from_ref(app: &App) -> Self {
        app.verifier.clone()
    }
}

async fn hook(State(app): State<App>, Verified(event): Verified) -> StatusCode {
    receive(&app.seen, &event).await.unwrap_or_else(|error| {
        eprintln!("{}: {error}", event.id);
        StatusCode::SERVICE_UNAVAILABLE // it comes again
    })
}

/// The status to answer a delivery with.
async fn receive(seen: &SqliteSeenEvents, event: &Event) -> Result<StatusCode, rusqlite::Error> {
    match seen.claim(&event.id, LEASE).await? {
        Claim::New => match handle(event) {
            Ok(()) => seen.done(&event.id).await.map(|()| StatusCode::OK),
            Err(error) => {
                eprintln!("{}: {error}", event.id);
                seen.release(&event.id).await.map(|()| StatusCode::INTERNAL_SERVER_ERROR)
            }
        },
        Claim::InProgress => Ok(StatusCode::SERVICE_UNAVAILABLE),
        Claim::Done => {
            println!("{} again: nothing to do", event.id);
            Ok(StatusCode::OK)
        }
    }
}

/// Your business. What an event says of amounts is a hint: read the resource again where it matters.
fn handle(event: &Event) -> Result<(), &'static str> {
    match &event.data {
        EventData::DecisionCompleted(decision) => {
            println!("{} {} {}", event.id, decision.application_id, decision.outcome);
            Ok(())
        }
        _ => Ok(()),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/hook", listener.local_addr()?);
    let secret = sandbox.deliver_webhooks_to(&url)?;
    let seen = match std::env::args().nth(1) {
        Some(file) => SqliteSeenEvents::open(file)?,
        None => SqliteSeenEvents::in_memory()?,
    };
    let app = App { verifier: Verifier::new([&secret])?, seen };
    let mut server = JoinSet::new();
    let router = axum::Router::new().route("/hook", post(hook)).with_state(app);
    server.spawn(async move { axum::serve(listener, router).await });

    let cc = Client::builder().secret_key(sandbox.secret_key()).api_base(sandbox.url()).build()?;
    let new = NewApplication::new(Business::new("16093826"), Pence::from_pounds(25_000), 12)
        .redirect_uri("https://yourapp.com/return");
    let application = cc.applications().create(new).await?;
    cc.applications().submit(&application.id).await?;
    sandbox.clock().advance(Duration::from_secs(1));
    cc.applications().decision(&application.id).await?;
    sandbox.flush_webhooks().await;

    // A redelivery brings the same bytes, signed afresh.
    let http = reqwest::Client::new();
    for delivery in sandbox.deliveries() {
        let signature = webhooks::testing::sign(delivery.body(), &secret, delivery.at());
        let redelivery =
            http.post(&url).header("credicorp-signature", signature).body(delivery.body().to_vec());
        println!("{} redelivered: {}", delivery.event_type(), redelivery.send().await?.status());
    }
    Ok(())
}
