//! A service that receives webhooks with axum: it acknowledges at once, and works from a queue.
//!
//! ```console
//! $ cargo run --example webhook_service
//! ```
//!
//! An embedded sandbox decides three applications and delivers what happened; the service reads each decision.

mod service;

use std::time::Duration;

use credicorp::types::{Business, NewApplication};
use credicorp::webhooks::{SeenInMemory, Verifier};
use credicorp::{Client, Pence};
use credicorp_sandbox::Sandbox;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/webhooks/credicorp", listener.local_addr()?);
    let secret = sandbox.deliver_webhooks_to(&url)?;
    let (router, mut events) = service::service(Verifier::new([secret])?);
    let mut server = JoinSet::new();
    server.spawn(async move { axum::serve(listener, router).await });

    let cc = Client::builder().secret_key(sandbox.secret_key()).api_base(sandbox.url()).build()?;
    for company in ["16093826", "00000402", "00000403"] {
        let new = NewApplication::new(Business::new(company), Pence::from_pounds(25_000), 12)
            .redirect_uri("https://yourapp.com/return");
        let application = cc.applications().create(new).await?;
        cc.applications().submit(&application.id).await?;
    }
    sandbox.clock().advance(Duration::from_secs(1));
    sandbox.flush_webhooks().await;

    let seen = SeenInMemory::new();
    while !events.is_empty() {
        if let Some(Some(decision)) = service::work(&mut events, &seen, &cc).await.transpose()? {
            println!("{} {} {:?}", decision.application_id, decision.outcome, decision.reasons);
        }
    }
    Ok(())
}
