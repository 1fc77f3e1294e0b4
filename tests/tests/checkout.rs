//! One order, one loan, whatever gets lost on the way.
use std::time::Duration;

use credicorp::types::{ApplicationId, Business, NewApplication, OfferStatus, Outcome};
use credicorp::{Client, Error, Pence};
use credicorp_sandbox::{Fault, Sandbox};

/// The code under test: the checkout asks for a loan, once for each order.
async fn checkout(cc: &Client, order: &str) -> Result<ApplicationId, Error> {
    let new = NewApplication::new(Business::new("16093826"), Pence::from_pounds(25_000), 12)
        .redirect_uri("https://shop.example/return");
    let application = cc.applications().create(new).idempotency_key(order).await?;
    Ok(cc.applications().submit(&application.id).await?.id)
}

#[tokio::test]
async fn an_order_is_financed_once_though_the_answer_got_lost() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::builder().frozen_at("2026-06-29T10:14:02Z".parse()?).start().await?;
    let cc = Client::builder().secret_key(sandbox.secret_key()).api_base(sandbox.url()).build()?;
    sandbox.inject(Fault::reset_after().on("create_application")); // it is created, but nobody hears of it
    let id = checkout(&cc, "order_88421").await?;
    sandbox.clock().advance(Duration::from_secs(1)); // the time of a decision
    let decision = cc.applications().decision(&id).await?;
    assert_eq!(decision.outcome, Outcome::Approved);
    assert_eq!(cc.offers().accept(&decision.offers[0].id).await?.status, OfferStatus::Accepted);
    let sent = sandbox.requests_to("create_application");
    assert!(sent.len() == 2 && sent.iter().all(|one| one.header("idempotency-key") == Some("order_88421")));
    assert_eq!(cc.applications().list().await?.data.len(), 1);
    Ok(())
}
