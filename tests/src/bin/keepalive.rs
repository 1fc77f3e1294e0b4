//! A plain HTTP/1.1 server for measurements: one thread a connection, answers that were made before the first request.
//!
//! Prints its port, and ends when its standard input does, so that it never outlives whoever started it.
#![allow(clippy::expect_used, reason = "a server that cannot run has nothing else to say")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use credicorp_tests::measure::answers;

struct Answers {
    token: Vec<u8>,
    application: Vec<u8>,
    created: Vec<u8>,
    page: Vec<u8>,
    unknown: Vec<u8>,
}

fn main() {
    let answers = Arc::new(Answers {
        token: answer("200 OK", answers::TOKEN),
        application: answer("200 OK", answers::APPLICATION),
        created: answer("201 Created", answers::APPLICATION),
        page: answer("200 OK", &answers::page()),
        unknown: answer("404 Not Found", "{}"),
    });
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback can be listened on");
    println!("{}", listener.local_addr().expect("it is bound").port());
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answers = Arc::clone(&answers);
            thread::spawn(move || serve(stream, &answers));
        }
    });
    let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
}

fn answer(status: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nrequest-id: req_1a2b3c\r\n\r\n{body}"
    )
    .into_bytes()
}

/// Answers until the other side has no more to say.
fn serve(mut stream: TcpStream, answers: &Answers) {
    let _ = stream.set_nodelay(true);
    let mut seen = Vec::new();
    let mut chunk = [0; 16 * 1024];
    while let Ok(read @ 1..) = stream.read(&mut chunk) {
        seen.extend_from_slice(&chunk[..read]);
        while let Some(length) = complete(&seen) {
            if stream.write_all(answers.to(&seen)).is_err() {
                return;
            }
            seen.drain(..length);
        }
    }
}

/// The length of the first request, if all of it is there.
fn complete(seen: &[u8]) -> Option<usize> {
    let head = seen.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&seen[..head]).to_ascii_lowercase();
    let body = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    let length = head + body.unwrap_or(0_usize);
    (seen.len() >= length).then_some(length)
}

impl Answers {
    fn to(&self, request: &[u8]) -> &[u8] {
        let is = |start: &str| request.starts_with(start.as_bytes());
        if is("POST /oauth/token ") {
            &self.token
        } else if is("GET /partner/v1/applications/") {
            &self.application
        } else if is("POST /partner/v1/applications ") {
            &self.created
        } else if is("GET /partner/v1/applications") {
            &self.page
        } else {
            &self.unknown
        }
    }
}
