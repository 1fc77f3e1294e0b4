//! Faults of the network, over real sockets on loopback: whether the request may have been sent, and what is repeated.
//!
//! The clock is the test's: a server that wants to be late advances it, and nobody waits.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::socket::{mint, read_request, write};
use crate::ambient::Manual;
use crate::pipeline::run::{Limits, Run};
use crate::pipeline::wire::LONGEST_BODY;
use crate::test_support::{APPLICATION, named};
use crate::{Client, Error, ErrorKind};

/// Longer than every backoff, and shorter than the attempt's timeout.
const PATIENCE: Duration = Duration::from_secs(10);
const TIMEOUT: Duration = Duration::from_secs(30);

/// What the server does with a connection that carries a partner call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    ResetBeforeReading,
    ResetAfterReading,
    HalfABody,
    HalfARefusal,
    SlowHeaders,
    SlowBody,
    NotHttp,
    TooLarge,
    TooLargeUnannounced,
}

/// A server that mints a token on a connection of its own, and then goes through the faults, one a connection.
struct Server {
    base: String,
    requests: Arc<Mutex<Vec<String>>>,
    _tasks: JoinSet<()>,
}

impl Server {
    async fn start(clock: &Manual, faults: impl IntoIterator<Item = Fault>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = JoinSet::new();
        let (seen, clock) = (Arc::clone(&requests), clock.clone());
        let faults: Vec<Fault> = faults.into_iter().collect();
        tasks.spawn(async move {
            mint(&listener).await;
            let mut kept = Vec::new();
            for fault in faults {
                let (mut stream, _) = listener.accept().await.unwrap();
                misbehave(&mut stream, fault, &seen, &clock).await;
                if matches!(fault, Fault::SlowHeaders | Fault::SlowBody) {
                    kept.push(stream);
                }
            }
            std::future::pending::<()>().await;
        });
        Self { base, requests, _tasks: tasks }
    }

    fn client(&self, clock: &Manual) -> Client {
        let builder = Client::builder().secret_key("sk_test_1").api_base(&self.base).timeout(TIMEOUT);
        builder.ambient(clock.clone()).build().unwrap()
    }

    /// One attempt to read, and why it failed.
    async fn get_once(&self, clock: &Manual) -> Error {
        self.client(clock).applications().get("app_1").max_retries(0).await.unwrap_err()
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

async fn misbehave(stream: &mut TcpStream, fault: Fault, seen: &Mutex<Vec<String>>, clock: &Manual) {
    if fault == Fault::ResetBeforeReading {
        return stream.set_zero_linger().unwrap();
    }
    let request = read_request(stream).await;
    seen.lock().unwrap().push(request);
    let length = APPLICATION.len();
    match fault {
        Fault::None => {
            write(stream, &format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{APPLICATION}")).await
        }
        Fault::ResetAfterReading => stream.set_zero_linger().unwrap(),
        Fault::HalfABody => {
            let half = &APPLICATION[..length / 2];
            let head = "HTTP/1.1 200 OK\r\ncredicorp-request-id: req_half";
            write(stream, &format!("{head}\r\ncontent-length: {length}\r\n\r\n{half}")).await;
        }
        Fault::HalfARefusal => {
            write(stream, "HTTP/1.1 429 x\r\nretry-after: 7\r\ncontent-length: 50\r\n\r\n{\"error\"").await;
        }
        Fault::SlowHeaders => clock.advance(TIMEOUT),
        Fault::SlowBody => {
            write(stream, &format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{{")).await;
            clock.advance(TIMEOUT);
        }
        Fault::NotHttp => write(stream, "220 smtp.example ready\r\n").await,
        Fault::TooLarge | Fault::TooLargeUnannounced => too_large(stream, fault).await,
        Fault::ResetBeforeReading => unreachable!(),
    }
}

async fn too_large(stream: &mut TcpStream, fault: Fault) {
    let framing = match fault {
        Fault::TooLarge => format!("content-length: {}", LONGEST_BODY + 1),
        _ => "connection: close".to_owned(),
    };
    write(stream, &format!("HTTP/1.1 200 OK\r\ncredicorp-request-id: req_big\r\n{framing}\r\n\r\n")).await;
    let chunk = vec![b'x'; 1 << 20];
    // The client hangs up before the end.
    while stream.write_all(&chunk).await.is_ok() {}
}

async fn keyless_write(client: &Client, base: &str) -> Result<u32, Error> {
    let operation = named("submit_application");
    let url = format!("{base}/partner/v1/applications/app_1/submit").parse().unwrap();
    let mut request = reqwest::Request::new(operation.method.clone(), url);
    let limits = Limits { max_retries: 3, timeout: TIMEOUT, deadline: None };
    let answer =
        Run::new(client.core(), operation, limits, None).drive(&mut request, Some(&client.tokens())).await?;
    Ok(answer.extensions().get::<crate::error::Facts>().unwrap().attempts)
}

/// Every fault after which the request may have been sent: an error says so; a read and a keyed write are repeated, the
/// write under one key; a write without a key is not.
#[tokio::test]
async fn faults_after_which_it_may_have_been_sent() {
    for (fault, kind) in [
        (Fault::ResetBeforeReading, ErrorKind::Transport),
        (Fault::ResetAfterReading, ErrorKind::Transport),
        (Fault::HalfABody, ErrorKind::Transport),
        (Fault::NotHttp, ErrorKind::Transport),
        (Fault::SlowHeaders, ErrorKind::Timeout),
        (Fault::SlowBody, ErrorKind::Timeout),
    ] {
        let clock = Manual::new(PATIENCE);
        let server = Server::start(&clock, [fault; 1]).await;
        let error = server.get_once(&clock).await;
        assert_eq!(error.kind(), kind, "{fault:?}: {error:?}");
        assert!(error.may_have_been_sent() && error.is_retryable(), "{fault:?}");
        assert_eq!(error.attempts(), 1, "{fault:?}");
        assert!(!format!("{error:?}").contains("127.0.0.1:"), "no URL in {error:?}");

        let clock = Manual::new(PATIENCE);
        let server = Server::start(&clock, [fault, fault, Fault::None]).await;
        let write = server.client(&clock).applications().submit("app_1").idempotency_key("order_1");
        let response = write.with_response().await.unwrap();
        assert_eq!(response.attempts(), 3, "{fault:?}");
        // Those that were reset unread were never seen.
        let seen = if fault == Fault::ResetBeforeReading { 1 } else { 3 };
        let requests = server.requests();
        assert_eq!(requests.len(), seen, "{fault:?}");
        assert!(
            requests.iter().all(|request| request.contains("\r\nidempotency-key: order_1\r\n")),
            "{fault:?}"
        );

        let clock = Manual::new(PATIENCE);
        let server = Server::start(&clock, [fault, Fault::None]).await;
        let error = keyless_write(&server.client(&clock), &server.base).await.unwrap_err();
        assert_eq!((error.attempts(), error.may_have_been_sent()), (1, true), "{fault:?}");
    }
}

#[tokio::test]
async fn refused_is_not_sent_and_even_a_keyless_write_is_repeated() {
    let clock = Manual::new(PATIENCE);
    let server = Server::start(&clock, []).await;
    let client = server.client(&clock);
    client.tokens().get(None).await.unwrap();
    let base = server.base.clone();
    drop(server);
    // The listener goes with its task, which the runtime drops when it next runs.
    while TcpStream::connect(base.trim_start_matches("http://")).await.is_ok() {
        tokio::task::yield_now().await;
    }
    let error = client.applications().submit("app_1").await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), error.may_have_been_sent()), (ErrorKind::Connect, 4, false));
    let error = keyless_write(&client, &base).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), error.may_have_been_sent()), (ErrorKind::Connect, 4, false));
}

#[tokio::test]
async fn half_a_body_keeps_what_came() {
    let clock = Manual::new(PATIENCE);
    let server = Server::start(&clock, [Fault::HalfABody]).await;
    let error = server.get_once(&clock).await;
    assert_eq!(error.status().map(|status| status.as_u16()), Some(200));
    assert_eq!(error.request_id(), Some("req_half"));
    assert_eq!(error.body(), Some(&APPLICATION.as_bytes()[..APPLICATION.len() / 2]));
}

#[tokio::test]
async fn a_body_over_the_limit_is_cut_off_and_not_asked_for_again() {
    for fault in [Fault::TooLarge, Fault::TooLargeUnannounced] {
        let clock = Manual::new(PATIENCE);
        let server = Server::start(&clock, [fault]).await;
        let error = server.client(&clock).applications().get("app_1").await.unwrap_err();
        assert_eq!(
            (error.kind(), error.attempts(), error.request_id()),
            (ErrorKind::Decode, 1, Some("req_big"))
        );
        assert!(error.to_string().contains("over 16 MiB"), "{error}");
        assert_eq!(error.body().map(<[u8]>::len), Some(crate::error::KEPT_BODY));
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_the_token_stays_at_home() {
    let clock = Manual::new(PATIENCE);
    let elsewhere = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = elsewhere.local_addr().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        mint(&listener).await;
        let (mut stream, _) = listener.accept().await.unwrap();
        read_request(&mut stream).await;
        write(
            &mut stream,
            &format!("HTTP/1.1 307 x\r\nlocation: http://{target}/\r\ncontent-length: 0\r\n\r\n"),
        )
        .await;
        // Whoever follows is answered, so that the call would succeed.
        mint(&elsewhere).await;
    });
    let client = Client::builder()
        .secret_key("sk_test_1")
        .api_base(base)
        .configure_http(|http| http.redirect(reqwest::redirect::Policy::limited(5)))
        .ambient(clock)
        .build()
        .unwrap();
    let error = client.applications().get("app_1").await.unwrap_err();
    assert_eq!((error.kind(), error.status().map(|status| status.as_u16())), (ErrorKind::Api, Some(307)));
}

/// An error answer counts by its head, so that a hint is kept to although the body broke.
#[tokio::test]
async fn an_error_whose_body_breaks_is_still_that_error() {
    let clock = Manual::new(PATIENCE);
    let server = Server::start(&clock, [Fault::HalfARefusal, Fault::None]).await;
    server.client(&clock).applications().get("app_1").await.unwrap();
    assert_eq!(clock.slept(), [Duration::from_secs(8)], "the hint and all of the jitter");
    let server = Server::start(&clock, [Fault::HalfARefusal]).await;
    let error = server.get_once(&clock).await;
    assert_eq!((error.kind(), error.retry_after()), (ErrorKind::RateLimited, Some(Duration::from_secs(7))));
}
