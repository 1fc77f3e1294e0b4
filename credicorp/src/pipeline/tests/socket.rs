//! HTTP by hand, for servers that misbehave.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub(super) const TOKEN: &str = r#"{"access_token":"t","expires_in":3600}"#;

/// A complete answer, after which the connection is kept.
pub(super) fn answer(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

/// Mints a token on a connection of its own.
pub(super) async fn mint(listener: &TcpListener) {
    let (mut stream, _) = listener.accept().await.unwrap();
    read_request(&mut stream).await;
    let answer = answer(TOKEN).replace("OK\r\n", "OK\r\nconnection: close\r\n");
    write(&mut stream, &answer).await;
}

pub(super) async fn write(stream: &mut TcpStream, text: &str) {
    stream.write_all(text.as_bytes()).await.unwrap();
}

/// Reads the head and the body that it announces.
pub(super) async fn read_request(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    loop {
        let mut buffer = [0; 4096];
        let read = stream.read(&mut buffer).await.unwrap();
        request.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&request);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let announced = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= announced.unwrap_or(0) {
                return text.into_owned();
            }
        }
        assert!(read > 0, "the client hung up");
    }
}
