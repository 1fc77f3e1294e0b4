//! The memory of a walk: that of at most two pages, however many it goes over.
//!
//! An allocator that counts is the whole process's, so this test has a binary and the process to itself. The server is a
//! thread that allocates nothing once it runs: it answers with one buffer, in which it writes the next cursor.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use credicorp::Client;
use peak_alloc::PeakAlloc;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

const PAGES: usize = 1_000;
const ITEMS: usize = 100;
/// Where the first pages of a walk end, after which nothing may grow.
const WARM: usize = 10;

/// Buffers of the connection and of the HTTP stack, whatever a page is: measured at a good half of it.
const STACK: usize = 64 * 1024;

const ITEM: &str = r#"{"id":"app_8Kd2c9Qm","status":"funded","amount_pence":2500000,"term_months":12,"created_at":"2026-06-29T10:14:02Z","handoff_url":"https://apply.credicorp.co.uk/s/3fa7","metadata":{"order":"88421"}}"#;
/// The number of the next page, in a place of its own width.
const CURSOR: &str = "c0000000";

/// A whole answer: a page with a cursor.
fn answer() -> Vec<u8> {
    let items = vec![ITEM; ITEMS].join(",");
    let body = format!(r#"{{"data":[{items}],"has_more":true,"next_cursor":"{CURSOR}"}}"#);
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

const TOKEN: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-length: 39\r\n\r\n{\"access_token\":\"t\",\"expires_in\":86400}\n";

/// Serves connections one after the other, until the process ends.
fn serve(listener: &TcpListener) {
    let mut answer = answer();
    let at = answer.windows(CURSOR.len()).rposition(|window| window == CURSOR.as_bytes()).unwrap();
    let mut page = 0_usize;
    loop {
        let (mut stream, _) = listener.accept().unwrap();
        let mut buffer = [0; 16 * 1024];
        loop {
            let read = stream.read(&mut buffer).unwrap_or(0);
            if read == 0 {
                break;
            }
            if buffer.starts_with(b"POST /oauth/token") {
                answer_with(&mut stream, &TOKEN[..TOKEN.len() - 1]);
                continue;
            }
            page += 1;
            let mut number = page;
            for digit in answer[at + 1..at + CURSOR.len()].iter_mut().rev() {
                *digit = b'0' + (number % 10) as u8;
                number /= 10;
            }
            answer_with(&mut stream, &answer);
        }
    }
}

fn answer_with(stream: &mut TcpStream, answer: &[u8]) {
    stream.write_all(answer).unwrap();
}

/// What a walk takes above what there was before it: over its first pages, and over all of them.
fn peaks(walked: impl Iterator<Item = usize>) -> [usize; 2] {
    let before = HEAP.current_usage();
    HEAP.reset_peak_usage();
    let mut warm = 0;
    let mut items = 0;
    for given in walked {
        items += given;
        if items == WARM * ITEMS {
            warm = HEAP.peak_usage() - before;
            HEAP.reset_peak_usage();
        }
        if items == PAGES * ITEMS {
            break;
        }
    }
    assert_eq!(items, PAGES * ITEMS, "the walk ended before its time");
    [warm, HEAP.peak_usage() - before]
}

#[test]
fn a_walk_over_a_thousand_pages_takes_the_memory_of_two() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || serve(&listener));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let cc = Client::builder().secret_key("sk_test_1").api_base(base).build().unwrap();
    let list = || cc.applications().list().limit(100);

    // The connection and the token are there, and a page is measured: its items, and the bytes that it is read from.
    runtime.block_on(async { list().await }).unwrap();
    let before = HEAP.current_usage();
    let page = runtime.block_on(async { list().await }).unwrap();
    let page_size = HEAP.current_usage() - before + answer().len();
    assert_eq!(page.data.len(), ITEMS);
    drop(page);

    let mut items = list().stream();
    let plain = std::iter::from_fn(|| runtime.block_on(items.next()).map(|item| usize::from(item.is_ok())));
    check("stream", peaks(plain), page_size);
    drop(items);

    let mut items = list().prefetch().stream();
    let ahead = std::iter::from_fn(|| runtime.block_on(items.next()).map(|item| usize::from(item.is_ok())));
    check("stream with prefetch", peaks(ahead), page_size);
    drop(items);

    let mut pages = list().pages();
    let whole = std::iter::from_fn(|| runtime.block_on(pages.next()).map(|page| page.unwrap().data.len()));
    check("pages", peaks(whole), page_size);
}

fn check(walk: &str, [warm, all]: [usize; 2], page_size: usize) {
    let bound = 2 * page_size + STACK;
    assert!(all <= bound, "{walk}: {all} bytes, two pages and the stack are {bound}");
    assert!(all <= warm + page_size / 4, "{walk}: {warm} bytes over the first pages, {all} over all");
    println!("{walk}: {warm} bytes over {WARM} pages, {all} over {PAGES}, a page is {page_size}");
}
