//! A scripted responder in the place of the network, and a client over it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use credicorp_gen::{Operation, operation};
use http::HeaderMap;
use tokio::sync::Semaphore;

use crate::ambient::Manual;
use crate::client::Client;
use crate::pipeline::wire::{Exchange, Failure, Why, Wire};

pub(crate) const APPLICATION: &str = r#"{"id":"app_1","status":"created","amount_pence":2500000,"term_months":12,"created_at":"2026-06-29T10:14:02Z"}"#;

/// A clock on which every wait of the pipeline passes at once, and only an hour counts as a timeout.
pub(crate) fn clock() -> Manual {
    Manual::new(Duration::from_secs(3_599))
}

/// The timeout that only [`Manual::advance`] brings about.
pub(crate) const HOUR: Duration = Duration::from_secs(3_600);

/// What the network does next.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Answer {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: Bytes,
    },
    Fail(Why),
    Never,
    /// Waits until the test lets one through.
    Gate(Arc<Semaphore>, Box<Step>),
}

pub(crate) fn answer(status: u16) -> Step {
    Step::Answer { status, headers: Vec::new(), body: Bytes::new() }
}

pub(crate) fn ok() -> Step {
    answer(200).body(APPLICATION)
}

pub(crate) fn coded(status: u16, code: &str) -> Step {
    answer(status).body(format!(
        r#"{{"error":{{"type":"api_error","code":"{code}","message":"m","request_id":"req_1"}}}}"#
    ))
}

impl Step {
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        if let Self::Answer { headers, .. } = &mut self {
            headers.push((name, value.into()));
        }
        self
    }

    pub(crate) fn body(mut self, text: impl Into<Bytes>) -> Self {
        if let Self::Answer { body, .. } = &mut self {
            *body = text.into();
        }
        self
    }
}

/// A request as it was sent.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// The script: steps for partner calls and steps for mints. A mint without a step gets `token-1`, `token-2`, … for an hour.
#[derive(Debug, Clone, Default)]
pub(crate) struct Script(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    calls: VecDeque<Step>,
    mints: VecDeque<Step>,
    seen: Vec<Seen>,
    seen_mints: Vec<Seen>,
}

impl Script {
    pub(crate) fn calls(steps: impl IntoIterator<Item = Step>) -> Self {
        let script = Self::default();
        script.0.lock().unwrap().calls = steps.into_iter().collect();
        script
    }

    pub(crate) fn mints(self, steps: impl IntoIterator<Item = Step>) -> Self {
        self.0.lock().unwrap().mints = steps.into_iter().collect();
        self
    }

    pub(crate) fn then_calls(&self, steps: impl IntoIterator<Item = Step>) {
        self.0.lock().unwrap().calls.extend(steps);
    }

    pub(crate) fn then_mints(&self, steps: impl IntoIterator<Item = Step>) {
        self.0.lock().unwrap().mints.extend(steps);
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.0.lock().unwrap().seen.clone()
    }

    pub(crate) fn seen_mints(&self) -> Vec<Seen> {
        self.0.lock().unwrap().seen_mints.clone()
    }

    /// A client over this script and that clock.
    pub(crate) fn client(&self, clock: &Manual) -> Client {
        self.client_with(clock, |builder| builder)
    }

    pub(crate) fn client_with(
        &self,
        clock: &Manual,
        configure: impl FnOnce(crate::ClientBuilder) -> crate::ClientBuilder,
    ) -> Client {
        let builder = Client::builder()
            .secret_key("sk_test_hunter2")
            .api_base("http://127.0.0.1:9")
            .timeout(HOUR)
            .ambient(clock.clone())
            .wire(Arc::new(self.clone()));
        configure(builder).build().unwrap()
    }

    fn next(&self, request: &reqwest::Request) -> Step {
        let seen = Seen {
            path: match request.url().query() {
                Some(query) => format!("{}?{query}", request.url().path()),
                None => request.url().path().to_owned(),
            },
            headers: request.headers().clone(),
            body: request
                .body()
                .and_then(|body| body.as_bytes())
                .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
                .unwrap_or_default(),
        };
        let mut state = self.0.lock().unwrap();
        if seen.path == "/oauth/token" {
            state.seen_mints.push(seen);
            let number = state.seen_mints.len();
            return state.mints.pop_front().unwrap_or_else(|| token(number));
        }
        state.seen.push(seen);
        state.calls.pop_front().expect("the script is over")
    }
}

/// `token-<number>` for an hour.
pub(crate) fn token(number: usize) -> Step {
    answer(200)
        .body(format!(r#"{{"access_token":"token-{number}","token_type":"Bearer","expires_in":3600}}"#))
}

impl Wire for Script {
    fn exchange(&self, request: reqwest::Request) -> Exchange<'_> {
        let mut step = self.next(&request);
        Box::pin(async move {
            while let Step::Gate(gate, behind) = step {
                gate.acquire().await.unwrap().forget();
                step = *behind;
            }
            match step {
                Step::Answer { status, headers, body } => {
                    let mut answer = http::Response::builder().status(status);
                    for (name, value) in headers {
                        answer = answer.header(name, value);
                    }
                    Ok(answer.body(body).unwrap())
                }
                Step::Fail(why) => Err(Failure::of(why)),
                Step::Never => std::future::pending().await,
                Step::Gate(..) => unreachable!(),
            }
        })
    }
}

/// An operation of the spec.
pub(crate) fn named(id: &str) -> &'static Operation {
    operation(id).unwrap()
}
