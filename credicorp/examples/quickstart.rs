//! The main job from end to end: `cargo run --example quickstart`.
//!
//! Without credentials in the environment it runs offline, against the embedded sandbox. With a test key in
//! `CC_SECRET_KEY` (`sk_test_…`), or a sandbox pair in `CC_CLIENT_ID` and `CC_CLIENT_SECRET`, it talks to Credicorp's own
//! sandbox, and skips what only the embedded one can do. It refuses live credentials.

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use credicorp::types::{Application, Business, NewApplication, Outcome, Purpose};
use credicorp::webhooks::{EventData, Verifier};
use credicorp::{Client, Credentials, Environment, Pence};
use credicorp_sandbox::Sandbox;
use tokio::sync::mpsc;

type Outcomes<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Outcomes<()> {
    match Credentials::from_env()? {
        Some(credentials) if credentials.environment()? != Environment::Sandbox => Err(
            "the credentials in the environment are live, and this example creates an application: it runs with \
             sandbox credentials only (sk_test_…, or cid_sbx_… with csk_sbx_…), or with none, offline"
                .into(),
        ),
        Some(_) => online().await,
        None => offline().await,
    }
}

/// Against Credicorp's own sandbox.
async fn online() -> Outcomes<()> {
    let cc = Client::from_env()?;
    println!("== {} with the credentials of the environment", cc.api_base());
    main_job(&cc).await?;
    println!("-- webhook: skipped, Credicorp's sandbox cannot reach a receiver on this machine");
    refused(&cc).await
}

/// Against the embedded sandbox.
async fn offline() -> Outcomes<()> {
    let mut deliveries = receive_webhooks().await?;
    let sandbox = Sandbox::start().await?;
    let secret = sandbox.deliver_webhooks_to(&deliveries.url)?;
    println!("== offline, against the embedded sandbox at {}", sandbox.url());

    let cc = Client::builder().secret_key(sandbox.secret_key()).api_base(sandbox.url()).build()?;
    main_job(&cc).await?;
    println!("-- tokens minted for all of this: {}", sandbox.requests_to("create_token").len());
    verify_a_webhook(&mut deliveries, &secret).await?;
    refused(&cc).await
}

/// Create, decide, list.
async fn main_job(cc: &Client) -> Outcomes<()> {
    let token = cc.access_token().await?;
    println!("-- token minted: {token:?}");

    let key = format!("quickstart_{}", std::process::id());
    let create = || cc.applications().create(new_application()).idempotency_key(&key).with_response();
    let response = create().await?;
    println!(
        "-- created under the key {:?}, request {:?}",
        response.idempotency_key(),
        response.request_id()
    );
    let application = response.into_inner();
    print_application(&application);
    println!(
        "   send the applicant to {}",
        application.handoff_url.as_deref().unwrap_or("(no hosted journey)")
    );

    let again = create().await?;
    println!("-- sent again under the same key: replayed = {}, still {}", again.replayed(), again.id);

    cc.applications().submit(&application.id).await?;
    let decision = cc.applications().decision(&application.id).wait(Duration::from_secs(30)).await?;
    match &decision.outcome {
        Outcome::Approved => println!("-- decision: approved, {} offer(s)", decision.offers.len()),
        outcome => println!("-- decision: {outcome} {:?}", decision.reasons),
    }

    for number in 2..=3 {
        cc.applications().create(new_application().reference(format!("quickstart {number}"))).await?;
    }
    println!("-- the applications, page by page");
    let mut pages = cc.applications().list().limit(2).pages();
    for number in 1..=3 {
        let Some(page) = pages.next().await else { break };
        println!("   page {number}");
        page?.data.iter().for_each(print_application);
    }
    Ok(())
}

fn new_application() -> NewApplication {
    NewApplication::new(Business::new("16093826"), Pence::from_pounds(25_000), 12)
        .purpose(Purpose::WorkingCapital)
        .redirect_uri("https://yourapp.com/return")
        .metadata([("order", "88421")])
}

fn print_application(application: &Application) {
    println!("   {} {} {}", application.id, application.amount_pence, application.status);
}

/// A request that the API refuses, and the fields that it names.
async fn refused(cc: &Client) -> Outcomes<()> {
    let wrong = NewApplication::new(Business::new("123"), Pence::from_pounds(1), 600)
        .redirect_uri("https://yourapp.com/return");
    match cc.applications().create(wrong).await {
        Ok(application) => Err(format!("{} should have been refused", application.id).into()),
        Err(error) if error.code() == Some("validation_error") => {
            println!("-- refused as it should be: {error}");
            for field in error.fields() {
                println!("   {}: {}", field.field, field.message.as_deref().unwrap_or(""));
            }
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

/// Waits for the decision's webhook, and trusts it only once it is verified.
async fn verify_a_webhook(deliveries: &mut Deliveries, secret: &str) -> Outcomes<()> {
    let verifier = Verifier::new([secret])?;
    while let Some((header, body)) = deliveries.received.recv().await {
        let event = verifier.construct_event(&body, &header)?;
        if let EventData::DecisionCompleted(decision) = &event.data {
            println!(
                "-- webhook {} verified: {} {} {}",
                event.id, event.kind, decision.application_id, decision.outcome
            );
            let mut forged = body.to_vec();
            forged.push(b' ');
            let error = verifier
                .construct_event(&forged, &header)
                .err()
                .ok_or("a forged delivery was let through")?;
            println!("   the same with one byte more: {error}");
            return Ok(());
        }
    }
    Err("no webhook came".into())
}

/// The partner's receiver: it hands on the raw bytes and the signature, and acknowledges at once.
struct Deliveries {
    url: String,
    received: mpsc::UnboundedReceiver<(String, Bytes)>,
}

async fn receive_webhooks() -> Outcomes<Deliveries> {
    let (sender, received) = mpsc::unbounded_channel();
    let hook = post(async move |headers: HeaderMap, body: Bytes| {
        let header =
            headers.get("credicorp-signature").and_then(|value| value.to_str().ok()).unwrap_or_default();
        match sender.send((header.to_owned(), body)) {
            Ok(()) => StatusCode::OK,
            Err(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/webhooks/credicorp", listener.local_addr()?);
    let router = axum::Router::new().route("/webhooks/credicorp", hook);
    #[allow(clippy::disallowed_methods, reason = "an application may spawn; the crate does not")]
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(Deliveries { url, received })
}
