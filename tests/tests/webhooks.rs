//! Webhooks from end to end: the sandbox delivers, the example service receives, and what is forged or replayed is refused.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../examples/webhook_service/service.rs"]
mod service;

use std::time::Duration;

use credicorp::types::{Business, NewApplication, NewWebhookEndpoint, Outcome};
use credicorp::webhooks::{SeenEvents, SeenInMemory, Verifier, testing};
use credicorp::{Client, Pence};
use credicorp_sandbox::Sandbox;
use credicorp_tests::{Receiver, client};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// A sandbox that delivers to the example service.
struct World {
    sandbox: Sandbox,
    cc: Client,
    url: String,
    secret: String,
    events: tokio::sync::mpsc::Receiver<credicorp::webhooks::Event>,
    _server: JoinSet<()>,
}

impl World {
    async fn start() -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/webhooks/credicorp", listener.local_addr().unwrap());
        let secret = sandbox.deliver_webhooks_to(&url).unwrap();
        let (router, events) = service::service(Verifier::new([&secret]).unwrap());
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, router).await.unwrap() });
        let cc = client(&sandbox);
        Self { sandbox, cc, url, secret, events, _server: server }
    }

    async fn decide(&self, company: &str) {
        let new = NewApplication::new(Business::new(company), Pence::from_pounds(25_000), 12)
            .redirect_uri("https://yourapp.com/return");
        let application = self.cc.applications().create(new).await.unwrap();
        self.cc.applications().submit(&application.id).await.unwrap();
        self.sandbox.clock().advance(Duration::from_secs(1));
        self.sandbox.flush_webhooks().await;
    }

    /// Posts a delivery by hand, and answers the status.
    async fn deliver(&self, body: &[u8], signature_header: &str) -> u16 {
        let request = reqwest::Client::new().post(&self.url).header("credicorp-signature", signature_header);
        request.body(body.to_vec()).send().await.unwrap().status().as_u16()
    }

    /// Works until the queue is empty; the outcomes of the decisions that were read.
    async fn work(&mut self, seen: &SeenInMemory) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        while !self.events.is_empty() {
            let handled = service::work(&mut self.events, seen, &self.cc).await.unwrap().unwrap();
            outcomes.extend(handled.map(|decision| decision.outcome));
        }
        outcomes
    }
}

#[tokio::test]
async fn what_the_sandbox_delivers_is_handled_once_and_what_is_forged_or_replayed_is_refused() {
    let mut world = World::start().await;
    let seen = SeenInMemory::new();
    world.decide("16093826").await;
    assert!(world.sandbox.deliveries().iter().all(|delivery| delivery.status() == Some(200)));
    assert_eq!(world.work(&seen).await, [Outcome::Approved]);

    let deliveries = world.sandbox.deliveries();
    let genuine = deliveries.iter().find(|delivery| delivery.event_type() == "decision.completed").unwrap();
    let (body, now) = (genuine.body(), genuine.at());

    let again = testing::sign(body, &world.secret, now);
    assert_eq!(world.deliver(body, &again).await, 200, "a redelivery is acknowledged");
    assert!(world.work(&seen).await.is_empty(), "and has no second effect");

    let forged = testing::sign(body, "whsec_of_somebody_else", now);
    assert_eq!(world.deliver(body, &forged).await, 400);
    let replayed = testing::sign(body, &world.secret, now - Duration::from_secs(3_600));
    assert_eq!(world.deliver(body, &replayed).await, 400);
    let changed = String::from_utf8_lossy(body).replace("approved", "declined");
    assert_eq!(world.deliver(changed.as_bytes(), &again).await, 400);
    assert!(world.events.is_empty(), "none of them reached the queue");
}

#[tokio::test]
async fn a_handler_that_fails_releases_the_event_and_the_redelivery_is_handled() {
    let mut world = World::start().await;
    let seen = SeenInMemory::new();
    world.decide("00000403").await;
    let deliveries = world.sandbox.deliveries();
    let genuine = deliveries.iter().find(|delivery| delivery.event_type() == "decision.completed").unwrap();
    world.sandbox.inject(credicorp_sandbox::Fault::status(404).on("get_decision"));
    let mut failed = 0;
    while !world.events.is_empty() {
        failed += usize::from(service::work(&mut world.events, &seen, &world.cc).await.unwrap().is_err());
    }
    assert_eq!(failed, 1);
    let signature = testing::sign(genuine.body(), &world.secret, genuine.at());
    assert_eq!(world.deliver(genuine.body(), &signature).await, 200);
    assert_eq!(world.work(&seen).await, [Outcome::Declined]);
    let id = genuine.event_id().into();
    assert_eq!(seen.claim(&id, Duration::from_secs(1)).await, Ok(credicorp::webhooks::Claim::Done));
}

/// Rotation as it is done in production: the new secret is added to the verifier, and the old one is taken out a day later.
#[tokio::test]
async fn a_rotation_loses_no_delivery_and_ends_after_a_day() {
    let sandbox = Sandbox::start().await.unwrap();
    let cc = client(&sandbox);
    let mut receiver = Receiver::start().await;
    let new = NewWebhookEndpoint::new(&receiver.url, ["decision.completed"]).description("checkout");
    let endpoint = cc.webhooks().create(new).await.unwrap();
    let old = endpoint.secret.as_ref().unwrap().expose().to_owned();
    assert_eq!(cc.webhooks().get(&endpoint.id).await.unwrap().secret, None, "it is told once");

    let mut delivered = async |verifiers: [(&Verifier, bool); 3]| {
        let new = NewApplication::new(Business::new("16093826"), Pence::from_pounds(25_000), 12)
            .redirect_uri("https://yourapp.com/return");
        let application = cc.applications().create(new).await.unwrap();
        cc.applications().submit(&application.id).await.unwrap();
        sandbox.clock().advance(Duration::from_secs(1));
        sandbox.flush_webhooks().await;
        let (header, body) = receiver.next().await;
        for (verifier, is_good) in verifiers {
            let event = verifier.construct_event_at(&body, &header, sandbox.clock().now());
            assert_eq!(event.is_ok(), is_good, "{header}");
        }
    };

    let with_old = Verifier::new([&old]).unwrap();
    let none = Verifier::new(["whsec_of_somebody_else"]).unwrap();
    delivered([(&with_old, true), (&none, false), (&with_old, true)]).await;

    let rotated = cc.webhooks().rotate_secret(&endpoint.id).await.unwrap();
    let fresh = rotated.secret.as_ref().unwrap().expose().to_owned();
    let (with_fresh, with_both) = (Verifier::new([&fresh]).unwrap(), Verifier::new([&fresh, &old]).unwrap());
    delivered([(&with_old, true), (&with_fresh, true), (&with_both, true)]).await;

    sandbox.clock().advance(Duration::from_secs(24 * 60 * 60));
    delivered([(&with_old, false), (&with_fresh, true), (&with_both, true)]).await;
    cc.webhooks().delete(&endpoint.id).await.unwrap();
    assert!(cc.webhooks().list().await.unwrap().data.iter().all(|other| other.id != endpoint.id));
}
