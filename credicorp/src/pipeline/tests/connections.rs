//! Connections over real sockets: kept, shared by the accounts of a client, and closed under a request that nobody waits for.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::socket::{TOKEN, answer, mint, read_request, write};
use crate::ambient::Manual;
use crate::test_support::APPLICATION;
use crate::{Client, Credentials};

async fn listen() -> (TcpListener, Client) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let clock = Manual::new(Duration::from_secs(10));
    let client = Client::builder().secret_key("sk_test_1").api_base(base).ambient(clock).build().unwrap();
    (listener, client)
}

/// Answers one request of a connection.
async fn serve(stream: &mut TcpStream, body: &str) -> String {
    let request = read_request(stream).await;
    write(stream, &answer(body)).await;
    request
}

/// The server closes a kept connection when the second request comes in: the client cannot know whether it was read.
#[tokio::test]
async fn a_stale_connection_is_repeated_on_a_new_one() {
    let (listener, client) = listen().await;
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        mint(&listener).await;
        let (mut first, _) = listener.accept().await.unwrap();
        serve(&mut first, APPLICATION).await;
        let stale = read_request(&mut first).await;
        drop(first);
        let (mut second, _) = listener.accept().await.unwrap();
        let repeated = serve(&mut second, APPLICATION).await;
        (stale, repeated)
    });
    client.applications().get("app_1").await.unwrap();
    let response = client.applications().submit("app_1").with_response().await.unwrap();
    assert_eq!(response.attempts(), 2);
    let (stale, repeated) = tasks.join_next().await.unwrap().unwrap();
    assert_eq!(stale, repeated, "the same request, under the same key");
    assert!(stale.contains("idempotency-key: "));
}

#[tokio::test]
async fn other_credentials_use_the_same_connection() {
    let (listener, client) = listen().await;
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let (mut only, _) = listener.accept().await.unwrap();
        let mut requests = Vec::new();
        for body in [TOKEN, APPLICATION, TOKEN, APPLICATION] {
            requests.push(serve(&mut only, body).await);
        }
        requests
    });
    client.applications().get("app_1").await.unwrap();
    let other = client.with_credentials(Credentials::client("cid_sbx_b", "csk_sbx_b")).unwrap();
    other.applications().get("app_1").await.unwrap();
    let requests = tasks.join_next().await.unwrap().unwrap();
    assert!(requests[0].starts_with("POST /oauth/token") && requests[2].starts_with("POST /oauth/token"));
}

#[tokio::test]
async fn a_walk_that_is_dropped_closes_the_request_in_flight() {
    let (listener, client) = listen().await;
    let asked = Arc::new(Notify::new());
    let ask = Arc::clone(&asked);
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        mint(&listener).await;
        let (mut stream, _) = listener.accept().await.unwrap();
        serve(&mut stream, &format!(r#"{{"data":[{APPLICATION}],"has_more":true,"next_cursor":"c1"}}"#))
            .await;
        let request = read_request(&mut stream).await;
        ask.notify_one();
        let rest = stream.read(&mut [0; 1]).await.unwrap();
        (request, rest)
    });
    let mut walk = client.applications().list().stream();
    walk.next().await.unwrap().unwrap();
    tokio::select! {
        biased;
        page = walk.next() => panic!("{page:?}"),
        () = asked.notified() => {}
    }
    drop(walk);
    let (request, rest) = tasks.join_next().await.unwrap().unwrap();
    assert!(request.starts_with("GET /partner/v1/applications?cursor=c1 "));
    assert_eq!(rest, 0, "the connection is closed, and the client is still there");
    assert_eq!(client.environment(), crate::Environment::Sandbox);
}
