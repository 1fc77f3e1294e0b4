//! No secret in any `Debug`, `Display` or log line of a full flow.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use credicorp::types::{self, Business, NewApplication};
use credicorp::webhooks::{self, Verifier};
use credicorp::{Client, Credentials, Pence, Secret};
use credicorp_sandbox::{Fault, Sandbox};
use credicorp_tests::client;
use serde_json::json;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::util::SubscriberInitExt;

/// Everything that is logged, by whatever crate, at every level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// Logs everything of this thread up to that level, for as long as the guard lives.
fn listen(level: LevelFilter) -> (Log, DefaultGuard) {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_span_events(FmtSpan::CLOSE)
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    (log, subscriber.set_default())
}

fn new_application() -> NewApplication {
    NewApplication::new(Business::new("16093826"), Pence::from_pounds(25_000), 12)
        .redirect_uri("https://yourapp.com/return")
        .reference("reference-of-ours")
}

#[tokio::test]
async fn nothing_that_is_printed_or_logged_shows_a_secret() {
    let (log, _guard) = listen(LevelFilter::TRACE);

    let sandbox = Sandbox::start().await.unwrap();
    let (client_id, client_secret) = sandbox.client_credentials();
    let builder = Client::builder().client_credentials(client_id, client_secret).api_base(sandbox.url());
    let mut printed = vec![format!("{builder:?}")];
    let cc = client(&sandbox);
    let pair = cc.with_credentials(Credentials::client(client_id, client_secret)).unwrap();
    let token = cc.access_token().await.unwrap();
    let call = cc
        .applications()
        .create(new_application())
        .idempotency_key("key-of-ours")
        .header("x-trace", "header-of-ours");
    printed.push(format!("{builder:?} {cc:?} {pair:?} {token:?} {call:?} {:?}", cc.applications()));
    assert!(
        !printed.concat().contains("header-of-ours"),
        "a header of the caller's may be a secret of theirs"
    );
    let response = call.with_response().await.unwrap();
    printed.push(format!("{:?}", sandbox.requests()));
    pair.applications().submit(&response.id).await.unwrap();
    sandbox.clock().advance(Duration::from_secs(1));
    let decision = pair.applications().decision(&response.id).wait(Duration::from_secs(9)).await.unwrap();
    let mut items = cc.applications().list().limit(1).stream();
    printed.push(format!("{items:?} {decision:?}"));
    items.next().await.unwrap().unwrap();
    printed.push(format!("{items:?} {:?}", cc.applications().list().pages()));

    sandbox.inject(Fault::status(500).body(r#"{"error":{"code":"body-of-theirs"}}"#).times(9));
    let mut errors = vec![cc.applications().get("app_1").max_retries(0).await.unwrap_err()];
    sandbox.inject(Fault::status(401).on("create_token"));
    let stranger =
        cc.with_credentials(Credentials::client("cid_sbx_stranger", "csk_sbx_stranger-secret")).unwrap();
    errors.push(stranger.applications().list().await.unwrap_err());
    let verifier = Verifier::new([sandbox.webhook_secret()]).unwrap();
    errors.push(verifier.construct_event("{}", "t=1,v1=00").unwrap_err());
    errors.push(webhooks::construct_event("{}", "t=1", sandbox.webhook_secret()).unwrap_err());
    errors.push(Client::new("pk_wrong-prefix-secret").unwrap_err());
    printed.push(format!("{verifier:?} {sandbox:?} {errors:?}"));
    printed.extend(errors.iter().map(ToString::to_string));

    let printed = printed.join("\n");
    let logged = log.text();
    let basic = "Basic ";
    for secret in [
        sandbox.secret_key(),
        client_secret,
        token.expose(),
        sandbox.webhook_secret(),
        "stranger-secret",
        "wrong-prefix-secret",
        basic,
    ] {
        assert!(!printed.contains(secret), "printed: {secret}");
        assert!(!logged.contains(secret), "logged: {secret}");
    }
    let ours: Vec<&str> = logged.lines().filter(|line| line.contains("credicorp")).collect();
    assert!(
        ours.iter().any(|line| line.contains("credicorp.call") && line.contains("create_application")),
        "{logged}"
    );
    for private in [
        response.id.as_str(),
        decision.id.as_str(),
        "key-of-ours",
        "reference-of-ours",
        "body-of-theirs",
        "16093826",
        "header-of-ours",
    ] {
        assert!(!ours.iter().any(|line| line.contains(private)), "logged by us: {private}");
    }
}

/// Every public type that can hold a secret, or a value of the caller's that may be one, printed by itself.
#[tokio::test]
async fn no_public_type_prints_the_secret_that_it_holds() {
    const HIDDEN: &str = "hunter2";
    let token = json!({"access_token": HIDDEN, "token_type": "Bearer", "expires_in": 1});
    let endpoint = json!({"id": "whend_1", "url": "https://a.example", "enabled_events": ["*"], "status": "enabled",
        "created": "2026-06-29T10:14:02Z", "secret": HIDDEN});
    let credentials = [
        Credentials::secret_key(format!("sk_test_{HIDDEN}")),
        Credentials::client("cid_sbx_1", format!("csk_sbx_{HIDDEN}")),
    ];
    let builder = Client::builder()
        .secret_key(format!("sk_test_{HIDDEN}"))
        .client_credentials("cid_sbx_1", format!("csk_sbx_{HIDDEN}"));
    let bad = [
        Client::new(HIDDEN).unwrap_err(),
        Client::builder()
            .secret_key("sk_test_1")
            .api_base(format!("https://me:{HIDDEN}@a.example"))
            .build()
            .unwrap_err(),
        Verifier::new([HIDDEN]).unwrap_err(),
    ];
    let cc = Client::builder()
        .secret_key(format!("sk_test_{HIDDEN}"))
        .api_base("http://127.0.0.1:9")
        .build()
        .unwrap();
    let applications = cc.applications();
    let get = || applications.get(HIDDEN).header("x-token", HIDDEN);
    let list = || applications.list().cursor(HIDDEN);
    let printed = [
        format!("{:?}", Secret::from(HIDDEN)),
        format!("{:?}", serde_json::from_value::<types::Token>(token).unwrap()),
        format!("{:?}", serde_json::from_value::<types::WebhookEndpoint>(endpoint).unwrap()),
        format!("{:?}", types::TokenRequest::new("client_credentials").client_secret(HIDDEN)),
        format!("{credentials:?} {builder:?} {cc:?} {applications:?}"),
        format!("{bad:?} {} {} {}", bad[0], bad[1], bad[2]),
        format!(
            "{:?} {:?} {:?}",
            get(),
            get().with_response(),
            applications.create(new_application()).idempotency_key(HIDDEN)
        ),
        format!("{:?} {:?} {:?}", list(), list().pages(), list().stream()),
        format!("{:?}", Verifier::new([format!("whsec_{HIDDEN}")]).unwrap()),
    ];
    for text in printed {
        assert!(!text.contains(HIDDEN), "{text}");
    }
}

#[tokio::test]
async fn a_span_a_call_and_an_event_an_attempt_in_opentelemetrys_names() {
    let (log, _guard) = listen(LevelFilter::DEBUG);
    let sandbox = Sandbox::start().await.unwrap();
    let cc = client(&sandbox);
    cc.access_token().await.unwrap();
    sandbox.revoke_tokens();
    cc.applications().get("app_none").await.unwrap_err();
    let text = log.text();
    let of_call: Vec<&str> =
        text.lines().filter(|line| line.contains("otel.name=\"get_application\"")).collect();
    let attempts: Vec<&&str> =
        of_call.iter().filter(|line| line.contains("attempt") && !line.contains(": close")).collect();
    assert_eq!(attempts.len(), 3, "401, the mint within it, and 404: {text}");
    assert!(
        attempts[0].contains("http.response.status_code=401")
            && attempts[0].contains("http.request.resend_count=0")
    );
    assert!(
        attempts[2].contains("http.response.status_code=404")
            && attempts[2].contains("http.request.resend_count=1")
    );
    let closed = of_call.last().unwrap();
    for field in [
        "otel.kind=\"client\"",
        "http.request.method=\"GET\"",
        "url.template=\"/partner/v1/applications/{id}\"",
        "http.response.status_code=404",
        "http.request.resend_count=1",
        "error.type=\"api\"",
    ] {
        assert!(closed.contains(field), "{field} in {closed}");
    }
}
